"""Accounts as Flask-Security will find them."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from sqlmodel import select

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.storage import accounts, team
from surveyapp.storage.accounts import RoleRow, UserRow
from surveyapp.storage.database import Database
from surveyapp.web.account_store import AccountStore, User, WebAuthn


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


def test_flask_security_sees_the_same_tables_and_notices_a_used_recovery_code(database: Database) -> None:
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
    with Flask("accounts").app_context():  # the store keeps changes of a request until it commits
        store = AccountStore(database)
        user = store.find_user(email="iemand@example.org")
        assert user is not None
        user.mf_recovery_codes.pop(0)  # Flask-Security changes the list in place
        assert user.webauthn[0].get_user_mapping() == {"id": user.id}
        store.put(user)
        store.commit()
    with database.read() as session:
        assert session.exec(select(UserRow.mf_recovery_codes)).all() == [["twee"]]


def test_an_admin_who_was_invited_and_chose_no_password_is_nobody_to_leave_alone(database: Database) -> None:
    with database.write() as session:
        accounts.add_user(session, "jan@example.org", "hash", "admin")
        accounts.add_user(session, "els@example.org", None, "admin")
    for deed in (team.block, lambda session, email: team.set_role(session, email, "viewer")):
        with pytest.raises(WrongState, match="only account that can sign in"), database.write() as session:
            deed(session, "jan@example.org")
    with database.write() as session:
        team.set_password(session, "els@example.org", "hash")
        team.block(session, "jan@example.org")


def test_of_two_admins_who_block_each_other_at_once_one_stays(database: Database) -> None:
    """Both ask before either has written; on PostgreSQL nothing but a lock keeps them apart."""
    with database.write() as session:
        for name in ("jan", "els"):
            accounts.add_user(session, f"{name}@example.org", "hash", "admin")
    together, told = threading.Barrier(2), list[str]()

    def block(email: str) -> None:
        together.wait()
        try:
            with database.write() as session:
                team.block(session, email)
                time.sleep(0.3)
        except WrongState as error:
            told.append(str(error))

    threads = [threading.Thread(target=block, args=(f"{name}@example.org",)) for name in ("jan", "els")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert [one.is_active for one in team.account_list(session)].count(True) == 1
    assert len(told) == 1
