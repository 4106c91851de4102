"""One JSON line per request: the route's template, never its values.

No body, query, token, address, cookie or user agent reaches a log; a test pushes canaries through every route.
"""

from __future__ import annotations

import logging
import sys
import time
import uuid

import structlog
from flask import Flask, Response, g, request

from surveyapp.config import Settings

log = structlog.get_logger("surveyapp.web")


def configure(settings: Settings) -> None:
    """Let structlog write JSON lines in UTC to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
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


def install(app: Flask) -> None:
    """Log each request when it is answered."""

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _line(response: Response) -> Response:
        started = g.get("started")
        log.info(
            "request",
            number=request_number(),
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1) if started else None,
        )
        return response
