"""Which answers are steps of one thing is what a code list declares, in any study; the name of no construct says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surveyapp.exports.chart_data import chart_data
from surveyapp.exports.excel_charts import tone_colour
from surveyapp.exports.styles import AGREEMENT_COLOURS, LEVEL_COLOURS
from surveyapp.exports.svg_charts import chart_svg
from surveyapp.exports.words import Words
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.loader import load_instrument
from surveyapp.reports.grid import Grid
from surveyapp.reports.tabulate import tabulate
from tests.instrument.definitions import in_memory, patched, write
from tests.instrument.examples_of_checks import LISTS, S, V, both
from tests.reports.waves import random_records, wave

NAMES = ("Kent de stof", "Past toe met hulp", "Past zelf toe", "Legt uit", "Leidt op", "Vernieuwt")


def skill(*names: str, **more: Any) -> tuple[str, Any]:
    """The list that the tiny study's statements share, with these steps."""
    steps = [{"code": at, "key": f"s{at}", "label": both(name)} for at, name in enumerate(names, start=1)]
    return (f"{LISTS}.agree3", {"ordered": True, "levels": True, "categories": steps, **more})


def drawn(folder: Path, *changes: tuple[str, Any]) -> tuple[Grid, list[tuple[str, str]]]:
    """The table of a statement by role, and the answers of its chart with their tones."""
    instrument = load_instrument(write(folder, patched(*changes)), 2026)
    grid = tabulate(wave(instrument, random_records(instrument, 120, 5)), "dr_fit", ["role"])
    data = chart_data(grid, "stacked", Words("nl"))
    assert data is not None
    return grid, [(one.label, one.tone) for one in data.series]


@pytest.mark.parametrize(("many", "tones"), [(2, "15"), (3, "135"), (4, "1245"), (5, "12345")])
def test_levels_grow_darker_from_the_first_to_the_last(tmp_path: Path, many: int, tones: str) -> None:
    grid, answers = drawn(tmp_path, skill(*NAMES[:many]))
    assert answers == [(name, f"level-{tone}") for name, tone in zip(NAMES, tones, strict=False)]
    assert [tone_colour(tone) for _, tone in answers] == [LEVEL_COLOURS[int(tone) - 1] for tone in tones]
    svg = chart_svg(grid, "nl", "stacked")
    assert all(f"chart-level-{tone}" in svg for tone in tones)
    assert "chart-agreement" not in svg


def test_a_list_whose_first_code_means_most_is_darkest_there(tmp_path: Path) -> None:
    _, answers = drawn(tmp_path, skill(*NAMES[:5], descending=True))
    assert answers == [(name, f"level-{tone}") for name, tone in zip(NAMES[4::-1], "12345", strict=True)]


def test_without_levels_no_name_of_a_construct_gives_them(tmp_path: Path) -> None:
    named = (
        (f"{S}.constructs.0.id", "maturity"),
        *((f"{V}.{one}.construct", "maturity") for one in ("dr_fit", "dr_learn")),
    )
    grid, answers = drawn(tmp_path, *named, skill(*NAMES[:5], levels=False))
    assert answers == [(name, f"agreement-{tone}") for name, tone in zip(NAMES, "12345", strict=False)]
    assert tone_colour(answers[0][1]) == AGREEMENT_COLOURS[0]
    assert "chart-level" not in chart_svg(grid, "nl", "stacked")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (skill(*NAMES[:3], ordered=False), "'agree3' has levels but no order."),
        (skill(*NAMES[:1]), "Levels of 'agree3': 1; 2 to 5 can be drawn."),
        (skill(*NAMES[:6]), "Levels of 'agree3': 6; 2 to 5 can be drawn."),
        (skill("Kent de stof", "2", "3"), "In 'agree3' a level is called '2' and no more."),
        (skill(*NAMES[:5]), None),
    ],
)
def test_levels_that_cannot_be_drawn_are_refused(change: tuple[str, Any], said: str | None) -> None:
    found = [finding.message["en"] for finding in run_checks(in_memory(change), 2026) if finding.code == "L025"]
    assert found == ([said] if said else [])
