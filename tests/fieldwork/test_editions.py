"""A closed wave's figures change only by acts that are named, dated and listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surveyapp import clock
from surveyapp.errors import SurveyError, WrongState
from surveyapp.exports.registry import gather, write
from surveyapp.fieldwork import continuing, editions, interviews, versions
from surveyapp.fieldwork.import_wave import import_wave, rehearse
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.fieldwork.waves import close_wave, create_wave, open_wave, wave_info
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.mapping import load_mapping
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import audit
from surveyapp.storage.database import Database
from tests.fieldwork.test_import import STUDY, _file
from tests.instrument.definitions import in_memory

ID = "goed-opdrachtgeverschap"
CLOSING = datetime(2026, 12, 18, 22, 0, tzinfo=UTC)
WORDS = "questionnaire.pages.1.items.0.text"
LATER = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
FILES = ("report", "codebook", "data", "csv")


def _fielded(database: Database, cases: int = 60, year: int = 2026) -> None:
    """A wave was fielded, filled and closed, before anybody thought of 2014."""
    instrument = load_instrument(STUDY, year)
    with clock.stopped_at(datetime(2026, 11, 23, 8, 0, tzinfo=UTC)), database.write() as session:
        create_wave(session, instrument)
        open_wave(session, ID, year)
    with clock.stopped_at(CLOSING):
        simulate(database, InstrumentLibrary(database), ID, year, cases, 1, is_demonstration=True)
        with database.write() as session:
            close_wave(session, ID, year, actor="karin@example.org")


def _import(database: Database, data: bytes, reason: str = "") -> None:
    mapping, instrument = load_mapping(STUDY / "2014" / "mapping.yaml"), load_instrument(STUDY, 2014)
    with clock.stopped_at(LATER), database.write() as session:
        import_wave(session, data, mapping, instrument, actor="command line", reason=reason)


def _files(database: Database, folder: Path) -> dict[str, bytes]:
    with clock.stopped_at(LATER):
        source = gather(database, LiveWaves(database, InstrumentLibrary(database)), ID, 2026)
        made = {}
        for key in FILES:
            write(key, source, folder / key, "nl")
            made[key] = (folder / key).read_bytes()
    return made


def _listed(database: Database, study: str = ID, year: int = 2026) -> list[tuple[Any, ...]]:
    with database.read() as session:
        return [
            (each.number, each.act, each.reason, each.compared_with) for each in editions.of_wave(session, study, year)
        ]


def _answers_of_2014(*marks: int) -> bytes:
    """A file of people who gave the assignment these marks and reached the last column."""
    mapping = load_mapping(STUDY / "2014" / "mapping.yaml")
    last = list(mapping.columns)[-1]
    return _file(mapping, *({"q0022": str(mark), last: "4"} for mark in marks))


@pytest.mark.slow
def test_a_year_that_comes_in_later_leaves_the_closed_book_as_it_was_until_somebody_says_so(
    sqlite_database: Database, tmp_path: Path
) -> None:
    _fielded(sqlite_database)
    before = _files(sqlite_database, tmp_path / "before")
    _import(sqlite_database, _answers_of_2014(*[2, 3] * 20))

    assert _files(sqlite_database, tmp_path / "after") == before
    assert _listed(sqlite_database) == [(1, "wave.close", "", None)]
    assert _listed(sqlite_database, year=2014) == [(1, "wave.import", "", None)]
    with clock.stopped_at(LATER), sqlite_database.write() as session:
        editions.compare_with(session, ID, 2026, 2014, "command line", "2014 is now in the house")
    assert _listed(sqlite_database)[1:] == [(2, "wave.compare-with", "2014 is now in the house", 2014)]
    now = _files(sqlite_database, tmp_path / "now")
    assert now["report"] != before["report"]
    assert now["data"] == before["data"]
    with sqlite_database.read() as session:
        entry = audit.last(session, "wave.compare-with", f"{ID} 2026")
    assert entry is not None
    assert entry.details == {"reason": "2014 is now in the house", "compared_with": 2014}


def test_another_file_in_the_place_of_an_imported_wave_takes_a_reason_and_is_listed_where_it_is_compared(
    database: Database,
) -> None:
    _import(database, _answers_of_2014(8, 7))
    _fielded(database, cases=1)
    assert _listed(database) == [(1, "wave.close", "", 2014)]
    mapping, instrument = load_mapping(STUDY / "2014" / "mapping.yaml"), load_instrument(STUDY, 2014)
    for attempt in (import_wave, rehearse):
        with pytest.raises(WrongState, match="--reason"), database.write() as session:
            attempt(session, _answers_of_2014(8, 2), mapping, instrument)
    _import(database, _answers_of_2014(8, 7))  # the same again changes nothing, so nothing is listed
    assert len(_listed(database, year=2014)) == 1

    _import(database, _answers_of_2014(8, 2), reason="A row was read wrongly")

    assert _listed(database, year=2014)[1:] == [(2, "wave.import-anew", "A row was read wrongly", None)]
    assert _listed(database)[1:] == [(2, "wave.import-anew", "2014: A row was read wrongly", 2014)]


def test_the_plans_of_a_wave_that_came_in_as_a_file_are_known_by_its_editions(database: Database) -> None:
    mapping, instrument = load_mapping(STUDY / "2014" / "mapping.yaml"), load_instrument(STUDY, 2014)
    data = _file(mapping, {"q0022": "8"})
    for reason, one in (("", instrument), ("", instrument), ("more filters", replace(instrument, hash="b" * 64))):
        with database.write() as session:
            import_wave(session, data, mapping, one, reason=reason)
    with database.read() as session:
        (replaced,) = versions.replaced_versions(session, ID, 2014)
    assert replaced.hash == instrument.hash


def _closed(database: Database) -> str:
    """A small closed wave with one person in it; the person's key."""
    first = resolved(in_memory(), 2026)
    with database.write() as session:
        create_wave(session, first)
        open_wave(session, first.study.id, 2026)
        wave = wave_info(session, first.study.id, 2026)
        _, key = interviews.begin(session, wave, first, "contractor", "nl", "open")
    with clock.stopped_at(CLOSING), database.write() as session:
        close_wave(session, first.study.id, 2026)
    return key


