"""Amounts of money come back as they were typed, in either language."""

from __future__ import annotations

import pytest

from surveyapp.engine.describe import value_in_words
from surveyapp.engine.numbers import spell_amount
from surveyapp.engine.route import visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from tests.instrument.definitions import definition, write


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """Every kind of question; k_rate takes euros with two decimals."""
    return load_instrument(write(tmp_path_factory.mktemp("amounts"), definition("kinds")), 2026)


@pytest.mark.parametrize(
    ("language", "typed"),
    [("nl", "85,50"), ("nl", "85,05"), ("nl", "85"), ("en", "85.50"), ("en", "85.05"), ("en", "85")],
)
def test_an_amount_comes_back_as_it_was_typed(language: str, typed: str, kinds: Instrument) -> None:
    questionnaire = kinds.questionnaire("contractor")
    stored = check_page(questionnaire, "rate", {}, {"q_k_rate": (typed,)}, language).values
    page = visible_page(questionnaire, "rate", stored, language)
    assert typed_from(page, stored, language)["q_k_rate"] == (typed,)


@pytest.mark.parametrize(("language", "words"), [("nl", "85,50 euro per uur"), ("en", "85.50 euros per hour")])
def test_an_amount_in_words_has_both_decimals(language: str, words: str, kinds: Instrument) -> None:
    assert value_in_words(kinds.variables["k_rate"], 85.5, {}, language) == words


def test_a_number_with_more_decimals_than_cents_is_never_rounded() -> None:
    assert spell_amount(12.345, "nl", 2) == "12,345"
    assert spell_amount(12.5, "nl", 1) == "12,5"
