"""The interface speaks Dutch and English throughout: each catalogue is complete, tidy and in one register.

English needs no catalogue, being the language of the message ids. What a study says itself stands in its instrument and
is looked at by the checks on definitions.
"""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from surveyapp.storage.accounts import ROLES
from surveyapp.web.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, SHORTEST_WITH_CODE
from tests.exports.test_words import _sections
from tests.house.interface_texts import SIDES, domains, forms, held, ids, sources

BUILT = {
    "books": _sections(),
    "console": set(ROLES.values())
    | {f"Use at least {length} characters." for length in (SHORTEST_PASSWORD, SHORTEST_WITH_CODE)}
    | {f"Use at most {LONGEST_PASSWORD} characters."},
}
"""Message ids that are put together, or come from the floors below and from plans of tables."""
PLACEHOLDERS = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}|%[sd]")
INFORMAL = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
OTHER_FORMS = re.compile(r"\b(hebt|we)\b", re.IGNORECASE)
"""Right elsewhere; here it is "u heeft" and "wij" throughout."""
UNWANTED = re.compile(r"\b(helaas|oeps|sorry)\b", re.IGNORECASE)


def messages(domain: str) -> list[Message]:
    return [message for message in held(domain) if message.id]


def test_every_catalogue_belongs_to_a_side_of_the_product() -> None:
    of_sides = {domain for groups in SIDES.values() for group in groups for domain in group}
    assert set(domains()) == of_sides | {"errors"}  # what errors say comes from every floor: see test_error_texts


@pytest.mark.parametrize("side", SIDES)
def test_every_text_asked_for_has_a_dutch_one(side: str) -> None:
    groups = [set.intersection(*(ids(domain) for domain in group)) for group in SIDES[side]]
    lacking = {
        f"{source.path}: {message}"
        for source in sources()
        if source.side == side
        for message in source.asked
        if not any(message in found for found in groups)
    }
    assert lacking == set()


@pytest.mark.parametrize("domain", [domain for domain in domains() if domain != "errors"])
def test_no_text_is_kept_that_nobody_asks_for(domain: str) -> None:
    used = {
        text
        for source in sources()
        if source.side and any(domain in group for group in SIDES[source.side])
        for text in source.texts
    }
    assert ids(domain) - used - BUILT.get(domain, set()) == set()


@pytest.mark.parametrize("domain", domains())
def test_every_text_is_translated_and_nothing_is_doubtful_or_left_over(domain: str) -> None:
    assert held(domain).obsolete == {}
    for message in messages(domain):
        assert not message.fuzzy, message.id
        assert all(said.strip() for said in forms(message.string)), message.id
        assert len(forms(message.string)) == (2 if message.pluralizable else 1), message.id


@pytest.mark.parametrize("domain", domains())
def test_a_translation_fills_in_what_the_original_does(domain: str) -> None:
    for message in messages(domain):
        asked = set(PLACEHOLDERS.findall(forms(message.id)[-1]))
        for said in forms(message.string):
            filled = set(PLACEHOLDERS.findall(said))
            # "1 question" may leave out the number, in the singular only.
            singular = message.pluralizable and said == forms(message.string)[0]
            assert filled <= asked if singular else filled == asked, message.id


@pytest.mark.parametrize("domain", domains())
def test_dutch_speaks_to_people_as_u_and_without_lamenting(domain: str) -> None:
    for message in messages(domain):
        for said in forms(message.string):
            assert not INFORMAL.search(said.replace("‘je’", "")), said  # a check names the word it looks for
            assert not OTHER_FORMS.search(said), said
            assert not UNWANTED.search(said), said


@pytest.mark.parametrize("domain", domains())
def test_a_text_ends_as_its_original_does(domain: str) -> None:
    for message in messages(domain):
        for original, said in zip(forms(message.id), forms(message.string), strict=False):
            if original[-1] in ".?:" or said[-1] in ".?:":
                assert original[-1] == said[-1], original


def test_the_reader_of_templates_and_modules_sees_what_is_asked() -> None:
    assert sum(len(source.asked) for source in sources()) > 400
    assert {source.side for source in sources()} >= set(SIDES) - {"templates/charts", "web"}


@pytest.mark.parametrize("domain", domains())
def test_every_apostrophe_is_a_curly_one(domain: str) -> None:
    # "a ' before it" is about the sign itself, as a formula is made harmless with it. The English of errors and of what
    # checks find is printed on terminals and in logs as well, so it keeps to ASCII, all of it.
    for message in messages(domain):
        english = () if domain in ("errors", "checks") else forms(message.id)
        for said in (*english, *forms(message.string)):
            assert "'" not in said.replace(" ' ", " ").replace(" ';", ";"), said
