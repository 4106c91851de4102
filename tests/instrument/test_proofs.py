"""Enumeration proves what it says, and stops in time."""

from __future__ import annotations

import time

import pytest

from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.checks.proofs import MAXIMUM_STEPS, proof
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.layout import asked_when
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import in_memory


def tiny() -> Instrument:
    return resolved(in_memory(), 2026)


@pytest.mark.parametrize(
    ("source", "can_be_true", "can_be_otherwise"),
    [
        ("gr_assign >= 6", True, True),
        ("gr_assign >= 1 or missing(gr_assign)", True, False),
        ("gr_assign > 10", False, True),
        ("a_months > 240", False, True),  # beyond the range
        ("a_months > 239", True, True),
        ("valid(a_months) and gr_assign < 6", False, True),  # a_months is asked from mark 6 on
        ("missing(a_months) or gr_assign >= 6", True, False),
        ("all_of(a_ways, [1, 2])", True, True),
        ("all_of(a_ways, [1, 2, 3])", False, True),  # two at most
        ("all_of(a_ways, [1, 90])", False, True),  # 90 excludes
        ("count(a_ways) == 2", True, True),
        ("count(a_ways) > 2", False, True),
        ("count(im_rank) <= 2 or missing(im_rank)", True, False),
        ("missing(s_elig)", False, True),  # required
        ("gr_assign == refused", False, True),  # not offered
        ("gr_assign == dk", True, True),
        ("language == 'en'", True, True),
        ("role == 'manager'", False, True),
        ("a_ways == not_asked and s_elig == 1", False, True),
        ("gr_assign == not_asked", True, True),  # for whom the questionnaire ended
    ],
)
def test_a_proof_knows_what_can_be(source: str, can_be_true: bool, can_be_otherwise: bool) -> None:
    questionnaire = tiny().questionnaire("contractor")
    found = proof(parse_condition(source), questionnaire, asked_when(questionnaire), ["nl", "en"])
    assert found.is_complete
    assert (found.can_be_true, found.can_be_otherwise) == (can_be_true, can_be_otherwise)


def test_what_is_given_narrows_the_proof() -> None:
    questionnaire = tiny().questionnaire("contractor")
    asked = asked_when(questionnaire)
    condition = parse_condition("gr_assign >= 5")
    found = proof(condition, questionnaire, asked, ["nl"], given=parse_condition("gr_assign >= 6"))
    assert (found.can_be_true, found.can_be_otherwise) == (True, False)


def test_a_proof_that_would_take_too_long_is_left_and_said_to_be_incomplete() -> None:
    marks = {
        f"m{number}": {"type": "mark", "label": {"nl": f"m{number}", "en": f"m {number}"}, "codes": "mark10"}
        for number in range(8)
    }
    items = [{"variable": name, "text": {"nl": f"{name}?", "en": f"{name}?"}} for name in marks]
    page = {"id": "marks", "part": "rest", "title": {"nl": "Cijfers", "en": "Marks"}, "items": items}
    changes = [(f"variables.variables.{name}", entry) for name, entry in marks.items()]
    files = in_memory(*changes, ("questionnaire.pages.+", page))
    questionnaire = resolved(files, 2026).questionnaire("contractor")
    never = parse_condition(" and ".join(f"m{number} > 3 and m{number} < 9" for number in range(8)) + " and m0 < 2")
    start = time.process_time()
    found = proof(never, questionnaire, asked_when(questionnaire), ["nl"])
    assert not found.is_complete
    assert not found.can_be_true
    assert time.process_time() - start < 30  # 10 ** 8 combinations would take minutes
    assert MAXIMUM_STEPS <= 100_000


def test_an_unreachable_page_is_reported_once_and_not_what_follows_from_it() -> None:
    changes = ("questionnaire.pages.2.show_if", "gr_assign == 1 and gr_assign == 2")
    row = ("questionnaire.pages.2.items.0.rows.0.show_if", "gr_assign >= 8")
    codes = [finding.code for finding in run_checks(in_memory(changes, row), 2026)]
    assert "P003" in codes
    assert "P004" not in codes


def test_every_type_of_variable_loads() -> None:
    instrument = resolved(in_memory(name="every_type"), 2026)
    kinds = {variable.type.value for variable in instrument.variables.values()}
    assert len(kinds) == 13  # all types of the model
    region = instrument.variable("t_region").number
    assert region is not None
    assert (region.minimum, region.maximum) == (10, 99)
