"""Rotations in the definition: what they become, what is said of them, and what changes when they change."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.compare import compare
from surveyapp.instrument.conditions.sentence import universe_text
from surveyapp.instrument.corrections import stacking_obstacles, version_difference
from surveyapp.instrument.differences import Change
from surveyapp.instrument.loader import instrument_from_documents
from surveyapp.instrument.minutes import estimated_seconds, longest_seconds, page_seconds
from surveyapp.instrument.model import Instrument, TrendEffect
from surveyapp.instrument.resolve import resolved
from surveyapp.instrument.xlsform.outward import outward
from tests.instrument.definitions import in_memory, only_texts
from tests.instrument.examples_of_checks import Q, V, item, page, rotating

PAGES, ROTATIONS = f"{Q}.pages", f"{Q}.rotations"


def rotation(*changes: tuple[str, Any]) -> Instrument:
    return resolved(in_memory(*changes, name="rotation"), 2026)


def struck(*changes: tuple[str, Any], name: str = "tiny") -> set[tuple[str, str]]:
    return {(found.code, found.name) for found in run_checks(in_memory(*changes, name=name), 2026)}


def test_nothing_is_said_against_the_rotations_of_the_example() -> None:
    assert struck(name="rotation") == set()


def test_a_rotation_says_what_can_be_drawn_and_each_page_which_block_it_is_of() -> None:
    made = rotation().questionnaires["contractor"]
    theme, annex = made.rotations
    assert theme.draw is not None
    assert annex.draw is not None
    assert theme.draw.drawn() == ((1, 2), (1, 3), (2, 3))
    assert annex.draw.drawn() == ((1,), (2,))
    assert (theme.draw.share, annex.draw.share) == (Fraction(2, 3), Fraction(1, 2))
    blocks = {page.id: page.block.label["en"] for page in made.pages if page.block is not None}
    assert blocks == {
        "pay": "Pay", "pay-late": "Pay", "guidance": "Guidance", "goodbye": "Goodbye", "tools": "Tools",
        "travel": "Travel",
    }  # fmt: skip


def test_a_role_that_is_asked_no_block_draws_nothing() -> None:
    assert [variable.name for variable in rotation().questionnaires["manager"].rotations] == ["m_theme"]


def test_what_is_stored_with_a_version_brings_the_rotations_back() -> None:
    made = rotation()
    assert instrument_from_documents(made.documents) == made


@pytest.mark.parametrize(
    ("name", "dutch", "english"),
    [
        (
            "r_tools",
            "zelfstandig professionals, voorgelegd aan een willekeurige helft (blok “Middelen”)",
            "independent professionals, put to a random half (block “Tools”)",
        ),
        (
            "r_thanks",
            "iedereen, voorgelegd aan een willekeurig twee derde deel (blok “Afscheid”)",
            "everyone, put to a random two thirds (block “Goodbye”)",
        ),
        (
            "r_late",
            "iedereen, voorgelegd aan een willekeurig twee derde deel (blok “Betaling”), "
            "als het antwoord op “Op tijd betaald” “Nee” is",
            "everyone, put to a random two thirds (block “Pay”), if the answer to “Paid in time” is “No”",
        ),
        ("r_last", "iedereen", "everyone"),
        ("m_annex", "zelfstandig professionals", "independent professionals"),
    ],
)
def test_the_base_says_to_which_part_a_question_was_put(name: str, dutch: str, english: str) -> None:
    made = rotation()
    assert dict(universe_text(made.universes[name], made)) == {"nl": dutch, "en": english}


def test_a_share_without_a_name_of_its_own_is_told_in_numbers() -> None:
    made = rotation()
    theme = made.variables["m_theme"]
    assert theme.draw is not None
    odd = replace(
        made, variables={**made.variables, "m_theme": replace(theme, draw=replace(theme.draw, codes=(1, 2, 3, 4, 5)))}
    )
    said = universe_text(made.universes["r_thanks"], odd)
    assert said["en"] == "everyone, put to a random 2 in 5 (block “Goodbye”)"
    assert said["nl"] == "iedereen, voorgelegd aan willekeurig 2 op de 5 (blok “Afscheid”)"


def test_the_estimate_is_the_mean_over_all_draws_and_the_longest_that_of_the_longest_blocks() -> None:
    made = rotation().questionnaires["contractor"]
    theme, annex = (variable.draw for variable in made.rotations)
    assert theme is not None
    assert annex is not None

    def seconds(themes: tuple[int, ...], annexes: tuple[int, ...]) -> float:
        drawn = {"m_theme": themes, "m_annex": annexes}
        return sum(
            page_seconds(page, "nl")
            for page in made.pages
            if page.block is None or page.block.code in drawn[page.block.rotation.name]
        )

    every = [seconds(themes, annexes) for themes in theme.drawn() for annexes in annex.drawn()]
    assert estimated_seconds(made.pages, "nl") == pytest.approx(sum(every) / len(every))
    assert longest_seconds(made.pages, "nl") == pytest.approx(max(every))
    assert min(every) < max(every)
    assert estimated_seconds(made.pages, "nl") < sum(page_seconds(page, "nl") for page in made.pages)


def test_what_another_page_reads_cannot_stand_in_a_block_and_what_its_own_block_reads_can() -> None:
    last = f"{PAGES}.7.items.0"
    assert struck((f"{last}.show_if", "r_paid == 1"), name="rotation") == {("O007", "r_last")}
    piped = {"nl": "U zei: {r_paid.label|niets}. Nog iets?", "en": "You said: {r_paid.label|nothing}. Anything else?"}
    assert struck((f"{last}.text", piped), name="rotation") == {("O007", "r_last")}
    assert struck((f"{PAGES}.3.show_if", "r_paid == 1 and r_first == 1"), name="rotation") == {("O007", "guidance")}
    # pay-late reads r_paid of its own block; that is the example itself.
    assert ("O007", "pay-late") not in struck(name="rotation")


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ([(f"{V}.r_paid.use", "driver")], "O009", "r_paid"),
        ([(f"{V}.r_paid.use", "outcome")], "O009", "r_paid"),
        ([("tables.banners.who", ["role", "r_paid"])], "O009", "r_paid"),
        (
            [
                (
                    "study.constructs",
                    [
                        {
                            "id": "care", "kind": "theme", "label": {"nl": "Zorg", "en": "Care"},
                            "items": ["r_clear", "r_first"],
                        }
                    ],
                )
            ],
            "O009",
            "r_clear",
        ),
        (
            [
                (f"{V}.r_late.trend", [{"series": "old", "column": "q1", "effect": "continue"}]),
            ],
            "O010",
            "r_late",
        ),
    ],
)  # fmt: skip
def test_key_figures_constructs_and_trends_are_asked_of_everybody(
    changes: list[tuple[str, Any]], code: str, name: str
) -> None:
    assert (code, name) in struck(*changes, name="rotation")


def care(kind: str, *items: str) -> list[dict[str, Any]]:
    return [{"id": "care", "kind": kind, "label": {"nl": "Zorg", "en": "Care"}, "items": list(items)}]


@pytest.mark.parametrize(
    ("kind", "items", "struck_by"),
    [
        ("outcome", ("r_paid", "r_late"), set()),  # both stand in the block "pay"
        ("outcome", ("r_paid", "r_clear"), {("O009", "r_paid"), ("O009", "r_clear")}),
        ("driver", ("r_paid", "r_late"), {("O009", "r_paid"), ("O009", "r_late")}),
    ],
)
def test_a_construct_of_outcomes_may_stand_in_one_block_as_a_whole_and_a_driver_may_not(
    kind: str, items: tuple[str, ...], struck_by: set[tuple[str, str]]
) -> None:
    uses = [(f"{V}.{name}.use", "outcome") for name in items] if kind == "outcome" else []
    found = struck(("study.constructs", care(kind, *items)), *uses, name="rotation")
    assert {each for each in found if each[0] == "O009"} == struck_by


def test_a_trend_that_is_never_tested_may_stand_in_a_block() -> None:
    indicative = {
        "series": "old", "column": "q1", "effect": "indicative", "reason": {"nl": "Anders.", "en": "Different."}
    }  # fmt: skip
    assert not {code for code, _ in struck((f"{V}.r_late.trend", [indicative]), name="rotation")} & {"O010"}


def test_a_trend_that_is_called_a_break_may_stand_in_a_block() -> None:
    broken = {"series": "old", "column": "q1", "effect": "break", "reason": {"nl": "Anders.", "en": "Different."}}
    assert not {code for code, _ in struck((f"{V}.r_late.trend", [broken]), name="rotation")} & {"O010"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([(f"{ROTATIONS}.0.take", 0)], ("O002", "m_theme")),
        ([(f"{ROTATIONS}.0.take", 3)], ("O002", "m_theme")),
        ([(f"{ROTATIONS}.0.blocks", {})], ("O001", "m_theme")),
        ([(f"{ROTATIONS}.0.blocks.goodbye", [])], ("O001", "goodbye")),
        ([(f"{ROTATIONS}.1.blocks.tools", ["tools", "pay"])], ("O004", "pay")),
        ([(f"{ROTATIONS}.1.variable", "m_theme")], ("R028", "m_theme")),
        ([(f"{ROTATIONS}.1.variable", "m_nothing")], ("R027", "m_nothing")),
        ([(f"{ROTATIONS}.1.blocks.toolz", ["last"])], ("R027", "toolz")),
        ([(f"{V}.m_theme.type", "single")], ("R028", "m_theme")),
        ([(f"{V}.m_theme.type", "ranking")], ("R028", "m_theme")),
        ([(f"{ROTATIONS}.1.variable", "r_first")], ("R028", "r_first")),
        ([(f"{PAGES}.4.roles", ["manager"])], ("O006", "goodbye")),
    ],
)
def test_rotations_that_cannot_be_drawn_are_named(changes: list[tuple[str, Any]], found: tuple[str, str]) -> None:
    assert found in struck(*changes, name="rotation")


def test_a_block_that_is_empty_for_a_role_names_the_role() -> None:
    said = run_checks(in_memory((f"{PAGES}.4.roles", ["manager"]), name="rotation"), 2026)
    assert [found.message["en"] for found in said if found.code == "O006"] == [
        "The block 'goodbye' of 'm_theme' has nothing for: contractor."
    ]


def test_a_page_of_a_block_with_a_contradiction_is_found_by_the_proof() -> None:
    # Who is asked it drew "pay"; that "pay" was not drawn as well cannot be.
    never = page("never", item("r_more"), show_if="r_paid == 1 and r_paid == 2")
    changes = [
        (f"{V}.r_more", {"type": "single", "label": {"nl": "Meer", "en": "More"}, "codes": "yesno"}),
        (f"{PAGES}.+", {**never, "part": "end"}),
        (f"{ROTATIONS}.0.blocks.pay", ["pay", "pay-late", "never"]),
    ]
    assert ("P003", "never") in struck(*changes, name="rotation")


def test_another_number_of_blocks_is_a_change_that_keeps_the_trend_on_another_base() -> None:
    before, after = rotation(), rotation((f"{ROTATIONS}.0.take", 1))
    found = {each.name: each for each in compare(before, after).changed()}
    assert set(found) == {"m_theme", "r_paid", "r_late", "r_clear", "r_help", "r_thanks"}
    assert found["r_paid"].changes == (Change.ROTATION,)
    assert found["r_paid"].effect is TrendEffect.CONTINUE
    assert found["r_paid"].details[0]["en"] == "independent professionals: put to 2/3, now 1/3"
    assert found["m_theme"].details[0]["nl"] == "trekking: 2 van 3 blokken → 1 van 3 blokken"


def test_a_question_that_moves_into_a_block_changed_its_rotation_and_not_its_routing() -> None:
    without = rotation((f"{ROTATIONS}.0.blocks.pay", ["pay-late"]), (f"{PAGES}.2.show_if", "r_first == 1"))
    with_it = rotation((f"{PAGES}.2.show_if", "r_first == 1"))
    found = {each.name: each for each in compare(without, with_it).changed()}
    assert found["r_paid"].changes == (Change.ROTATION,)


def test_a_changed_rotation_is_no_correction_and_can_be_counted_together() -> None:
    before, after = rotation(), rotation((f"{ROTATIONS}.0.take", 1))
    difference = version_difference(before, after)
    assert not only_texts(difference)
    assert "variables.m_theme.draw.take" in difference.others
    assert stacking_obstacles(before, after) == ()


def test_the_name_of_a_block_is_a_text_that_can_be_corrected() -> None:
    label = ("variables.variables.m_theme.label.nl", "Thema's door het lot")
    assert only_texts(version_difference(rotation(), rotation(label)))
    block = ("variables.code_lists.themes.categories.0.label.nl", "Beloning")
    assert only_texts(version_difference(rotation(), rotation(block)))


def test_an_xlsform_says_that_it_asks_every_block_of_everyone() -> None:
    _, losses = outward(rotation(), "contractor")
    lost = {loss.where: loss.what for loss in losses if "rotation" in loss.what}
    assert set(lost) == {"pay", "pay-late", "guidance", "goodbye", "tools", "travel"}
    assert lost["tools"] == (
        "the rotation m_annex: put to a random half (block “Tools”); the form asks this page of everyone"
    )


def test_examples_of_checks_rotate_pages_of_the_tiny_study() -> None:
    assert struck(*rotating(one=["improve"], two=["about"])) >= {("O010", "b_birth")}
