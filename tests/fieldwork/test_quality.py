"""Excluding is a state: what it moves, what it leaves, and that undoing it gives everything back to the last byte."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from surveyapp import clock
from surveyapp.errors import WrongState
from surveyapp.exports.registry import gather, write
from surveyapp.fieldwork import continuing, editions, quality, waves
from surveyapp.fieldwork.case_state import state_of
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.quality import DECIDED, CaseFlag, Decision, decide
from surveyapp.instrument.loader import load_instrument
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.tabulate import tabulate
from surveyapp.storage import audit, cases
from surveyapp.storage import quality as stored
from surveyapp.storage.database import Database
from tests.web.console.curious_wave import COURSE, YEAR, somebody
from tests.web.console.people import INSTRUMENTS

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WHO = "karin@example.org"


@pytest.fixture
def people(database: Database) -> list[uuid.UUID]:
    """An open wave of 120 who finished; their keys."""
    from random import Random

    instrument, random = load_instrument(INSTRUMENTS / COURSE, YEAR), Random(8)
    rows = [somebody(instrument, random) for _ in range(120)]
    with database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, COURSE, YEAR)
        cases.insert_cases(session, rows)
    return [row["case_id"] for row in rows]


def act(database: Database, deed: str, chosen: list[uuid.UUID], reason: str = "too fast") -> int:
    with database.write() as session:
        return decide(session, COURSE, YEAR, chosen, deed, WHO, reason)


@contextmanager
def live(database: Database) -> Iterator[LiveWaves]:
    yield LiveWaves(database, InstrumentLibrary(database))


def made(database: Database, folder: Path) -> dict[str, bytes]:
    """Every kind of file of the wave, by name, made anew at one moment."""
    folder.mkdir()
    with live(database) as waves_, clock.stopped_at(NOW):
        source = gather(database, waves_, COURSE, YEAR)
        for kind in ("data", "csv", "report", "codebook-json", "evidence"):
            write(kind, source, folder / kind, "nl")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_excluding_and_undoing_gives_every_file_back_to_the_last_byte(
    database: Database, people: list[uuid.UUID], tmp_path: Path
) -> None:
    before = made(database, tmp_path / "before")
    assert act(database, "exclude", people[:15]) == 15
    between = made(database, tmp_path / "between")
    assert between["data"] != before["data"]
    assert between["csv"] != before["csv"]
    with live(database) as found:
        assert found.data(COURSE, YEAR).cases().n == 105
        assert found.data(COURSE, YEAR).with_excluded().dataset.n == 120
    assert act(database, "undo", people[:15]) == 15
    assert made(database, tmp_path / "after") == before


def test_files_warn_of_a_rule_that_failed(database: Database, people: list[uuid.UUID], tmp_path: Path) -> None:
    with database.write() as session:
        quality.keep_flags(session, COURSE, YEAR, [], at=NOW, version="", checked=0, not_run={"run": "KeyError"})
    with live(database) as found:
        source = gather(database, found, COURSE, YEAR)
        write("csv", source, tmp_path / "made.zip", "nl")
        write("report", source, tmp_path / "book.xlsx", "nl")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        readme = next(name for name in archive.namelist() if name.endswith(".txt"))
        assert "niet zijn uitgevoerd omdat ze mislukten: Lange rijen van één antwoord." in archive.read(readme).decode()
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        texts = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert "niet zijn uitgevoerd omdat ze mislukten: Lange rijen van één antwoord." in texts


def test_what_is_decided_is_only_undone_and_who_does_not_count_is_passed_over(
    database: Database, people: list[uuid.UUID]
) -> None:
    assert act(database, "keep", people[:2]) == 2
    assert act(database, "exclude", [*people[:3], uuid.uuid4()]) == 1  # two are kept, one is nobody
    with database.read() as session:
        assert quality.decisions(session, COURSE, YEAR) == {
            people[0]: Decision(False, "too fast", WHO),
            people[1]: Decision(False, "too fast", WHO),
            people[2]: Decision(True, "too fast", WHO),
        }
        assert quality.excluded(session, COURSE, YEAR) == 1
        noted = audit.details_of(session, "quality.exclude", f"{COURSE} {YEAR}")
    assert list(noted) == [{"cases": 1, "reason": "too fast"}]  # how many and why, never who: that would be an order
    with pytest.raises(WrongState, match="Say why"):
        act(database, "exclude", people[3:4], reason=" ")


def test_of_answers_that_are_taken_back_neither_flag_nor_decision_is_left(
    database: Database, people: list[uuid.UUID]
) -> None:
    flag = CaseFlag("speeder", 2, 0.2)
    with database.write() as session:
        version = quality.data_version(session, COURSE, YEAR)
        found = [(people[0], flag), (people[1], flag)]
        failed = {"run": "KeyError"}
        quality.keep_flags(session, COURSE, YEAR, found, at=NOW, version=version, checked=120, not_run=failed)
    with database.read() as session:
        assert quality.waiting(session, COURSE, YEAR) == 2
        assert quality.flags_of_case(session, COURSE, people[0]) == (flag,)
        run = quality.last_run(session, COURSE, YEAR)
        assert run is not None
        assert (run.checked, run.not_run, run.is_stale) == (120, {"run": "KeyError"}, False)
    act(database, "exclude", people[:1])
    with database.write() as session:
        row = cases.by_id(session, COURSE, people[0])
        assert row is not None
        continuing.withdraw(session, state_of(row))
    with database.read() as session:
        assert quality.flags_of_case(session, COURSE, people[0]) == ()
        assert stored.decision_of(session, COURSE, people[0]) is None
        assert quality.waiting(session, COURSE, YEAR) == 1
        again = quality.last_run(session, COURSE, YEAR)
        assert again is not None
        assert again.is_stale


def test_after_the_closing_each_decision_is_an_edition_and_undoing_all_shows_everything_again(
    database: Database, people: list[uuid.UUID]
) -> None:
    act(database, "exclude", people[:12])
    with database.write() as session:
        waves.close_wave(session, COURSE, YEAR)
        assert [one.cases for one in editions.of_wave(session, COURSE, YEAR)] == [108]
    with live(database) as found:
        shown = found.published(COURSE, YEAR)
        assert shown.extent is None
        assert shown.cases().n == 108
        before = tabulate(shown, "v_mark", ["role"]).as_dict()
        with pytest.raises(WrongState, match="say why its figures change"):
            act(database, "undo", people[:1], reason="")
        act(database, "exclude", people[12:13])
        part = found.published(COURSE, YEAR)
        assert part.extent is not None
        assert part.cases().n < 90  # two thirds, drawn by lot: nobody follows from the difference
        assert found.data(COURSE, YEAR).cases().n == 107
        act(database, "undo", people[12:13])
        again = found.published(COURSE, YEAR)
        assert again.extent is None
        after = tabulate(again, "v_mark", ["role"]).as_dict()
        assert {**after, "stand": ""} == {**before, "stand": ""}
    with database.read() as session:
        acts = [(one.act, one.cases, one.reason) for one in editions.of_wave(session, COURSE, YEAR)]
    assert acts[1:] == [(DECIDED, 107, "too fast"), (DECIDED, 108, "too fast")]


def test_a_wave_that_lost_more_than_it_held_back_for_closes_with_its_lots(
    database: Database, people: list[uuid.UUID]
) -> None:
    with live(database) as found:
        assert found.published(COURSE, YEAR).extent is not None  # a first step is made
        for chosen in (people[:8], people[8:40]):
            act(database, "exclude", chosen)
        with database.write() as session:
            waves.close_wave(session, COURSE, YEAR)
        closed = found.published(COURSE, YEAR)
    assert closed.extent is not None
    assert closed.extent.is_over
