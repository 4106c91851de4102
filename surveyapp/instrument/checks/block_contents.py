"""O: what stands in the blocks of a rotation. They stand by themselves and hold nothing that others rest on.

What only a part of the people is asked cannot be what another question, a text or a finding about everybody needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveyapp.errors import Message, Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.rotations import rotations_of
from surveyapp.instrument.checks.texts import PLACEHOLDER
from surveyapp.instrument.questions import Ending, Information, Item, Page, Question, Questionnaire, QuestionSet
from surveyapp.instrument.resolve import banner_of
from surveyapp.instrument.variables import TrendEffect


@check(
    "O006",
    "A block is empty for a role.",
    "The block '%(name)s' of '%(rotation)s' has nothing for: %(lacking)s.",
    "Give every block a page for the same roles.",
)
def block_empty_for_role(context: Context) -> Iterator[Found]:
    """The blocks of a rotation are put to the same roles, or someone would draw nothing."""
    for rotation in rotations_of(context):
        asked = {
            block: {
                role
                for role, questionnaire in context.questionnaires.items()
                if any(page in questionnaire.by_id for page in pages)
            }
            for block, pages in rotation.blocks.items()
        }
        everybody: set[str] = set().union(*asked.values()) if asked else set()
        for block, roles in asked.items():
            lacking = [role for role in context.role_ids if role in everybody - roles]
            if lacking:
                yield Found(
                    rotation.at("blocks", block),
                    block,
                    rotation=rotation.variable,
                    lacking=", ".join(lacking),
                )


def _block_of(questionnaire: Questionnaire) -> Mapping[str, str]:
    """By variable the block in which it is asked."""
    return {
        question.name: _named(page)
        for page in questionnaire.pages
        if page.block is not None
        for question in page.questions()
    }


def _named(page: Page) -> str:
    """What a page's block is called in messages; empty outside blocks."""
    if page.block is None:
        return ""
    return f"{page.block.rotation.name}.{page.block.rotation.category(page.block.code).key}"


@check(
    "O007",
    "What others need stands in a block.",
    "For %(role)s '%(name)s' rests on '%(read)s', which only who draws %(block)s is asked.",
    "Take the question out of the block, or put what rests on it in the same block.",
)
def needed_elsewhere(context: Context) -> Iterator[Found]:
    """No condition, ending or text outside a block reads what only some are asked in it."""
    for role, questionnaire in context.questionnaires.items():
        blocks = _block_of(questionnaire)
        for page in questionnaire.pages:
            here = _named(page)
            for name, read, place, key in _reads(page):
                if blocks.get(read, here) != here:
                    yield Found(
                        context.cause(place, *key, role, "default"), name, role=role, read=read, block=blocks[read]
                    )


def _reads(page: Page) -> Iterator[tuple[str, str, Place | None, tuple[str | int, ...]]]:
    """What a page's conditions and texts read, each once: (page, item or ending; variable; where; under which key)."""
    found: dict[tuple[str, str], tuple[Place | None, tuple[str | int, ...]]] = {}
    for thing in (page, *page.items, *page.questions(), *page.endings):
        ending: tuple[str | int, ...] = ("end_if", page.endings.index(thing)) if isinstance(thing, Ending) else ()
        place = page.place if isinstance(thing, Ending | Information) else thing.place or page.place
        condition, key = (thing.condition, "if") if isinstance(thing, Ending) else (thing.show_if, "show_if")
        for read in sorted(condition.names if condition else ()):
            found.setdefault((thing.id, read), (place, (*ending, key)))
        for written, text in _texts(thing):
            for piped in (match[1] for words in text.values() for match in PLACEHOLDER.finditer(words)):
                found.setdefault((thing.id, piped or ""), (place, (*ending, written)))
    yield from ((name, read, *where) for (name, read), where in found.items() if read)


