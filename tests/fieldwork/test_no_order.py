"""Two hundred people take part in an anonymous wave in a known order; nothing that is stored can be laid beside it.

For every table of which a row can be told to be one person's (here the test knows whose it is; an attacker would not
even know that) every column, and the order in which the database gives the rows by itself, is sorted and laid beside
the order in which people came. What is left is chance: of 200 people about one stands at the right place, and the rank
correlation is 0 with a standard deviation of 1/√199 = 0.071. Some sixty columns are tried on each of six occasions, so
the bounds are 4.5 standard deviations for the correlation and eight right places (Poisson with mean 1: 1 in 100,000);
before, `cases.changed` gave 200 of 200 and 1.0.

One bit is left while a wave is open, and must be: whether a finished questionnaire was known at the last step of the
published figures or came after it. Of ranks of which a share q is told to be the last, 3q(1-q) is the correlation with
the order (the variance between the two groups, 12 times a uniform rank's); that and chance is the bound for it, and no
other column may tell anything.
"""

from __future__ import annotations

import ast
import random
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, SQLModel

from surveyapp import clock
from surveyapp.fieldwork import case_state, continuing, interviews, resume_codes, waves
from surveyapp.fieldwork.arrivals import count_arrival, declare_sources
from surveyapp.fieldwork.case_state import state_of
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports import kept_columns
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import (
    backup,
    cases,
    column_files,
    portable,
    publication,
    report_requests,
    stop_reasons,
    throttle,
)
from surveyapp.storage.case_feed import case_ids
from surveyapp.storage.changes import CASES, days_of_wave
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.fieldwork.lines import lines_of

PEOPLE = 200
BEGAN = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
MOST_PLACES, MOST_CORRELATION = 7, 4.5 / (PEOPLE - 1) ** 0.5
SALT = "s" * 32


@dataclass
class Known:
    """Who is who: by the keys that stand in the tables, the place at which a person came."""

    by_case: dict[str, int] = field(default_factory=dict)
    by_other: dict[str, int] = field(default_factory=dict)


def _person(session: Session, number: int, dice: random.Random, known: Known) -> None:
    """One person: arrives, answers three pages with a look back, sends; some leave an address or stop half-way."""
    wave = waves.wave_info(session, STUDY, YEAR)
    instrument = small_instrument()
    role, language = dice.choice(("contractor", "manager")), dice.choice(("nl", "en"))
    source = dice.choice(("open", "newsletter", "partner"))
    count_arrival(session, STUDY, YEAR, "role_chosen", role, language, source)
    count_arrival(session, STUDY, YEAR, "consent_given", role, language, source)
    case, _ = interviews.begin(session, wave, instrument, role, language, source, dice.choice(("phone", "desktop")))
    known.by_case[str(case.case_id)] = number
    pages = dice.sample(("p1", "p2", "p3"), 3)
    for page in (*pages, dice.choice(pages)):
        case = interviews.save_page(
            session,
            case,
            page,
            {f"v{page[1]}": dice.choice((1, 2, 3))},
            expected_seq=case.expected_seq(page),
            client_key=f"{dice.getrandbits(64):x}",
            language=language,
            seconds=dice.randint(3, 90),
        ).case
    resume_codes.make_resume_code(session, case)
    ending = dice.random()
    if ending < 0.8:
        interviews.send(session, case)
    elif ending < 0.9:
        continuing.keep_draft(session, case, "p2", case_state.Draft({"q_v2": [str(dice.random())]}, 0))
    else:
        interviews.screen_out(session, case)
    # Why people stop goes when they send; here it stays of everybody, so that there is an order that could be told.
    stop_reasons.keep(session, STUDY, YEAR, case.case_id, "p2", language, f"{case.seed} redenen")


