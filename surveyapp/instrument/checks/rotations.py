"""O: rotations. Blocks exist, can be drawn evenly, stand by themselves, and hold nothing that others rest on.

What only a part of the people is asked cannot be what another question, a text or a finding about everybody needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.texts import PLACEHOLDER
from surveyapp.instrument.definition import RotationEntry, VariableEntry
from surveyapp.instrument.loops import loops_of
from surveyapp.instrument.questions import Ending, Item, Page, Question, Questionnaire, QuestionSet
from surveyapp.instrument.resolve import banner_of
from surveyapp.instrument.rotations import FEWEST_BLOCKS, MOST_DRAWS, TYPES, draws
from surveyapp.instrument.variables import TrendEffect, VariableType

KEY_KINDS = ("outcome", "driver")
"""Uses of a variable, and kinds of a construct, on which key figures and the analysis of drivers rest."""


@dataclass(frozen=True, slots=True)
class _Rotation:
    """A rotation as it is written, with its place."""

    path: tuple[str | int, ...]
    entry: RotationEntry
    place: Place

    @property
    def name(self) -> str:
        return self.entry.variable


def _rotations(context: Context) -> Iterator[_Rotation]:
    for number, entry in enumerate(context.questionnaire.rotations if context.questionnaire else ()):
        path: tuple[str | int, ...] = ("rotations", number)
        yield _Rotation(path, entry, context.place(*path, "variable"))


def _keys(context: Context, entry: VariableEntry | None) -> tuple[str, ...]:
    """Keys of the code list that names the blocks, retired ones left out."""
    if entry is None or entry.codes not in context.code_lists:
        return ()
    return tuple(each.key for each in context.code_lists[str(entry.codes)][1].categories if not each.retired)


@check(
    "R027",
    "error",
    "files",
    title=("Een rotatie noemt wat er niet is.", "A rotation names what does not exist."),
    fix=(
        "Noem een variabele uit variables.yaml, sleutels van haar codelijst en pagina's van deze vragenlijst.",
        "Name a variable of variables.yaml, keys of its code list and pages of this questionnaire.",
    ),
)
def rotation_of_nothing(context: Context) -> Iterator[Found]:
    """The variable, the key of each block and each page exist."""
    written = (context.written or context.files).waves[context.year].questionnaire
    known = {page.id for page in written.model.pages} if written else set()
    for rotation in _rotations(context):
        entry = context.registry.get(rotation.name)
        if entry is None:
            yield Found(
                rotation.place,
                rotation.name,
                f"Er is geen variabele ‘{rotation.name}’.",
                f"There is no variable '{rotation.name}'.",
            )
            continue
        keys = _keys(context, entry)
        for block, pages in rotation.entry.blocks.items():
            if block not in keys:
                yield Found(
                    context.place(*rotation.path, "blocks", block),
                    block,
                    f"De codelijst van ‘{rotation.name}’ heeft geen code ‘{block}’; er zijn: {', '.join(keys)}.",
                    f"The code list of '{rotation.name}' has no code '{block}'; there are: {', '.join(keys)}.",
                )
            for index, page in enumerate(pages):
                if page not in known:
                    yield Found(
                        context.place(*rotation.path, "blocks", block, index),
                        page,
                        f"Er is geen pagina ‘{page}’.",
                        f"There is no page '{page}'.",
                    )


@check(
    "R028",
    "error",
    "files",
    title=("Een variabele kan geen trekking bevatten.", "A variable cannot hold a draw."),
    fix=(
        "Geef elke rotatie een eigen variabele die niemand wordt gevraagd: multiple, of single bij take: 1, "
        "zonder missing, met een code per blok.",
        "Give each rotation a variable of its own that nobody is asked: multiple, or single with take: 1, "
        "without missing, with a code per block.",
    ),
)
def draw_not_holdable(context: Context) -> Iterator[Found]:
    """The platform fills it in: a choice without answers of another kind, on no page, in one rotation."""
    asked = {use.name for use in context.variable_uses}
    seen: set[str] = set()
    for rotation in _rotations(context):
        entry = context.registry.get(rotation.name)
        if entry is None:
            continue  # R027 speaks of this
        is_twice = rotation.name in seen
        seen.add(rotation.name)
        kinds = [kind.value for kind in TYPES]
        wrong = entry.type not in kinds or (entry.type == VariableType.SINGLE and rotation.entry.take > 1)
        listed = context.code_lists.get(entry.codes or "")
        own = listed is not None and any(each.other or each.exclusive for each in listed[1].categories)
        limited = entry.min_choices > rotation.entry.take or (entry.max_choices or 99) < rotation.entry.take
        if wrong or is_twice or own or limited or entry.missing or entry.stored_apart or rotation.name in asked:
            yield Found(
                rotation.place,
                rotation.name,
                f"‘{rotation.name}’ ({entry.type}) kan niet bevatten welke blokken iemand trekt.",
                f"'{rotation.name}' ({entry.type}) cannot hold which blocks somebody draws.",
            )


@check(
    "O001",
    "error",
    "files",
    title=("Een rotatie heeft te weinig blokken.", "A rotation has too few blocks."),
    fix=(
        f"Noem ten minste {FEWEST_BLOCKS} blokken, elk met een of meer pagina's.",
        f"Name at least {FEWEST_BLOCKS} blocks, each with one or more pages.",
    ),
)
def too_few_blocks(context: Context) -> Iterator[Found]:
    """There is something to draw from, and every block asks something."""
    for rotation in _rotations(context):
        blocks = rotation.entry.blocks
        if len(blocks) < FEWEST_BLOCKS:
            yield Found(
                context.place(*rotation.path, "blocks"),
                rotation.name,
                f"‘{rotation.name}’ heeft {'één blok' if blocks else 'geen blokken'}: er valt niets te trekken.",
                f"'{rotation.name}' has {'one block' if blocks else 'no blocks'}: there is nothing to draw.",
            )
        for block, pages in blocks.items():
            if not pages:
                yield Found(
                    context.place(*rotation.path, "blocks", block),
                    block,
                    f"Het blok ‘{block}’ van ‘{rotation.name}’ heeft geen pagina's.",
                    f"The block '{block}' of '{rotation.name}' has no pages.",
                )


@check(
    "O002",
    "error",
    "files",
    title=("Een rotatie trekt niets, of alles.", "A rotation draws nothing, or everything."),
    fix=(
        "Kies take van 1 tot het aantal blokken min één.",
        "Choose take from 1 to the number of blocks less one.",
    ),
)
def nothing_left_out(context: Context) -> Iterator[Found]:
    """``take`` lies between 1 and the number of blocks less one."""
    for rotation in _rotations(context):
        number = len(rotation.entry.blocks)
        if number >= FEWEST_BLOCKS and not 1 <= rotation.entry.take <= number - 1:
            yield Found(
                context.place(*rotation.path, "take"),
                rotation.name,
                f"‘{rotation.name}’ trekt {rotation.entry.take} van {number} blokken.",
                f"'{rotation.name}' draws {rotation.entry.take} of {number} blocks.",
            )


@check(
    "O003",
    "error",
    "files",
    title=("Een rotatie heeft te veel trekkingen.", "A rotation has too many draws."),
    fix=("Voeg blokken samen.", "Merge blocks."),
)
def too_many_draws(context: Context) -> Iterator[Found]:
    """With more ways to draw than people per way nothing can be kept even."""
    for rotation in _rotations(context):
        number = len(rotation.entry.blocks)
        if 1 <= rotation.entry.take < number and draws(rotation.entry.take, number) > MOST_DRAWS:
            found = draws(rotation.entry.take, number)
            yield Found(
                context.place(*rotation.path, "blocks"),
                rotation.name,
                f"‘{rotation.name}’ kent {found} trekkingen; gelijk verdelen lukt tot {MOST_DRAWS}.",
                f"'{rotation.name}' has {found} draws; they can be kept even up to {MOST_DRAWS}.",
            )


@check(
    "O004",
    "error",
    "files",
    title=("Een pagina hoort bij meer dan één blok.", "A page belongs to more than one block."),
    fix=(
        "Noem elke pagina één keer; een rotatie in een rotatie kan niet.",
        "Name each page once; a rotation in a rotation is not possible.",
    ),
)
def page_in_two_blocks(context: Context) -> Iterator[Found]:
    """Blocks share no pages, also not with another rotation."""
    first: dict[str, str] = {}
    for rotation in _rotations(context):
        for block, pages in rotation.entry.blocks.items():
            for index, page in enumerate(pages):
                here = f"{rotation.name}.{block}"
                if page in first:
                    yield Found(
                        context.place(*rotation.path, "blocks", block, index),
                        page,
                        f"‘{page}’ staat in {first[page]} en in {here}.",
                        f"'{page}' stands in {first[page]} and in {here}.",
                    )
                first.setdefault(page, here)


@check(
    "O005",
    "error",
    "files",
    title=("Een blok bevat een pagina per keuze.", "A block holds a page per option."),
    fix=(
        "Haal de pagina met loop uit het blok, of zet de herhaling in een item.",
        "Take the page with the loop out of the block, or put the loop in an item.",
    ),
)
def loop_in_block(context: Context) -> Iterator[Found]:
    """How many pages such a block has would differ from person to person, and so its length."""
    written = (context.written or context.files).waves[context.year].questionnaire
    if written is None:
        return
    looped = {written.model.pages[loop.page].id for loop in loops_of(written.model) if loop.item is None}
    for rotation in _rotations(context):
        for block, pages in rotation.entry.blocks.items():
            for index, page in enumerate(pages):
                if page in looped:
                    yield Found(
                        context.place(*rotation.path, "blocks", block, index),
                        page,
                        f"‘{page}’ wordt per keuze herhaald en kan niet in blok ‘{block}’.",
                        f"'{page}' is repeated per option and cannot stand in block '{block}'.",
                    )


@check(
    "O006",
    "error",
    "instrument",
    title=("Een blok is leeg voor een rol.", "A block is empty for a role."),
    fix=(
        "Geef elk blok een pagina voor dezelfde rollen.",
        "Give every block a page for the same roles.",
    ),
)
def block_empty_for_role(context: Context) -> Iterator[Found]:
    """The blocks of a rotation are put to the same roles, or someone would draw nothing."""
    for rotation in _rotations(context):
        asked = {
            block: {
                role
                for role, questionnaire in context.questionnaires.items()
                if any(page in questionnaire.by_id for page in pages)
            }
            for block, pages in rotation.entry.blocks.items()
        }
        everybody: set[str] = set().union(*asked.values()) if asked else set()
        for block, roles in asked.items():
            lacking = [role for role in context.role_ids if role in everybody - roles]
            if lacking:
                yield Found(
                    context.place(*rotation.path, "blocks", block),
                    block,
                    f"Het blok ‘{block}’ van ‘{rotation.name}’ heeft niets voor: {', '.join(lacking)}.",
                    f"The block '{block}' of '{rotation.name}' has nothing for: {', '.join(lacking)}.",
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
    "error",
    "instrument",
    title=("Wat een ander nodig heeft, staat in een blok.", "What others need stands in a block."),
    fix=(
        "Haal de vraag uit het blok, of zet wat erop rust in hetzelfde blok.",
        "Take the question out of the block, or put what rests on it in the same block.",
    ),
)
def needed_elsewhere(context: Context) -> Iterator[Found]:
    """No condition, ending or text outside a block reads what only some are asked in it."""
    for role, questionnaire in context.questionnaires.items():
        blocks = _block_of(questionnaire)
        for page in questionnaire.pages:
            here = _named(page)
            for name, read in _reads(page):
                if blocks.get(read, here) != here:
                    yield Found(
                        page.place or context.place("pages"),
                        name,
                        f"‘{name}’ rust voor {role} op ‘{read}’, dat alleen wie {blocks[read]} trekt wordt gevraagd.",
                        f"For {role} '{name}' rests on '{read}', which only who draws {blocks[read]} is asked.",
                    )


def _reads(page: Page) -> Iterator[tuple[str, str]]:
    """What a page's conditions and texts read: (page, item or ending; variable), each once."""
    found: dict[tuple[str, str], None] = {}
    for thing in (page, *page.items, *page.questions(), *page.endings):
        name = thing.name if isinstance(thing, Question) else thing.id
        condition = thing.condition if isinstance(thing, Ending) else thing.show_if
        found.update({(name, read): None for read in sorted(condition.names if condition else ())})
        for text in _texts(thing):
            found.update({(name, piped[1]): None for words in text.values() for piped in PLACEHOLDER.finditer(words)})
    yield from ((name, read) for name, read in found if read)


