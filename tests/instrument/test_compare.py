"""Two waves side by side."""

from __future__ import annotations

from typing import Any

import pytest

from surveyapp.instrument.compare import Comparison, compare
from surveyapp.instrument.differences import Change
from surveyapp.instrument.model import Instrument, TrendEffect
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import DELETE, in_memory

V, Q, LISTS = "variables.variables", "questionnaire.pages", "variables.code_lists"
NEW = {"code": 4, "key": "calm", "label": {"nl": "Rust", "en": "Calm"}}


def wave(*changes: tuple[str, Any], year: int = 2026) -> Instrument:
    return resolved(in_memory(*changes), year)


def against(*changes: tuple[str, Any]) -> Comparison:
    return compare(wave(), wave(*changes))


def test_the_same_wave_differs_in_nothing() -> None:
    found = against()
    assert found.changed() == ()
    assert found.findings == ()
    assert {difference.effect for difference in found.differences} == {TrendEffect.CONTINUE}


@pytest.mark.parametrize(
    ("change", "name", "changes", "effect"),
    [
        ((f"{Q}.1.items.0.text.nl", "Wat vindt u?"), "gr_assign", [Change.TEXT], TrendEffect.INDICATIVE),
        ((f"{Q}.1.items.0.hint.en", "Ten is best."), "gr_assign", [Change.TEXT], TrendEffect.INDICATIVE),
        ((f"{LISTS}.causes.categories.0.label.nl", "Tijd"), "im_rank", [Change.TEXT], TrendEffect.INDICATIVE),
        ((f"{LISTS}.causes.categories.+", NEW), "im_rank", [Change.CODES], TrendEffect.RECODE),
        ((f"{LISTS}.causes.categories.2.retired", True), "im_rank", [Change.CODES], TrendEffect.RECODE),
        ((f"{V}.im_rank.missing", ["dk"]), "im_rank", [Change.CODES], TrendEffect.RECODE),
        ((f"{Q}.1.items.1.randomise", False), "a_ways", [Change.LAYOUT], TrendEffect.CONTINUE),
        ((f"{Q}.1.items.2.show_if", "gr_assign >= 7"), "a_months", [Change.ROUTING], TrendEffect.INDICATIVE),
        ((f"{Q}.3.items.0.roles", ["contractor"]), "im_rank", [Change.ROUTING], TrendEffect.INDICATIVE),
        ((f"{V}.dr_fit.level", "ordinal"), "dr_fit", [Change.UNCHANGED], TrendEffect.BREAK),
        ((f"{Q}.3.items.0", DELETE), "im_rank", [Change.GONE], TrendEffect.BREAK),
    ],
)
def test_a_change_is_named_and_weighed(
    change: tuple[str, Any], name: str, changes: list[Change], effect: TrendEffect
) -> None:
    (found,) = [difference for difference in against(change).differences if difference.name == name]
    assert list(found.changes) == changes
    assert found.effect is effect
    assert all(set(detail) == {"nl", "en"} for detail in found.details)


def test_a_variable_that_was_away_a_year_is_back_not_new() -> None:
    without = wave((f"{Q}.3.items.0", DELETE))
    (new,) = compare(without, wave()).changed()
    assert (new.name, new.changes) == ("im_rank", (Change.NEW,))
    (back,) = compare(without, wave(), before=[wave()]).changed()
    assert (back.changes, back.effect) == ((Change.BACK,), TrendEffect.CONTINUE)


def test_the_registry_says_what_an_imported_wave_allows() -> None:
    link = f"{V}.gr_assign.trend.0"
    reworded = [(f"{link}.effect", "indicative"), (f"{link}.reason", {"nl": "Anders.", "en": "Other."})]
    found = {
        difference.name: difference.effect
        for difference in compare(wave(*reworded, year=2014), wave(*reworded)).differences
    }
    assert found["gr_assign"] is TrendEffect.INDICATIVE
    assert found["b_birth"] is TrendEffect.CONTINUE


@pytest.mark.parametrize(
    ("code", "level", "change"),
    [
        (
            "I001",
            "error",
            (f"{LISTS}.causes.categories.0", {**NEW, "code": 1}),
        ),
        ("I002", "error", (f"{LISTS}.causes.categories.2", DELETE)),
        ("I003", "error", (f"{V}.im_rank.type", "multiple")),
        ("I004", "error", (f"{LISTS}.agree3.descending", True)),
        ("I004", "error", ("study.constructs.0.reversed", [])),
        ("I005", "warning", (f"{V}.gr_assign.construct", "person")),
        ("I006", "error", (f"{V}.a_months.unit", {"nl": "weken", "en": "weeks"})),
        ("I007", "warning", ("study.constructs.0.items", ["dr_fit"])),
    ],
)
def test_what_loses_its_meaning_is_found(code: str, level: str, change: tuple[str, Any]) -> None:
    extra = [("study.constructs.0.reversed", [])] if code == "I007" else []
    findings = [finding for finding in against(change, *extra).findings if finding.code == code]
    assert findings
    assert findings[0].level == level
    assert findings[0].message["nl"] != findings[0].message["en"]
