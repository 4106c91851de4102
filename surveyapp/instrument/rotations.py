"""Rotations: of a few blocks of pages each person is asked some, drawn at random when they agree to take part.

What was drawn is an answer like any other: a variable of the registry whose codes name the blocks and which the
platform fills in, as it does with the consent. So routing, storage, figures and files know one thing only, the
condition that somebody drew a page's block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import comb

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.codebook import Codebook
from surveyapp.instrument.conditions.nodes import Chosen, Membership, Node, joint, parts
from surveyapp.instrument.conditions.parse import condition_of
from surveyapp.instrument.definition import QuestionnaireFile
from surveyapp.instrument.notation import RotationEntry
from surveyapp.instrument.questions import Block
from surveyapp.instrument.variables import Draw, Variable

FEWEST_BLOCKS = 2
MOST_DRAWS = 100
"""Different draws of one rotation: each must be met by people often enough to be kept even, and walked by robots."""


def rotation_names(questionnaire: QuestionnaireFile) -> tuple[str, ...]:
    """The variables that hold what was drawn."""
    return tuple(dict.fromkeys(rotation.variable for rotation in questionnaire.rotations))


def with_draws(questionnaire: QuestionnaireFile, variables: Mapping[str, Variable]) -> Iterator[tuple[str, Variable]]:
    """The variables of the rotations, with what is drawn of them; those that cannot be drawn from stay as they are."""
    for rotation in questionnaire.rotations:
        variable = variables.get(rotation.variable)
        if variable is None:
            continue
        codes = tuple(category.code for category in variable.categories if category.key in rotation.blocks)
        if 0 < rotation.take <= len(codes) and comb(len(codes), rotation.take) <= MOST_DRAWS:
            yield variable.name, replace(variable, draw=Draw(rotation.take, codes))


def blocks_of(questionnaire: QuestionnaireFile, variables: Mapping[str, Variable]) -> Mapping[str, Block]:
    """By page id the block a page belongs to."""
    return {
        page: made
        for rotation in questionnaire.rotations
        for key, pages in rotation.blocks.items()
        if (made := _block(rotation, key, variables)) is not None
        for page in pages
    }


def as_stored(variable: Variable, codes: tuple[int, ...]) -> int | list[int]:
    """Drawn codes as the value of the rotation's variable."""
    return codes[0] if variable.type.picks_one else list(codes)


def drew(variable: Variable, code: int) -> Condition:
    """The condition that somebody drew this block."""
    if variable.type.picks_one:
        return condition_of(Membership(variable.name, (code,), ()), f"{variable.name} in [{code}]")
    return condition_of(Chosen(variable.name, (code,), every=False), f"any_of({variable.name}, [{code}])")


def without_draws(condition: Condition | None, book: Codebook) -> Condition | None:
    """A condition without the draw of a block that stands in it beside the rest; None when nothing is left."""
    if condition is None:
        return None
    operands = parts(condition.tree)
    kept = joint([node for node in operands if not _is_draw(node, book)])
    return None if kept is None else condition_of(kept, condition.source)


def _is_draw(node: Node, book: Codebook) -> bool:
    if not isinstance(node, Chosen | Membership):
        return False
    variable = book.variables.get(node.name)
    return variable is not None and variable.draw is not None


def _block(rotation: RotationEntry, key: str, variables: Mapping[str, Variable]) -> Block | None:
    variable = variables.get(rotation.variable)
    if variable is None or variable.draw is None:
        return None
    code = next((category.code for category in variable.categories if category.key == key), None)
    return None if code is None else Block(variable, code, drew(variable, code))