@pytest.fixture
def known(database: Database) -> Iterator[Known]:
    """The wave after two hundred people, each an hour or less after the one before, over some four days."""
    running_wave(database, small_instrument())
    with database.write() as session:
        declare_sources(session, STUDY, YEAR, ("newsletter", "partner"))
    dice, made, moment = random.Random(8), Known(), BEGAN
    for number in range(PEOPLE):
        moment += timedelta(minutes=dice.randint(1, 60))
        with clock.stopped_at(moment):
            with database.write() as session:
                _person(session, number, dice, made)
            with database.write() as session:  # somebody who came by a resume code from a network of their own
                network = f"192.0.2.{number}"
                throttle.attempt(
                    session, "resume", network, limit=9, window=timedelta(minutes=10), salt=SALT, grain=throttle.GRAIN
                )
                made.by_other[throttle.source_hash(network, SALT)] = number
            if number % 60 == 59:  # somebody who may not see cases looks
                with database.write() as session:
                    _publish(session, number // 60 + 1)
            with database.write() as session:
                email = f"{dice.getrandbits(48):x}@example.org"
                report_requests.add(session, STUDY, YEAR, email, "nl", [1])
                made.by_other[email] = number
    with clock.stopped_at(moment + timedelta(hours=1)), database.write() as session:
        throttle.forget_old(session)  # as the worker does every hour
        lot = publication.steps(session, STUDY, YEAR)[-1].lot or ""
        listed = sorted(publication.known(session, STUDY, YEAR))
        counted = next(case for case in listed if not publication.is_held_back(lot, publication.HALF, case))
        row = cases.by_id(session, STUDY, counted)
        assert row is not None
        continuing.withdraw(session, state_of(row, ""))  # somebody whose answers were shown takes them back
    with clock.stopped_at(moment + timedelta(hours=2)):
        yield made


def _publish(session: Session, step: int) -> None:
    """A step of the published figures, as `reports.publishing` makes it: of all who have finished, drawn anew."""
    finished = session.scalars(select(CASES.c.case_id).where(CASES.c.state == "complete")).all()
    lot = publication.new_lot()
    publication.add_step(session, STUDY, YEAR, step, clock.now(), finished, lot=lot, held_back=publication.HALF)


def _whose(row: Mapping[str, Any], known: Known) -> int | None:
    if row.get("case_id") is not None:
        return known.by_case.get(str(row["case_id"]))
    return next((known.by_other[value] for value in map(str, row.values()) if value in known.by_other), None)


def _ranks(values: list[Any]) -> list[int]:
    """The place of each value among all, equal ones in random order."""
    dice = random.Random(1)
    listed = [
        (value is None, str(type(value)), value if not isinstance(value, dict | list) else str(value))
        for value in values
    ]
    order = sorted(range(len(values)), key=lambda at: (listed[at], dice.random()))
    places = [0] * len(values)
    for place, at in enumerate(order):
        places[at] = place
    return places


def _close(values: list[Any], whose: list[int]) -> tuple[int, float]:
    """How many stand at their own place, and the rank correlation (Spearman), the larger of both directions."""
    came, places = _ranks(whose), _ranks(values)  # type: ignore[arg-type]
    n = len(values)
    apart = sum((a - b) ** 2 for a, b in zip(came, places, strict=True))
    right = max(
        sum(a == b for a, b in zip(came, places, strict=True)),
        sum(a == n - 1 - b for a, b in zip(came, places, strict=True)),
    )
    return right, abs(1 - 6 * apart / (n * (n * n - 1)))


def _columns(database: Database, known: Known) -> Iterator[tuple[str, list[Any], list[int]]]:
    """Each column of each table, and the order of the rows themselves, with whose row it is; the first row of each."""
    with database.read_primary() as session:
        for table in SQLModel.metadata.sorted_tables:
            firsts: dict[int, dict[str, Any]] = {}
            lasts: dict[int, int] = {}
            for place, found in enumerate(session.execute(select(table)).mappings()):
                row = {**found, "(place)": place}
                who = _whose(row, known)
                if who is not None:
                    firsts.setdefault(who, row)
                    lasts[who] = place
            if len(firsts) < 30:
                continue
            whose = list(firsts)
            for name in next(iter(firsts.values())):
                values = [firsts[who][name] for who in whose]
                if name in ("answers", "pages", "flags", "typed", "form"):
                    yield f"{table.name}.{name} as it stands", [str(value) for value in values], whose
                yield f"{table.name}.{name}", values, whose
            yield f"{table.name}.(last place)", [lasts[who] for who in whose], whose


def _told(database: Database, known: Known, *, but: tuple[str, ...] = ()) -> dict[str, tuple[int, float]]:
    """The columns that tell more than chance."""
    found, tried = {}, 0
    for name, values, whose in _columns(database, known):
        tried += 1
        right, correlation = _close(values, whose)
        bound = MOST_CORRELATION * ((PEOPLE - 1) / (len(whose) - 1)) ** 0.5
        is_left_out = name.endswith(but or ("\0",)) and not name.startswith("published_case.")
        if (right > MOST_PLACES or correlation > bound) and not is_left_out:
            found[name] = (right, round(correlation, 2))
    assert tried > 30
    return found


def test_nothing_that_is_stored_tells_the_order(database: Database, known: Known, tmp_path: Path) -> None:
    # Where PostgreSQL itself puts rows of a wave that is open follows the order; docs/operations.md says so. Nobody but
    # who runs the database sees it, and what is given out of it (a back-up) does not. Of who counts in the published
    # figures not even that holds.
    places = () if database.is_sqlite else ("(place)", "(last place)")
    assert _told(database, known, but=places) == {}
    _see_one_bit(database, known)

    copied = tmp_path / "copy.sqlite3"
    if database.file is not None:
        backup.backup(database.file, copied)
    else:
        portable.write(database, copied)
    with Database(f"sqlite:///{copied}") as copy:
        assert _told(copy, known) == {}
        with copy.read() as session:
            assert session.execute(select(func.count()).select_from(throttle.ATTEMPTS)).scalar_one() == 0
            assert session.execute(select(func.count()).select_from(CASES)).scalar_one() == PEOPLE
            assert publication.known(session, STUDY, YEAR) == set()

    with database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    assert _told(database, known, but=("throttle.(place)", "throttle.(last place)")) == {}
    if not database.is_sqlite:
        with database.read() as session:
            for table in ("cases", "page_save", "draft", "stop_reason"):
                turns = f"SELECT count(DISTINCT xmin::text) FROM {table}"
                assert session.execute(text(turns)).scalar_one() == 1


def _see_one_bit(database: Database, known: Known) -> None:
    """See that steps leave the bit of who came after the last one, which tells no more than such a bit can."""
    with database.read_primary() as session:
        finished = session.scalars(select(CASES.c.case_id).where(CASES.c.state == "complete")).all()
        counted = publication.known(session, STUDY, YEAR)
        assert len(publication.steps(session, STUDY, YEAR)) == 3, "the fixture has looks of which nothing may be left"
    whose = [known.by_case[str(case)] for case in finished]
    is_last = [case not in counted for case in finished]
    q = sum(is_last) / len(is_last)
    assert 0.02 < q < 0.2, "nobody waits, so there is no bit to be bounded"
    _, correlation = _close(is_last, whose)
    assert correlation <= 3 * q * (1 - q) + MOST_CORRELATION


def test_nothing_that_stands_on_disk_beside_the_database_tells_the_order(
    database: Database, known: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What of the cases stands there, in which order, under which numbers of names, and who is left out."""
    database.columns = tmp_path / "columns"
    monkeypatch.setattr(kept_columns, "LEAST", 1)
    monkeypatch.setattr(kept_columns, "LEFT_OUT", 60)
    library = InstrumentLibrary(database)
    library.get = lambda *_: small_instrument()  # type: ignore[method-assign]  # a tiny definition has no documents
    with database.read() as session:
        LiveWaves(database, library).cases(session, STUDY, YEAR)
    for thread in threading.enumerate():
        if thread.name == "columns":
            thread.join()
    with np.load(column_files.column_file(database.columns, STUDY, YEAR)) as held:
        arrays = dict(held)
    tried = 0
    for part in ("", "store/", "lines/"):
        there = [str(case) for case in case_ids(arrays[f"{part}keys"])]
        whose = [known.by_case[case] for case in there]
        everybody = sorted(known.by_case.values())
        told: dict[str, tuple[list[Any], list[int]]] = {
            f"{part}(place)": (list(range(len(whose))), whose),
            f"{part}(there)": ([number in whose for number in everybody], everybody),
        }
        for name, array in arrays.items():
            if name.startswith(part) and len(array) == len(there) and ("/" in name) == bool(part):
                told[name] = array.tolist(), whose
        tried += len(told)
        for name, (values, people) in told.items():
            right, correlation = _close(values, people)
            assert right <= MOST_PLACES, name
            assert correlation <= 4.5 / (len(people) - 1) ** 0.5, name
    assert tried > 20
    assert arrays["store/source/values.names"].tolist() == ["newsletter", "open", "partner"]


def test_the_test_sees_an_order_where_there_is_one(sqlite_database: Database) -> None:
    came = list(range(PEOPLE))
    assert _close(came, came) == (PEOPLE, 1.0)  # type: ignore[arg-type]
    assert _close([moment // 20 for moment in came], came)[1] > 0.9
    assert _close([uuid.uuid4() for _ in came], came)[1] < MOST_CORRELATION


def test_a_case_of_an_anonymous_wave_keeps_no_day_and_the_days_are_counted_apart(database: Database) -> None:
    running_wave(database, small_instrument())
    with clock.stopped_at(BEGAN), database.write() as session:
        wave = waves.wave_info(session, STUDY, YEAR)
        first, _ = interviews.begin(session, wave, small_instrument(), "contractor", "nl", "open")
        second, _ = interviews.begin(session, wave, small_instrument(), "manager", "nl", "open")
    with clock.stopped_at(BEGAN + timedelta(days=2)), database.write() as session:
        sent = interviews.send(session, first)
        interviews.send(session, second)
        assert (sent.state, sent.sent_on) == ("complete", None)
    with clock.stopped_at(BEGAN + timedelta(days=5)), database.write() as session:
        continuing.withdraw(session, second)
    with database.read() as session:
        assert session.execute(select(CASES.c.started_on, CASES.c.sent_on).distinct()).all() == [(None, None)]
        counted = [
            (day.day, event, role, times)
            for day, event, role, times in days_of_wave(session, STUDY, YEAR, is_test=False)
        ]
    assert counted == [
        (3, "begun", "contractor", 1),
        (3, "begun", "manager", 1),
        (5, "complete", "contractor", 1),
        (5, "complete", "manager", 1),
        (8, "complete", "manager", -1),
    ]


def test_a_confidential_wave_goes_on_keeping_days(database: Database) -> None:
    running_wave(database, small_instrument(mode="confidential"))
    with clock.stopped_at(BEGAN), database.write() as session:
        wave = waves.wave_info(session, STUDY, YEAR)
        case, _ = interviews.begin(session, wave, small_instrument(mode="confidential"), "contractor", "nl", "open")
        interviews.send(session, case)
        row = session.execute(select(CASES.c.started_on, CASES.c.sent_on)).one()
    assert row == (BEGAN.date(), BEGAN.date())
    with database.read() as session:
        assert days_of_wave(session, STUDY, YEAR, is_test=False) == []


def test_the_lines_of_the_team_stand_in_the_order_of_keys(sqlite_database: Database) -> None:
    wave = running_wave(sqlite_database, small_instrument())
    library = InstrumentLibrary(sqlite_database)
    library.get = lambda *_: small_instrument()  # type: ignore[method-assign]  # a tiny definition has no documents
    live = LiveWaves(sqlite_database, library)
    for _ in range(30):
        with sqlite_database.write() as session:
            interviews.begin(session, wave, small_instrument(), "contractor", "nl", "open")
        with sqlite_database.read() as session:
            lines = lines_of(live.cases(session, STUDY, YEAR))
    keys = [line.case_id for line in lines]
    assert len(keys) == 30
    assert keys == sorted(keys)


def test_only_declared_sources_are_kept(database: Database) -> None:
    wave = running_wave(database, small_instrument())
    with database.write() as session:
        declare_sources(session, STUDY, YEAR, ("newsletter",))
        for source in ("jan-jansen-pers-nr-00417", "Newsletter", "jan@example.org", "", "other", "x" * 40):
            interviews.begin(session, wave, small_instrument(), "contractor", "nl", source)
            count_arrival(session, STUDY, YEAR, "role_chosen", "contractor", "nl", source)
        kept = sorted(session.execute(select(CASES.c.source)).scalars())
        counted = session.execute(text("SELECT source, times FROM arrival ORDER BY source")).all()
    assert kept == ["newsletter", *["open"] * 5]
    assert [tuple(row) for row in counted] == [("newsletter", 1), ("open", 5)]


def test_an_anonymous_wave_has_no_source_for_every_person(sqlite_database: Database) -> None:
    from surveyapp.errors import WrongState

    running_wave(sqlite_database, small_instrument())
    with pytest.raises(WrongState, match="at most 50"), sqlite_database.write() as session:
        declare_sources(session, STUDY, YEAR, tuple(f"person-{number}" for number in range(51)))


def test_closing_keeps_every_answer_save_and_draft(database: Database) -> None:
    wave = running_wave(database, small_instrument())
    with database.write() as session:
        for number in range(20):
            case, _ = interviews.begin(session, wave, small_instrument(), "contractor", "nl", "open")
            case = interviews.save_page(
                session, case, "p1", {"v1": number}, expected_seq=0, client_key="k", language="nl"
            ).case
            continuing.keep_draft(session, case, "p2", case_state.Draft({"q_v2": [str(number)]}, 0))

    def everything() -> list[list[str]]:
        with database.read() as session:
            return [
                sorted(str(tuple(row)) for row in session.execute(select(table)))
                for table in (CASES, cases.SAVES, cases.DRAFTS)
            ]

    before = everything()
    with database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    assert everything() == before
    assert [len(rows) for rows in before] == [20, 20, 20]


def test_every_door_of_a_respondent_keeps_a_coarse_time() -> None:
    import surveyapp.web.respondent

    folder = Path(surveyapp.web.respondent.__path__[0])
    calls = [
        ast.unparse(node)
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("throttle.attempt", "tickets.use")
    ]
    assert len(calls) == 4  # two tickets, an address, and what every door of a network is counted by
    assert [call for call in calls if "grain=throttle.GRAIN" not in call] == []
