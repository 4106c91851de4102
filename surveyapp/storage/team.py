"""The team's accounts as whoever manages them sees them, and what may be changed about one.

Nothing here may leave the installation without somebody who can manage accounts: the last admin that can sign in keeps
the role and is not blocked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from surveyapp.errors import NotFound, WrongState
from surveyapp.storage.accounts import ROLES, RoleRow, UserRoleRow, UserRow, ensure_roles, roles_of, user_by_email
from surveyapp.storage.audit import ENTRIES
from surveyapp.storage.keys import new_secret

SIGNED_IN = "account.sign_in"
"""The deed in the audit log that a last sign-in is read from."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account; ``signed_in_at`` is the last time, None when never."""

    email: str
    role: str | None
    language: str
    is_active: bool
    has_password: bool
    has_second_step: bool
    signed_in_at: datetime | None


def account_list(session: Session) -> Sequence[Account]:
    """Every account, by address."""
    seen = _last_sign_ins(session)
    rows = session.scalars(select(UserRow).order_by(col(UserRow.email))).all()
    return [_account(session, row, seen.get(row.email)) for row in rows]


def account_of(session: Session, email: str) -> Account:
    """One account.

    Raises
    ------
    NotFound     there is none with this address
    """
    row = _row(session, email)
    return _account(session, row, _last_sign_ins(session).get(row.email))


def set_role(session: Session, email: str, role: str) -> None:
    """Give an account this role instead of the ones it held; its open sessions go on with the new one.

    Raises
    ------
    NotFound       there is no such account or role
    WrongState     nobody would be left who manages accounts
    """
    if role not in ROLES:
        raise NotFound("There is no role %(role)s; choose one of %(names)s.", role=role, names=", ".join(ROLES))
    row = _row(session, email)
    if role != "admin":
        _require_another_admin(session, row)
    session.execute(delete(UserRoleRow).where(col(UserRoleRow.user_id) == row.id))
    session.add(UserRoleRow(user_id=row.id or 0, role_id=ensure_roles(session)[role]))
    session.flush()


def block(session: Session, email: str) -> None:
    """Let an account sign in no more, and end its sessions.

    Raises
    ------
    WrongState     nobody would be left who manages accounts
    """
    row = _row(session, email)
    _require_another_admin(session, row)
    row.active = False
    end_sessions(session, email)


def unblock(session: Session, email: str) -> None:
    """Let an account sign in again."""
    _row(session, email).active = True
    session.flush()


def end_sessions(session: Session, email: str) -> None:
    """End every session of an account, on whatever device: the name they all bear is replaced."""
    row = _row(session, email)
    row.fs_uniquifier = new_secret()
    session.flush()


def forget_second_step(session: Session, email: str) -> None:
    """Sign in without a code from now on: for somebody whose telephone is gone. Sessions end."""
    row = _row(session, email)
    row.tf_primary_method = row.tf_totp_secret = row.mf_recovery_codes = None
    end_sessions(session, email)


def set_password(session: Session, email: str, password_hash: str) -> None:
    """Replace a password, and end the sessions that began with the old one."""
    _row(session, email).password = password_hash
    end_sessions(session, email)


def _row(session: Session, email: str) -> UserRow:
    row = user_by_email(session, email)
    if row is None:
        raise NotFound("There is no account for %(email)s.", email=email[:80])
    return row


def _account(session: Session, row: UserRow, signed_in_at: datetime | None) -> Account:
    held = roles_of(session, row.id or 0)
    return Account(
        email=row.email,
        role=held[-1] if held else None,
        language=row.language,
        is_active=row.active,
        has_password=row.password is not None,
        has_second_step=row.tf_primary_method is not None,
        signed_in_at=signed_in_at,
    )


def _last_sign_ins(session: Session) -> dict[str, datetime]:
    found = session.execute(
        select(ENTRIES.c.subject, func.max(ENTRIES.c.at)).where(ENTRIES.c.action == SIGNED_IN).group_by("subject")
    )
    return {row.subject: row[1] for row in found}


def _require_another_admin(session: Session, row: UserRow) -> None:
    """Refuse what would leave nobody who manages accounts: who was invited and chose no password yet does not."""
    if "admin" not in roles_of(session, row.id or 0):
        return
    # Locked, in one order: of two admins who block each other at once, the second is told.
    admins = session.execute(
        select(col(UserRow.id), col(UserRow.active), col(UserRow.password).is_not(None))
        .join(UserRoleRow, col(UserRoleRow.user_id) == col(UserRow.id))
        .join(RoleRow, col(RoleRow.id) == col(UserRoleRow.role_id))
        .where(col(RoleRow.name) == "admin")
        .order_by(col(UserRow.id))
        .with_for_update(of=[UserRow, UserRoleRow])
    ).all()
    if not any(is_active and has_password for number, is_active, has_password in admins if number != row.id):
        raise WrongState(
            "%(email)s is the only account that can sign in and manage accounts; make another one admin first, and let "
            "its owner choose a password.",
            email=row.email,
        )
