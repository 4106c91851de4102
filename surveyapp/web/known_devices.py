"""Browsers in which somebody signed in before: strangers' wrong passwords do not close the door to them.

A signed cookie names the account (as a keyed hash) and the browser (a random name), nothing else. It opens nothing: it
only lets this browser's attempts be counted by themselves.

References
----------
OWASP, *Slow Down Online Guessing Attacks with Device Cookies*.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from surveyapp.storage.throttle import source_hash

KEPT = timedelta(days=180)


def known_device(email: str, secret: str) -> str | None:
    """The name of this browser, where this account signed in before."""
    try:
        held, device = _signer(secret).loads(request.cookies.get(_cookie_name(), ""), max_age=int(KEPT.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(device) if held == source_hash(email, secret) else None


def remember_device(email: str, secret: str) -> None:
    """Know this browser from now on; one account at a time."""
    value = _signer(secret).dumps([source_hash(email, secret), secrets.token_urlsafe(12)])

    @after_this_request
    def _write(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(),
            value,
            max_age=KEPT,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return response


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="surveyapp:known-device")
