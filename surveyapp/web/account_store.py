"""Flask-Security's view of the account tables.

The tables are storage's (:mod:`surveyapp.storage.accounts`); what an account can do is Flask-Security's. Here the two
meet: its mixins are mapped onto our tables, and its datastore reads through ``database.read()`` and writes through one
short ``database.write()`` when a request commits. An account in hand is detached: no view holds a transaction open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import g, has_app_context
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import func, select
from sqlalchemy.orm import registry, relationship
from sqlmodel import SQLModel

from surveyapp.storage.accounts import ROLES, RoleRow, UserRoleRow, UserRow, WebAuthnRow
from surveyapp.storage.database import Database

_mapping = registry(metadata=SQLModel.metadata)


@_mapping.mapped
class Role(RoleMixin):
    """A role an account can hold."""

    __table__ = RoleRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it for table models


@_mapping.mapped
class WebAuthn(WebAuthnMixin):
    """A passkey."""

    __table__ = WebAuthnRow.__table__  # type: ignore[attr-defined]


@_mapping.mapped
class User(UserMixin):
    """Somebody of the team."""

    if TYPE_CHECKING:
        language: str

    __table__ = UserRow.__table__  # type: ignore[attr-defined]
    __mapper_args__: ClassVar[dict[str, Any]] = {
        "properties": {
            "roles": relationship(Role, secondary=UserRoleRow.__table__, lazy="selectin"),  # type: ignore[attr-defined]
            "webauthn": relationship(WebAuthn, cascade="all, delete-orphan", lazy="selectin"),
        }
    }

    @property
    def role(self) -> str | None:
        """The highest role the account holds."""
        held = {role.name for role in self.roles}
        return next((role for role in reversed(ROLES) if role in held), None)


class AccountStore(UserDatastore):
    """Accounts, found and kept for Flask-Security."""

    def __init__(self, database: Database) -> None:
        super().__init__(User, Role, WebAuthn)
        self._database = database

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:
        """The account with this one attribute, detached; None when there is none."""
        attribute, value = wanted.popitem()
        column = getattr(User, attribute)
        same = func.lower(column) == str(value).lower() if case_insensitive else column == value
        with self._database.read() as session:
            user: User | None = session.scalar(select(User).where(same))
            session.expunge_all()
        return user

    def find_role(self, role: str) -> Role | None:
        """The role with this name, detached."""
        with self._database.read() as session:
            found: Role | None = session.scalar(select(Role).where(getattr(Role, "name") == role))  # noqa: B009
            session.expunge_all()
        return found

    def put(self, model: Any) -> Any:
        """Keep a changed account until :meth:`commit`."""
        _kept().append(model)
        return model

    def commit(self) -> None:
        """Write what was kept, in one transaction."""
        kept = _kept()
        if not kept:
            return
        with self._database.write() as session:
            for model in kept:
                session.merge(model)
        kept.clear()


def _kept() -> list[Any]:
    if not has_app_context():
        raise RuntimeError("Accounts are changed inside an application context.")
    if "changed_accounts" not in g:
        g.changed_accounts = []
    kept: list[Any] = g.changed_accounts
    return kept
