"""The words of the studies that come along: questions that fit their answers, one thing at a time, one word each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Question, QuestionSet

INSTRUMENTS = Path(__file__).parents[2] / "instruments"
STUDY = INSTRUMENTS / "goed-opdrachtgeverschap"
LANGUAGES = ("nl", "en")

OPENINGS = {
    # What the answers of a list reply to, per language: a question that is put with it asks this in so many words.
    "agree5": {"nl": r"in hoeverre bent u het .*eens", "en": r"to what extent do you agree"},
    "sat5": {"nl": r"hoe tevreden bent u", "en": r"how satisfied are you"},
    "freq5": {"nl": r"hoe vaak", "en": r"how often"},
    "sure5": {"nl": r"^zou u", "en": r"^would you"},
    "mat5": {
        "nl": r"kies per stap wat het best past|waar wil .* staan",
        "en": r"choose what fits best|where does .* want",
    },
    "trend5": {"nl": r"hoe ontwikkelde", "en": r"how did .* develop"},
    "mark10": {"nl": r"welk rapportcijfer", "en": r"what mark out of ten"},
    "recommendation11": {"nl": r"hoe waarschijnlijk is het", "en": r"how likely"},
    "yesno": {
        "nl": r"^(heeft|bent|was|gebruikt) |^kloppen deze uitspraken",
        "en": r"^(in the past 12 months, )?(have|has|had|do|does|did|is|were) |^are these statements true",
    },
}


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, language, words) of every text in a file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in LANGUAGES and isinstance(inner, str):
                yield path, str(key), inner
            else:
                yield from _texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{number}")


def files() -> list[Path]:
    return sorted(path for path in INSTRUMENTS.rglob("*.yaml"))


def texts_of(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(_texts(YAML(typ="safe", pure=True).load(file)))


@pytest.mark.parametrize("path", files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_every_apostrophe_and_quotation_mark_is_a_curly_one(path: Path) -> None:
    assert [(where, words) for where, _, words in texts_of(path) if re.search("['\"]", words)] == []


def test_one_word_for_the_interview_at_the_end() -> None:
    said = " ".join(words for path in files() for _, language, words in texts_of(path) if language == "nl").lower()
    assert "exitgesprek" in said
    assert not re.search(r"eindgesprek|afrondingsgesprek", said)


UNWANTED = {
    "nl": (
        r"over en weer|gezien en uitgesproken|laten starten|voorwaarden scheppen|dan zij kost|wordt er .* gewerkt"
        r"|aanbeveling van de (opdrachtgever|bemiddelaar)|stappen .*ingevuld|oproep op|\bu .*hebt\b"
    ),
    "en": r"\bcall on a\b|of one.s own|your principal|\bmediat|recommendation of the|go both ways|both ways",
}


@pytest.mark.parametrize("path", files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_words_that_were_no_dutch_or_english_do_not_come_back(path: Path) -> None:
    found = [
        (where, words) for where, language, words in texts_of(path) if re.search(UNWANTED[language], words.lower())
    ]
    assert found == []


def put(year: int) -> Iterator[tuple[str, Question, dict[str, str]]]:
    """(role, question, the words that ask it) of a wave: of a statement those above it."""
    for role, questionnaire in load_instrument(STUDY, year).questionnaires.items():
        for page in questionnaire.pages:
            for item in page.items:
                if isinstance(item, QuestionSet):
                    yield from ((role, question, dict(item.text)) for question in item.questions)
                elif isinstance(item, Question):
                    yield role, item, dict(item.text)


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_asks_what_its_scale_answers(year: int, language: str) -> None:
    wrong = {
        f"{role} {question.name}: {asked[language]}"
        for role, question, asked in put(year)
        if question.variable.scale in OPENINGS
        and not re.search(OPENINGS[question.variable.scale][language], asked[language].lower())
    }
    assert wrong == set()


TWO_THINGS = {
    "nl": re.compile(r"\ben\b|\bof\b", re.IGNORECASE),
    "en": re.compile(r"\band\b|\bor\b", re.IGNORECASE),
}
ONE_THING = {
    "dr_fit": "knowledge and experience are one asset",
    "cl_process": "time and effort are one cost",
    "ph_brief": "examples of one step",
    "ph_select": "sourcing and selection are one step, by its usual name",
    "ph_onboard": "examples of one step",
    "ph_close": "examples of one step",
    "mt_select": "sourcing and selection are one step, by its usual name",
    "en_org": "'of' is 'whether'",
    "ev_notice": "either is talked about: an assignment is extended or it ends",
    "evf_notice": "either is talked about",
    "ev_ref": "either is one thing given",
}
"""Statements with "and" or "or" that still ask one thing, and why."""


def test_a_statement_that_joins_two_words_asks_one_thing_or_is_listed() -> None:
    joined = set()
    for _, question, asked in put(2026):
        if question.text != asked and any(
            TWO_THINGS[language].search(question.text[language]) for language in LANGUAGES
        ):
            joined.add(question.name)
    assert joined == set(ONE_THING)