def _texts(thing: Page | Item | Ending) -> Iterator[Mapping[str, str]]:
    if isinstance(thing, Page):
        yield from (text for text in (thing.title, thing.intro) if text is not None)
    elif isinstance(thing, Ending):
        yield from (thing.title, thing.text)
    else:
        yield thing.text
        if isinstance(thing, Question | QuestionSet) and thing.hint is not None:
            yield thing.hint


@check(
    "O008",
    "error",
    "instrument",
    title=("In een blok eindigt de vragenlijst.", "The questionnaire ends within a block."),
    fix=("Zet end_if op een pagina die iedereen krijgt.", "Put end_if on a page that everybody gets."),
)
def ending_in_block(context: Context) -> Iterator[Found]:
    """Who belongs to the population cannot depend on a draw."""
    for role, questionnaire in context.questionnaires.items():
        for page in questionnaire.pages:
            if page.block is not None and page.endings:
                yield Found(
                    page.place or context.place("pages"),
                    page.id,
                    f"‘{page.id}’ kan de vragenlijst voor {role} beëindigen, maar staat in {_named(page)}.",
                    f"'{page.id}' can end the questionnaire for {role}, but stands in {_named(page)}.",
                )


@check(
    "O009",
    "error",
    "instrument",
    title=("Een kerncijfer staat in een blok.", "A key figure stands in a block."),
    fix=(
        "Vraag rapportcijfers, uitkomsten, voorspellers, hele constructen en uitsplitsingen aan iedereen.",
        "Ask marks, outcomes, drivers, whole constructs and banners of everybody.",
    ),
)
def key_figure_in_block(context: Context) -> Iterator[Found]:
    """Marks, outcomes, drivers and banners are of everybody, and a construct is not divided."""
    banners = _banners(context)
    for name, block, place in _in_blocks(context):
        reason = _key_reason(context, name, banners)
        if reason is not None:
            yield Found(
                place,
                name,
                f"‘{name}’ staat in {block}, maar is {reason[0]}.",
                f"'{name}' stands in {block}, but is {reason[1]}.",
            )


