"""Piping, answers in words, and the order of rows and options."""

from __future__ import annotations

from collections import Counter

from engine_builders import DK, both, categories, instrument, page, question, questionnaire

from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.shown_order import order
from surveyapp.instrument.model import MissingCode, NumberRange, Text

OTHER = {"categories": categories(1, 2, other=97)}
MADE = questionnaire(
    page(
        "p",
        question("a", of=OTHER, missing=(DK,)),
        question("m", "multiple"),
        question("k", "ranking"),
        question("v", "allocation"),
        question("n", "number", of={"number": NumberRange(decimals=2), "unit": both("euro")}),
        question("s", "number", of={"unit": both("%")}),
        question("y", "year"),
        question("d", "month"),
        question("t", "long_text"),
    )
)
WHOLE = instrument(MADE)


def words(name: str, value: object, language: str = "nl", **answers: object) -> str:
    return answer_in_words(WHOLE, MADE.questions[name], value, {name: value, **answers}, language)


def test_each_kind_of_answer_has_its_words() -> None:
    assert words("a", 2) == "optie 2"
    assert words("a", 2, "en") == "option 2"
    assert words("m", [1, 3]) == "optie 1; optie 3"
    assert words("k", [3, 1]) == "1. optie 3; 2. optie 1"
    assert words("v", {"1": 60, "2": 39.5, "3": 0}) == "optie 1: 60%; optie 2: 39,5%"
    assert words("n", 1085.5) == "1.085,50 euro"
    assert words("n", 1085.5, "en") == "1,085.50 euro"
    assert words("s", 40) == "40%"
    assert words("y", 1978) == "1978"
    assert words("d", 202503) == "maart 2025"
    assert words("t", "=1+1\nregel") == "=1+1\nregel"


def test_other_brings_its_own_text() -> None:
    assert words("a", 97, a_other="zelf bedacht") == "optie 97: zelf bedacht"
    assert words("a", 97, a_other=-9) == "optie 97"


def test_a_missing_answer_has_the_words_it_was_offered_with() -> None:
    assert words("a", -2) == "weet ik niet"
    assert words("m", -9) == "overgeslagen"
    own = MissingCode("dk", -2, Text({"nl": "geen idee", "en": "no idea"}), True)
    asked = question("a", missing=(own,))
    assert answer_in_words(WHOLE, asked, -2, {}, "nl") == "geen idee"


def test_a_pipe_is_filled_with_the_answer_or_its_fallback() -> None:
    text = "Over {a.label|uw vak} in {wave_year}: {n.value|?}"
    assert piped(text, WHOLE, {"a": 2, "n": 85.5}, "nl") == "Over optie 2 in 2026: 85,50"
    assert piped(text, WHOLE, {"a": -9}, "nl") == "Over uw vak in 2026: ?"
    assert piped(text, WHOLE, {"a": 97, "a_other": "zorg {x}"}, "en") == "Over zorg {x} in 2026: ?"
    assert piped("{unknown.label|iets}", WHOLE, {"unknown": 1}, "nl") == "iets"
    assert piped("geen {} pijp", WHOLE, {}, "nl") == "geen {} pijp"


def test_the_order_is_the_same_for_one_person_and_differs_between_people() -> None:
    keys = tuple("abcdefgh")
    assert order(keys, 7, "set") == order(keys, 7, "set")
    assert sorted(order(keys, 7, "set")) == sorted(keys)
    assert len({order(keys, seed, "set") for seed in range(50)}) == 50
    assert order(keys, 7, "set") != order(keys, 7, "other-set")


def test_the_order_of_a_seed_is_fixed_for_ever() -> None:
    # A case answered in November must show the same order in December, after any upgrade.
    assert order(("a", "b", "c", "d", "e"), 1, "dr") == ("e", "b", "c", "d", "a")


def test_anchored_keys_stay_last_in_their_own_order() -> None:
    for seed in range(20):
        assert order((1, 97, 2, 90, 3), seed, "x", anchored={90, 97})[3:] == (97, 90)


def test_every_item_stands_first_about_as_often() -> None:
    # 4,000 draws over 4 keys: 1,000 each, standard deviation 27; five of those is far beyond chance.
    firsts = Counter(order("abcd", seed, "x")[0] for seed in range(4000))
    assert all(abs(times - 1000) < 137 for times in firsts.values())
