"""O: rotations as they are written. Blocks exist, can be drawn evenly and share no pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

from surveyapp.errors import Word
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.loops import loops_of
from surveyapp.instrument.near import nearest
from surveyapp.instrument.notation import RotationEntry
from surveyapp.instrument.rotations import FEWEST_BLOCKS, MOST_DRAWS
from surveyapp.instrument.types import Shape


def rotations_of(context: Context) -> Sequence[RotationEntry]:
    """Every rotation of the questionnaire as it is written; its variable holds what is drawn."""
    return context.questionnaire.rotations if context.questionnaire else ()


@check(
    "R027",
    "A rotation names what does not exist.",
    "There is no variable '%(name)s'.",
    "Name a variable of variables.yaml, keys of its code list and pages of this questionnaire.",
)
def rotation_of_nothing(context: Context) -> Iterator[Found]:
    """The variable, the key of each block and each page exist."""
    written = context.written.waves[context.year].questionnaire
    known = {page.id for page in written.model.pages} if written else set()
    for rotation in rotations_of(context):
        name = rotation.variable
        entry = context.registry.get(name)
        if entry is None:
            yield Found(rotation.at("variable"), name, instead=nearest(name, context.registry))
            continue
        codes = context.codes_of(entry)
        keys = [each.key for each in codes.categories if not each.retired] if codes else []
        for block, pages in rotation.blocks.items():
            if block not in keys:
                yield Found(
                    rotation.at("blocks", block),
                    block,
                    "The code list of '%(rotation)s' has no code '%(name)s'; there are: %(keys)s.",
                    instead=nearest(block, keys),
                    rotation=name,
                    keys=", ".join(keys),
                )
            for index, page in enumerate(pages):
                if page not in known:
                    yield Found(
                        rotation.at("blocks", block, index),
                        page,
                        "There is no page '%(name)s'.",
                        instead=nearest(page, known),
                    )


@check(
    "R028",
    "A variable cannot hold a draw.",
    "'%(name)s' (%(type)s) cannot hold which blocks somebody draws.",
    "Give each rotation a variable of its own that nobody is asked: multiple, or single with take: 1, without "
    "missing, with a code per block.",
)
def draw_not_holdable(context: Context) -> Iterator[Found]:
    """The platform fills it in: a choice without answers of another kind, on no page, in one rotation."""
    asked = {use.name for use in context.variable_uses}
    seen: set[str] = set()
    for rotation in rotations_of(context):
        entry = context.registry.get(rotation.variable)
        if entry is None:
            continue  # R027 speaks of this
        is_twice = rotation.variable in seen
        seen.add(rotation.variable)
        traits = entry.traits
        is_one = traits.shape is Shape.CODE
        wrong = not (traits.is_listed and traits.shape.is_ticked) or (is_one and rotation.take > 1)
        listed = context.codes_of(entry)
        own = listed is not None and any(each.other or each.exclusive for each in listed.categories)
        limited = entry.min_choices > rotation.take or (entry.max_choices or 99) < rotation.take
        if wrong or is_twice or own or limited or entry.missing or entry.stored_apart or rotation.variable in asked:
            yield Found(rotation.at("variable"), rotation.variable, type=entry.type)


@check(
    "O001",
    "A rotation has too few blocks.",
    "'%(name)s' has %(blocks)s: there is nothing to draw.",
    "Name at least %(least)s blocks, each with one or more pages.",
    least=FEWEST_BLOCKS,
)
def too_few_blocks(context: Context) -> Iterator[Found]:
    """There is something to draw from, and every block asks something."""
    for rotation in rotations_of(context):
        blocks = rotation.blocks
        if len(blocks) < FEWEST_BLOCKS:
            yield Found(
                rotation.at("blocks"),
                rotation.variable,
                blocks=Word("one block" if blocks else "no blocks"),
            )
        for block, pages in blocks.items():
            if not pages:
                yield Found(
                    rotation.at("blocks", block),
                    block,
                    "The block '%(name)s' of '%(rotation)s' has no pages.",
                    rotation=rotation.variable,
                )


@check(
    "O002",
    "A rotation draws nothing, or everything.",
    "'%(name)s' draws %(take)s of %(many)s blocks.",
    "Choose take from 1 to the number of blocks less one.",
)
def nothing_left_out(context: Context) -> Iterator[Found]:
    """``take`` lies between 1 and the number of blocks less one."""
    for rotation in rotations_of(context):
        number = len(rotation.blocks)
        if number >= FEWEST_BLOCKS and not 1 <= rotation.take <= number - 1:
            yield Found(rotation.at("take"), rotation.variable, take=rotation.take, many=number)


@check(
    "O003",
    "A rotation has too many draws.",
    "'%(name)s' has %(many)s draws; they can be kept even up to %(most)s.",
    "Merge blocks.",
)
def too_many_draws(context: Context) -> Iterator[Found]:
    """With more ways to draw than people per way nothing can be kept even."""
    for rotation in rotations_of(context):
        number = len(rotation.blocks)
        draws = comb(number, rotation.take) if 1 <= rotation.take < number else 0
        if draws > MOST_DRAWS:
            yield Found(rotation.at("blocks"), rotation.variable, many=draws, most=MOST_DRAWS)


@check(
    "O005",
    "A block holds a page per option.",
    "'%(name)s' is repeated per option and cannot stand in block '%(block)s'.",
    "Take the page with the loop out of the block, or put the loop in an item.",
)
def loop_in_block(context: Context) -> Iterator[Found]:
    """How many pages such a block has would differ from person to person, and so its length."""
    written = context.written.waves[context.year].questionnaire
    if written is None:
        return
    looped = {loop.page.id for loop in loops_of(written.model) if loop.item is None}
    for rotation in rotations_of(context):
        for block, pages in rotation.blocks.items():
            for index, page in enumerate(pages):
                if page in looped:
                    yield Found(rotation.at("blocks", block, index), page, block=block)
