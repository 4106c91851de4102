"""R: loops go over something, make names that can be, and stand alone. They are looked at as they were written."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.uses import Path
from surveyapp.instrument.definition import ItemEntry, QuestionnaireFile, VariablesFile
from surveyapp.instrument.loops import Loop, can_be_gone_over, codes_over, loops_of, made_name
from surveyapp.instrument.near import nearest
from surveyapp.instrument.questions import Page
from surveyapp.instrument.shape import DefinitionFile

Written = tuple[DefinitionFile[QuestionnaireFile], DefinitionFile[VariablesFile], tuple[Loop, ...]]


def _written(context: Context) -> Written | None:
    files = context.written or context.files
    questionnaire = files.waves[context.year].questionnaire
    if questionnaire is None or files.variables is None:
        return None
    return questionnaire, files.variables, loops_of(questionnaire.model)


@check(
    "R022",
    "error",
    "files",
    title=("Een item heeft geen tekst.", "An item has no text."),
    fix=("Geef het item een text.", "Give the item a text."),
)
def text_lacking(context: Context) -> Iterator[Found]:
    """Every question, set and information says something; only a loop has no words of its own."""
    for use in context.items:
        if not use.item.text:
            name = use.item.variable or use.item.set or use.item.information or use.page.id
            yield Found(context.place(*use.path), name, f"‘{name}’ heeft geen tekst.", f"'{name}' has no text.")


@check(
    "R023",
    "error",
    "files",
    title=(
        "Een herhaling loopt langs wat geen meerkeuzevraag is.",
        "A loop goes over what is no multiple choice.",
    ),
    fix=("Noem bij over een variabele van type multiple.", "Name a variable of type multiple under over."),
)
def over_no_options(context: Context) -> Iterator[Found]:
    """``over`` names a variable of which several options can be chosen."""
    written = _written(context)
    if written is None:
        return
    questionnaire, variables, loops = written
    for loop in loops:
        entry = variables.model.variables.get(loop.over)
        if entry is None or not can_be_gone_over(entry):
            yield Found(
                questionnaire.place(*loop.path, "loop", "over"),
                loop.over,
                f"‘{loop.over}’ is geen meerkeuzevraag.",
                f"'{loop.over}' is no multiple choice.",
                None if loop.over in context.registry else nearest(loop.over, context.registry),
            )


@check(
    "R024",
    "error",
    "files",
    title=("Een herhaling maakt een naam die niet kan.", "A loop makes a name that cannot be."),
    fix=(
        "Geef de variabele van de herhaling een eigen naam.",
        "Give the variable of the loop a name of its own.",
    ),
)
def name_impossible(context: Context) -> Iterator[Found]:
    """``<name>_<code>`` is free, and the name is asked in loops over one variable only."""
    written = _written(context)
    if written is None:
        return
    questionnaire, variables, loops = written
    plain = {name for page in questionnaire.model.pages if page.loop is None for name in _asked(page.items)}
    first: dict[str, Loop] = {}
    for loop in loops:
        for name in loop.names:
            place = questionnaire.place(*_asks(loop, name))
            other = first.setdefault(name, loop)
            if name in plain or other.over != loop.over:
                yield Found(
                    place,
                    name,
                    f"‘{name}’ wordt ook buiten deze herhaling gevraagd.",
                    f"'{name}' is asked outside this loop as well.",
                )
            for code in codes_over(variables.model, loop.over):
                made = made_name(name, code)
                if made in variables.model.variables:
                    yield Found(place, name, f"De naam ‘{made}’ is al vergeven.", f"The name '{made}' is taken.")


def _asks(loop: Loop, name: str) -> Path:
    """Where a loop names one of its variables."""
    items: Path = (*loop.path, "items") if loop.item is None else (*loop.path, "loop", "items")
    for index, item in enumerate(loop.items):
        if item.variable == name:
            return (*items, index, "variable")
        for number, row in enumerate(item.rows):
            if row.variable == name:
                return (*items, index, "rows", number, "variable")
    return (*loop.path, "loop", "over")


def _asked(items: list[ItemEntry]) -> Iterator[str]:
    for item in items:
        if item.variable is not None:
            yield item.variable
        yield from (row.variable for row in item.rows)


@check(
    "R025",
    "error",
    "files",
    title=("Een herhaling staat niet op zichzelf.", "A loop does not stand by itself."),
    fix=(
        "Geef het item alleen loop, en zet geen herhaling in een herhaling.",
        "Give the item a loop and nothing else, and put no loop in a loop.",
    ),
)
def loop_not_alone(context: Context) -> Iterator[Found]:
    """An item with a loop has nothing beside it, and no loop holds another."""
    written = _written(context)
    if written is None:
        return
    questionnaire, _, loops = written
    for loop in loops:
        own = None if loop.item is None else questionnaire.model.pages[loop.page].items[loop.item]
        beside = sorted(own.model_fields_set - {"loop"}) if own is not None else []
        if beside or any(item.loop is not None for item in loop.items):
            yield Found(
                questionnaire.place(*loop.path, beside[0] if beside else "loop"),
                loop.over,
                f"De herhaling over ‘{loop.over}’ heeft iets naast zich of een herhaling in zich.",
                f"The loop over '{loop.over}' has something beside it or a loop in it.",
            )


@check(
    "R026",
    "error",
    "files",
    title=("Een variabele van een herhaling heeft een trend.", "A variable of a loop has a trend."),
    fix=(
        "Leg de trend bij een variabele die iedereen één keer wordt gevraagd.",
        "Put the trend at a variable that everybody is asked once.",
    ),
)
def loop_with_trend(context: Context) -> Iterator[Found]:
    """One column of an earlier wave cannot answer for every option."""
    written = _written(context)
    if written is None:
        return
    _, variables, loops = written
    for name in sorted({name for loop in loops for name in loop.names}):
        entry = variables.model.variables.get(name)
        if entry is not None and entry.trend:
            yield Found(
                variables.place("variables", name, "trend"),
                name,
                f"‘{name}’ wordt per keuze gevraagd en kan geen trend hebben.",
                f"'{name}' is asked per option and can have no trend.",
            )


def at_once(context: Context, page: Page) -> int:
    """How many questions one person can meet on a page: of a loop no more turns than options may be chosen."""
    names = [question.name for question in page.questions()]
    written = _written(context)
    if written is None:
        return len(names)
    questionnaire, variables, loops = written
    for loop in loops:
        if loop.item is None or questionnaire.model.pages[loop.page].id != page.id:
            continue
        codes = codes_over(variables.model, loop.over)
        turns = [{made_name(name, code) for name in loop.names} & set(names) for code in codes]
        most = variables.model.variables[loop.over].max_choices if codes else 0
        kept = sorted((turn for turn in turns), key=len, reverse=True)[: most or len(codes)]
        dropped = set().union(*turns) - set().union(*kept) if turns else set()
        names = [name for name in names if name not in dropped]
    return len(names)
