"""Words that no line may break: a browser breaks after a hyphen, and "e-" at the end of a line is no word."""

from __future__ import annotations

import re

from flask import Flask, Response, request

WHOLE = '<span class="whole">'
_WORD = re.compile(r"(?<![\w-])[eE]-mail")
_AS_IT_IS = re.compile(
    r"(<(?:textarea|script|style|title|option)\b.*?</(?:textarea|script|style|title|option)>|<[^>]*>)", re.S
)
"""What is no text of the page, or cannot hold markup: what somebody typed comes back letter by letter."""


def unbroken(html: str) -> str:
    """The page with such words held together, wherever its text has them."""
    parts = _AS_IT_IS.split(html)
    parts[::2] = [_WORD.sub(lambda found: f"{WHOLE}{found[0]}</span>", text) for text in parts[::2]]
    return "".join(parts)


def install(app: Flask) -> None:
    """Hold words together on every page of the respondents."""
    app.after_request(_held_together)


def _held_together(response: Response) -> Response:
    is_ours = request.blueprint in (None, "respondent")
    if is_ours and response.mimetype == "text/html" and response.is_sequence and not response.direct_passthrough:
        html = response.get_data(as_text=True)
        if "-mail" in html:
            response.set_data(unbroken(html))
    return response
