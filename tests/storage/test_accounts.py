"""Accounts as Flask-Security will find them."""

from __future__ import annotations

from typing import Any

import pytest
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Session, registry, relationship
from sqlmodel import SQLModel, select

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.storage import accounts
from surveyapp.storage.accounts import RoleRow, UserRoleRow, UserRow, WebAuthnRow
from surveyapp.storage.database import Database


def test_an_account_has_one_role_and_an_address_in_small_letters(database: Database) -> None:
    with database.write() as session:
        made = accounts.add_user(session, " Iemand@Example.org ", "hash", "editor")
        assert accounts.roles_of(session, made.id or 0) == ("editor",)
    with database.read() as session:
        found = accounts.user_by_email(session, "IEMAND@example.org")
        assert found is not None
        assert found.active
        assert len(found.fs_uniquifier) == 22
        assert [role.name for role in session.exec(select(RoleRow).order_by(RoleRow.id))] == list(accounts.ROLES)


def test_a_second_account_or_an_unknown_role_is_refused(database: Database) -> None:
    with database.write() as session:
        accounts.add_user(session, "iemand@example.org", "hash", "viewer")
        with pytest.raises(WrongState, match="already"):
            accounts.add_user(session, "Iemand@example.org", "hash", "viewer")
        with pytest.raises(NotFound, match="viewer, editor, researcher, admin"):
            accounts.add_user(session, "ander@example.org", "hash", "boss")


def test_flask_security_maps_its_own_classes_onto_the_same_tables(database: Database) -> None:
    class Role(RoleMixin):
        pass

    class WebAuthn(WebAuthnMixin):
        pass

    class User(UserMixin):
        mf_recovery_codes: Any

    mapped = registry(metadata=SQLModel.metadata)
    mapped.map_imperatively(Role, RoleRow.__table__)  # type: ignore[attr-defined]
    mapped.map_imperatively(WebAuthn, WebAuthnRow.__table__)  # type: ignore[attr-defined]
    mapped.map_imperatively(
        User,
        UserRow.__table__,  # type: ignore[attr-defined]
        properties={
            "roles": relationship(Role, secondary=UserRoleRow.__table__),  # type: ignore[attr-defined]
            "webauthn": relationship(WebAuthn, cascade="all, delete-orphan"),
        },
    )
    MutableList.associate_with_attribute(User.mf_recovery_codes)
    with database.write() as session:
        accounts.add_user(session, "iemand@example.org", "hash", "admin")
    with database.write() as session:
        user = Session.scalar(session, select(User))
        assert user is not None
        assert user.is_active
        assert user.has_role("admin")
        user.mf_recovery_codes = ["een", "twee"]
        user.webauthn.append(
            WebAuthn(
                name="sleutel",
                credential_id=b"1",
                public_key=b"2",
                backup_state=False,
                device_type="single_device",
                usage="secondary",
                lastuse_datetime=clock.now(),
            )
        )
    with database.write() as session:
        user = Session.scalar(session, select(User))
        assert user is not None
        user.mf_recovery_codes.pop(0)  # Flask-Security changes the list in place (trap P3)
        assert user.webauthn[0].get_user_mapping() == {"id": user.id}
    with database.read() as session:
        assert session.exec(select(UserRow.mf_recovery_codes)).all() == [["twee"]]
    mapped.dispose()
