"""Whoever kept a page or book of before subtracts nobody from it, however the plan of the report is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from surveyapp.fieldwork import versions, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.reports.release import release_of
from tests.web.console.curious_reader import K, Reader
from tests.web.console.curious_wave import BANNERS, COURSE, FILTERS, YEAR, Happening
from tests.web.console.test_curious_reader import course, draw_alike, minorities  # noqa: F401  fixtures
from tests.web.console.test_filters_page import WIDE, ask, person

MOST = "v_mark >= 5"
BUT_A_FEW = f"{MOST} and not (v_mark == 5 and language == 'en')"


@pytest.fixture
def plans(minorities: Path, tmp_path: Path) -> Any:  # noqa: F811
    """Makes the definition with these filters and banners, under a changing title."""
    folder = tmp_path / "definition"

    def made(where: dict[str, str], sides: tuple[str, ...] = BANNERS) -> Instrument:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(minorities / "instruments" / COURSE, folder)
        file = folder / str(YEAR) / "tables.yaml"
        plan = yaml.safe_load(file.read_text(encoding="utf-8"))
        plan["banners"] = {"sides": list(sides)}
        plan["filters"] = [{"id": name, "label": {"nl": name, "en": name}, "where": one} for name, one in where.items()]
        file.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
        return load_instrument(folder, YEAR)

    return made


def revise(app: Flask, instrument: Instrument) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        versions.revise(session, instrument, "researcher@example.org", "a filter was wrong")


def look(reader: Reader, filters: tuple[str, ...] = ("", "part"), by: tuple[str, ...] = BANNERS) -> None:
    reader.look()
    for variable in ("v_mark", "te_clear"):
        for condition in filters:
            assert reader.ask(variable, by, condition, with_page=False) == 200


def shown(reader: Reader, condition: str) -> bool:
    return any(f"of {condition!r}: total" in where for where in reader.seen["v_mark", "n"].values())


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize(("first", "then"), [(MOST, BUT_A_FEW), (BUT_A_FEW, MOST)])
def test_a_filter_that_was_changed_is_held_against_what_it_was(
    course: Flask, plans: Any, monkeypatch: pytest.MonkeyPatch, is_open: bool, first: str, then: str  # noqa: F811
) -> None:  # fmt: skip
    draw_alike(monkeypatch, 2)
    revise(course, plans({"part": first}))
    if not is_open:
        Happening(course).close()
    reader = Reader(course, "viewer")
    look(reader)
    assert shown(reader, "part")
    revise(course, plans({"part": then}))
    look(reader)
    fewest, how = reader.few()
    assert fewest >= K, how


def test_what_was_shown_stays_and_goes_on_being_held_against_when_the_plan_comes_back(
    course: Flask, plans: Any  # noqa: F811
) -> None:  # fmt: skip
    Happening(course).close()
    reader = Reader(course, "viewer")
    for one in (MOST, BUT_A_FEW, MOST, "v_mark >= 7", BUT_A_FEW):
        revise(course, plans({"part": one}))
        look(reader)
        assert reader.few()[0] >= K
    revise(course, plans({"part": MOST, "other": "v_mark >= 7"}))
    reader = Reader(course, "viewer")
    look(reader, ("", "part", "other"))
    assert shown(reader, "part")
    assert shown(reader, "other")


def test_a_banner_that_was_taken_out_is_held_against_what_comes_in_its_place(
    course: Flask, plans: Any  # noqa: F811
) -> None:  # fmt: skip
    Happening(course).close()
    reader = Reader(course, "viewer")
    look(reader, ("", *FILTERS))
    assert any("te_pace:" in where for where in reader.seen["v_mark", "n"].values())
    revise(course, plans({"part": "te_pace == 3 and not (role == 'trainer' and language == 'en')"}, ("role",)))
    look(reader, by=("role",))
    fewest, how = reader.few()
    assert fewest >= K, how


def test_a_filter_on_request_counts_before_a_plan_that_was_made_later(course: Flask, plans: Any) -> None:  # noqa: F811
    Happening(course).close()
    editor, reader = person(course, "editor"), Reader(course, "viewer")
    assert ask(editor, WIDE).status_code == 303
    look(reader, ("", "requested_1"))
    assert shown(reader, "requested_1")
    revise(course, plans({"part": f"{WIDE} and not v_mark == 5"}))
    again = Reader(course, "viewer")
    look(again, ("", "part", "requested_1"))
    assert shown(again, "requested_1")  # what was granted is not taken back
    assert not shown(again, "part")
    look(reader, ("", "part", "requested_1"))
    assert reader.few()[0] >= K


def test_a_plan_of_before_the_wave_opened_was_never_seen(course: Flask, plans: Any) -> None:  # noqa: F811
    database = course.extensions["surveyapp"].database
    with database.read() as session:
        assert versions.replaced_versions(session, COURSE, YEAR) == ()
    first, second = plans({"part": MOST}), plans({"part": BUT_A_FEW})
    revise(course, first)
    revise(course, second)
    with database.read() as session:
        replaced = versions.replaced_versions(session, COURSE, YEAR)
        hashes = [one.hash for one in replaced]
        assert hashes[1:] == [first.hash]
        assert waves.wave_info(session, COURSE, YEAR).instrument_hash == second.hash


def test_words_that_were_corrected_make_nothing_to_judge_anew(course: Flask, plans: Any) -> None:  # noqa: F811
    live = course.extensions["surveyapp"].live
    before = release_of(live.published(COURSE, YEAR))
    revise(course, plans({**FILTERS, "more": "te_clear >= 4"}))  # the same people under one more name
    after = release_of(live.published(COURSE, YEAR))
    assert len(after._ledgers) == len(before._ledgers)
