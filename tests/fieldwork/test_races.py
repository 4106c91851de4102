"""Two transactions at once, the second placed where it hurts: what was acknowledged stays, what was taken back is gone.

On SQLite a transaction that writes is alone; what one of two tabs read before the other wrote is tried on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from surveyapp.errors import WrongState
from surveyapp.fieldwork import contacts, continuing, editions, interviews, link_cutting, personal_links, waves
from surveyapp.fieldwork.case_state import CaseState, Draft
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import cases, publication, report_requests
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, DraftRow, PageSaveRow, ReportRequestRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.instrument.definitions import patched, write

SALT = "a secret of the application, long enough for a test"
LONGEST = 20
"""Seconds until a test that waits for another transaction is told that it waits in vain."""


@dataclass
class Other:
    """A transaction on another thread."""

    thread: Thread
    faults: list[BaseException]

    def finish(self) -> None:
        """Wait for it; a fault in it is a fault of the test."""
        self.thread.join(LONGEST)
        assert not self.thread.is_alive()
        assert self.faults == []


def beside(deed: Callable[[], object]) -> Other:
    """Start a transaction on another thread."""
    faults: list[BaseException] = []

    def run() -> None:
        try:
            deed()
        except BaseException as fault:
            faults.append(fault)

    thread = Thread(target=run, daemon=True)
    thread.start()
    return Other(thread, faults)


def somebody_waits(database: Database) -> bool:
    """Whether a transaction on PostgreSQL waits for another one."""
    with database.read() as session:
        return bool(session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = monotonic() + LONGEST
    while not is_so():
        assert monotonic() < end, "It never came to that."
        sleep(0.005)


@contextmanager
def held_open(database: Database, deed: Callable[[Session], object]) -> Iterator[None]:
    """A deed whose transaction commits only once the other one, in the block, waits for it or is over."""
    done, is_over = Event(), Event()

    def run() -> None:
        with database.write() as session:
            deed(session)
            done.set()
            until(lambda: is_over.is_set() or somebody_waits(database))

    other = beside(run)
    assert done.wait(LONGEST)
    try:
        yield
    finally:
        is_over.set()
        other.finish()


@pytest.fixture
def begun(database: Database) -> CaseState:
    """A case nobody saved a page of, as two tabs of its browser know it."""
    instrument = small_instrument()
    info = running_wave(database, instrument)
    with database.write() as session:
        return interviews.begin(session, info, instrument, "contractor", "nl", "open")[0]


@pytest.fixture
def begun_there(postgres_database: Database) -> CaseState:
    """The same, on PostgreSQL alone."""
    instrument = small_instrument()
    info = running_wave(postgres_database, instrument)
    with postgres_database.write() as session:
        return interviews.begin(session, info, instrument, "contractor", "nl", "open")[0]


def only(database: Database, table: type[Any]) -> Any:
    with database.read() as session:
        return session.exec(select(table)).one()


def drafts(database: Database) -> list[str]:
    with database.read() as session:
        return [row.page for row in session.exec(select(DraftRow))]


TYPED = Draft({"q_v1": ["what I typed"]}, 0)


# ------------------------------------------------------------------------------------------- closing and cutting
@pytest.fixture
def invited(postgres_database: Database, tmp_path: Any) -> CaseState:
    """Someone who came by a personal link into a confidential wave that is still open."""
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    instrument = load_instrument(write(tmp_path, documents), YEAR)
    with postgres_database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, "kinds", YEAR)
        listed = contacts.read_contacts(b"email;role\nsomeone@example.org;contractor\n", instrument)
        contacts.import_contacts(session, instrument, listed)
        (link,) = personal_links.make_links(session, "kinds", YEAR, salt=SALT)
        case = personal_links.begin(session, instrument, link.token, "contractor", "nl", salt=SALT)
    assert case is not None
    return case[0]


def test_a_page_that_is_being_saved_while_the_link_is_cut_comes_along(
    postgres_database: Database, invited: CaseState
) -> None:
    def save(session: Session) -> None:
        saved = interviews.save_page(
            session, invited, "start", {"k_elig": 1}, expected_seq=0, client_key="a" * 12, language="nl"
        )
        assert saved.outcome == "saved"

    with held_open(postgres_database, save):
        assert len(link_cutting.cut_due_links(postgres_database, date(2027, 2, 1))) == 1
    case = only(postgres_database, CaseRow)
    assert (case.answers["k_elig"], case.key_hash) == (1, None)
    with postgres_database.read() as session:
        assert session.exec(select(PageSaveRow).where(PageSaveRow.page == "start")).one().answers == {"k_elig": 1}


def finished(session: Session) -> int:
    return len(session.exec(select(CaseRow).where(CaseRow.state == "complete")).all())


def test_a_closing_waits_for_who_takes_answers_back_or_it_would_show_them_and_then_not(
    postgres_database: Database, begun_there: CaseState, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, is_over, note = Event(), Event(), editions.note_removal

    def note_and_wait(session: Session, study: str, year: int) -> bool:
        found = note(session, study, year)
        asked.set()
        until(lambda: is_over.is_set() or somebody_waits(postgres_database))
        return found

    monkeypatch.setattr(editions, "note_removal", note_and_wait)
    with postgres_database.write() as session:
        sent = interviews.send(session, begun_there)

    def take_back() -> None:
        with postgres_database.write() as session:
            continuing.withdraw(session, sent)

    other = beside(take_back)
    assert asked.wait(LONGEST)
    with postgres_database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
        shown = finished(session)
    is_over.set()
    other.finish()
    with postgres_database.read() as session:
        assert (shown, finished(session)) == (0, 0)


def test_answers_taken_back_while_the_wave_closes_count_as_taken_back_after_it(
    postgres_database: Database, begun_there: CaseState
) -> None:
    with postgres_database.write() as session:
        sent = interviews.send(session, begun_there)
    with (
        held_open(postgres_database, lambda session: waves.close_wave(session, STUDY, YEAR)),
        postgres_database.write() as session,
    ):
        assert waves.wave_info(session, STUDY, YEAR).state == "open"  # as its page knew it
        continuing.withdraw(session, sent)
    with postgres_database.read() as session:
        assert finished(session) == 0
        assert [step.is_blind for step in publication.steps(session, STUDY, YEAR)] == [True], "a figure moved by one"


def test_an_address_that_comes_while_the_wave_closes_is_kept(postgres_database: Database) -> None:
    running_wave(postgres_database, small_instrument())

    def leave(email: str) -> None:
        with postgres_database.write() as session:
            report_requests.add(session, STUDY, YEAR, email, "nl", [])

    leave("early@example.org")
    late: list[Other] = []

    @event.listens_for(postgres_database._writer, "before_cursor_execute")
    def _as_it_mixes(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("DELETE FROM report_request") and not late:
            late.append(beside(lambda: leave("late@example.org")))
            until(lambda: not late[0].thread.is_alive() or somebody_waits(postgres_database))

    with postgres_database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    late[0].finish()
    with postgres_database.read() as session:
        kept = {row.email for row in session.exec(select(ReportRequestRow))}
    assert kept == {"early@example.org", "late@example.org"}


# ---------------------------------------------------------------------------------------------- stopping and sending
def test_what_is_typed_in_a_tab_after_the_answers_were_removed_in_another_is_not_kept(
    database: Database, begun: CaseState
) -> None:
    with database.write() as session:
        continuing.withdraw(session, begun)
    with pytest.raises(WrongState), database.write() as session:
        continuing.keep_draft(session, begun, "p1", TYPED)
    assert drafts(database) == []


def test_what_is_typed_in_a_tab_while_the_answers_are_removed_in_another_is_not_kept(
    postgres_database: Database, begun_there: CaseState
) -> None:
    with (
        held_open(postgres_database, lambda session: continuing.withdraw(session, begun_there)),
        pytest.raises(WrongState),
        postgres_database.write() as session,
    ):
        continuing.keep_draft(session, begun_there, "p1", TYPED)
    assert drafts(postgres_database) == []


def test_what_is_typed_just_before_the_answers_are_removed_goes_with_them(
    postgres_database: Database, begun_there: CaseState
) -> None:
    with (
        held_open(postgres_database, lambda session: continuing.keep_draft(session, begun_there, "p1", TYPED)),
        postgres_database.write() as session,
    ):
        continuing.withdraw(session, begun_there)
    assert drafts(postgres_database) == []


@pytest.mark.parametrize("ending", [continuing.withdraw, interviews.screen_out, interviews.send, continuing.erase])
def test_the_language_of_a_questionnaire_that_is_over_does_not_change(
    ending: Callable[[Session, CaseState], CaseState], database: Database, begun: CaseState
) -> None:
    with database.write() as session:
        ending(session, begun)
    with pytest.raises(WrongState), database.write() as session:
        interviews.switch_language(session, begun, "en")
    case = only(database, CaseRow)
    is_removed = ending in (continuing.withdraw, continuing.erase)  # of whom nothing but the role is kept
    assert (case.language, case.flags) == ("unknown" if is_removed else "nl", {})


def test_sending_in_one_tab_and_switching_the_language_in_another_keep_what_the_other_noted(
    postgres_database: Database, begun_there: CaseState
) -> None:
    answered = replace(begun_there, answers={"v1": 1})
    with (
        held_open(postgres_database, lambda session: interviews.send(session, answered, {})),
        pytest.raises(WrongState),
        postgres_database.write() as session,
    ):
        interviews.switch_language(session, begun_there, "en")
    assert only(postgres_database, CaseRow).flags == {"off_path": ["v1"]}


def test_switching_the_language_in_one_tab_and_sending_in_another_keep_what_the_other_noted(
    postgres_database: Database, begun_there: CaseState
) -> None:
    answered = replace(begun_there, answers={"v1": 1})
    with (
        held_open(postgres_database, lambda session: interviews.switch_language(session, begun_there, "en")),
        postgres_database.write() as session,
    ):
        interviews.send(session, answered, {})
    case = only(postgres_database, CaseRow)
    assert (case.state, case.flags) == ("complete", {"off_path": ["v1"], interviews.LANGUAGE_SWITCHES: 1})


@pytest.mark.parametrize("ending", [interviews.send, interviews.screen_out, continuing.withdraw, continuing.erase])
def test_nothing_that_was_typed_and_not_saved_outlives_the_questionnaire(
    ending: Callable[[Session, CaseState], CaseState], database: Database, begun: CaseState
) -> None:
    with database.write() as session:
        continuing.keep_draft(session, begun, "p1", TYPED)
        continuing.keep_draft(session, replace(begun, browser="b" * 8), "p2", TYPED)
    assert len(drafts(database)) == 2
    with database.write() as session:
        ending(session, begun)
    assert drafts(database) == []


def test_a_page_that_is_saved_while_the_answers_are_sent_is_refused(
    postgres_database: Database, begun_there: CaseState
) -> None:
    with (
        held_open(postgres_database, lambda session: interviews.send(session, begun_there)),
        pytest.raises(WrongState),
        postgres_database.write() as session,
    ):
        interviews.save_page(session, begun_there, "p1", {"v1": 1}, expected_seq=0, client_key="a" * 12, language="nl")
    assert only(postgres_database, CaseRow).answers == {}
    with postgres_database.read() as session:
        assert cases.saves(session, STUDY, begun_there.case_id) == []
