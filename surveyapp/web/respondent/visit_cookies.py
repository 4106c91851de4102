"""The cookies of visits: one for each wave this browser came for.

Each is signed for its wave, lasts as long as the session and is written when something in it changed. What becomes of
one questionnaire can so undo nothing of another's, however late a response arrives.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SessionMixin

from surveyapp.web.cookies import QuietCookies, beside
from surveyapp.web.respondent.addresses import WaveName

MOST = 4
"""Waves in one browser; with more, the one visited longest ago is let go. A server takes some 8 kB of cookies."""
HOUR = "hour"


def install(app: Flask) -> None:
    """Write what changed with every response."""
    app.after_request(_save)


def visit_of(wave: WaveName) -> SessionMixin:
    """What this browser's cookie holds of a wave; empty when it never came for it. Changes are kept."""
    opened: dict[str, SessionMixin] = g.setdefault("visits", {})
    name = str(wave)
    if name not in opened:
        opened[name] = _cookie(name).open_session(current_app, request) or SecureCookieSession()
    return opened[name]


def _cookie(wave: str) -> QuietCookies:
    return beside(current_app, f"-{wave}")


def _save(response: Response) -> Response:
    opened: dict[str, SessionMixin] = g.get("visits", {})
    for wave, visit in list(opened.items()):
        cookie = _cookie(wave)
        if visit and visit.modified and cookie.get_cookie_name(current_app) not in request.cookies:
            _make_room(response)
        cookie.save_session(current_app, visit, response)
    return response


def _make_room(response: Response) -> None:
    """Let go of the visit of longest ago where this browser has as many as it may."""
    prefix = current_app.session_interface.get_cookie_name(current_app) + "-"
    held = []
    for name in request.cookies:
        if name.startswith(prefix):
            found = _cookie(name.removeprefix(prefix)).open_session(current_app, request)
            held.append((found.get(HOUR, 0) if found is not None else 0, name))
    for _, name in sorted(held)[: max(len(held) - MOST + 1, 0)]:
        response.delete_cookie(name, path="/", secure=bool(current_app.config["SESSION_COOKIE_SECURE"]), httponly=True)
