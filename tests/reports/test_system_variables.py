"""What the platform knows of every case divides, limits and names cases under one name everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import surveyapp
from surveyapp.analysis.columns import CodeColumn
from surveyapp.catalogues import told
from surveyapp.errors import BadQuery, NotReleased
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.filters import read_filter
from surveyapp.reports.released_filters import released_filters, require_released
from surveyapp.reports.subjects import subject
from surveyapp.reports.tabulate import Tabulation, tabulate
from tests.reports.waves import random_records, real_instrument, wave

INSTRUMENT = real_instrument()
DATA = wave(INSTRUMENT, random_records(INSTRUMENT, 300, seed=5))
CASES = DATA.cases()


@pytest.mark.parametrize("name", SYSTEM_VARIABLES)
def test_whatever_can_be_a_banner_can_be_a_filter(name: str) -> None:
    column = subject(name, INSTRUMENT, CASES).column(CASES)
    assert isinstance(column, CodeColumn)
    values = CASES.names[name]
    assert len(values) > 1, name
    for place, value in enumerate(values):
        wanted = column.values == place
        assert 0 < wanted.sum() < CASES.n
        for source in (f"{name} == '{value}'", f"not ({name} != '{value}')", f"{name} in ['{value}']"):
            found = read_filter(source, INSTRUMENT, DATA.dataset.names["source"])
            assert found is not None
            assert np.array_equal(found.mask(CASES), wanted), source
        assert len(Tabulation(DATA, (), f"{name} == '{value}'").cases.ids) == wanted.sum()
    table = tabulate(DATA, "gr_assign", [name], f"{name} == '{values[0]}'")
    assert table.filter is not None
    assert all(len(text) > len(name) for text in table.filter.sentence.values())


@pytest.mark.parametrize(
    ("source", "near"),
    [
        ("source == 'nieuwsbrif'", "nieuwsbrief"),
        ("device == 'fone'", "phone"),
        ("language == 'nll'", "nl"),
        ("role in ['contractr']", "contractor"),
        ("sourse == 1", "source"),
    ],
)
def test_a_value_that_does_not_exist_is_refused_with_the_nearest(source: str, near: str) -> None:
    with pytest.raises(BadQuery) as refused:
        tabulate(DATA, "gr_assign", (), source)
    for language in ("nl", "en"):
        assert re.search(rf"(bedoelt u ‘|mean '|nearest: |lijken daarop: ){near}\b", told(refused.value, language))


def test_the_plan_may_name_a_source_by_which_nobody_came() -> None:
    assert read_filter(parse_condition("source == 'nobody-yet'"), INSTRUMENT, DATA.dataset.names["source"]) is not None


def test_a_definition_that_is_in_the_field_may_say_lang() -> None:
    former, now = parse_condition("lang == 'nl'"), parse_condition("language == 'nl'")
    assert former.tree == now.tree
    assert np.array_equal(is_true(former, CASES), is_true(now, CASES))


def test_no_route_rests_on_what_is_not_known_while_somebody_answers() -> None:
    from surveyapp.instrument.system_variables import values_of

    for name, variable in SYSTEM_VARIABLES.items():
        value = (values_of(name, INSTRUMENT) or ("open",))[0]
        role, language = INSTRUMENT.study.roles[0].id, INSTRUMENT.study.languages[0]
        found = parse_condition(f"{name} == '{value}'").evaluate({}, role=role, language=language)
        assert (found is True) == variable.is_routing


def test_the_list_is_written_down_once() -> None:
    second = re.compile(r"""["']language["'],\s*["']source["'],\s*["']device["']|["']lang["']\s*[,:)=]""")
    folder = Path(surveyapp.__file__).parent
    found = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts and path.parent.name not in ("storage", "analysis")
        if path.name != "system_variables.py" and second.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "nl", "en"),
    [
        ("b_sector == 99", "3 (bouw en", "14 (health"),
        ("role == 'boss'", "contractor (zelfstandig", "contractor (independent"),
        ("device == 'watch'", "phone (telefoon)", "desktop (computer)"),
    ],
)
def test_a_list_of_codes_says_what_each_means(source: str, nl: str, en: str) -> None:
    with pytest.raises(BadQuery) as refused:
        tabulate(DATA, "gr_assign", (), source)
    assert nl.casefold() in told(refused.value, "nl").casefold(), told(refused.value, "nl")
    assert en.casefold() in told(refused.value, "en").casefold(), told(refused.value, "en")


def test_what_may_be_chosen_is_called_by_its_label() -> None:
    with pytest.raises(NotReleased) as refused:
        require_released(INSTRUMENT, ["b_function"], None)
    for language, label in (("nl", "“Rol”"), ("en", "“Role”")):
        assert label in told(refused.value, language)
        assert "b_function" not in told(refused.value, language)
    with pytest.raises(NotReleased) as refused:
        require_released(INSTRUMENT, [], "b_gender == 1")
    for language in ("nl", "en"):
        for named in released_filters(INSTRUMENT):
            assert f"“{named.label[language]}”" in told(refused.value, language)
