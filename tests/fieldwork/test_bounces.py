"""Returned mail finds its contact, and counts once."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from sqlmodel import select

from surveyapp import clock
from surveyapp.fieldwork import bounces, contacts, participation, recipients, sample_contacts, unsubscribing, waves
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, invitation_messages, invitation_rounds, samples
from surveyapp.storage import bounces as stored
from surveyapp.storage import contacts as stored_contacts
from surveyapp.storage.database import Database
from surveyapp.storage.invitation_tables import InvitationMessageRow
from surveyapp.storage.samples import ContactChoice
from surveyapp.storage.tables import AuditRow, ContactRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.fieldwork.returned_mails import GARBAGE, complaint, dsn, qmail

SALT = "a secret of the application, long enough for a test"


@pytest.fixture
def people(database: Database) -> dict[str, uuid.UUID]:
    """Two people who are invited, by the name before the @."""
    instrument: Instrument = small_instrument(mode="confidential")
    running_wave(database, instrument)
    listed = contacts.read_contacts(b"email\njan@example.org\nels@example.org", instrument)
    with database.write() as session:
        contacts.import_contacts(session, instrument, listed)
        rows = stored_contacts.listed(session, STUDY, YEAR)
    return {row.email.partition("@")[0]: row.contact_id for row in rows}


def taken(database: Database, *mails: bytes) -> list[str]:
    found = []
    for mail in mails:
        with database.write() as session:
            found.append(bounces.take_in(session, mail, salt=SALT))
    return found


def state(database: Database, who: str) -> tuple[bool, int, bool, bool]:
    with database.read() as session:
        row = session.exec(select(ContactRow).where(ContactRow.email == f"{who}@example.org")).one()
    return row.bounced_on is not None, row.soft_bounces, row.opted_out_on is not None, row.complained_on is not None


def test_each_kind_has_its_consequence_at_the_contact_and_nobody_else(
    database: Database, people: dict[str, uuid.UUID]
) -> None:
    passing = [dsn("jan@example.org", status, "delayed") for status in ("4.2.2", "4.4.1")]
    assert taken(database, *passing) == ["soft", "soft"]
    assert state(database, "jan") == (False, 2, False, False)
    assert taken(database, qmail("jan@example.org")) == ["hard"]
    assert state(database, "jan") == (True, 2, False, False)
    assert state(database, "els") == (False, 0, False, False)
    assert taken(database, complaint("els@example.org")) == ["complaint"]
    assert state(database, "els") == (False, 0, True, True)
    with database.read() as session:
        (entry,) = session.exec(select(AuditRow).where(AuditRow.action == "contact.opt-out")).all()
        assert entry.details == {"contact": str(people["els"]), "way": "complaint"}
        assert stored.counts(session, STUDY, YEAR) == {"hard": 1, "soft": 2, "complaint": 1}


def test_a_report_counts_once_however_often_it_is_read(database: Database, people: dict[str, uuid.UUID]) -> None:
    mail = dsn("jan@example.org", "4.2.2", "delayed")
    assert taken(database, mail, mail, mail.replace(b"\n", b"\r\n")) == ["soft", "known", "known"]
    assert state(database, "jan") == (False, 1, False, False)
    with database.read() as session:
        assert bounces.is_known(session, mail, salt=SALT)


def test_the_signed_address_names_the_contact_where_the_report_names_another_address(
    database: Database, people: dict[str, uuid.UUID]
) -> None:
    token = unsubscribing.signed(people["jan"], salt=SALT)
    assert taken(database, dsn("els@example.org", token=token)) == ["hard"]  # forwarded to a colleague, in vain
    assert state(database, "jan")[0]
    assert not state(database, "els")[0]
    assert taken(database, complaint("", token=token, names=False)) == ["complaint"]
    assert state(database, "jan")[2]


def test_our_name_of_a_message_finds_it_and_who_got_it(database: Database, people: dict[str, uuid.UUID]) -> None:
    with database.write() as session:
        number = invitation_rounds.add(
            session, STUDY, YEAR, "invitation", texts={}, rule={}, made_by="ana@example.org", made_at=clock.now()
        )
        invitation_messages.add(session, STUDY, YEAR, number, [people["jan"]], clock.now())
        (message,) = session.exec(select(InvitationMessageRow)).all()
        message.state = "sent"
    named = dsn("somebody@elsewhere.example").replace(b"0123456789abcdef" * 2, message.message_id.hex.encode())
    assert taken(database, named) == ["hard"]
    assert state(database, "jan")[0]
    with database.read() as session:
        (message,) = session.exec(select(InvitationMessageRow)).all()
        assert (message.state, message.reason) == ("bounced", "5.1.1")


def test_who_cannot_be_reached_is_written_to_no_more(database: Database, people: dict[str, uuid.UUID]) -> None:
    taken(database, dsn("jan@example.org"), dsn("els@example.org", "4.2.2", "delayed"))
    instrument = small_instrument(mode="confidential")
    with database.read() as session:
        info = waves.wave_info(session, STUDY, YEAR)
        chosen = recipients.recipients(session, info, instrument, "invitation", recipients.Rule())
        assert {who.contact_id for who in chosen} == {people["els"]}
        assert {who.contact_id for who in participation.participation(session, info, instrument) if who.bounced_on} == {
            people["jan"]
        }


def test_what_is_about_nobody_or_is_not_understood_is_counted_and_changes_nothing(
    database: Database, people: dict[str, uuid.UUID]
) -> None:
    forged = dsn("stranger@example.org", token="t" * 43)
    assert taken(database, forged, *GARBAGE.values()) == ["unmatched"] + ["not_understood"] * len(GARBAGE)
    with database.read() as session:
        assert stored.counts(session) == {"unmatched": 1, "not_understood": len(GARBAGE)}
    assert state(database, "jan") == state(database, "els") == (False, 0, False, False)


def test_an_address_of_a_wave_that_is_over_is_nobodys_any_more(database: Database) -> None:
    instrument = small_instrument(mode="confidential")
    past = replace(instrument, hash="b" * 64, wave=replace(instrument.wave, year=YEAR - 1))
    running_wave(database, past)
    with database.write() as session:
        contacts.import_contacts(session, past, contacts.read_contacts(b"email\njan@example.org", past))
    with database.write() as session:
        waves.close_wave(session, STUDY, YEAR - 1)
    assert taken(database, dsn("jan@example.org")) == ["unmatched"]


def test_a_dead_address_is_a_standing_of_its_own_until_it_is_corrected_or_known_to_work(
    database: Database, people: dict[str, uuid.UUID]
) -> None:
    taken(database, dsn("jan@example.org"), dsn("els@example.org"))
    with database.read() as session:
        assert samples.count(session, STUDY, YEAR, ContactChoice(standing="bounced")) == 2
    row = {"email": "jan@elsewhere.example"}
    with database.write() as session:
        sample_contacts.correct(session, STUDY, YEAR, people["jan"], row, "ana@example.org")
        sample_contacts.mail_anyway(session, STUDY, YEAR, people["els"], "belde zelf", "ana@example.org")
    with database.read() as session:
        assert samples.count(session, STUDY, YEAR, ContactChoice(standing="bounced")) == 0
        assert audit.verify(session).holds
