"""The site's cookies: written when something in them changed, and by no request that runs beside others.

A response that repeats a cookie as it was when its request came in undoes what another tab got meanwhile: the key of
a questionnaire that was begun, a code. So a page that changes nothing leaves it alone, what a script asks for in the
background never writes it, and what belongs to one questionnaire stands in a cookie of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from surveyapp import clock
from surveyapp.recent import Recent
from surveyapp.web.application import vary_by

_read: Recent[tuple[URLSafeTimedSerializer, str], dict[str, Any]] = Recent(256)
"""What the cookies held that came last: a person's own comes with every request, and is told by its text alone."""
MOST_BESIDE = 64
"""Cookies whose signer is kept: a browser can name any wave."""
UNTIL = "until"
"""Under this name a session holds the second until which it lasts."""


class QuietCookies(SecureCookieSessionInterface):
    """Flask's signed cookie, silent for some endpoints; the session, or one beside it with a name of its own.

    Parameters
    ----------
    suffix : what is added to the name of the session's cookie, and to the salt, so that none passes for another
    """

    def __init__(self, suffix: str = "") -> None:
        self.silent: set[str] = set()
        self.suffix = suffix
        self.salt = f"{SecureCookieSessionInterface.salt}{suffix}"
        self._made: tuple[object, URLSafeTimedSerializer | None] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie: made once for a key of the application, which a request asks for several times."""
        key = app.secret_key, app.config["SECRET_KEY_FALLBACKS"]
        if self._made is None or self._made[0] != key:
            self._made = key, super().get_signing_serializer(app)
        return self._made[1]

    def get_cookie_name(self, app: Flask) -> str:
        """The cookie's name."""
        return super().get_cookie_name(app) + self.suffix

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie into the response where something changed."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            vary_by(response, "Cookie")

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this response writes the cookie."""
        return request.endpoint not in self.silent and super().should_set_cookie(app, session)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing once the moment it names itself is over."""
        text = request.cookies.get(self.get_cookie_name(app))
        serializer = self.get_signing_serializer(app)
        if not text or serializer is None:
            return super().open_session(app, request)
        try:
            read = _read.get((serializer, text), lambda: serializer.loads(text))
            held = self.session_class({name: _own(value) for name, value in read.items()})
        except BadSignature:
            return self.session_class()
        end = until(held)
        if end is None:
            return super().open_session(app, request)  # as old as any session may be
        return held if end > clock.now() else self.session_class()

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When the browser lets go of it."""
        return until(session) or super().get_expiration_time(app, session)


def _own(value: Any) -> Any:
    """A value that may be changed without anybody else seeing it."""
    return deepcopy(value) if isinstance(value, (dict, list)) else value


def until(session: Mapping[str, Any]) -> datetime | None:
    """The moment until which a session says it lasts; None where it says nothing of it."""
    end = session.get(UNTIL)
    return datetime.fromtimestamp(end, UTC) if isinstance(end, int) else None


def last(session: MutableMapping[str, Any], moment: datetime) -> None:
    """Let a session last until this moment."""
    session[UNTIL] = int(moment.timestamp())


def install(app: Flask) -> None:
    """Use it for every session of the application."""
    app.session_interface = QuietCookies()
    app.extensions["cookies beside"] = Recent(MOST_BESIDE)


def keep_silent(app: Flask, *endpoints: str) -> None:
    """Let no response of these endpoints write a cookie."""
    _of(app).silent.update(endpoints)


def beside(app: Flask, suffix: str, kind: type[QuietCookies] = QuietCookies) -> QuietCookies:
    """A cookie beside the session's, silent where that is."""

    def made() -> QuietCookies:
        cookies = kind(suffix)
        cookies.silent = _of(app).silent
        return cookies

    kept: Recent[str, QuietCookies] = app.extensions["cookies beside"]
    return kept.get(suffix, made)


def _of(app: Flask) -> QuietCookies:
    cookies = app.session_interface
    assert isinstance(cookies, QuietCookies), "install() comes first"
    return cookies
