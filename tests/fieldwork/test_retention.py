"""What is kept until when, and how it goes: on its day, counted, with a certificate."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import select

from surveyapp import clock
from surveyapp.errors import WrongState
from surveyapp.fieldwork import (
    certificates,
    contacts,
    editions,
    interviews,
    retention,
    unsubscribing,
    waves,
)
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit, case_links, keys
from surveyapp.storage import contacts as stored
from surveyapp.storage import retention as queries
from surveyapp.storage.database import Database
from surveyapp.storage.tables import AuditRow, CaseRow, ContactRow, PageSaveRow, ReportRequestRow, TokenRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument

SALT = "a secret of the application, long enough for a test"
CLOSED = datetime(2026, 12, 18, 12, tzinfo=clock.ZONE)


class Shelf(InstrumentLibrary):
    """One instrument for every version that is asked for."""

    def __init__(self, database: Database, instrument: Instrument) -> None:
        super().__init__(database)
        self.instrument = instrument

    def get(self, session: object, study: str, hash_: str) -> Instrument:
        return self.instrument


@pytest.fixture
def instrument() -> Instrument:
    made = small_instrument(mode="confidential")
    return replace(made, wave=replace(made.wave, closes="2026-12-18", kept_until=2031))


@pytest.fixture
def wave(database: Database, instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A closed wave with two contacts, one of whom wants no mail, and a case with an open answer."""
    monkeypatch.setattr(InstrumentLibrary, "get", lambda *_: instrument)  # not every instrument here has documents
    at(monkeypatch, CLOSED - timedelta(days=3))
    running_wave(database, instrument)
    with database.write() as session:
        contacts.import_contacts(
            session,
            instrument,
            contacts.read_contacts(b"email;name\njan@example.org;Jan\nels@example.org;Els", instrument),
        )
        els = stored.by_address(session, STUDY, YEAR, "els@example.org")
        assert els is not None
        stored.set_opted_out(session, STUDY, els.contact_id, clock.today())
        info = waves.wave_info(session, STUDY, YEAR)
        case, _ = interviews.begin(session, info, instrument, "contractor", "nl", "personal")
        session.connection().execute(update(CaseRow).values(answers={"open": "Mijn baas heet Kees", "mark": 7}))
        session.add(
            PageSaveRow(
                study_id=STUDY,
                case_id=case.case_id,
                seq=9,
                page="x",
                answers={"open": "Mijn baas heet Kees"},
                language="nl",
                client_key="k" * 22,
            )
        )
        session.add(
            ReportRequestRow(
                study_id=STUDY, request_id=keys.apart_id(), year=YEAR, email="kim@example.org", language="nl"
            )
        )
    at(monkeypatch, CLOSED)
    with database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
        audit.add(session, "ana@example.org", "wave.close", f"{STUDY} {YEAR}", {})
        stored.link_case(session, STUDY, els.contact_id, case.case_id)
        case_links.cut(session, STUDY, YEAR)
        audit.add(session, "ana@example.org", "contact.correct", f"{STUDY} {YEAR}", {"contact": "1"})
    return Shelf(database, instrument)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment.astimezone(UTC))


def due(database: Database, shelf: Shelf, *, by_hand: bool = False) -> dict[str, int]:
    with database.read() as session:
        return {line.kind: line.count for line in retention.due_lines(session, shelf, by_hand=by_hand)}


def test_each_kind_has_its_day(database: Database, wave: Shelf) -> None:
    with database.read() as session:
        days = {line.kind: line.due for line in retention.lines(session, wave)}
    closed = CLOSED.date()
    # reliability: drafts and the link 30 days, contacts 90, open answers and addresses a year after closing
    assert days == {
        "drafts": closed + timedelta(days=30),
        "link": closed + timedelta(days=30),
        "contacts": closed + timedelta(days=90),
        "addresses": closed + timedelta(days=365),
        "texts": closed + timedelta(days=365),
        "answers": date(2032, 1, 1),  # the pages said: until 2031
        "names": closed + timedelta(days=730),
        "files": None,
    }


def test_what_a_dry_run_counts_is_what_goes_and_each_removal_has_a_certificate(
    database: Database, wave: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, CLOSED + timedelta(days=89))
    assert due(database, wave) == {}
    at(monkeypatch, CLOSED + timedelta(days=90))
    assert due(database, wave) == {"contacts": 2}
    Worker(database, wave, None, salt=SALT, keeps_days=False).round()
    assert due(database, wave) == {}
    with database.read() as session:
        assert not session.exec(select(ContactRow)).all()
        assert not session.exec(select(TokenRow)).all()
        made = certificates.listed(session)
        assert [(one.kind, one.removed, one.days, one.actor) for one in made] == [("contacts", 2, 90, "system")]
        assert certificates.broken(session) is None
        assert audit.verify(session).holds
        assert "example.org" not in json.dumps([row.content for row in queries.certificates(session)])
        entry = session.exec(select(AuditRow).where(AuditRow.action == "retention.remove")).one()
        assert entry.details["hash"] == made[0].hash