def _texts(thing: Page | Item | Ending) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(thing, Page | Ending):
        yield "title", thing.title
    text = thing.intro if isinstance(thing, Page) else thing.text
    if text is not None:
        yield "intro" if isinstance(thing, Page) else "text", text
    if isinstance(thing, Question | QuestionSet) and thing.hint is not None:
        yield "hint", thing.hint


@check(
    "O008",
    "The questionnaire ends within a block.",
    "'%(name)s' can end the questionnaire for %(role)s, but stands in %(block)s.",
    "Put end_if on a page that everybody gets.",
)
def ending_in_block(context: Context) -> Iterator[Found]:
    """Who belongs to the population cannot depend on a draw."""
    for role, questionnaire in context.questionnaires.items():
        for page in questionnaire.pages:
            if page.block is not None and page.endings:
                yield Found(context.cause(page.place, "end_if"), page.id, role=role, block=_named(page))


@check(
    "O009",
    "A key figure stands in a block.",
    "'%(name)s' stands in %(block)s, but is %(reason)s.",
    "Ask marks, single outcomes, drivers and banners of everybody; put a construct of outcomes in one block "
    "as a whole.",
)
def key_figure_in_block(context: Context) -> Iterator[Found]:
    """Marks, single outcomes, drivers and banners are of everybody, and a construct is not divided.

    An outcome that is measured by several statements may be asked of some: its score has a smaller base, no other
    figure needs it. What explains outcomes may not, because drivers are weighed against each other on complete cases.
    """
    banners = _banners(context)
    for name, block, place in _in_blocks(context):
        reason = _key_reason(context, name, banners)
        if reason is not None:
            yield Found(place, name, block=block, reason=reason)


def _key_reason(context: Context, name: str, banners: frozenset[str]) -> Message | None:
    variable = context.variables[name]
    if variable.type.traits.scale:
        return Message("a mark or a recommendation")
    if variable.use == "driver":
        return Message("a driver")
    scales = [construct for construct in context.study.constructs if name in construct.items]
    if variable.use == "outcome" and not scales:
        return Message("an outcome by itself")
    if name in banners:
        return Message("a banner of a table")
    for construct in scales:
        if construct.kind == "driver":
            return Message("an item of the driver '%(construct)s'", construct=construct.id)
        if _is_divided(context, construct.items):
            return Message(
                "an item of the construct '%(construct)s', which does not stand in this block as a whole",
                construct=construct.id,
            )
    return None


def _is_divided(context: Context, items: list[str]) -> bool:
    return any(
        len({blocks.get(item, "") for item in items if item in questionnaire.questions}) > 1
        for questionnaire in context.questionnaires.values()
        for blocks in (_block_of(questionnaire),)
    )


def _banners(context: Context) -> frozenset[str]:
    if context.tables_file is None:
        return frozenset()
    file = context.tables_file
    return frozenset(name for table in file.tables for name in banner_of(file, table.banner))


@check(
    "O010",
    "A trend stands in a block.",
    "'%(name)s' stands in %(block)s, but is compared with %(series)s.",
    "Ask it of everybody, or call the trend indicative or a break, with the reason.",
)
def trend_in_block(context: Context) -> Iterator[Found]:
    """What is tested against an earlier wave was asked of everybody then; an indicative trend is never tested."""
    for name, block, place in _in_blocks(context):
        series = [link.series for link in context.variables[name].trend if link.effect in _TESTED]
        if series:
            yield Found(place, name, block=block, series=", ".join(series))


_TESTED = (TrendEffect.CONTINUE, TrendEffect.RECODE)


def _in_blocks(context: Context) -> Iterator[tuple[str, str, Place]]:
    """Every variable that is asked in a block, once: its name, the block and where it is asked."""
    seen: set[str] = set()
    for questionnaire in context.questionnaires.values():
        for page in questionnaire.pages:
            for question in page.questions() if page.block is not None else ():
                if question.name not in seen:
                    seen.add(question.name)
                    yield question.name, _named(page), question.place or page.place or context.place("pages")
