"""Words that no line may break: a browser breaks after a hyphen or dash, and "e-" or "(0–" ends no line well."""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

HYPHEN = "\u2011"
"""A hyphen after which no line ends. A letter like any other: markup would lose the spaces beside it in a button."""
JOINER = "\u2060"
"""Takes no room; no line ends at it."""
_WORD = re.compile(r"(?<![\w-])([eE](?=-mail)|IP(?=-adres))-")
_RANGE = re.compile(r"(?<=\()(\d+)–(?=\d+\))")
_SIGN = re.compile(r"-mail|IP-adres|\(\d+–")
"""A text without this has nothing to hold together."""
_AS_IT_IS = re.compile(r"(<(textarea|script|style|title|blockquote|dd)\b.*?</\2>|<[^>]*>)", re.DOTALL)
"""What is no text of the page, or what somebody typed: that comes back letter by letter."""


def unbroken(html: str) -> str:
    """The page with such words held together, wherever its text has them."""
    if not _SIGN.search(html):  # most pages have none, and are not taken to pieces
        return html
    done, rest = [], 0
    for found in _AS_IT_IS.finditer(html):
        done += [_held(html[rest : found.start()]), found[0]]
        rest = found.end()
    return "".join([*done, _held(html[rest:])])


def _held(text: str) -> str:
    return _RANGE.sub(rf"\1–{JOINER}", _WORD.sub(rf"\1{HYPHEN}", text))


def install(app: Flask) -> None:
    """Hold words together on every page of the respondents."""
    app.after_request(_held_together)


def note_unbroken() -> None:
    """This request's page is held together already."""
    g.is_unbroken = True


def _held_together(response: Response) -> Response:
    if 300 <= response.status_code < 400 or "is_unbroken" in g:
        return response
    is_ours = request.blueprint in (None, "respondent")
    if is_ours and response.mimetype == "text/html" and response.is_sequence and not response.direct_passthrough:
        html = response.get_data(as_text=True)
        if (held := unbroken(html)) is not html:
            response.set_data(held)
    return response