def test_who_wants_no_mail_is_known_when_nothing_else_is(
    database: Database, wave: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, CLOSED + timedelta(days=90))
    retention.run(database, wave, salt=SALT)
    later = replace(wave.instrument, hash="c" * 64, wave=replace(wave.instrument.wave, year=YEAR + 1))
    running_wave(database, later)
    listed = contacts.read_contacts(b"email\njan@example.org\nels@example.org", later)
    with database.write() as session:
        assert contacts.import_contacts(session, later, listed, salt=SALT).opted_out == 1
        els = stored.by_address(session, STUDY, YEAR + 1, "els@example.org")
        assert els is not None
        mine = unsubscribing.Subscription(waves.wave_info(session, STUDY, YEAR + 1), els.contact_id, els.opted_out_on)
        unsubscribing.undo(session, mine)  # and now it is forgotten for good
        assert unsubscribing.opted_out(session, STUDY, ["els@example.org"], salt=SALT) == {}


def test_open_answers_go_when_a_person_says_so_and_stay_counted(
    database: Database, wave: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "text_names", lambda _: frozenset({"open"}))
    at(monkeypatch, CLOSED + timedelta(days=365))
    retention.run(database, wave, salt=SALT)
    assert due(database, wave) == {}
    assert due(database, wave, by_hand=True) == {"texts": 1}
    with database.read() as session:
        (line,) = retention.due_lines(session, wave, by_hand=True)
    number = retention.remove(database, wave, line, salt=SALT, actor="ana@example.org")
    assert number is not None
    with database.read() as session:
        assert session.exec(select(CaseRow)).one().answers == {"open": "[…]", "mark": 7}
        assert {"open": "[…]"} in [row.answers for row in session.exec(select(PageSaveRow))]
        assert "Kees" not in str(session.execute(text("SELECT answers FROM cases")).all())
        last = editions.in_force(session, STUDY, YEAR)
        assert last is not None
        assert (last.act, last.actor) == (editions.TEXTS_GONE, "ana@example.org")
    assert retention.remove(database, wave, line, salt=SALT, actor="ana@example.org") is None


def test_answers_go_in_the_year_after_the_one_that_was_promised(
    database: Database, wave: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, datetime(2031, 12, 31, 12, tzinfo=clock.ZONE))
    assert "answers" not in due(database, wave)
    at(monkeypatch, datetime(2032, 1, 1, 1, tzinfo=clock.ZONE))
    assert due(database, wave)["answers"] == 1
    retention.run(database, wave, salt=SALT)
    with database.read() as session:
        assert not session.exec(select(CaseRow)).all()
        assert not session.exec(select(PageSaveRow)).all()
        assert editions.in_force(session, STUDY, YEAR).act == editions.ANSWERS_GONE  # type: ignore[union-attr]


def test_after_two_years_the_audit_log_says_what_was_done_and_not_by_whom(
    database: Database, wave: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, CLOSED + timedelta(days=731))
    retention.run(database, wave, salt=SALT)
    with database.read() as session:
        rows = session.exec(select(AuditRow).order_by(AuditRow.entry)).all()  # type: ignore[arg-type]
        old = {row.action: (row.actor, row.subject, row.details) for row in rows if row.at == CLOSED}
        assert old["wave.close"][:2] == ("", f"{STUDY} {YEAR}")
        assert old["contact.correct"] == ("", "", {})
        assert audit.verify(session).holds
    with database.write() as session:  # names are taken by nobody else: a new entry cannot be emptied
        session.connection().execute(
            update(AuditRow).where(AuditRow.action == "retention.remove").values(actor="", details={})  # type: ignore[arg-type]
        )
    with database.read() as session:
        assert not audit.verify(session).holds


def test_contacts_wait_for_the_link_and_nothing_goes_before_its_day(
    database: Database, wave: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.read() as session:
        line = next(one for one in retention.lines(session, wave) if one.kind == "contacts")
    with pytest.raises(WrongState, match="not due to go yet"):
        retention.remove(database, wave, line, salt=SALT, actor="ana@example.org")
    with database.write() as session:
        jan = stored.by_address(session, STUDY, YEAR, "jan@example.org")
        assert jan is not None
        stored.link_case(session, STUDY, jan.contact_id, session.exec(select(CaseRow)).one().case_id)
    at(monkeypatch, CLOSED + timedelta(days=90))
    with pytest.raises(WrongState, match="the link is cut first"):
        retention.run(database, wave, salt=SALT)


def test_a_certificate_that_was_changed_or_taken_out_shows(database: Database) -> None:
    with database.write() as session:
        for n in range(1, 4):
            assert certificates.issue(session, "drafts", n, study=STUDY, year=YEAR, days=30, actor="system") == n
        held = certificates.one(session, 2).document()
        assert queries.sealed(2, {**queries.certificate(session, 2).content}, held["previous"]) == held["sha256"]
    with database.write() as session:
        session.connection().execute(text("DELETE FROM certificate WHERE number = 2"))
    with database.read() as session:
        assert certificates.broken(session) == 3