def _key_reason(context: Context, name: str, banners: frozenset[str]) -> tuple[str, str] | None:
    variable = context.variables[name]
    if variable.type in (VariableType.MARK, VariableType.RECOMMENDATION):
        return "een rapportcijfer of aanbeveling", "a mark or a recommendation"
    if variable.use in KEY_KINDS:
        return f"een {_USES[variable.use][0]}", _USES[variable.use][1]
    if name in banners:
        return "een uitsplitsing van een tabel", "a banner of a table"
    for construct in context.study.constructs:
        if name in construct.items and construct.kind in KEY_KINDS:
            return f"een onderdeel van het construct ‘{construct.id}’", f"an item of the construct '{construct.id}'"
        if name in construct.items and _is_divided(context, construct.items):
            return (
                f"een onderdeel van het construct ‘{construct.id}’, dat niet in zijn geheel in dit blok staat",
                f"an item of the construct '{construct.id}', which does not stand in this block as a whole",
            )
    return None


_USES = {"outcome": ("uitkomst", "an outcome"), "driver": ("voorspeller", "a driver")}


def _is_divided(context: Context, items: list[str]) -> bool:
    return any(
        len({blocks.get(item, "") for item in items if item in questionnaire.questions}) > 1
        for questionnaire in context.questionnaires.values()
        for blocks in (_block_of(questionnaire),)
    )


