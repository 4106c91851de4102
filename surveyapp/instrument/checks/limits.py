"""F: what must leave in SPSS and Excel files fits there."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.conditions.parse import WORDS
from surveyapp.instrument.registry import OTHER_SUFFIX
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.variables import CHOICE_TYPES

SPSS_WORDS = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])
CASE_COLUMNS = frozenset({"case", "case_id", "wave", "weight", "started", "ended", "seconds", "status", "year"})
"""Columns that every data file has beside the variables."""
LABEL_CHARACTERS = 80
VALUE_LABEL_BYTES = 120  # SPSS cuts value labels here (measured with PSPP)
VARIABLE_LABEL_BYTES = 256
EXCEL_COLUMNS = 16_384


def _names(context: Context) -> Iterator[str]:
    yield from context.registry


@check(
    "F001",
    "error",
    "files",
    title=("Een naam is een woord van SPSS.", "A name is a word of SPSS."),
    fix=("Kies een andere naam.", "Choose another name."),
)
def spss_word(context: Context) -> Iterator[Found]:
    """SPSS reserves thirteen words."""
    for name in _names(context):
        if name in SPSS_WORDS:
            yield Found(
                context.variable_place(name), name, f"‘{name}’ kan in SPSS niet.", f"SPSS does not allow '{name}'."
            )


@check(
    "F002",
    "error",
    "files",
    title=("Een naam is al vergeven.", "A name is taken already."),
    fix=("Kies een andere naam.", "Choose another name."),
)
def word_of_our_own(context: Context) -> Iterator[Found]:
    """Words of conditions, system variables and the columns every data file has."""
    for name in _names(context):
        if name in WORDS or name in SYSTEM_VARIABLES or name in CASE_COLUMNS:
            yield Found(
                context.variable_place(name),
                name,
                f"‘{name}’ heeft al een betekenis in voorwaarden of in het databestand.",
                f"'{name}' has a meaning in conditions or in the data file already.",
            )


@check(
    "F003",
    "error",
    "files",
    title=(
        "Een naam botst met een kolom die vanzelf ontstaat.",
        "A name collides with a column that arises by itself.",
    ),
    fix=("Geef de variabele een andere naam.", "Give the variable another name."),
)
def name_collides(context: Context) -> Iterator[Found]:
    """``<name>_other`` and, per category of a multiple choice, ``<name>_<code>``."""
    derived: dict[str, str] = {}
    for name, entry in context.registry.items():
        found = context.code_lists.get(entry.codes) if entry.codes else None
        if found is None:
            continue
        if any(category.other for category in found[1].categories):
            derived[name + OTHER_SUFFIX] = name
        if entry.type in CHOICE_TYPES:
            derived.update({f"{name}_{category.code}": name for category in found[1].categories})
            derived.update({f"{name}_{place}": name for place in range(1, entry.ranks + 1)})
    for name in _names(context):
        if name in derived:
            yield Found(
                context.variable_place(name),
                name,
                f"‘{name}’ is ook een kolom van ‘{derived[name]}’.",
                f"'{name}' is a column of '{derived[name]}' too.",
            )


@check(
    "F004",
    "error",
    "files",
    title=("Een naam heeft een dubbel of los streepje.", "A name has a double or trailing underscore."),
    fix=("Gebruik enkele streepjes tussen woorden.", "Use single underscores between words."),
)
def underscores(context: Context) -> Iterator[Found]:
    """Form fields use the double underscore; SPSS dislikes a trailing one."""
    for name in _names(context):
        if "__" in name or name.endswith("_"):
            yield Found(
                context.variable_place(name),
                name,
                f"‘{name}’ heeft een dubbel of los streepje.",
                f"'{name}' has a double or trailing underscore.",
            )


@check(
    "F005",
    "warning",
    "files",
    title=("Het label van een variabele is te lang.", "A variable's label is too long."),
    fix=(f"Houd het onder {LABEL_CHARACTERS} tekens.", f"Keep it under {LABEL_CHARACTERS} characters."),
)
def long_label(context: Context) -> Iterator[Found]:
    """Labels stand on the axes of charts and over the columns of tables."""
    for name, entry in context.registry.items():
        for language, words in entry.label.items():
            if len(words) > LABEL_CHARACTERS:
                yield Found(
                    context.variable_place(name, "label", language),
                    name,
                    f"Het label van ‘{name}’ ({language}) heeft {len(words)} tekens.",
                    f"The label of '{name}' ({language}) has {len(words)} characters.",
                )


@check(
    "F006",
    "warning",
    "files",
    title=("Een antwoord wordt in SPSS afgekapt.", "An answer is cut off in SPSS."),
    fix=(f"Houd het onder {VALUE_LABEL_BYTES} bytes.", f"Keep it under {VALUE_LABEL_BYTES} bytes."),
)
def long_value_label(context: Context) -> Iterator[Found]:
    """Value labels of 120 bytes; letters with an accent take two."""
    for name, (file, entry) in context.code_lists.items():
        for index, category in enumerate(entry.categories):
            for language, words in category.label.items():
                if len(words.encode()) > VALUE_LABEL_BYTES:
                    yield Found(
                        file.place("code_lists", name, "categories", index, "label", language),
                        f"{name}.{category.key}",
                        f"‘{category.key}’ ({language}) telt {len(words.encode())} bytes.",
                        f"'{category.key}' ({language}) has {len(words.encode())} bytes.",
                    )


@check(
    "F007",
    "warning",
    "files",
    title=("Het label van een kolom wordt in SPSS afgekapt.", "A column's label is cut off in SPSS."),
    fix=(f"Houd het onder {VARIABLE_LABEL_BYTES} bytes.", f"Keep it under {VARIABLE_LABEL_BYTES} bytes."),
)
def long_column_label(context: Context) -> Iterator[Found]:
    """Variable labels of 256 bytes, for the columns of an imported file."""
    file = context.mapping_file
    for name, column in file.model.columns.items() if file else ():
        for language, words in (column.label or {}).items():
            if file is not None and len(words.encode()) > VARIABLE_LABEL_BYTES:
                yield Found(
                    file.place("columns", name, "label", language),
                    name,
                    f"Het label van ‘{name}’ telt {len(words.encode())} bytes.",
                    f"The label of '{name}' has {len(words.encode())} bytes.",
                )


@check(
    "F008",
    "warning",
    "files",
    title=("Een label begint als een formule.", "A label begins like a formula."),
    fix=("Begin met een letter of een cijfer.", "Begin with a letter or a digit."),
)
def like_a_formula(context: Context) -> Iterator[Found]:
    """Spreadsheets calculate what begins with =, +, - or @."""
    for text in context.texts:
        for language, words in text.words.items() if text.kind in ("label", "category", "title") else ():
            if words.strip() and words.lstrip()[0] in "=+-@":
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{text.name}’ begint met een teken waarmee formules beginnen.",
                    f"'{text.name}' begins with a sign that starts formulas.",
                )
                break


@check(
    "F009",
    "error",
    "instrument",
    title=("De gegevens passen niet op een werkblad.", "The data do not fit a worksheet."),
    fix=("Vraag minder, of maak lijsten met meer antwoorden korter.", "Ask less, or shorten lists of several answers."),
)
def too_many_columns(context: Context) -> Iterator[Found]:
    """A worksheet has 16,384 columns; a multiple choice takes one for each category."""
    columns = sum(
        max(len(variable.categories), 1) if variable.type in CHOICE_TYPES else 1
        for variable in context.variables.values()
    )
    if columns + len(CASE_COLUMNS) > EXCEL_COLUMNS:
        yield Found(
            context.variables_file.place("variables"),
            str(context.year),
            f"De gegevens vragen {columns} kolommen.",
            f"The data need {columns} columns.",
        )
