"""What was shuffled for whom can be told afterwards, and the page obeys it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from surveyapp.engine.answers import Problem
from surveyapp.engine.shown_order import ShownOrder, shown_items, shown_orders, shown_statements
from surveyapp.engine.validate import check_page
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.model import Instrument, QuestionSet
from surveyapp.instrument.resolve import resolved
from surveyapp.web import languages
from surveyapp.web.questionnaire.pages import page_view
from tests.instrument.definitions import definition, without_places

SEEDS = range(1, 61)


@pytest.fixture(scope="module")
def shuffled() -> Instrument:
    return resolved(without_places(definition("random_order")), 2026)


def orders(instrument: Instrument, seed: int) -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: Iterable[ShownOrder] = shown_orders(instrument.questionnaire("contractor"), seed)
    return {(one.kind, one.name): one.keys for one in found}


def drawn(instrument: Instrument, seed: int, page: str, language: str = "nl") -> Any:
    questionnaire = instrument.questionnaire("contractor")
    view = page_view(AskedCase.of_nobody(instrument, questionnaire, {}, language, seed), page)
    assert view is not None
    return view


def test_the_definition_of_random_order_has_no_findings() -> None:
    files = without_places(definition("random_order"))
    # B009: tiny definitions have no tables.
    assert [finding.code for finding in run_checks(files, 2026) if finding.level == "error"] == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_shows_options_statements_and_items_as_the_reconstruction_says(
    shuffled: Instrument, language: str
) -> None:
    for seed in SEEDS:
        told = orders(shuffled, seed)
        choices, statements = drawn(shuffled, seed, "options", language), drawn(shuffled, seed, "rows", language)
        (question,) = choices.blocks[0].questions
        assert tuple(option.value for option in question.fields.options) == told["options", "r_ways"]
        assert tuple(each.name for each in statements.blocks[0].questions) == told["statements", "rows-set"]
        blocks = [block.key for block in drawn(shuffled, seed, "items", language).blocks]
        assert tuple(blocks) == told["items", "items"]


def test_what_is_anchored_stays_last_and_information_in_its_place(shuffled: Instrument) -> None:
    for seed in SEEDS:
        told = orders(shuffled, seed)
        assert told["options", "r_ways"][-2:] == ("90", "97")
        assert told["statements", "rows-set"][-1] == "r_overall"
        assert told["items", "items"][0] == "items-note"
        assert told["items", "items"][-1] == "r_last"


def test_every_order_comes_up_about_as_often(shuffled: Instrument) -> None:
    # Three loose options have 3! = 6 orders; 600 seeds give each about 100. Chi-square with 5 degrees of freedom stays
    # below 20.5 in 99.9 % of such draws (scipy.stats.chi2.ppf(0.999, 5) = 20.515).
    times = Counter(orders(shuffled, seed)["options", "r_ways"] for seed in range(600))
    assert len(times) == 6
    assert sum((count - 100) ** 2 / 100 for count in times.values()) < 20.5


def test_a_statement_that_comes_up_later_leaves_the_order_of_the_others(shuffled: Instrument) -> None:
    page = shuffled.questionnaire("contractor").by_id["rows"]
    item = page.items[0]
    assert isinstance(item, QuestionSet)
    for seed in SEEDS:
        whole = [question.name for question in shown_statements(item, seed)]
        part = [question.name for question in shown_statements(item, seed, item.questions[1:])]
        assert part == [name for name in whole if name != item.questions[0].name]


def test_a_list_that_is_not_shuffled_keeps_the_order_of_the_definition(shuffled: Instrument) -> None:
    page = shuffled.questionnaire("contractor").by_id["options"]
    assert shown_items(page, 7) == page.items
    assert ("items", "options") not in orders(shuffled, 7)


def test_the_document_names_the_function_that_tells_the_order() -> None:
    text = (Path(__file__).parents[3] / "docs" / "instrument-format.md").read_text("utf-8")
    (name,) = re.findall(r"surveyapp\.engine\.shown_order\.(\w+)\(", text)
    assert name == shown_orders.__name__


@pytest.mark.parametrize("code", ["skipped", "required"])
def test_the_summary_names_statements_and_items_in_the_order_in_which_they_stand(
    app: Flask, shuffled: Instrument, code: str
) -> None:
    questionnaire = shuffled.questionnaire("contractor")
    seen = set()
    with app.test_request_context("/"):
        languages.use("nl")
        for seed in SEEDS:
            case = AskedCase.of_nobody(shuffled, questionnaire, {}, "nl", seed)
            for page in ("rows", "items"):
                names = [question.name for question in questionnaire.by_id[page].questions()]
                wrong = [Problem(name, f"q_{name}", code) for name in names]
                view = page_view(case, page, problems=wrong, prompts=wrong)
                assert view is not None
                shown = [question.text for block in view.blocks for question in block.questions]
                assert [fault.question for fault in view.faults] == shown
                assert [fault.question for fault in view.prompts] == shown
                seen.add(tuple(shown))
    assert len(seen) > 4, "nothing was shuffled"


def test_a_wrong_total_is_about_every_part_and_leads_to_the_first_one_shown(app: Flask, kinds: Instrument) -> None:
    questionnaire = kinds.questionnaire("contractor")
    question = questionnaire.questions["k_parts"]
    is_shuffled = replace(question, is_randomised=True)
    page = questionnaire.by_id["parts"]
    page = replace(page, items=tuple(is_shuffled if item is question else item for item in page.items))
    pages = tuple(page if each.id == "parts" else each for each in questionnaire.pages)
    asked = replace(questionnaire, pages=pages)
    typed = {"q_k_parts__1": ["20"], "q_k_parts__2": ["20"], "q_k_parts__3": ["20"]}
    firsts = set()
    for seed in SEEDS:
        check = check_page(asked, "parts", {"k_elig": 1}, typed, "nl")
        assert [problem.code for problem in check.problems] == ["allocation_sum"]
        case = AskedCase.of_nobody(kinds, asked, {"k_elig": 1}, "nl", seed)
        with app.test_request_context("/"):
            languages.use("nl")
            view = page_view(case, "parts", typed=typed, problems=check.problems)
        assert view is not None
        texts = view.blocks[0].questions[0].fields.texts
        assert all(text.invalid for text in texts)
        assert view.faults[0].href == f"#{texts[0].name}"
        firsts.add(texts[0].name)
    assert len(firsts) > 1, "nothing was shuffled"
