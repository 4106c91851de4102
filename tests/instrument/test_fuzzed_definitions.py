"""Definitions bent at random: the checks find what they find and never fall over, nor does what is made of one.

What has no errors must be walked by robots and go through every table of its plan.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveyapp.engine import coverage as walks
from surveyapp.engine.misuse import misuses
from surveyapp.engine.robots import Crew
from surveyapp.instrument.checks import checked
from surveyapp.instrument.compare import compare
from surveyapp.instrument.corrections import stacking_obstacles, version_difference
from surveyapp.instrument.findings import has_errors
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.codebook import codebook
from surveyapp.reports.extract import extract
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.wave_data import WaveData
from tests.instrument.definitions import FILES, Definition, definition, in_memory, without_places
from tests.reports.waves import record

NAMES = ("tiny", "loop", "random_order", "rotation", "every_type")
NEEDED = tuple(FILES[key] for key in ("study", "variables", "questionnaire", "mapping"))
KEYS = (
    "retired",
    "exclusive",
    "other",
    "ordered",
    "descending",
    "levels",
    "required",
    "randomise",
    "stored_apart",
    "codes",
    "level",
)
MORE = (
    "range",
    "ranks",
    "max_choices",
    "show_if",
    "roles",
    "mirror",
    "phase",
    "reversed",
    "filter",
    "banner",
    "type",
    "kind",
)
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 3, 97, 2026, 0.5, "", "x", "gr_assign", "a_ways", "s_elig", "role", "true", "false",
    "gr_assign >= 6", "gr_assign == dk", "count(a_ways) >= 2", "missing(a_months)", [], ["dk"], ["contractor"],
    ["gr_assign"], {}, {"nl": "a", "en": "b"}, {"nl": "a"}, "single", "multiple", "mark", "number", "month", "ranking",
    "allocation", "long_text", "consent", "nominal", "score", "agree3", "yesno", "mark10", "marks", "numbers",
]  # fmt: skip
Path = tuple[str | int, ...]


def paths(node: Any, here: Path = ()) -> Iterator[Path]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield (*here, key)
        yield from paths(value, (*here, key))


def at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step]
    return node


@st.composite
def bent(draw: st.DrawFn) -> Definition:
    """A study of the tests with one to three things deleted, doubled, moved, added or replaced."""
    found = definition(draw(st.sampled_from(NAMES)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(paths(found))
        path = draw(st.sampled_from(places))
        parent, key = at(found, path[:-1]), path[-1]
        match draw(st.integers(0, 4)):
            case 0:
                del parent[key]
            case 1 if isinstance(parent, list):
                parent.append(copy.deepcopy(parent[int(key)]))
            case 2:
                parent[key] = copy.deepcopy(at(found, draw(st.sampled_from(places))))
            case 3 if isinstance(parent, dict):
                parent[draw(st.sampled_from((*KEYS, *MORE)))] = copy.deepcopy(draw(st.sampled_from(VALUES)))
            case _:
                parent[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return found


def gone_through(instrument: Instrument, *, is_sound: bool) -> None:
    """Everything that is made of a definition before anybody answers it."""
    first = resolved(in_memory(), 2026)
    for before, after in ((first, instrument), (instrument, first)):
        compare(before, after)
        version_difference(before, after)
        stacking_obstacles(before, after)
    codebook(instrument, None)
    records = []
    for role, questionnaire in instrument.questionnaires.items():
        crew = Crew(questionnaire)
        for seed in range(4):
            walk = crew.walk(seed, instrument.languages[0])
            records.append(record(instrument, len(records), role, walk.answers))
        if questionnaire.pages and questionnaire.pages[0].show_if is None and is_sound:
            misuses(questionnaire, questionnaire.pages[0].id, {}, instrument.languages[0])
    if is_sound:
        data = WaveData(instrument, extract(instrument, records), datetime(2026, 11, 23, tzinfo=UTC), 1)
        codebook(instrument, data)
        tuple(planned_grids(data))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(bent())
def test_a_bent_definition_is_judged_and_gone_through_without_a_crash(files: Definition) -> None:
    if not all(isinstance(files.get(name), dict) for name in NEEDED):
        return
    files.setdefault(FILES["tables"], {"tables": []})
    read = without_places(files)
    for year in (2026, 2014):
        instrument, findings = checked(read, year)
        if instrument is not None:
            gone_through(instrument, is_sound=not has_errors(findings))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "rotation"])
def test_a_definition_in_which_every_category_was_retired_is_judged(name: str) -> None:
    files = definition(name)
    files.setdefault(FILES["tables"], {"tables": []})
    for entry in files[FILES["variables"]]["code_lists"].values():
        for category in entry["categories"]:
            category["retired"] = True
    instrument, findings = checked(without_places(files), 2026)
    assert "L009" in {finding.code for finding in findings}
    assert instrument is not None
    for questionnaire in instrument.questionnaires.values():
        found = walks.coverage(questionnaire, instrument.languages[0])
        assert found.walks > 0
