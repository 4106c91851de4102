"""O: rotations as they are written. Blocks exist, can be drawn evenly and share no pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import VariableEntry
from surveyapp.instrument.loops import loops_of
from surveyapp.instrument.near import nearest
from surveyapp.instrument.notation import RotationEntry
from surveyapp.instrument.rotations import FEWEST_BLOCKS, MOST_DRAWS, TYPES, draws
from surveyapp.instrument.variables import VariableType


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation as it is written, with its place."""

    path: tuple[str | int, ...]
    entry: RotationEntry
    place: Place

    @property
    def name(self) -> str:
        """The variable that holds what is drawn."""
        return self.entry.variable


def rotations_of(context: Context) -> Iterator[Rotation]:
    """Every rotation of the questionnaire."""
    for number, entry in enumerate(context.questionnaire.rotations if context.questionnaire else ()):
        path: tuple[str | int, ...] = ("rotations", number)
        yield Rotation(path, entry, context.place(*path, "variable"))


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
    for rotation in rotations_of(context):
        entry = context.registry.get(rotation.name)
        if entry is None:
            yield Found(
                rotation.place,
                rotation.name,
                f"Er is geen variabele ‘{rotation.name}’.",
                f"There is no variable '{rotation.name}'.",
                nearest(rotation.name, context.registry),
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
                    nearest(block, keys),
                )
            for index, page in enumerate(pages):
                if page not in known:
                    yield Found(
                        context.place(*rotation.path, "blocks", block, index),
                        page,
                        f"Er is geen pagina ‘{page}’.",
                        f"There is no page '{page}'.",
                        nearest(page, known),
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
    for rotation in rotations_of(context):
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
    for rotation in rotations_of(context):
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
    for rotation in rotations_of(context):
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
    for rotation in rotations_of(context):
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
    for rotation in rotations_of(context):
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
    for rotation in rotations_of(context):
        for block, pages in rotation.entry.blocks.items():
            for index, page in enumerate(pages):
                if page in looped:
                    yield Found(
                        context.place(*rotation.path, "blocks", block, index),
                        page,
                        f"‘{page}’ wordt per keuze herhaald en kan niet in blok ‘{block}’.",
                        f"'{page}' is repeated per option and cannot stand in block '{block}'.",
                    )
