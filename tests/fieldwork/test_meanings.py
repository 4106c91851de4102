"""What a name or code means is kept: between waves at opening, within a wave by corrections and revisions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.errors import WrongState
from surveyapp.fieldwork import versions, waves
from surveyapp.instrument.compare import compare
from surveyapp.instrument.corrections import version_difference
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.storage.database import Database
from tests.instrument.definitions import in_memory, only_texts, patched, write

Q, V, LISTS = "questionnaire.pages", "variables.variables", "variables.code_lists"
AGREE = f"{LISTS}.agree3.categories"
SWAPPED = (
    (f"{AGREE}.0.label", {"nl": "Eens", "en": "Agree"}),
    (f"{AGREE}.2.label", {"nl": "Oneens", "en": "Disagree"}),
)
"""The labels of 1 and 3 changed places; codes and keys stayed."""


def version(*changes: tuple[str, Any], year: int = 2026) -> Instrument:
    return resolved(in_memory(*changes), year)


FIRST = version()
STUDY = FIRST.study.id


def of_year(year: int, *changes: tuple[str, Any]) -> Instrument:
    """The small study fielded in another year."""
    files = in_memory(*changes, ("questionnaire.wave", year), ("study.waves.0.year", year))
    wave = files.waves[2026]
    object.__setattr__(wave, "year", year)
    object.__setattr__(files, "waves", {year: wave})
    return resolved(files, year)


ROLES = (
    ("study.roles.0.label", {"nl": "inhurend manager", "en": "hiring manager"}),
    ("study.roles.1.label", {"nl": "zelfstandig professional", "en": "independent professional"}),
)
MISSING = (
    ("study.missing.dk.label", {"nl": "zeg ik liever niet", "en": "prefer not to say"}),
    ("study.missing.refused.label", {"nl": "weet ik niet", "en": "don't know"}),
)
ENDS = (
    (f"{LISTS}.mark10.low", {"nl": "uitstekend", "en": "excellent"}),
    (f"{LISTS}.mark10.high", {"nl": "zeer slecht", "en": "very poor"}),
)
STATEMENTS = (
    (f"{V}.dr_fit.label", {"nl": "Niets geleerd", "en": "Learnt nothing"}),
    (f"{V}.dr_learn.label", {"nl": "Past goed", "en": "Fits well"}),
)


@pytest.mark.parametrize(
    "changes",
    [
        SWAPPED,
        ROLES,
        MISSING,
        ENDS,
        STATEMENTS,
        ((f"{AGREE}.0.label.nl", "eens."), (f"{AGREE}.2.label.nl", "Oneens!")),  # in one language, tidied on the way
        ((f"{AGREE}.0.key", "agree"), (f"{AGREE}.2.key", "disagree")),
        ((f"{V}.gr_assign.type", "recommendation"), (f"{V}.gr_assign.codes", "mark10")),
    ],
)
def test_a_wave_opens_only_when_its_codes_mean_what_they_meant(
    sqlite_database: Database, changes: tuple[tuple[str, Any], ...]
) -> None:
    with sqlite_database.write() as session:
        waves.create_wave(session, of_year(2025))
        waves.open_wave(session, STUDY, 2025)
        waves.close_wave(session, STUDY, 2025)
        waves.create_wave(session, version(*changes))
    # the gate asks what check --against asks
    assert any(found.level == "error" for found in compare(of_year(2025), version(*changes)).findings)
    with pytest.raises(WrongState, match="contradicts that of 2025"), sqlite_database.write() as session:
        waves.open_wave(session, STUDY, 2026)
    with sqlite_database.write() as session:
        assert waves.wave_info(session, STUDY, 2026).state == "draft"
        waves.adopt(session, FIRST)
        assert waves.open_wave(session, STUDY, 2026).state == "open"


def test_an_earlier_wave_that_was_never_fielded_holds_nothing_back(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        waves.create_wave(session, of_year(2025))
        waves.create_wave(session, version(*SWAPPED))
        assert waves.open_wave(session, STUDY, 2026).state == "open"


def opened(database: Database) -> None:
    with database.write() as session:
        waves.create_wave(session, FIRST)
        waves.open_wave(session, STUDY, 2026)


@pytest.mark.parametrize("changes", [SWAPPED, ROLES, MISSING, ENDS])
def test_words_that_changed_places_are_no_correction(
    sqlite_database: Database, changes: tuple[tuple[str, Any], ...]
) -> None:
    opened(sqlite_database)
    found = version_difference(FIRST, version(*changes))
    assert found.exchanged
    assert not only_texts(found)
    with pytest.raises(WrongState, match="changed places"), sqlite_database.write() as session:
        versions.correct(session, version(*changes), "a", "beter")


@pytest.mark.parametrize(
    "change",
    [
        (f"{AGREE}.0.label", {"nl": "Eens", "en": "Agree"}),  # while 3 keeps saying so
        (f"{AGREE}.0.label.nl", "eens!"),  # in one language, tidied on the way
        ("study.roles.0.label", {"nl": "inhurend manager", "en": "hiring manager"}),
        ("study.missing.dk.label", {"nl": "zeg ik liever niet", "en": "prefer not to say"}),
        (f"{LISTS}.mark10.low", {"nl": "uitstekend", "en": "excellent"}),
    ],
)
def test_words_that_another_code_has_and_keeps_are_no_correction(
    sqlite_database: Database, change: tuple[str, Any]
) -> None:
    opened(sqlite_database)
    assert version_difference(FIRST, version(change)).exchanged
    with pytest.raises(WrongState, match="changed places"), sqlite_database.write() as session:
        versions.correct(session, version(change), "a", "beter")


def test_a_title_that_another_page_has_is_still_a_correction() -> None:
    same = (f"{Q}.1.title", dict(FIRST.questionnaires["contractor"].pages[2].title))
    assert only_texts(version_difference(FIRST, version(same)))


def test_a_unit_is_no_mere_text(sqlite_database: Database) -> None:
    opened(sqlite_database)
    years = version((f"{V}.a_months.unit", {"nl": "jaren", "en": "years"}))
    with pytest.raises(WrongState, match=r"differs \(variables\.a_months\.unit\)"), sqlite_database.write() as session:
        versions.correct(session, years, "a", "beter")
    assert only_texts(version_difference(FIRST, version((f"{V}.a_months.unit.nl", "hele maanden"))))
    with pytest.raises(WrongState, match="was 'months' and is now 'years'"), sqlite_database.write() as session:
        versions.revise(session, years, "a", "anders")


def test_nor_are_they_a_revision(sqlite_database: Database) -> None:
    opened(sqlite_database)
    more = {"code": 4, "key": "calm", "label": {"nl": "Rust", "en": "Calm"}}
    with pytest.raises(WrongState, match="counted together"), sqlite_database.write() as session:
        versions.revise(session, version(*SWAPPED, (f"{LISTS}.causes.categories.+", more)), "a", "erbij")


def test_a_text_so_long_that_the_minutes_tip_over_is_still_a_correction() -> None:
    longer = (f"{Q}.1.intro.nl", "Denk aan de laatste opdracht die u afrondde. " * 60)
    before, after = FIRST, version(longer)
    assert before.questionnaires["contractor"].minutes != after.questionnaires["contractor"].minutes
    assert only_texts(version_difference(before, after))


def test_a_correction_in_the_source_language_alone_needs_a_reason_for_the_translation(
    sqlite_database: Database,
) -> None:
    opened(sqlite_database)
    one, both = (f"{Q}.1.items.0.text.nl", "Welk cijfer geeft u nu?"), (f"{Q}.1.items.0.text.en", "What mark now?")
    with pytest.raises(WrongState, match="their translation says what it said"), sqlite_database.write() as session:
        versions.correct(session, version(one), "a")
    with sqlite_database.write() as session:
        assert only_texts(versions.correct(session, version(one, both), "a").difference)


def test_by_command_a_stale_translation_goes_in_force_no_more_than_it_opens(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    environment = {"SURVEYAPP_DATABASE_URL": url, "SURVEYAPP_INSTRUMENTS": str(tmp_path)}

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, arguments, env=environment)
        return result.exit_code, result.output

    folder = write(tmp_path / STUDY, patched())
    assert run("db", "upgrade")[0] == 0
    assert run("wave", "create", STUDY, "2026")[0] == 0
    with Database(url) as database, database.write() as session:
        waves.open_wave(session, STUDY, 2026)
    status, told = run("translate", "approve", STUDY, "2026")
    assert status == 2, told  # nothing named: nothing approved
    count = told.split("--all ")[1].split()[0].rstrip(".")
    assert run("translate", "approve", STUDY, "2026", "--all", "1")[0] == 2
    assert run("translate", "approve", STUDY, "2026", "--all", count)[0] == 0
    write(folder, patched((f"{Q}.1.items.0.text.nl", "Welk cijfer geeft u nu?")))
    status, told = run("wave", "correct", STUDY, "2026", "--reason", "beter")
    assert status != 0
    assert "changed after its translation was approved" in told
    key = "questionnaire.pages.verdict.items.gr_assign.text"
    status, told = run("translate", "approve", STUDY, "2026", key)
    assert status == 0, told
    assert run("wave", "correct", STUDY, "2026", "--reason", "beter")[0] == 0
    lock = json.loads((folder / "2026" / "lock.json").read_text("utf-8"))
    assert key in lock["approved"]["en"]
