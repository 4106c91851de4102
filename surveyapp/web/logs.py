"""One JSON line per request of the team: the route's template, never its values; respondents' are counted per hour.

No body, query, token, address, cookie or user agent reaches a log; a test pushes canaries through every route.
"""

from __future__ import annotations

import logging
import sys
import time
import uuid
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.web.request_counts import RequestCounts, hour_of

log = structlog.get_logger("surveyapp.web")


def configure(settings: Settings) -> None:
    """Let structlog write JSON lines in UTC to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            stamped,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def request_number() -> str:
    """The number under which this request stands in the log; people read it from an error page."""
    if "number" not in g:
        g.number = uuid.uuid4().hex[:10]
    number: str = g.number
    return number


def is_of_the_team(blueprint: str | None) -> bool:
    """Whether a request of this blueprint is a team member's or a machine's, and may stand in the log by itself."""
    return blueprint in ("console", "security", "health")


def stamped(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the time on a line: while a respondent is served, the full hour, because the line is about that person."""
    now = clock.now()
    if has_request_context() and not is_of_the_team(request.blueprint):
        now = hour_of(now)
    return {**event, "timestamp": event.get("timestamp", now.isoformat().replace("+00:00", "Z"))}


def _tell(hour: datetime, method: str, kind: str, status: int, times: int, mean: float, longest: float) -> None:
    log.info(
        "requests",
        timestamp=hour.isoformat().replace("+00:00", "Z"),
        method=method,
        kind=kind,
        status=status,
        times=times,
        ms=mean,
        most_ms=longest,
    )


def _kind(endpoint: str | None) -> str:
    """What is told of a respondent's request: pages of a questionnaire are all alike."""
    if endpoint is None:
        return "unknown"
    return "questionnaire" if endpoint.startswith("respondent.") else endpoint


def install(app: Flask) -> None:
    """Log each request of the team when it is answered, and how many respondents made in each hour."""
    counts = RequestCounts(_tell)
    app.extensions["surveyapp.request_counts"] = counts

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _line(response: Response) -> Response:
        started = g.get("started")
        ms = round((time.perf_counter() - started) * 1000, 1) if started else None
        if not is_of_the_team(request.blueprint):
            counts.add(request.method, _kind(request.endpoint), response.status_code, ms or 0.0)
            return response
        log.info(
            "request",
            number=request_number(),
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=ms,
        )
        return response
