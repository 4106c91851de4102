"""One walk proves what trying every answer proves, in a time that grows with the length of a questionnaire."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.checks.proofs import proof
from surveyapp.instrument.checks.walk import Walk, slot
from surveyapp.instrument.conditions import conjunction, unless
from surveyapp.instrument.layout import asked_when, takes_effect
from surveyapp.instrument.model import Questionnaire
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import in_memory

Change = tuple[str, Any]


def asked(number: int, condition: str | None = None, **more: Any) -> list[Change]:
    """A page that asks yes or no, perhaps under a condition."""
    name = f"q{number}x"
    variable = {"type": "single", "label": {"nl": f"Vraag {number}", "en": f"Question {number}"}, "codes": "yesno"}
    item = {"variable": name, "text": {"nl": f"Vraag nummer {number}?", "en": f"Question number {number}?"}}
    page = {"id": f"p{number}", "part": "rest", "title": {"nl": f"Blad {number}", "en": f"Page {number}"}, **more}
    shown = {} if condition is None else {"show_if": condition}
    return [(f"variables.variables.{name}", variable), ("questionnaire.pages.+", {**page, **shown, "items": [item]})]


def chain(length: int) -> list[Change]:
    """Pages that each depend on the one before."""
    return [change for number in range(length) for change in asked(number, f"q{number - 1}x == 1" if number else None)]


def contradiction(variables: int) -> list[Change]:
    """As many questions, and a page that wants all of them answered yes and the first no."""
    first = [change for number in range(variables) for change in asked(number)]
    wanted = " and ".join(f"q{number}x == 1" for number in range(variables)) + " and q0x == 2"
    return [*first, *asked(variables, wanted)]


def checked(*changes: Change) -> set[tuple[str, str]]:
    return {(finding.code, finding.name) for finding in run_checks(in_memory(*changes), 2026)}


def seconds(length: int) -> float:
    files, start = in_memory(*chain(length)), time.process_time()
    run_checks(files, 2026)
    return time.process_time() - start


def test_a_chain_of_pages_is_proved_in_a_time_that_grows_with_its_length() -> None:
    # 300 pages took 43 seconds when each condition was tried by itself.
    assert seconds(300) < 10
    short, long = min(seconds(60) for _ in range(2)), min(seconds(240) for _ in range(2))
    assert long < short * 10, (short, long)  # four times the pages; 64 times the time, were it cubic


def test_contradictions_over_any_number_of_questions_are_found() -> None:
    for variables in (2, 6, 7, 12):
        assert ("P003", f"p{variables}") in checked(*contradiction(variables)), variables


def test_what_is_too_much_to_prove_is_said_with_its_place() -> None:
    marks = {"type": "multiple", "label": {"nl": "Veel", "en": "Many"}, "codes": "many"}
    categories = [
        {"code": code, "key": f"k{code}", "label": {"nl": f"Keuze {code}", "en": f"Choice {code}"}}
        for code in range(1, 16)
    ]
    items = [
        {"variable": name, "text": {"nl": f"Welke {name}?", "en": f"Which {name}?"}} for name in ("w_one", "w_two")
    ]
    page = {"id": "many", "part": "rest", "title": {"nl": "Veel", "en": "Many"}, "items": items}
    wanted = " and ".join(f"any_of(w_one, [{code}])" for code in range(1, 15)) + " and count(w_one) < 9"
    found = checked(
        ("variables.code_lists.many", {"categories": categories}),
        ("variables.variables.w_one", marks),
        ("variables.variables.w_two", {**marks, "label": {"nl": "Meer", "en": "More"}}),
        ("questionnaire.pages.+", page),
        *asked(1, wanted),
    )
    assert ("P013", "p1") in found
    assert ("P003", "p1") not in found


def test_nobody_finishes_is_found_through_the_walk_as_well() -> None:
    ending = {
        "id": "away",
        "if": "answered(q0x) or missing(q0x)",
        "title": {"default": {"nl": "Einde", "en": "The end"}},
        "text": {"default": {"nl": "Dank u.", "en": "Thank you."}},
    }
    assert "P006" in {code for code, _ in checked(*asked(0, end_if=[ending]))}


COMPARED = st.sampled_from(["q{} == 1", "q{} != 1", "q{} == 2", "answered(q{})", "missing(q{})", "not holds(q{} == 1)"])


@st.composite
def conditions(draw: st.DrawFn, before: int) -> str:
    parts = [draw(COMPARED).format(f"{draw(st.integers(0, before - 1))}x") for _ in range(draw(st.integers(1, 3)))]
    return draw(st.sampled_from([" and ", " or "])).join(parts)


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    changes = asked(0)
    for number in range(1, 5):
        condition = draw(st.none() | conditions(number))
        ending = draw(st.none() | conditions(number + 1))
        end_if = [
            {
                "id": f"end{number}",
                "if": ending,
                "title": {"default": {"nl": "Einde", "en": "The end"}},
                "text": {"default": {"nl": "Dank u.", "en": "Thank you."}},
            }
        ]
        changes += asked(number, condition, **({"end_if": end_if} if ending and draw(st.booleans()) else {}))
    return resolved(in_memory(*changes), 2026).questionnaire("contractor")


def test_nobody_comes_to_a_condition_behind_an_ending_for_all_that_shares_no_question_with_it() -> None:
    end_if = [
        {
            "id": "end1",
            "if": "q0x == 1 or not holds(q0x == 1)",
            "title": {"default": {"nl": "Einde", "en": "The end"}},
            "text": {"default": {"nl": "Dank u.", "en": "Thank you."}},
        }
    ]
    pages = [*asked(0), *asked(1, None, end_if=end_if), *asked(2, "q1x == 1")]
    questionnaire = resolved(in_memory(*pages), 2026).questionnaire("contractor")
    found = Walk(questionnaire, ["nl", "en"])
    behind = found.proofs[slot("page", questionnaire.pages[-1])]
    assert (behind.can_be_true, behind.can_be_otherwise, found.ends_all) == (False, False, True)


@settings(max_examples=60, deadline=None)
@given(questionnaires())
def test_the_walk_proves_what_trying_every_answer_proves(questionnaire: Questionnaire) -> None:
    when, walk = asked_when(questionnaire), Walk(questionnaire, ["nl", "en"])
    ended: list[Any] = []
    for page in questionnaire.pages:
        if page.show_if is not None:
            wanted = proof(page.show_if, questionnaire, when, ["nl"], given=conjunction(*ended))
            found = walk.proofs[slot("page", page)]
            assert (found.can_be_true, found.can_be_otherwise) == (wanted.can_be_true, wanted.can_be_otherwise), page.id
        ended.extend(unless(takes_effect(page, ending)) for ending in page.endings)
    if ended:
        finish = conjunction(*ended)
        assert finish is not None
        assert walk.ends_all is not proof(finish, questionnaire, when, ["nl"]).can_be_true
