"""Which piece of a page htmx asks for: the page itself is made for everybody else, and for who has no scripts."""

from __future__ import annotations

from flask import Flask, Response, after_this_request, request
from flask_htmx import HTMX

htmx = HTMX()
"""Who asks: true where htmx does, with the address its page stands at (``htmx.current_url``)."""


def install(app: Flask) -> None:
    """Let templates and views of this application know whether htmx asks."""
    htmx.init_app(app)


def is_asked_for(part: str) -> bool:
    """Whether only this piece of the page is asked for (``?_part=…``). What is answered then differs by who asks."""

    @after_this_request
    def _vary(response: Response) -> Response:
        response.vary.add("HX-Request")
        return response

    return request.args.get("_part") == part and bool(htmx)
