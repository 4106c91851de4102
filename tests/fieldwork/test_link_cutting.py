"""The link of a confidential wave goes on its day, and nothing that is left leads from a person to an answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from surveyapp import clock
from surveyapp.errors import WrongState
from surveyapp.fieldwork import contacts, interviews, link_cutting, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.link_cutting import cut_day, cut_due_links, cut_links
from surveyapp.fieldwork.personal_links import Link
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit, case_links
from surveyapp.storage.changes import changed_cases
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseLinkRow, CaseRow, ContactRow, DraftRow, PageSaveRow, TokenRow
from tests.instrument.definitions import patched, write

SALT = "a secret of the application, long enough for a test"
KINDS, YEAR = "kinds", 2026
PEOPLE = 12
CLOSES = date(2026, 12, 18)  # of tests/instruments/kinds.yaml
DUE = date(2027, 1, 17)


@pytest.fixture(scope="module")
def instrument(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    return load_instrument(write(tmp_path_factory.mktemp("cutting"), documents), YEAR)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def links(database: Database, instrument: Instrument) -> tuple[Link, ...]:
    """A wave that is open, all of whose contacts answered a page, one of them with something typed besides."""
    with clock.stopped_at(on(date(2026, 11, 23))):
        with database.write() as session:
            waves.create_wave(session, instrument)
            waves.open_wave(session, KINDS, YEAR)
            listed = "\n".join(["email;role", *(f"p{n}@example.org;contractor" for n in range(PEOPLE))])
            contacts.import_contacts(session, instrument, contacts.read_contacts(listed.encode(), instrument))
            made = personal_links.make_links(session, KINDS, YEAR, salt=SALT)
        for number, link in enumerate(made):
            with database.write() as session:
                begun = personal_links.begin(session, instrument, link.token, "contractor", "nl", salt=SALT)
                assert begun is not None
                case, _ = begun
                interviews.save_page(
                    session, case, "start", {"k_elig": 1}, expected_seq=0, client_key=f"{number:0>12}", language="nl"
                )
                if not number:
                    draft = interviews.Draft(typed={"q_k_single": ["1"]}, expected=0)
                    interviews.keep_draft(session, case, "single", draft)
    return made


def close(database: Database, day: date) -> None:
    with clock.stopped_at(on(day)), database.write() as session:
        waves.close_wave(session, KINDS, YEAR)


def counted(database: Database, *tables: type) -> list[int]:
    with database.read() as session:
        return [len(session.exec(select(table)).all()) for table in tables]


def test_the_day_is_thirty_days_after_the_closing_that_was_named_or_that_came_first() -> None:
    assert cut_day(CLOSES.isoformat(), None) == DUE
    assert cut_day(CLOSES.isoformat(), on(date(2026, 12, 1))) == date(2026, 12, 31)
    assert cut_day(CLOSES.isoformat(), on(date(2027, 1, 10))) == DUE
    assert cut_day(None, on(CLOSES)) == DUE
    assert cut_day(None, None) is None


def test_nothing_happens_before_the_day_and_all_of_it_on_the_day(database: Database, links: tuple[Link, ...]) -> None:
    close(database, CLOSES)
    assert cut_due_links(database, DUE - timedelta(days=1)) == ()
    assert counted(database, CaseLinkRow, DraftRow) == [PEOPLE, 1]
    (done,) = cut_due_links(database, DUE)
    assert (done.study, done.year) == (KINDS, YEAR)
    kept = counted(database, CaseLinkRow, DraftRow, ContactRow, TokenRow, CaseRow, PageSaveRow)
    assert kept == [0, 0, PEOPLE, PEOPLE, PEOPLE, PEOPLE]
    assert cut_due_links(database, DUE) == ()
    with database.read() as session:
        assert audit.verify(session).holds
        entry = audit.last(session, "wave.cut-links", "kinds 2026")
    assert entry is not None
    assert entry.details == {"links": PEOPLE, "contacts": PEOPLE, "cases": PEOPLE}


def test_two_workers_at_once_cut_it_once(database: Database, links: tuple[Link, ...]) -> None:
    close(database, CLOSES)
    with ThreadPoolExecutor(4) as pool:
        done = [each for found in pool.map(lambda _: cut_due_links(database, DUE), range(4)) for each in found]
    assert len(done) == 1
    with database.read() as session:
        entries = [entry for entry in audit.latest(session) if entry.action == "wave.cut-links"]
    assert len(entries) == 1
    assert counted(database, CaseLinkRow, ContactRow, CaseRow) == [0, PEOPLE, PEOPLE]


def test_the_worker_cuts_what_is_due_also_where_no_mail_can_be_sent(
    sqlite_database: Database, instrument: Instrument
) -> None:
    _answered(sqlite_database, instrument)
    close(sqlite_database, CLOSES)
    for day, left in ((DUE - timedelta(days=1), PEOPLE), (DUE, 0)):
        with clock.stopped_at(on(day)):
            Worker(sqlite_database, InstrumentLibrary(sqlite_database), None, salt=SALT).once()
        assert counted(sqlite_database, CaseLinkRow) == [left]


def test_answers_stay_as_they_were_and_figures_see_each_case_once(database: Database, links: tuple[Link, ...]) -> None:
    with database.read() as session:
        before, horizon = changed_cases(session, KINDS, YEAR)
    close(database, CLOSES)
    cut_due_links(database, DUE)
    with database.read() as session:
        after, _ = changed_cases(session, KINDS, YEAR, horizon)
        saves = session.exec(select(PageSaveRow)).all()
    same = [name for name in before[0] if name != "changed"]
    assert sorted(str([row[name] for name in same]) for row in after) == sorted(
        str([row[name] for name in same]) for row in before
    )
    assert {(save.case_id, save.page) for save in saves} == {(row["case_id"], "start") for row in before}


def test_who_holds_every_link_that_was_sent_finds_no_case(
    database: Database, instrument: Instrument, links: tuple[Link, ...]
) -> None:
    close(database, CLOSES)
    with database.read() as session:
        first = personal_links.invitation(session, links[0].token, salt=SALT)
        assert first is not None
        code_key = personal_links.case_key(first.opens, SALT)
        assert interviews.load_case(session, KINDS, code_key) is not None
    cut_due_links(database, DUE)
    with database.read() as session:
        for link in links:
            mine = personal_links.invitation(session, link.token, salt=SALT)
            assert mine is not None  # it still takes somebody off the list
            assert interviews.load_case(session, KINDS, personal_links.case_key(mine.opens, SALT)) is None
            assert mine.case is None
            assert not mine.is_usable
        rows = session.exec(select(CaseRow)).all()
    assert {(row.key_hash, row.resume_hash, row.resume_box) for row in rows} == {(None, None, None)}
    with pytest.raises(WrongState, match="was cut"), database.write() as session:
        waves.open_wave(session, KINDS, YEAR)


def test_what_postgresql_remembers_of_each_row_is_the_same_for_all(
    postgres_database: Database, instrument: Instrument, request: pytest.FixtureRequest
) -> None:
    """Finding 2 of reliability.md: rows written or locked together share the number of their transaction."""
    made = _answered(postgres_database, instrument)
    close(postgres_database, CLOSES)
    told = "SELECT xmin::text FROM {0} UNION SELECT xmax::text FROM {0} WHERE xmax::text <> '0'"
    with postgres_database.read() as session:
        contact, case = (set(session.execute(text(told.format(name))).scalars()) for name in ("contact", "page_save"))
    assert contact & case  # the lock on a contact and the first save of its case: the trace that has to go
    cut_due_links(postgres_database, DUE)
    with postgres_database.read() as session:
        seen = {
            name: set(session.execute(text(f"SELECT DISTINCT xmin::text FROM {name}")).scalars())
            for name in ("contact", "token", "cases", "page_save")
        }
        order = session.execute(text("SELECT case_id FROM cases ORDER BY ctid")).scalars().all()
        left = session.execute(text("SELECT pg_relation_size('case_link')")).scalar_one()
    assert {len(each) for each in seen.values()} == {1}
    assert set(order) == set(made)
    assert order != made  # 1 in 12 factorial that chance keeps the order
    assert left == 0


def _answered(database: Database, instrument: Instrument) -> list[object]:
    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, KINDS, YEAR)
        listed = "\n".join(["email;role", *(f"p{n}@example.org;contractor" for n in range(PEOPLE))])
        contacts.import_contacts(session, instrument, contacts.read_contacts(listed.encode(), instrument))
        made = personal_links.make_links(session, KINDS, YEAR, salt=SALT)
    found: list[object] = []
    for number, link in enumerate(made):
        with database.write() as session:
            begun = personal_links.begin(session, instrument, link.token, "contractor", "nl", salt=SALT)
            assert begun is not None
            found.append(begun[0].case_id)
            interviews.save_page(
                session, begun[0], "start", {"k_elig": 1}, expected_seq=0, client_key=f"{number:0>12}", language="nl"
            )
    return found


def test_the_files_of_sqlite_hold_nothing_of_the_link(sqlite_database: Database, instrument: Instrument) -> None:
    _answered(sqlite_database, instrument)
    with sqlite_database.read() as session:
        ties = [(row.contact_id.hex, row.case_id.hex) for row in session.exec(select(CaseLinkRow))]
        hashes = [row.key_hash for row in session.exec(select(CaseRow))]
    file = sqlite_database.file
    assert file is not None
    assert _beside_each_other(file, ties) == PEOPLE
    close(sqlite_database, CLOSES)
    cut_due_links(sqlite_database, DUE)
    journal = file.with_name(file.name + "-wal")
    assert not journal.exists() or journal.stat().st_size == 0
    assert _beside_each_other(file, ties) == 0
    assert not [each for each in hashes if str(each).encode() in file.read_bytes()]


def _beside_each_other(file: Path, ties: list[tuple[str, str]]) -> int:
    """How many pairs of keys stand next to each other somewhere in the database's files."""
    held = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    return sum((contact + case).encode() in held for contact, case in ties)


