"""The one cookie of the site: written when something in it changed, and by no request that runs beside others.

A response that repeats the cookie as it was when its request came in undoes what another tab got meanwhile: the key of
a questionnaire that was begun, a code. So a page that changes nothing leaves it alone, and what a script asks for in
the background never writes it.
"""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class QuietCookies(SecureCookieSessionInterface):
    """Flask's signed cookie, silent for some endpoints."""

    def __init__(self) -> None:
        self.silent: set[str] = set()

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this response writes the cookie."""
        return request.endpoint not in self.silent and super().should_set_cookie(app, session)


def install(app: Flask) -> None:
    """Use it for every session of the application."""
    app.session_interface = QuietCookies()


def keep_silent(app: Flask, *endpoints: str) -> None:
    """Let no response of these endpoints write the cookie."""
    cookies = app.session_interface
    if isinstance(cookies, QuietCookies):
        cookies.silent.update(endpoints)
