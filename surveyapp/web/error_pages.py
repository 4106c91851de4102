"""Which HTTP status an error gets, and the page a person sees: a sentence, a way on and a number. Never a stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from surveyapp import errors
from surveyapp.catalogues import told
from surveyapp.storage.accounts import ROLES
from surveyapp.web import languages, logs

STATUS: dict[type[errors.SurveyError], int] = {
    errors.NotFound: 404,
    errors.WrongState: 409,
    errors.AnswersRefused: 400,
    errors.ListRefused: 422,
    errors.DefinitionRefused: 422,
    errors.TextRefused: 422,
    errors.BadQuery: 400,
    errors.NotEnoughData: 404,
    errors.DesignRefused: 409,
    errors.UnfitData: 409,
    errors.NotReleased: 403,
    errors.WeightsRefused: 409,
    errors.ConditionError: 400,
    errors.StorageBusy: 503,
    errors.FileBusy: 429,
    errors.UnsafeDatabase: 503,
    errors.ConfigurationError: 500,
}
RETRY_AFTER = {429: "60", 503: "5"}
"""Seconds after which it is worth trying again, by status."""
FRAMES = "surveyapp_error_frames"
SECRET_FIELDS = frozenset({"password", "new_password", "new_password_confirm", "code"})
"""What must never stand in a page again once it was typed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, as a page tells it.

    ``message`` is in the language of the page, and empty where only the status says something; ``nearest`` are names
    that can be used instead; ``role`` is the role that a refused person lacks.
    """

    status: int
    message: str = ""
    nearest: tuple[str, ...] = ()
    role: str = ""


Draw = Callable[[Callable[[], Fault]], ResponseReturnValue]


def frame(app: Flask, belongs: Callable[[], bool], draw: Draw) -> None:
    """Let requests for which ``belongs`` is true see their faults in a frame of their own."""
    app.extensions.setdefault(FRAMES, []).append((belongs, draw))


def status_of(error: errors.SurveyError) -> int:
    """The HTTP status of one of our own errors; 500 where none is set."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def error_page(status: int, message: str | None = None) -> ResponseReturnValue:
    """The page for this status, in the language of the request.

    What somebody had typed stands in the page as a form that can be sent again when the fault was not theirs; not so a
    form with a password or a code in it.
    """
    is_ours = status in (429, 500, 503) and request.method == "POST"
    typed = request.form.items(multi=True) if is_ours and SECRET_FIELDS.isdisjoint(request.form) else ()
    response = make_response(
        render_template(
            "errors/error.html", status=status, message=message, number=logs.request_number(), typed=tuple(typed)
        ),
        status,
    )
    if status in RETRY_AFTER:
        response.headers.setdefault("Retry-After", RETRY_AFTER[status])
    return response


def _page(fault: Callable[[], Fault]) -> Response:
    """The page about a fault, in the frame that its request belongs to.

    The fault is made by the frame, since its words are in the language that the frame speaks.
    """
    for belongs, draw in current_app.extensions.get(FRAMES, ()):
        if belongs():
            response = make_response(draw(fault))
            break
    else:
        response = make_response(error_page(fault().status))
    if response.status_code in RETRY_AFTER:
        response.headers.setdefault("Retry-After", RETRY_AFTER[response.status_code])
    return response


def log_fault(error: BaseException | None) -> None:
    """Log where it happened: frames only, since an exception's own text may quote what somebody typed."""
    frames = logs.frames(error) if error is not None else []
    logs.log.error("fault", number=logs.request_number(), kind=type(error).__name__, frames=frames)


def install(app: Flask) -> None:
    """Answer every error with a page."""

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        role = str(error.description) if error.code == 403 and error.description in ROLES else ""
        response = _page(lambda: Fault(error.code or 500, role=role))
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
        return response

    @app.errorhandler(errors.SurveyError)
    def _own(error: errors.SurveyError) -> ResponseReturnValue:
        status = status_of(error)
        if status >= 500 and not isinstance(error, errors.StorageBusy):  # its cause stands in the request's line
            log_fault(error)
            return _page(lambda: Fault(status))
        nearest = error.nearest if isinstance(error, errors.BadQuery) else ()
        return _page(lambda: Fault(status, told(error, languages.current()), nearest))

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> ResponseReturnValue:
        log_fault(error)
        return _page(lambda: Fault(500))

    handle = app.handle_user_exception

    def handled(error: Exception) -> Any:
        # A handler asks the database too, which may be away by then or hold no such wave: that is refused in its turn.
        try:
            return handle(error)
        except errors.SurveyError as second:
            if type(second) is type(error):
                raise
            return app.handle_user_exception(second)

    app.handle_user_exception = handled  # type: ignore[method-assign,assignment]

    def log_exception(exc_info: Any) -> None:
        log_fault(exc_info[1])

    # A fault inside an error handler: Flask's own line would hold the exception's text and the address.
    app.log_exception = log_exception  # type: ignore[method-assign]
