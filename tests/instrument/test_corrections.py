"""Two definitions of one wave: words alone, or more; countable together, or not."""

from __future__ import annotations

from typing import Any

import pytest

from surveyapp.instrument.corrections import stacking_obstacles, version_difference
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import DELETE, in_memory, only_texts

V, Q, LISTS = "variables.variables", "questionnaire.pages", "variables.code_lists"
CALM = {"code": 4, "key": "calm", "label": {"nl": "Rust", "en": "Calm"}}


def wave(*changes: tuple[str, Any]) -> Instrument:
    return resolved(in_memory(*changes), 2026)


def test_an_equal_definition_differs_in_nothing() -> None:
    found = version_difference(wave(), wave())
    assert found.texts == ()
    assert found.others == ()
    assert not only_texts(found)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"{Q}.1.items.0.text.nl", "gr_assign.text"),
        (f"{Q}.1.intro.nl", "verdict.intro"),
        (f"{LISTS}.causes.categories.0.label.nl", "im_rank.categories"),
        (f"{V}.a_months.unit.nl", "a_months.unit"),
        ("study.organisation.telephone", "organisation.telephone"),
    ],
)
def test_other_words_are_a_correction_with_the_old_and_the_new_ones(path: str, place: str) -> None:
    found = version_difference(wave(), wave((path, "Anders gezegd")))
    assert only_texts(found), found.others
    changed = [each for each in found.texts if any(place in where for where in each.places)]
    assert changed
    assert all(each.new["nl"] == "Anders gezegd" != each.old["nl"] for each in changed)


def test_a_label_that_stands_in_several_places_is_one_correction() -> None:
    found = version_difference(wave(), wave((f"{Q}.1.intro.nl", "Denk aan vorige maand.")))
    (intro,) = found.texts
    assert len(intro.places) > 1  # each role has the page


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (f"{LISTS}.causes.categories.+", CALM, "variables.im_rank.categories.4"),
        (f"{Q}.1.items.2.show_if", "gr_assign >= 7", "a_months.show_if"),
        (f"{Q}.1.items.1.randomise", False, "a_ways.is_randomised"),
        (f"{Q}.3.items.0", DELETE, "variables.im_rank"),
        (f"{V}.a_ways.max_choices", 3, "a_ways.maximum_choices"),
        ("study.threshold", 12, "study.threshold"),
        (f"{Q}.3.items.1.text.nl", "Wat kan beter aan {a_ways.label|alles}?", "v_tips.text"),
    ],
)
def test_whatever_is_more_than_words_is_named_with_its_place(path: str, value: Any, place: str) -> None:
    found = version_difference(wave(), wave((path, value)))
    assert not only_texts(found)
    assert any(place in other for other in found.others), found.others


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{LISTS}.causes.categories.+", CALM),
        (f"{Q}.1.items.2.show_if", "gr_assign >= 7"),
        (f"{V}.im_rank.ranks", 3),
    ],
)
def test_a_version_may_add_codes_places_and_conditions(path: str, value: Any) -> None:
    assert stacking_obstacles(wave(), wave((path, value))) == ()


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        (f"{Q}.3.items.0", DELETE, "im_rank"),
        (f"{LISTS}.causes.categories.0.key", "other_thing", "im_rank"),
        (f"{LISTS}.causes.categories.0", DELETE, "im_rank"),
        (f"{V}.dr_fit.level", "ordinal", "dr_fit"),
        (f"{V}.im_rank.ranks", 1, "im_rank"),
    ],
)
def test_a_version_that_takes_away_or_turns_round_cannot_be_counted_with_the_first(
    path: str, value: Any, name: str
) -> None:
    found = stacking_obstacles(wave(), wave((path, value)))
    assert any(name in obstacle["en"] and name in obstacle["nl"] for obstacle in found), found


@pytest.mark.parametrize(
    ("mode", "closes", "is_refused"),
    [
        ("confidential", "2026-12-19", True),
        ("confidential", DELETE, True),
        ("confidential", "2026-12-18", False),
        ("confidential", "2026-12-11", False),
        ("anonymous", "2026-12-19", False),
    ],
)
def test_the_day_on_which_a_link_goes_is_never_later_than_people_read(mode: str, closes: Any, is_refused: bool) -> None:
    at = "study.waves.0"
    before = wave((f"{at}.mode", mode), (f"{at}.closes", "2026-12-18"))
    after = wave((f"{at}.mode", mode), (f"{at}.closes", "2026-12-18"), (f"{at}.closes", closes))
    found = stacking_obstacles(before, after)
    assert bool(found) is is_refused
    assert all("2026-12-18" in obstacle["nl"] and "2026-12-18" in obstacle["en"] for obstacle in found)
