"""The settings and headers that keep pages safe, and the limits on what may be posted."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, current_app, g, request, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest, Forbidden, RequestEntityTooLarge, UnsupportedMediaType

from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.web.application import WithHeaders

BODY_LIMIT = 256 * 1024
UPLOAD_LIMIT = 5 * 1024 * 1024 + 16 * 1024
"""For an address that takes a file: the file, and the form around it."""
_UPLOADS = re.compile(r"/console/(?:new-study|[^/]+/[0-9]{4}/(?:sample/lists|instrument/proposals))")
FIELD_LIMIT = 500
KEY_BYTES = 32
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would break every POST over https: Flask-WTF asks for one
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", ""})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class FormCheck(CSRFProtect):  # type: ignore[misc]  # Flask-WTF carries no types
    """Flask-WTF's check of a form's origin, which looks at the method before it looks up all it may exempt."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a form that this site did not give out to this browser."""
        if request.method not in SAFE_METHODS:
            super().protect(apply_exemptions)


csrf = FormCheck()


@lru_cache(4)
def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="wtf-csrf-token")


def form_token() -> str:
    """What Flask-WTF's `generate_csrf` gives, signed by what is made once and not for each form."""
    held, kept = g._get_current_object(), session._get_current_object()  # type: ignore[attr-defined]
    if "csrf_token" in held or "csrf_token" not in kept:
        return str(generate_csrf())
    made: str = _signer(str(current_app.config["SECRET_KEY"])).dumps(kept["csrf_token"])
    held.csrf_token = made
    return made


def secret_key(settings: Settings) -> str:
    """The key sessions are signed with: from the environment, or made once and kept in the instance folder.

    On PostgreSQL several machines can serve, and a key that one of them made would be another at the next: there it
    has to be given.

    Raises
    ------
    ConfigurationError     the key is too short, or none is given where machines must share one
    """
    kept = settings.instance / "secret_key"
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value()
    elif not settings.is_development and not settings.url.startswith("sqlite"):
        here = f" The one used on this machine so far stands in {kept}." if kept.is_file() else ""
        raise ConfigurationError(
            "SURVEYAPP_SECRET_KEY is not set: on PostgreSQL every server and worker must be given the same key; "
            f"none is made.{here} Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    else:
        key = _kept_key(kept)
    if len(key.encode()) < KEY_BYTES:
        raise ConfigurationError(f"The secret key has fewer than {KEY_BYTES} bytes; set SURVEYAPP_SECRET_KEY.")
    return key


def _kept_key(path: Path) -> str:
    """The key in this file, made when it is not there; of two processes starting at once, one makes it.

    It appears whole or not at all: a process that read half a key would sign with another than the rest.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # for its owner alone: mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


def configuration(settings: Settings) -> dict[str, object]:
    """Flask's settings for these settings of ours.

    Raises
    ------
    ConfigurationError     plain http for a public address outside development, or a bad secret key
    """
    base = urlsplit(settings.base_url)
    is_secure = base.scheme == "https"
    host = base.hostname or ""
    if not is_secure and not settings.is_development and host not in ("127.0.0.1", "localhost", "::1"):
        raise ConfigurationError(
            f"SURVEYAPP_BASE_URL is {settings.base_url}: outside development a public address must be https."
        )
    trusted = [name.strip() for name in settings.trusted_hosts.split(",") if name.strip()]
    return {
        "SECRET_KEY": secret_key(settings),
        "SESSION_COOKIE_NAME": "__Host-survey" if is_secure else "survey",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=24),
        "SESSION_REFRESH_EACH_REQUEST": False,  # a late answer would undo what another tab got (web.cookies)
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "MAX_FORM_MEMORY_SIZE": BODY_LIMIT,
        "MAX_FORM_PARTS": FIELD_LIMIT,
        "TRUSTED_HOSTS": trusted or [base.netloc and host, *LOOPBACK],
        "PREFERRED_URL_SCHEME": base.scheme or "http",
        "WTF_CSRF_TIME_LIMIT": None,  # bound to the session: a coffee break must not cost a page
        "WTF_CSRF_SSL_STRICT": True,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def install(app: Flask, settings: Settings) -> None:
    """Put the limits before and the headers behind every request."""
    csrf.init_app(app)
    is_secure = settings.base_url.startswith("https://")
    # CSRFProtect checks first; a body that is too large must be refused before anything parses it.
    app.before_request_funcs.setdefault(None, []).insert(0, refuse_excess)

    headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if is_secure else {})
    # Whatever a library says of keeping (send_file: no-cache; Flask-Security: private=True, which is no directive at
    # all): every page and every file made here can hold answers, and static files do not come by here.
    never_kept = [("Cache-Control", "no-store")]
    app.wsgi_app = WithHeaders(app.wsgi_app, headers.items(), never_kept)  # type: ignore[method-assign]


def body_limit(path: str) -> int:
    """Bytes of a body that this address takes."""
    return UPLOAD_LIMIT if _UPLOADS.fullmatch(path) else BODY_LIMIT


def refuse_excess() -> None:
    """Refuse what is no form, and a form from another site, with too many fields, or that is not UTF-8.

    Werkzeug limits neither the fields of an urlencoded body nor its decoding: undecodable bytes would
    silently become replacement signs in somebody's answer.
    """
    asked = request._get_current_object()  # type: ignore[attr-defined]  # asked many times below
    if (limit := body_limit(asked.path)) > BODY_LIMIT:
        asked.max_content_length = limit
    if asked.is_json:  # asked of a page too: the library that signs people in reads it, and a deep one is a fault
        raise UnsupportedMediaType
    if asked.method in SAFE_METHODS:
        return
    kind = asked.mimetype
    if kind not in FORMS:
        raise UnsupportedMediaType
    if asked.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden
    if kind == "multipart/form-data" and None in asked.form:
        raise BadRequest  # a part without a name: no browser sends one, and no code expects it
    if kind != "application/x-www-form-urlencoded":
        return
    if (asked.content_length or 0) > (asked.max_content_length or BODY_LIMIT):
        raise RequestEntityTooLarge
    body = asked.get_data(cache=True)
    if body.count(b"&") >= FIELD_LIMIT:
        raise RequestEntityTooLarge
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest from None
