"""R: loops go over something, make names that can be, and stand alone. They are looked at as they were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import ItemEntry, PageEntry, RowEntry, VariablesFile
from surveyapp.instrument.loops import Loop, can_be_gone_over, codes_over, loops_of, made_name
from surveyapp.instrument.near import nearest
from surveyapp.instrument.questions import Page

Written = tuple[Sequence[PageEntry], VariablesFile, Sequence[Loop]]


def _written(context: Context) -> Written:
    """Pages, variables and loops as they were written; no pages and loops where that cannot be read."""
    files = context.written
    questionnaire = files.waves[context.year].questionnaire
    if questionnaire is None or files.variables is None:
        return (), context.variables_file, ()
    return questionnaire.model.pages, files.variables.model, loops_of(questionnaire.model)


@check("R022", "An item has no text.", "'%(name)s' has no text.", "Give the item a text.")
def text_lacking(context: Context) -> Iterator[Found]:
    """Every question, set and information says something; only a loop has no words of its own."""
    for page, item in context.items:
        if not item.text:
            yield Found(item.at(), item.variable or item.set or item.information or page.id)


@check(
    "R023",
    "A loop goes over what is no multiple choice.",
    "'%(name)s' is no multiple choice.",
    "Name a variable of type multiple under over.",
)
def over_no_options(context: Context) -> Iterator[Found]:
    """``over`` names a variable of which several options can be chosen."""
    _, variables, loops = _written(context)
    for loop in loops:
        entry = variables.variables.get(loop.over)
        if entry is None or not can_be_gone_over(entry):
            yield Found(
                loop.entry.at("loop", "over"),
                loop.over,
                instead=None if loop.over in context.registry else nearest(loop.over, context.registry),
            )


@check(
    "R024",
    "A loop makes a name that cannot be.",
    "'%(name)s' is asked outside this loop as well.",
    "Give the variable of the loop a name of its own.",
)
def name_impossible(context: Context) -> Iterator[Found]:
    """``<name>_<code>`` is free, and the name is asked in loops over one variable only."""
    pages, variables, loops = _written(context)
    plain = {name for page in pages if page.loop is None for name in _asked(page.items)}
    first: dict[str, Loop] = {}
    for loop in loops:
        for name in loop.names:
            place = _place(loop, name)
            other = first.setdefault(name, loop)
            if name in plain or other.over != loop.over:
                yield Found(place, name)
            for code in codes_over(variables, loop.over):
                made = made_name(name, code)
                if made in variables.variables:
                    yield Found(place, name, "The name '%(made)s' is taken.", made=made)


def _place(loop: Loop, name: str) -> Place:
    """Where a loop names one of its variables."""
    asked = (each for item in loop.items for each in _asking(item) if each.variable == name)
    return next((each.at("variable") for each in asked), loop.entry.at("loop", "over"))


def _asking(item: ItemEntry) -> Iterator[ItemEntry | RowEntry]:
    yield item
    yield from item.rows


def _asked(items: list[ItemEntry]) -> Iterator[str]:
    return (each.variable for item in items for each in _asking(item) if each.variable is not None)


@check(
    "R025",
    "A loop does not stand by itself.",
    "The loop over '%(name)s' has something beside it or a loop in it.",
    "Give the item a loop and nothing else, and put no loop in a loop.",
)
def loop_not_alone(context: Context) -> Iterator[Found]:
    """An item with a loop has nothing beside it, and no loop holds another."""
    for loop in _written(context)[2]:
        beside = sorted(loop.item.model_fields_set - {"loop"}) if loop.item is not None else []
        if beside or any(item.loop is not None for item in loop.items):
            yield Found(loop.entry.at(beside[0] if beside else "loop"), loop.over)


@check(
    "R026",
    "A variable of a loop has a trend.",
    "'%(name)s' is asked per option and can have no trend.",
    "Put the trend at a variable that everybody is asked once.",
)
def loop_with_trend(context: Context) -> Iterator[Found]:
    """One column of an earlier wave cannot answer for every option."""
    _, variables, loops = _written(context)
    for name in sorted({name for loop in loops for name in loop.names}):
        entry = variables.variables.get(name)
        if entry is not None and entry.trend:
            yield Found(entry.at("trend"), name)


def at_once(context: Context, page: Page) -> int:
    """How many questions one person can meet on a page: of a loop no more turns than options may be chosen."""
    names = [question.name for question in page.questions()]
    _, variables, loops = _written(context)
    for loop in loops:
        if loop.item is None or loop.page.id != page.id:
            continue
        codes = codes_over(variables, loop.over)
        turns = [{made_name(name, code) for name in loop.names} & set(names) for code in codes]
        most = variables.variables[loop.over].max_choices if codes else 0
        kept = sorted((turn for turn in turns), key=len, reverse=True)[: most or len(codes)]
        dropped = set().union(*turns) - set().union(*kept) if turns else set()
        names = [name for name in names if name not in dropped]
    return len(names)
