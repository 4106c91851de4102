"""The signed address by which somebody wants no more mail."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace

import pytest
from sqlmodel import select

from surveyapp.fieldwork import contacts, unsubscribing
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit
from surveyapp.storage import contacts as stored
from surveyapp.storage.database import Database
from surveyapp.storage.tables import AuditRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument

SALT = "a secret of the application, long enough for a test"


@pytest.fixture
def instrument() -> Instrument:
    return small_instrument(mode="confidential")


def invited(database: Database, instrument: Instrument, year: int = YEAR) -> uuid.UUID:
    """Jan, invited to a wave of this year; who he is there."""
    each = replace(instrument, hash=f"{year:064}", wave=replace(instrument.wave, year=year))
    running_wave(database, each)
    with database.write() as session:
        contacts.import_contacts(session, each, contacts.read_contacts(b"email\njan@example.org", each))
        row = stored.by_address(session, STUDY, year, "jan@example.org")
    assert row is not None
    found: uuid.UUID = row.contact_id
    return found


def out(database: Database, year: int) -> bool:
    with database.read() as session:
        row = stored.by_address(session, STUDY, year, "jan@example.org")
    assert row is not None
    return row.opted_out_on is not None


def test_an_address_names_its_contact_and_nobody_makes_one_without_the_secret(
    database: Database, instrument: Instrument
) -> None:
    jan = invited(database, instrument)
    where = unsubscribing.address("https://survey.example.org/", jan, "nl", salt=SALT)
    token = where.removeprefix("https://survey.example.org/u/").removesuffix("/afmelden")
    assert len(token) == 43
    made_up = base64.urlsafe_b64encode(jan.bytes + bytes(16)).rstrip(b"=").decode()
    stranger = unsubscribing.signed(uuid.uuid4(), salt=SALT)
    with database.read() as session:
        found = unsubscribing.subscription(session, token, salt=SALT)
        assert found is not None
        assert (found.contact_id, found.wave.year) == (jan, YEAR)
        for wrong in ("", "x", token[:-1], token + "A", token[:20] + "é" + token[21:], "!" * 43, made_up, stranger):
            assert unsubscribing.subscription(session, wrong, salt=SALT) is None
        assert unsubscribing.subscription(session, token, salt=SALT + "!") is None


def test_a_mail_program_finds_the_two_lines_of_rfc_8058() -> None:
    jan = uuid.uuid4()
    said = unsubscribing.headers("https://survey.example.org", jan, "en", salt=SALT)
    address = unsubscribing.address("https://survey.example.org", jan, "en", salt=SALT)
    # RFC 8058, section 3.1: an HTTPS URI in angle brackets, and this very line beside it.
    assert said == {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert address.endswith("/unsubscribe")


def test_it_holds_for_every_wave_of_the_study_is_noted_once_and_can_be_undone(
    database: Database, instrument: Instrument
) -> None:
    jan = invited(database, instrument)
    invited(database, instrument, YEAR + 1)
    token = unsubscribing.signed(jan, salt=SALT)
    for _ in range(2):
        with database.write() as session:
            mine = unsubscribing.subscription(session, token, salt=SALT)
            assert mine is not None
            unsubscribing.opt_out(session, mine, "one-click")
    assert out(database, YEAR)
    assert out(database, YEAR + 1)
    with database.write() as session:
        unsubscribing.undo(session, mine)
    assert not out(database, YEAR)
    assert not out(database, YEAR + 1)
    with database.read() as session:
        noted = [row for row in session.exec(select(AuditRow)) if row.action.startswith("contact.opt")]
        assert [(row.action, row.actor, row.details) for row in noted] == [
            ("contact.opt-out", "invited", {"contact": str(jan), "way": "one-click"}),
            ("contact.opt-in", "invited", {"contact": str(jan), "way": "page"}),
        ]
        assert audit.verify(session).holds