def test_a_wave_left_open_past_its_day_is_closed_because_the_promise_stands(
    database: Database, links: tuple[Link, ...]
) -> None:
    (done,) = cut_due_links(database, DUE)
    assert done.state == "closed"
    with database.read() as session:
        assert {entry.action for entry in audit.latest(session)} >= {"wave.close", "wave.cut-links"}


def test_an_open_an_anonymous_and_a_cut_wave_are_refused(
    sqlite_database: Database, instrument: Instrument, tmp_path: Path
) -> None:
    _answered(sqlite_database, instrument)
    with pytest.raises(WrongState, match="close it first"), sqlite_database.write() as session:
        cut_links(session, KINDS, YEAR, "test")
    close(sqlite_database, CLOSES)
    with sqlite_database.write() as session:
        cut_links(session, KINDS, YEAR, "test")
    with pytest.raises(WrongState, match="was cut before"), sqlite_database.write() as session:
        cut_links(session, KINDS, YEAR, "test")


def test_a_wave_without_a_link_is_left_alone(database: Database, kinds_anonymous: Instrument) -> None:
    with database.write() as session:
        waves.create_wave(session, kinds_anonymous)
        waves.open_wave(session, KINDS, YEAR)
    assert cut_due_links(database, date(2099, 1, 1)) == ()
    with database.read() as session:
        info = waves.wave_info(session, KINDS, YEAR)
        assert link_cutting.standing(session, InstrumentLibrary(database), info) is None
        assert case_links.count(session, KINDS, YEAR) == 0
        assert info.state == "open"
    with pytest.raises(WrongState, match="never existed"), database.write() as session:
        cut_links(session, KINDS, YEAR, "test")


@pytest.fixture(scope="module")
def kinds_anonymous(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    return load_instrument(write(tmp_path_factory.mktemp("anonymous"), patched(name="kinds")), YEAR)
