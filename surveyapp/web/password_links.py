"""Links with which somebody chooses a password: for a new account, and where one was forgotten.

A link is signed and says whose it is; it works for a week and once, because it rests on the password it replaces. No
table keeps it: whoever has the database alone cannot make one.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from surveyapp.errors import NotFound
from surveyapp.storage.accounts import UserRow, user_by_email, user_by_id
from surveyapp.storage.database import Session

VALID = timedelta(days=7)
PATH = "/console/password/"


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="surveyapp:password-link")


def _mark(user: UserRow) -> str:
    """What changes with the password, the sessions and a block."""
    held = f"{user.password or ''}:{user.fs_uniquifier}:{user.active}"
    return hashlib.sha256(held.encode()).hexdigest()[:32]


def password_link(session: Session, secret: str, base_url: str, email: str) -> str:
    """The whole address with which this account's owner chooses a password."""
    user = user_by_email(session, email)
    if user is None:
        raise NotFound("There is no account for %(email)s.", email=email[:80])
    token = _signer(secret).dumps([user.id, _mark(user)])
    return f"{base_url.rstrip('/')}{PATH}{token}"


def account_of_link(session: Session, secret: str, token: str) -> UserRow | None:
    """Whose link it is; None when it is none, too old, used, or of an account that is blocked."""
    try:
        number, mark = _signer(secret).loads(token, max_age=int(VALID.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    user = user_by_id(session, number) if isinstance(number, int) else None
    return user if user is not None and user.active and _mark(user) == mark else None
