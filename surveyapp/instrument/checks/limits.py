"""F: what must leave in SPSS and Excel files fits there."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.texts import once_wrong
from surveyapp.instrument.conditions.parse import WORDS
from surveyapp.instrument.registry import OTHER_SUFFIX
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES

SPSS_WORDS = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])
CASE_COLUMNS = frozenset({"case", "case_id", "wave", "weight", "started", "ended", "seconds", "status", "year"})
"""Columns that every data file has beside the variables."""
LABEL_CHARACTERS = 80
VALUE_LABEL_BYTES = 120  # SPSS cuts value labels here (measured with PSPP)
VARIABLE_LABEL_BYTES = 256
EXCEL_COLUMNS = 16_384


@check("F001", "A name is a word of SPSS.", "SPSS does not allow '%(name)s'.", "Choose another name.")
def spss_word(context: Context) -> Iterator[Found]:
    """SPSS reserves thirteen words."""
    for name, entry in context.registry.items():
        if name in SPSS_WORDS:
            yield Found(entry.at(), name)


@check(
    "F002",
    "A name is taken already.",
    "'%(name)s' has a meaning in conditions or in the data file already.",
    "Choose another name.",
)
def word_of_our_own(context: Context) -> Iterator[Found]:
    """Words of conditions, system variables and the columns every data file has."""
    for name, entry in context.registry.items():
        if name in WORDS or name in SYSTEM_VARIABLES or name in CASE_COLUMNS:
            yield Found(entry.at(), name)


@check(
    "F003",
    "A name collides with a column that arises by itself.",
    "'%(name)s' is a column of '%(column)s' too.",
    "Give the variable another name.",
)
def name_collides(context: Context) -> Iterator[Found]:
    """``<name>_other`` and, per category of a multiple choice, ``<name>_<code>``."""
    derived: dict[str, str] = {}
    for name, entry in context.registry.items():
        found = context.codes_of(entry)
        if found is None:
            continue
        if any(category.other for category in found.categories):
            derived[name + OTHER_SUFFIX] = name
        if entry.traits.shape.is_several:
            derived.update({f"{name}_{category.code}": name for category in found.categories})
            derived.update({f"{name}_{place}": name for place in range(1, entry.ranks + 1)})
    for name, entry in context.registry.items():
        if name in derived:
            yield Found(entry.at(), name, column=derived[name])


@check(
    "F004",
    "A name has a double or trailing underscore.",
    "'%(name)s' has a double or trailing underscore.",
    "Use single underscores between words.",
)
def underscores(context: Context) -> Iterator[Found]:
    """Form fields use the double underscore; SPSS dislikes a trailing one."""
    for name, entry in context.registry.items():
        if "__" in name or name.endswith("_"):
            yield Found(entry.at(), name)


@check(
    "F005",
    "A variable's label is too long.",
    "The label of '%(name)s' (%(language)s) has %(many)s characters.",
    "Keep it under %(most)s characters.",
    level="warning",
    most=LABEL_CHARACTERS,
)
def long_label(context: Context) -> Iterator[Found]:
    """Labels stand on the axes of charts and over the columns of tables."""
    for name, entry in context.registry.items():
        for language, words in entry.label.items():
            if len(words) > LABEL_CHARACTERS:
                yield Found(entry.at("label", language), name, language=language, many=len(words))


@check(
    "F006",
    "An answer is cut off in SPSS.",
    "'%(key)s' (%(language)s) has %(many)s bytes.",
    "Keep it under %(most)s bytes.",
    level="warning",
    most=VALUE_LABEL_BYTES,
)
def long_value_label(context: Context) -> Iterator[Found]:
    """Value labels of 120 bytes; letters with an accent take two."""
    for name, entry in context.code_lists.items():
        for category in entry.categories:
            for language, words in category.label.items():
                many = len(words.encode())
                if many > VALUE_LABEL_BYTES:
                    place, about = category.at("label", language), f"{name}.{category.key}"
                    yield Found(place, about, key=category.key, language=language, many=many)


@check(
    "F007",
    "A column's label is cut off in SPSS.",
    "The label of '%(name)s' has %(many)s bytes.",
    "Keep it under %(most)s bytes.",
    level="warning",
    most=VARIABLE_LABEL_BYTES,
)
def long_column_label(context: Context) -> Iterator[Found]:
    """Variable labels of 256 bytes, for the columns of an imported file."""
    for name, column in context.columns.items():
        for language, words in (column.label or {}).items():
            if len(words.encode()) > VARIABLE_LABEL_BYTES:
                yield Found(column.at("label", language), name, many=len(words.encode()))


# Spreadsheets calculate what begins with =, +, - or @.
check(
    "F008",
    "A label begins like a formula.",
    "'%(name)s' begins with a sign that starts formulas.",
    "Begin with a letter or a digit.",
    level="warning",
)(once_wrong(lambda words: words.lstrip().startswith(("=", "+", "-", "@")), ("label", "category", "title")))


@check(
    "F009",
    "The data do not fit a worksheet.",
    "The data need %(columns)s columns.",
    "Ask less, or shorten lists of several answers.",
)
def too_many_columns(context: Context) -> Iterator[Found]:
    """A worksheet has 16,384 columns; a multiple choice takes one for each category."""
    columns = sum(
        max(len(variable.categories), 1) if variable.type.shape.is_several else 1
        for variable in context.variables.values()
    )
    if columns + len(CASE_COLUMNS) > EXCEL_COLUMNS:
        yield Found(context.variables_file.at("variables"), str(context.year), columns=columns)
