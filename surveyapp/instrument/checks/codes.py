"""L: a code list is sound in itself."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check

RESERVED_FROM = 90
"""Codes from here are for "none of these", "other" and the like; gaps before them are meant."""
NUMBERS = frozenset({"number", "year", "month", "region"})
LEVELS_OF = {
    "single": {"nominal", "ordinal", "score"},
    "multiple": {"nominal"},
    "mark": {"ordinal", "score"},
    "recommendation": {"ordinal", "score"},
    "consent": {"nominal"},
    "ranking": {"nominal", "ordinal"},
    "allocation": {"ratio", "nominal"},
    "number": {"ratio"},
    "year": {"ratio", "ordinal"},
    "month": {"ordinal"},
    "region": {"nominal"},
    "short_text": {"text"},
    "long_text": {"text"},
}


@check(
    "L001",
    "hint",
    "files",
    title=("De codes van een lijst hebben een gat.", "The codes of a list have a gap."),
    fix=(
        "Zet de verdwenen categorie erbij met retired: true; hernummer alleen wat nog nooit is gevraagd.",
        "Add the category that went with retired: true; number anew only what was never asked.",
    ),
)
def gap_in_codes(context: Context) -> Iterator[Found]:
    """Codes below 90 follow each other: a gap often means a category was deleted."""
    for name, (file, entry) in context.code_lists.items():
        codes = sorted(category.code for category in entry.categories if category.code < RESERVED_FROM)
        if codes and codes[-1] - codes[0] + 1 > len(set(codes)):
            gaps = ", ".join(str(code) for code in range(codes[0], codes[-1]) if code not in codes)
            behind = next(code for code in codes if code > codes[0] and code - 1 not in codes)
            index = next(index for index, category in enumerate(entry.categories) if category.code == behind)
            yield Found(
                file.place("code_lists", name, "categories", index, "code"),
                name,
                f"In ‘{name}’ ontbreekt: {gaps}.",
                f"'{name}' lacks: {gaps}.",
            )


@check(
    "L002",
    "warning",
    "files",
    title=("Een geordende lijst bevat iets buiten de orde.", "An ordered list holds something outside the order."),
    fix=(
        "Haal ordered weg; bij een nieuwe lijst kan het ook een missende code zijn.",
        "Remove ordered; in a new list it can also be a missing code.",
    ),
)
def ordered_with_outsider(context: Context) -> Iterator[Found]:
    """ "Other" and "none" have no place between low and high, and would be averaged."""
    for name, (file, entry) in context.code_lists.items():
        for index, category in enumerate(entry.categories):
            if entry.ordered and (category.other or category.exclusive):
                yield Found(
                    file.place("code_lists", name, "categories", index, "other" if category.other else "exclusive"),
                    name,
                    f"‘{category.key}’ heeft geen plaats in de volgorde van ‘{name}’.",
                    f"'{category.key}' has no place in the order of '{name}'.",
                )


@check(
    "L008",
    "error",
    "files",
    title=("Een lijst heeft meer dan één ‘anders’.", "A list has more than one 'other'."),
    fix=("Houd één categorie met other: true.", "Keep one category with other: true."),
)
def several_others(context: Context) -> Iterator[Found]:
    """There is one text beside "other", so there is one such category."""
    for name, (file, entry) in context.code_lists.items():
        others = [index for index, category in enumerate(entry.categories) if category.other]
        if len(others) > 1:
            yield Found(
                file.place("code_lists", name, "categories", others[1], "other"),
                name,
                f"‘{name}’ heeft meer dan één categorie met other.",
                f"'{name}' has more than one category with other.",
            )


@check(
    "L009",
    "error",
    "files",
    title=("Een lijst heeft geen keus.", "A list offers no choice."),
    fix=(
        "Geef ten minste twee categorieën die niet retired zijn.",
        "Give at least two categories that are not retired.",
    ),
)
def no_choice(context: Context) -> Iterator[Found]:
    """At least two categories are in use."""
    for name, (file, entry) in context.code_lists.items():
        retired = [index for index, category in enumerate(entry.categories) if category.retired]
        if len(entry.categories) - len(retired) < 2:
            last = ("categories", retired[-1], "retired") if retired else ("categories",)
            yield Found(
                file.place("code_lists", name, *last),
                name,
                f"‘{name}’ heeft minder dan twee categorieën in gebruik.",
                f"'{name}' has fewer than two categories in use.",
            )


@check(
    "L024",
    "warning",
    "files",
    title=("Twee categorieën van een lijst zeggen hetzelfde.", "Two categories of a list say the same."),
    fix=(
        "Geef een van beide andere woorden, of zet retired bij de oude.",
        "Give one of them other words, or mark the old one retired.",
    ),
)
def same_words(context: Context) -> Iterator[Found]:
    """Who chooses between two codes that read alike chooses at random, and both rows of a table bear one label."""
    for name, (file, entry) in context.code_lists.items():
        seen: dict[tuple[str, str], int] = {}
        for index, category in enumerate(entry.categories):
            words = {} if category.retired else category.label
            said = {language: (language, " ".join(text.casefold().split())) for language, text in words.items()}
            twice = next((language for language in said if said[language] in seen), None)
            if twice is not None:
                other = seen[said[twice]]
                yield Found(
                    file.place("code_lists", name, "categories", index, "label", twice),
                    name,
                    f"In ‘{name}’ zeggen code {other} en code {category.code} allebei ‘{words[twice][:60]}’.",
                    f"In '{name}' codes {other} and {category.code} both say '{words[twice][:60]}'.",
                )
            seen.update({each: category.code for each in said.values() if each not in seen})


@check(
    "L011",
    "hint",
    "files",
    title=("Een codelijst wordt nergens gebruikt.", "A code list is used nowhere."),
    fix=(
        "Noem haar bij codes van een variabele; haal haar weg als zij nergens voor is.",
        "Name it under codes of a variable; remove it if it is for nothing.",
    ),
)
def unused_code_list(context: Context) -> Iterator[Found]:
    """Every code list is named by a variable or a column."""
    used = {entry.codes for entry in context.registry.values()}
    for wave in context.files.waves.values():
        if wave.mapping is not None:
            used |= {column.codes for column in wave.mapping.model.columns.values()}
    # Lists of the registry may serve an imported wave whose mapping was not read here.
    imported = any(entry.imported and entry.year not in context.files.waves for entry in context.study.waves)
    for name, (file, _) in context.code_lists.items():
        if name not in used and not (imported and file is context.variables_file):
            yield Found(
                file.place("code_lists", name),
                name,
                f"De codelijst ‘{name}’ wordt nergens gebruikt.",
                f"The code list '{name}' is used nowhere.",
            )


@check(
    "L014",
    "error",
    "files",
    title=("Een lijst loopt af zonder volgorde.", "A list descends without order."),
    fix=("Zet ook ordered: true, of haal descending weg.", "Set ordered: true too, or remove descending."),
)
def descending_without_order(context: Context) -> Iterator[Found]:
    """``descending`` says something of an order only."""
    for name, (file, entry) in context.code_lists.items():
        if entry.descending and not entry.ordered:
            yield Found(
                file.place("code_lists", name, "descending"),
                name,
                f"‘{name}’ is aflopend maar niet geordend.",
                f"'{name}' is descending but not ordered.",
            )


@check(
    "L015",
    "error",
    "files",
    title=("Een categorie is ‘anders’ en ‘geen van deze’ tegelijk.", "A category is both 'other' and exclusive."),
    fix=("Kies een van beide.", "Choose one of the two."),
)
def other_and_exclusive(context: Context) -> Iterator[Found]:
    """Who fills in something else may have chosen other things as well."""
    for name, (file, entry) in context.code_lists.items():
        for index, category in enumerate(entry.categories):
            if category.other and category.exclusive:
                yield Found(
                    file.place("code_lists", name, "categories", index, "exclusive"),
                    name,
                    f"‘{category.key}’ is other en exclusive.",
                    f"'{category.key}' is other and exclusive.",
                )
