"""The cookies of visits: one for each wave this browser came for.

Each is signed for its wave, says itself until when it lasts and is written when something in it changed. What becomes
of one questionnaire can so undo nothing of another's, however late a response arrives.
"""

from __future__ import annotations

from datetime import datetime

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SessionMixin

from surveyapp.web.cookies import QuietCookies, beside, until
from surveyapp.web.respondent.addresses import WaveName

MOST = 4
"""Questionnaires in one browser. A server takes some 8 kB of cookies."""
SEEN, KEY, OVER = "seen", "key", "over"
"""Of a visit: when it was last looked at, the key of its case, and until when one that has ended is kept."""


class VisitCookies(QuietCookies):
    """The cookie of one visit; on a shared computer it also goes when the browser is closed."""

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When the browser lets go of it."""
        return None if session.get("shared") else until(session)


def install(app: Flask) -> None:
    """Write what changed with every response."""
    app.after_request(_save)


def visit_of(wave: WaveName) -> SessionMixin:
    """What this browser's cookie holds of a wave; empty when it never came for it. Changes are kept."""
    opened: dict[WaveName, SessionMixin] = g.setdefault("visits", {})
    if wave not in opened:
        opened[wave] = _cookie(wave).open_session(current_app, request) or SecureCookieSession()
    return opened[wave]


def crowded_out(wave: WaveName) -> WaveName | None:
    """The questionnaire under way that this browser must let go of to hold one of this wave; None where there is room.

    One that has ended makes room by itself: its code stood on the receipt.
    """
    others = [name for name in _held() if name != wave and visit_of(name).get(KEY) and not visit_of(name).get(OVER)]
    if visit_of(wave).get(KEY) or len(others) < MOST:
        return None
    return min(others, key=lambda name: visit_of(name).get(SEEN, 0))


def _held() -> list[WaveName]:
    """The waves of which this browser brings a cookie that can be read."""
    prefix = current_app.session_interface.get_cookie_name(current_app) + "-"
    found = []
    for name in request.cookies:
        try:
            found.append(WaveName.read(name.removeprefix(prefix)) if name.startswith(prefix) else None)
        except ValueError:
            continue
    return [name for name in found if name is not None]


def _cookie(wave: WaveName) -> QuietCookies:
    return beside(current_app, f"-{wave}", VisitCookies)


def _save(response: Response) -> Response:
    opened: dict[WaveName, SessionMixin] = g.get("visits", {})
    for name in [name for name, visit in opened.items() if visit.modified]:
        if opened[name] and _cookie(name).get_cookie_name(current_app) not in request.cookies:
            _make_room(name)
    for name, visit in list(opened.items()):
        _cookie(name).save_session(current_app, visit, response)
    return response


def _make_room(new: WaveName) -> None:
    """Let go of visits of longest ago where this browser has as many as it may: never of an unfinished one."""
    held = [name for name in _held() if name != new and visit_of(name)]
    idle = sorted(
        (name for name in held if not visit_of(name).get(KEY) or visit_of(name).get(OVER)),
        key=lambda name: (bool(visit_of(name).get(KEY)), visit_of(name).get(SEEN, 0)),
    )
    for name in idle[: max(len(held) - MOST + 1, 0)]:
        visit_of(name).clear()
