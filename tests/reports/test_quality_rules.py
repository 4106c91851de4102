"""The rules on the quality of answers, against simulated people and robots with one fault each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from surveyapp.analysis.careless import Marked
from surveyapp.analysis.open_texts import is_gibberish
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.minutes import word_count
from surveyapp.instrument.quality import AttentionItem, Impossible, QualityRules
from surveyapp.instrument.variables import Text
from surveyapp.reports.quality_evidence import Evidence
from surveyapp.reports.quality_flags import Flags, judged
from surveyapp.reports.quality_rules import RULES
from tests.reports.quality_people import ROBOTS, ROLE, Answered, people, robots, seen
from tests.reports.quality_texts import HUMAN, MACHINE, NOISE
from tests.reports.waves import real_instrument

CROWD, BOTS = 150, 30
FOUND_BY: Mapping[str, tuple[str, float]] = {
    "hurries through": ("speeder", 0.9),
    "sends at once": ("automated", 1.0),
    "always the middle": ("straight", 1.0),
    "always the highest": ("spread", 1.0),
    "ends of the scale by chance": ("spread", 0.9),
    "skips most": ("skipped", 0.95),
    "fills in every field": ("automated", 1.0),
    "hits the keyboard": ("gibberish", 0.95),
    "copies from a list": ("duplicate", 0.95),
    "lets a machine write": ("gibberish", 0.0),
}
"""By which rule each kind of robot is found, and of how many at least; docs/quality.md has the measured rates."""


@cache
def flags(kind: str = "") -> Flags:
    """The flags of people, with robots of a kind behind them."""
    return judged(seen((*people(CROWD), *(robots(kind, BOTS) if kind else ()))))


def test_every_kind_of_robot_is_spoken_of() -> None:
    assert FOUND_BY.keys() == ROBOTS.keys()


@pytest.mark.parametrize("kind", ROBOTS)
def test_robots_are_found_by_their_fault(kind: str) -> None:
    rule, least = FOUND_BY[kind]
    assert not flags(kind).not_run
    assert flags(kind).strikes(rule)[CROWD:].mean() >= least


def test_a_machine_that_writes_well_is_not_found_and_nothing_claims_it_is() -> None:
    assert not flags("lets a machine write").strikes("gibberish")[CROWD:].any()
    assert not flags("lets a machine write").strikes("duplicate")[CROWD:].any()
    assert "does not tell" in RULES["gibberish"].words["en"]


def test_few_people_are_flagged_and_hardly_any_strongly() -> None:
    """Two in a hundred of the simulated people do hurry through: they are found, and are no false alarm."""
    assert flags().any_strikes().mean() < 0.08
    assert flags().any_strikes(2).mean() < 0.03


def test_of_the_samples_noise_is_found_and_no_sentence_of_people_or_machines() -> None:
    assert [text for text in (*HUMAN, *MACHINE) if is_gibberish(text)] == []
    assert sum(map(is_gibberish, NOISE)) >= len(NOISE) - 1


def test_a_rule_that_fails_is_noted_as_not_run_and_keeps_no_other_from_it() -> None:
    def fail(evidence: Evidence) -> Marked:
        raise ValueError("what somebody answered")

    found = judged(seen(people(CROWD)), {**RULES, "run": replace(RULES["run"], judge=fail)})
    assert found.not_run == {"run": "ValueError"}
    assert found.marked.keys() >= {"speeder", "straight", "spread"}
    assert not found.strikes("run").any()


def test_attention_items_and_impossible_combinations_are_those_of_the_definition() -> None:
    instrument = real_instrument()
    assert {"attention"} == flags().lacking.keys()
    without = seen(people(5), replace(instrument, quality=QualityRules()))
    assert {"attention", "impossible"} <= judged(without).lacking.keys()
    rules = QualityRules(
        attention=(AttentionItem("gr_assign", (7,)), AttentionItem("gr_client", (7,))),
        impossible=(
            Impossible("one", parse_condition("gr_assign == 10 and gr_client == 1"), Text({"nl": "a"}), "strong"),
            Impossible("two", parse_condition("gr_assign == 10"), Text({"nl": "b"}), "mild"),
        ),
    )
    marks = [(7, 7), (7, 3), (10, 1), (10, 10), (-2, -2)]
    answered = [
        replace(one, answers={**one.answers, "gr_assign": mark, "gr_client": other})
        for one, (mark, other) in zip(people(CROWD), marks, strict=False)
    ]
    found = judged(seen(answered, replace(instrument, quality=rules)))
    assert found.marked["attention"].strengths.tolist() == [0, 1, 2, 2, 0]
    assert found.marked["impossible"].strengths.tolist() == [0, 0, 2, 1, 0]


def test_words_are_those_of_the_pages_and_questions_that_somebody_saw() -> None:
    questionnaire = real_instrument().questionnaire(ROLE)
    one = people(CROWD)[0]
    words = seen([one]).words[0]
    assert 0 < words <= sum(word_count(page, "nl") for page in questionnaire.pages if page.id in one.seconds)
    page = next(page for page in questionnaire.pages if page.id in one.seconds)
    fewer = Answered(one.answers, {name: spent for name, spent in one.seconds.items() if name != page.id})
    assert 0 < words - seen([fewer]).words[0] <= word_count(page, "nl")


def test_two_rules_overlap_for_those_whom_both_mark() -> None:
    found, codes = flags("always the middle"), list(RULES)
    overlap = np.array(found.overlap())
    both = (found.strikes("straight") & found.strikes("spread")).sum()
    assert overlap[codes.index("straight"), codes.index("spread")] == both > 0
    assert overlap[codes.index("straight"), codes.index("straight")] == found.strikes("straight").sum()
