from __future__ import annotations

import numpy as np
import pytest

from surveyapp.analysis.careless import MILD, STRONG, copies, fingerprints, long_runs, odd_spreads, speeders
from surveyapp.analysis.open_texts import is_gibberish, is_long, normal_text

NAN = np.nan


def test_who_takes_less_than_a_third_of_the_median_and_less_per_word_than_anybody_reads_is_strong() -> None:
    seconds = np.array([600.0] * 29 + [199, 201, 299, 301, NAN])  # the median of those timed is 600: by hand
    found = speeders(seconds, np.full(34, 1010))  # 303 s is 300 ms a word
    assert found.strengths[29:].tolist() == [STRONG, MILD, MILD, 0, 0]
    assert found.values[29] == pytest.approx(199 / 600)
    assert speeders(seconds, np.full(34, 1010), strong=0.5).strengths[29:].tolist() == [STRONG] * 3 + [0, 0]


def test_who_reads_little_is_not_fast_for_it_and_few_people_have_no_median() -> None:
    seconds = np.array([600.0] * 30 + [150])
    assert not speeders(seconds, np.full(31, 400)).strengths.any()  # 375 ms a word
    assert not speeders(seconds[5:], np.full(26, 4000)).strengths.any()


def test_a_row_of_equal_answers_counts_by_its_part_of_what_was_answered() -> None:
    rows = [[3] * 12 + [1, 2] * 4, [3] * 15 + [1, 2, 1, 2, 1], [3] * 9 + [1] + [3] * 9 + [1], [3] * 10 + [NAN] * 10]
    found = long_runs(rows)
    assert found.strengths.tolist() == [MILD, STRONG, 0, STRONG]
    assert found.values.tolist() == [12, 15, 9, 10]


def test_a_spread_that_hardly_anybody_has_is_told_by_deviations_from_the_median() -> None:
    random = np.random.default_rng(3)
    people = random.choice([0.25, 0.5, 0.75], size=(200, 12))
    flat, wild = np.full((1, 12), 0.5), np.tile([0.0, 1.0], 6)[None]
    found = odd_spreads(np.concatenate([people, flat, wild]))
    assert found.strengths[-2:].tolist() == [STRONG, MILD]
    assert (found.strengths[:200] > 0).mean() < 0.05
    assert not odd_spreads(np.concatenate([people[:20], flat])).strengths.any()  # too few to hold anybody against


def test_a_text_is_a_copy_where_somebody_else_has_it_and_not_where_one_person_repeats_it() -> None:
    assert copies([7, 7, 8, 8, 9, 9, 9], [0, 1, 2, 2, 0, 1, 3], 4).tolist() == [2, 2, 0, 1]
    assert copies([], [], 2).tolist() == [0, 0]


def test_answers_that_are_the_same_throughout_have_one_print_and_others_have_not() -> None:
    first, second = [1, 2, 1, 1], [NAN, 4, NAN, 4]
    same, other, again, differs = fingerprints([first, second], 4).tolist()
    assert same == again
    assert len({same, other, differs}) == 3
    assert fingerprints([second, first], 4).tolist() != [same, other, again, differs]


@pytest.mark.parametrize("text", ["asdfg hjkl", "xxxxx", "sdfkjh vbvb zqx", "test test test test", "QWERTY"])
def test_noise_is_found(text: str) -> None:
    assert is_gibberish(text)


@pytest.mark.parametrize(
    "text",
    ["angstschreeuw", "ja", "duidelijke opdracht", "n.v.t.", "VNG-LVZ MBO", "", "....", "12345", "rhythm", "Bhfg"],
)
def test_short_odd_and_abbreviated_words_are_no_noise(text: str) -> None:
    assert not is_gibberish(text)


def test_capitals_accents_and_punctuation_make_no_other_text() -> None:
    assert normal_text("  Eén  goede\nAfspraak, vóóraf! ") == "een goede afspraak vooraf"
    assert is_long(normal_text("Een goede afspraak vooraf, graag."))
    assert not is_long(normal_text("Alles ging goed."))
