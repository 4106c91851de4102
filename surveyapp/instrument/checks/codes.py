"""L: a code list is sound in itself."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import CodeListEntry

RESERVED_FROM = 90
"""Codes from here are for "none of these", "other" and the like; gaps before them are meant."""
FEWEST_LEVELS, MOST_LEVELS = 2, 5
"""Of a list whose steps are levels: so many tones of one colour can be told apart."""


@check(
    "L001",
    "The codes of a list have a gap.",
    "'%(name)s' lacks: %(gaps)s.",
    "Add the category that went with retired: true; number anew only what was never asked.",
    level="hint",
)
def gap_in_codes(context: Context) -> Iterator[Found]:
    """Codes below 90 follow each other: a gap often means a category was deleted."""
    for name, entry in context.code_lists.items():
        codes = sorted(category.code for category in entry.categories if category.code < RESERVED_FROM)
        if codes and codes[-1] - codes[0] + 1 > len(set(codes)):
            gaps = ", ".join(str(code) for code in range(codes[0], codes[-1]) if code not in codes)
            behind = next(code for code in codes if code > codes[0] and code - 1 not in codes)
            place = next(category.at("code") for category in entry.categories if category.code == behind)
            yield Found(place, name, gaps=gaps)


@check(
    "L002",
    "An ordered list holds something outside the order.",
    "'%(key)s' has no place in the order of '%(name)s'.",
    "Remove ordered; in a new list it can also be a missing code.",
    level="warning",
)
def ordered_with_outsider(context: Context) -> Iterator[Found]:
    """ "Other" and "none" have no place between low and high, and would be averaged."""
    for name, entry in context.code_lists.items():
        for category in entry.categories:
            if entry.ordered and (category.other or category.exclusive):
                yield Found(category.at("other" if category.other else "exclusive"), name, key=category.key)


@check(
    "L008",
    "A list has more than one 'other'.",
    "'%(name)s' has more than one category with other.",
    "Keep one category with other: true.",
)
def several_others(context: Context) -> Iterator[Found]:
    """There is one text beside "other", so there is one such category."""
    for name, entry in context.code_lists.items():
        others = [category for category in entry.categories if category.other]
        if len(others) > 1:
            yield Found(others[1].at("other"), name)


@check(
    "L009",
    "A list offers no choice.",
    "'%(name)s' has fewer than two categories in use.",
    "Give at least two categories that are not retired.",
)
def no_choice(context: Context) -> Iterator[Found]:
    """At least two categories are in use."""
    for name, entry in context.code_lists.items():
        retired = [index for index, category in enumerate(entry.categories) if category.retired]
        if len(entry.categories) - len(retired) < 2:
            last = ("categories", retired[-1], "retired") if retired else ("categories",)
            yield Found(entry.at(*last), name)


@check(
    "L024",
    "Two categories of a list say the same.",
    "In '%(name)s' codes %(other)s and %(code)s both say '%(words)s'.",
    "Give one of them other words, or mark the old one retired.",
    level="warning",
)
def same_words(context: Context) -> Iterator[Found]:
    """Who chooses between two codes that read alike chooses at random, and both rows of a table bear one label."""
    for name, entry in context.code_lists.items():
        seen: dict[tuple[str, str], int] = {}
        for category in entry.categories:
            words = {} if category.retired else category.label
            said = {language: (language, " ".join(text.casefold().split())) for language, text in words.items()}
            twice = next((language for language in said if said[language] in seen), None)
            if twice is not None:
                place, other = category.at("label", twice), seen[said[twice]]
                yield Found(place, name, other=other, code=category.code, words=words[twice][:60])
            seen.update({each: category.code for each in said.values() if each not in seen})


@check(
    "L011",
    "A code list is used nowhere.",
    "The code list '%(name)s' is used nowhere.",
    "Name it under codes of a variable; remove it if it is for nothing.",
    level="hint",
)
def unused_code_list(context: Context) -> Iterator[Found]:
    """Every code list is named by a variable or a column."""
    used = {entry.codes for entry in context.registry.values()}
    for wave in context.files.waves.values():
        if wave.mapping is not None:
            used |= {column.codes for column in wave.mapping.model.columns.values()}
    # Lists of the registry may serve an imported wave whose mapping was not read here.
    spared = context.variables_file.code_lists if context.has_unread_imports else {}
    for name, entry in context.code_lists.items():
        if name not in used and spared.get(name) is not entry:
            yield Found(entry.at(), name)


@check(
    "L014",
    "A list descends without order.",
    "'%(name)s' is descending but not ordered.",
    "Set ordered: true too, or remove descending.",
)
def descending_without_order(context: Context) -> Iterator[Found]:
    """``descending`` says something of an order only."""
    for name, entry in context.code_lists.items():
        if entry.descending and not entry.ordered:
            yield Found(entry.at("descending"), name)


@check(
    "L025",
    "A list has no levels that can be drawn.",
    "'%(name)s' has levels but no order.",
    "Set ordered: true and give two to five levels a name, or remove levels.",
)
def levels_that_are_none(context: Context) -> Iterator[Found]:
    """``levels`` gives each step a darker tone of one colour: there are five, and what has no name is a mark."""
    for name, entry in context.code_lists.items():
        place, many = entry.at("levels"), len(entry.categories)
        if not entry.levels:
            continue
        if not entry.ordered:
            yield Found(place, name)
        elif not FEWEST_LEVELS <= many <= MOST_LEVELS:
            yield Found(
                place,
                name,
                "Levels of '%(name)s': %(many)s; %(least)s to %(most)s can be drawn.",
                many=many,
                least=FEWEST_LEVELS,
                most=MOST_LEVELS,
            )
        elif number := _bare_number(entry):
            yield Found(place, name, "In '%(name)s' a level is called '%(number)s' and no more.", number=number)


def _bare_number(entry: CodeListEntry) -> str:
    """The first label that is a number and no words; empty when there is none."""
    labels = (label for category in entry.categories for label in category.label.values())
    return next((label for label in labels if label.strip().isdecimal()), "")


@check(
    "L015", "A category is both 'other' and exclusive.", "'%(key)s' is other and exclusive.", "Choose one of the two."
)
def other_and_exclusive(context: Context) -> Iterator[Found]:
    """Who fills in something else may have chosen other things as well."""
    for name, entry in context.code_lists.items():
        for category in entry.categories:
            if category.other and category.exclusive:
                yield Found(category.at("exclusive"), name, key=category.key)