def test_a_correction_of_a_closed_wave_takes_a_reason_and_makes_an_edition(database: Database) -> None:
    _closed(database)
    other = resolved(in_memory((WORDS, {"nl": "Welk cijfer geeft u dit?", "en": "Which mark do you give this?"})), 2026)
    with pytest.raises(WrongState, match="--reason"), database.write() as session:
        versions.correct(session, other, "command line")
    with database.write() as session:
        versions.correct(session, other, "command line", "A word was missing")

    study = other.study.id
    assert _listed(database, study)[1:] == [(2, "wave.correct", "A word was missing", None)]
    with database.read() as session:
        made = editions.of_wave(session, study, 2026)
    assert [each.version == other.hash for each in made] == [False, True]


def test_answers_removed_after_closing_make_an_edition_with_a_day_and_without_a_name_or_an_hour(
    database: Database,
) -> None:
    key = _closed(database)
    study = resolved(in_memory(), 2026).study.id
    with clock.stopped_at(LATER), database.write() as session:
        case = interviews.load_case(session, study, key)
        assert case is not None
        continuing.withdraw(session, case)
    with database.read() as session:
        made = editions.of_wave(session, study, 2026)[-1]
    assert (made.number, made.act, made.reason, made.actor) == (2, "wave.answers-removed", "", "system")
    assert clock.local(made.at).hour == 12
    assert clock.local(made.at).date() == clock.local(LATER).date()


def test_a_wave_that_opens_again_keeps_its_editions_and_is_listed_where_it_is_compared(database: Database) -> None:
    _closed(database)
    study = resolved(in_memory(), 2026).study.id
    with database.write() as session:
        assert editions.in_force(session, study, 2026) is not None
        open_wave(session, study, 2026, actor="karin@example.org")
        close_wave(session, study, 2026, actor="karin@example.org", reason="late post")
    assert _listed(database, study) == [(1, "wave.close", "", None), (2, "wave.close", "late post", None)]


@pytest.mark.parametrize(("other", "said"), [(2026, "earlier wave"), (1999, "no wave"), (2014, "already")])
def test_a_closed_wave_is_compared_with_an_earlier_one_that_is_over_and_answered(
    database: Database, other: int, said: str
) -> None:
    _import(database, _answers_of_2014(8, 7))
    _fielded(database, cases=1)
    with pytest.raises(SurveyError, match=said), database.write() as session:
        editions.compare_with(session, ID, 2026, other, "command line", "why not")


def test_trends_reach_back_as_the_editions_say_and_what_moves_them_is_listed_where_they_stand(
    database: Database,
) -> None:
    """2026 is compared with 2025, and 2025 with 2014 only when somebody says so: an edition of 2026 too."""
    _fielded(database, year=2025)
    _fielded(database)
    _import(database, _answers_of_2014(8, 7))
    with database.read() as session:
        assert editions.series(session, ID, 2026) == (2025,)
    with database.write() as session:
        editions.compare_with(session, ID, 2025, 2014, "command line", "2014 is now in the house")
    with database.read() as session:
        assert editions.series(session, ID, 2026) == (2025, 2014)
    assert _listed(database)[1:] == [(2, "wave.compare-with", "2025: 2014 is now in the house", 2025)]
    _import(database, _answers_of_2014(8, 2), reason="A row was read wrongly")
    assert _listed(database)[2:] == [(3, "wave.import-anew", "2014: A row was read wrongly", 2025)]