def _banners(context: Context) -> frozenset[str]:
    if context.tables_file is None:
        return frozenset()
    file = context.tables_file.model
    return frozenset(name for table in file.tables for name in banner_of(file, table.banner))


@check(
    "O010",
    "error",
    "instrument",
    title=("Een trend staat in een blok.", "A trend stands in a block."),
    fix=(
        "Vraag het aan iedereen, of noem de trend een breuk (break) met de reden.",
        "Ask it of everybody, or call the trend a break, with the reason.",
    ),
)
def trend_in_block(context: Context) -> Iterator[Found]:
    """What is compared with an earlier wave was asked of everybody then."""
    for name, block, place in _in_blocks(context):
        series = [link.series for link in context.variables[name].trend if link.effect is not TrendEffect.BREAK]
        if series:
            yield Found(
                place,
                name,
                f"‘{name}’ staat in {block}, maar wordt vergeleken met {', '.join(series)}.",
                f"'{name}' stands in {block}, but is compared with {', '.join(series)}.",
            )


def _in_blocks(context: Context) -> Iterator[tuple[str, str, Place]]:
    """Every variable that is asked in a block, once: its name, the block and where it is asked."""
    seen: set[str] = set()
    for questionnaire in context.questionnaires.values():
        for page in questionnaire.pages:
            for question in page.questions() if page.block is not None else ():
                if question.name not in seen:
                    seen.add(question.name)
                    yield question.name, _named(page), question.place or page.place or context.place("pages")
