"""One JSON line per request of the team and per event: the route's template, never its values; each line in one write.

What goes well with respondents is counted per hour (`web.request_counts`).

No body, query, token, address, cookie or user agent reaches a log; a test pushes canaries through every route.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.errors import StorageBusy
from surveyapp.journal import structlog
from surveyapp.web.request_counts import Counted, RequestCounts, hour_of

STAFF_BLUEPRINTS = ("console", "admin", "security")
"""The parts of the product that only the team sees."""
LONGEST = 4000
"""Bytes of a line. A pipe keeps writes of 4,096 bytes and less apart (POSIX, PIPE_BUF); a longer line could be torn."""

log = structlog.get_logger("surveyapp.web")
_writing = threading.Lock()


def write_line(line: str) -> None:
    """Write a line to standard error in one go: all processes of a server write there, and a line end of its own
    would let another process's line come between."""
    stream = sys.stderr
    if stream is None or sys.__stderr__ is None:
        return
    if stream is not sys.__stderr__:  # somebody is listening in this process: a test
        stream.write(f"{line}\n")
        stream.flush()
        return
    content = f"{line}\n".encode("utf-8", "backslashreplace")
    with _writing:
        try:
            os.write(sys.__stderr__.fileno(), content)
        except OSError:  # nobody reads it any more, or the disk of the log is full: people must be served all the same
            return


def as_line(event: Mapping[str, Any]) -> str:
    """The event as JSON, shortened where it would be torn."""
    line = json.dumps(event, ensure_ascii=False, default=str)
    if len(line.encode("utf-8", "backslashreplace")) <= LONGEST:
        return line
    return json.dumps({**{name: _shortened(value) for name, value in event.items()}, "cut": True}, default=str)


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value[:100]
    if isinstance(value, list | tuple):
        return [_shortened(each) for each in value[-4:]]
    return value if isinstance(value, int | float | bool | None) else str(value)[:100]


def _render(_logger: object, _name: str, event: MutableMapping[str, Any]) -> str:
    return as_line(event)


class OneWrite:
    """What structlog hands its finished lines to."""

    def msg(self, message: str) -> None:
        """Write it."""
        write_line(message)

    debug = info = warning = warn = error = critical = fatal = exception = log = msg


class LineHandler(logging.Handler):
    """What libraries log, as JSON lines too.

    Of the server's own messages the words are kept, of others the words without their values, which nobody here has
    looked through, and of an exception its kind and where it happened.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        is_ours = record.name.startswith("_granian")
        said = record.getMessage() if is_ours else str(record.msg)
        event: dict[str, Any] = {
            "event": "server" if is_ours else "library",
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "name": record.name,
            "said": said,
        }
        if record.exc_info and record.exc_info[1] is not None:
            event |= {"kind": type(record.exc_info[1]).__name__, "frames": frames(record.exc_info[1])}
        write_line(as_line(event))


SERVER_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {"lines": {"()": "surveyapp.web.logs.LineHandler"}},
    "loggers": {
        "_granian": {"handlers": ["lines"], "level": "INFO", "propagate": False},
        "granian.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
"""The logging of Granian, in the form of `logging.config`."""


def frames(error: BaseException) -> list[str]:
    """Where it happened, the last twelve places: an exception's own text may quote what somebody typed."""
    found = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found][-12:]


def configure(settings: Settings) -> None:
    """Let structlog write JSON lines in UTC to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            stamped,
            structlog.processors.format_exc_info,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level)),
        logger_factory=lambda *_: OneWrite(),
        cache_logger_on_first_use=False,
    )


def take_over(settings: Settings, process: str, **more: str) -> None:
    """For a process of its own: what libraries log becomes lines as well, and so does what ends it.

    Parameters
    ----------
    more : what else the line of its start says
    """
    configure(settings)
    logging.getLogger().handlers[:] = [LineHandler(logging.WARNING)]
    logging.captureWarnings(True)

    def ended(_kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            log.critical("process", process=process, outcome="died", kind=type(error).__name__, frames=frames(error))

    sys.excepthook = ended
    threading.excepthook = lambda told: ended(None, told.exc_value, None)
    log.info("process", process=process, outcome="started", pid=os.getpid(), **more)


def request_number() -> str:
    """The number under which this request stands in the log; people read it from an error page."""
    if "number" not in g:
        g.number = uuid.uuid4().hex[:10]
    number: str = g.number
    return number


def is_of_the_team(blueprint: str | None) -> bool:
    """Whether a request of this blueprint is a team member's or a machine's, and may stand in the log by itself."""
    return blueprint in (*STAFF_BLUEPRINTS, "health")


def stamped(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the time on a line: while a respondent is served, the full hour, because the line is about that person."""
    now = clock.now()
    if has_request_context() and not is_of_the_team(request.blueprint):
        now = hour_of(now)
    return {**event, "timestamp": event.get("timestamp", now.isoformat().replace("+00:00", "Z"))}


def _tell(counted: Counted, times: int, mean: float, longest: float) -> None:
    hour, method, kind, status, refusal = counted
    log.info(
        "requests",
        timestamp=hour.isoformat().replace("+00:00", "Z"),
        method=method,
        kind=kind,
        status=status,
        **({"refused": refusal} if refusal else {}),
        times=times,
        ms=mean,
        most_ms=longest,
    )


def _kind(endpoint: str | None) -> str:
    """What is told of a respondent's request: pages of a questionnaire are all alike."""
    if endpoint is None:
        return "unknown"
    return "questionnaire" if endpoint.startswith("respondent.") else endpoint


def note_refusal(error: BaseException) -> None:
    """Let the line of this request say what it was refused for; the last reason that was found counts."""
    g.refusal = {"kind": type(error).__name__}
    cause = getattr(error, "cause", None)
    if isinstance(cause, str):
        g.refusal["cause"] = cause


def _level(status: int, cause: str | None) -> int:
    if status == 503:
        return logging.ERROR if cause in StorageBusy.SERIOUS else logging.WARNING
    return logging.ERROR if status >= 500 else logging.WARNING if status == 429 else logging.INFO


def install(app: Flask) -> None:
    """Log each request of the team when it is answered, and what it was refused for in the same line.

    Respondents' are counted per hour, with what they were refused for; only a fault of ours has a line.
    """
    counts = RequestCounts(_tell)
    app.extensions["surveyapp.request_counts"] = counts
    handle = app.handle_user_exception

    def noted(error: Exception) -> Any:
        # Every error on its way to a page passes here, whichever handler makes the page.
        note_refusal(error)
        return handle(error)

    app.handle_user_exception = noted  # type: ignore[method-assign,assignment]

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _line(response: Response) -> Response:
        asked, status = request._get_current_object(), response.status_code  # type: ignore[attr-defined]
        started, refusal = g.get("started"), g.get("refusal", {}) if status >= 400 else {}
        ms = round((time.perf_counter() - started) * 1000, 1) if started else None
        level = _level(status, refusal.get("cause"))
        route = asked.url_rule.rule if asked.url_rule else None
        if not is_of_the_team(asked.blueprint):
            kind = _kind(asked.endpoint)
            counts.add(asked.method, kind, status, refusal.get("kind", ""), ms or 0.0)
            if level < logging.WARNING:
                return response
            route = kind  # their address says in which language
        log.log(
            level,
            "request",
            number=request_number(),
            method=asked.method,
            route=route,
            status=status,
            ms=ms,
            **refusal,
        )
        return response
