"""The link of a confidential wave goes on its day, and nothing that is left leads from a person to an answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from surveyapp import clock
from surveyapp.errors import DefinitionError, StorageBusy, WrongState
from surveyapp.fieldwork import (
    case_state,
    contacts,
    continuing,
    interviews,
    link_cutting,
    personal_links,
    resume_codes,
    waves,
)
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.link_cutting import cut_day, cut_due_links, cut_links
from surveyapp.fieldwork.personal_links import Link
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit, case_links, cases, sqlite
from surveyapp.storage.changes import cases_of_wave
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseLinkRow, CaseRow, ContactRow, DraftRow, PageSaveRow, TokenRow
from tests.instrument.definitions import patched, write

SALT = "a secret of the application, long enough for a test"
KINDS, OTHER, YEAR = "kinds", "others", 2026
PEOPLE = 12
CLOSES = date(2026, 12, 18)  # of tests/instruments/kinds.yaml
DUE = date(2027, 1, 17)


@pytest.fixture(scope="module")
def instrument(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    return load_instrument(write(tmp_path_factory.mktemp("cutting"), documents), YEAR)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """A second study with a confidential wave."""
    changes = (("study.study", OTHER), ("study.waves.0.mode", "confidential"))
    return load_instrument(write(tmp_path_factory.mktemp(OTHER), patched(*changes, name="kinds")), YEAR)


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
                    draft = case_state.Draft(typed={"q_k_single": ["1"]}, expected=0)
                    continuing.keep_draft(session, case, "single", draft)
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

    def work(_number: int) -> None:
        with suppress(StorageBusy):  # two of them sweep at once; the next round finds it done, or does it
            cut_due_links(database, DUE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert cut_due_links(database, DUE) == ()
    assert swept(database) == 1
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
        before = cases_of_wave(session, KINDS, YEAR)
    close(database, CLOSES)
    cut_due_links(database, DUE)
    with database.read() as session:
        after = cases_of_wave(session, KINDS, YEAR)
        saves = session.exec(select(PageSaveRow)).all()
    same = tuple(before[0])
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
        case = interviews.load_case(session, KINDS, code_key)
        assert case is not None
    with database.write() as session:
        for browser in ("one", "two"):
            resume_codes.make_resume_code(session, replace(case, browser=browser))
        assert resume_codes.OLDER in cases.flags(session, KINDS, case.case_id)
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
    assert [row.flags for row in rows if resume_codes.OLDER in row.flags] == []
    with pytest.raises(WrongState, match="was cut"), database.write() as session:
        waves.open_wave(session, KINDS, YEAR)


def test_what_postgresql_remembers_of_each_row_is_the_same_for_all(
    postgres_database: Database, instrument: Instrument, request: pytest.FixtureRequest
) -> None:
    """Rows written or locked together share the number of their transaction."""
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
    study = instrument.study.id
    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, study, YEAR)
        listed = "\n".join(["email;role", *(f"p{n}@example.org;contractor" for n in range(PEOPLE))])
        contacts.import_contacts(session, instrument, contacts.read_contacts(listed.encode(), instrument))
        made = personal_links.make_links(session, study, YEAR, salt=SALT)
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


def test_the_files_of_postgresql_hold_no_key_of_a_case(postgres_database: Database, instrument: Instrument) -> None:
    """With the links that stay for who wants no mail, and the secret, an old row of a case would tell whose it is."""
    _answered(postgres_database, instrument)
    with postgres_database.read() as session:
        hashes = [str(row.key_hash).encode() for row in session.exec(select(CaseRow))]
    assert len(_in_files_of(postgres_database, hashes)) == PEOPLE
    close(postgres_database, CLOSES)
    cut_due_links(postgres_database, DUE)
    assert _in_files_of(postgres_database, hashes) == []


def _in_files_of(database: Database, texts: list[bytes]) -> list[bytes]:
    """Which of these stand in the file of the cases or of the index on their keys."""
    with database.write() as session:
        session.execute(text("CHECKPOINT"))
        read = "SELECT pg_read_binary_file(pg_relation_filepath('{0}'))"
        found = [session.execute(text(read.format(name))).scalar_one() for name in ("cases", "uq_cases_key")]
    return [each for each in texts if any(each in bytes(held) for held in found)]


def test_a_table_is_rewritten_without_a_time_out_and_no_other_work_goes_without_one(
    postgres_database: Database,
) -> None:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_rest: object) -> None:
        if statement.startswith("VACUUM"):
            told = connection.connection.cursor().execute("SHOW statement_timeout").fetchone()
            seen.append(str(told[0]))

    event.listen(postgres_database._writer, "before_cursor_execute", note)
    postgres_database.sweep(*case_links.TABLES)
    assert seen == ["0"] * len(case_links.TABLES)
    for _ in range(3):
        with postgres_database.write() as session:
            assert session.execute(text("SHOW statement_timeout")).scalar_one() == "5s"


def test_a_journal_that_somebody_reads_is_not_swept(
    sqlite_database: Database, instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite.PRAGMAS, "busy_timeout", 100)
    _answered(sqlite_database, instrument)
    with sqlite_database.read() as session:
        session.exec(select(CaseRow)).first()
        close(sqlite_database, CLOSES)
        with pytest.raises(StorageBusy, match="journal"):
            cut_due_links(sqlite_database, DUE)
    assert counted(sqlite_database, CaseLinkRow) == [0]
    assert swept(sqlite_database) == 0
    assert cut_due_links(sqlite_database, DUE) == ()
    assert swept(sqlite_database) == 1


def swept(database: Database) -> int:
    """How often it is noted that nothing of a link is left."""
    with database.read() as session:
        return len([entry for entry in audit.latest(session) if entry.action == link_cutting.SWEPT])


def test_files_that_could_not_be_swept_are_swept_the_next_time_and_then_no_more(
    database: Database, links: tuple[Link, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    close(database, CLOSES)
    times: list[bool] = []

    def sweep(_self: Database, *_tables: str) -> None:
        times.append(True)
        if len(times) == 1:
            raise StorageBusy("in use")

    monkeypatch.setattr(Database, "sweep", sweep)
    with pytest.raises(StorageBusy):
        cut_due_links(database, DUE)
    assert (counted(database, CaseLinkRow), swept(database)) == ([0], 0)
    for _ in range(2):
        assert cut_due_links(database, DUE) == ()
    assert (len(times), swept(database)) == (2, 1)


def test_a_wave_that_cannot_be_read_keeps_no_other_from_being_cut(
    database: Database, links: tuple[Link, ...], other: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(database, CLOSES)
    with clock.stopped_at(on(CLOSES)):
        _answered(database, other)
        with database.write() as session:
            waves.close_wave(session, OTHER, YEAR)
    get = InstrumentLibrary.get

    def broken(self: InstrumentLibrary, session: Session, study: str, hash_: str) -> Instrument:
        if study == KINDS:
            raise DefinitionError("cannot be read any more")
        return get(self, session, study, hash_)

    monkeypatch.setattr(InstrumentLibrary, "get", broken)
    with pytest.raises(DefinitionError):
        cut_due_links(database, DUE)
    with database.read() as session:
        assert [case_links.count(session, study, YEAR) for study in (KINDS, OTHER)] == [PEOPLE, 0]
    assert swept(database) == 1


def test_a_wave_that_opens_again_keeps_the_day_of_its_first_closing(
    sqlite_database: Database, instrument: Instrument
) -> None:
    _answered(sqlite_database, instrument)
    for day, action, change in (
        (date(2026, 12, 1), waves.CLOSE, waves.close_wave),
        (date(2026, 12, 3), "wave.open", waves.open_wave),
        (date(2026, 12, 10), waves.CLOSE, waves.close_wave),
        (date(2026, 12, 12), "wave.open", waves.open_wave),
    ):
        with clock.stopped_at(on(day)), sqlite_database.write() as session:
            info = change(session, KINDS, YEAR)
            audit.add(session, "test", action, f"{KINDS} {YEAR}")
        with sqlite_database.read() as session:
            at = link_cutting.standing(session, InstrumentLibrary(sqlite_database), info)
        assert at is not None
        assert at.due == date(2026, 12, 31)


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
