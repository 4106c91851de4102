"""One word per thing: what the pages and books call by one name they call by no other.

The words are those of CONTRIBUTING, section "Words"; here stand the synonyms that crept in, each with the word to use.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import surveyapp
from tests.house.interface_texts import domains, forms, held, sources

BLANK = re.compile(r"%\(\w+\)s|\{\w+\}")
DUTCH = {
    r"\bronde[ns]?\b": "meting",
    r"\bstand van\b|\bde stand\b": "cijfers van (a moment) or status (of a wave, a case, a file)",
    r"\b(ververs\w*|herlaad\w*)\b": "vernieuwen",
    r"\b(verzonden|ingezonden|inzending(en)?|ingediend|compleet|afgeronde vragenlijst\w*)\b": "verstuurd",
    r"\buitdrukking(en)?\b": "filter",
    r"\bdefinities?\b": "vragenlijst",
    r"\bvergelijk(en)? naar\b": "uitsplitsen naar",
    r"\bbanners?\b": "uitsplitsing",
    r"\bafgebroken\b": "afgehaakt",
    r"\bnet \d": "samen",
}
"""Synonym → the word that is used instead."""
ENGLISH_OF_THE_TEAM = {
    r"\brounds?\b": "wave (respondents read: round)",
    r"\bbusy (today|now)\b": "in progress",
    r"\boutside the group\b": "not eligible",
    r"\b(left here|who left|share that left|sent or left|count as left)\b|^left$": "broke off",
    r"^asked$": "requested (of a file)",
    r"\bdefinitions?\b": "questionnaire",
    r"\bcompare by\b": "break down by",
    r"\bexpressions?\b": "filter",
    r"^state$": "status",
}


@pytest.mark.parametrize("domain", domains())
def test_dutch_has_one_word_per_thing(domain: str) -> None:
    found = [
        f"{said!r}: say {word}"
        for message in held(domain)
        if message.id
        for said in forms(message.string)
        for pattern, word in DUTCH.items()
        if re.search(pattern, BLANK.sub("", said), re.IGNORECASE)
    ]
    assert found == []


def test_the_english_of_the_team_has_one_word_per_thing() -> None:
    asked = {
        message
        for source in sources()
        if source.side in ("web/console", "templates/console", "templates/security")
        for message in source.asked
    }
    assert len(asked) > 200
    found = [
        f"{message!r}: say {word}"
        for message in sorted(asked)
        for pattern, word in ENGLISH_OF_THE_TEAM.items()
        if re.search(pattern, message, re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize("synonym", ["Deze ronde sluit.", "U ziet de stand van 14:05.", "12 compleet", "Definitie"])
def test_a_synonym_is_noticed(synonym: str) -> None:
    assert any(re.search(pattern, synonym, re.IGNORECASE) for pattern in DUTCH)


def test_what_the_checks_and_commands_say_keeps_to_it_too() -> None:
    """Dutch outside the catalogues: findings, fixes, sentences about definitions."""
    words = re.compile(
        r"\b(rondes?|inzending(en)?|uitdrukking(en)?|definities?|vergelijk naar|verversen)\b", re.IGNORECASE
    )
    folder = Path(surveyapp.__file__).parent
    found = [
        f"{path.name}:{node.lineno} {node.value[:80]}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and words.search(node.value)
    ]
    for path in folder.rglob("*.js"):
        found += [f"{path.name}: {match[0]}" for match in words.finditer(path.read_text(encoding="utf-8"))]
    assert found == []
