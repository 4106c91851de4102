"""N: links with earlier fieldwork say what they mean, and an imported file's columns fit their codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from surveyapp.errors import Counted
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import TrendEntry, VariableEntry
from surveyapp.instrument.mapping_definition import ColumnEntry
from surveyapp.instrument.near import nearest
from surveyapp.instrument.types import Shape, VariableType

_SAMPLE = datetime(2014, 9, 27, 10, 13, 22)  # noqa: DTZ001  # a date to try a format on, not a moment


def _links(context: Context) -> Iterator[tuple[str, VariableEntry, TrendEntry]]:
    for name, entry in context.registry.items():
        yield from ((name, entry, link) for link in entry.trend)


@check(
    "N001",
    "The recoding does not fit the effect.",
    "'%(name)s' has effect %(effect)s and %(recodings)s.",
    "Give recode with effect recode, not with continue.",
)
def recode_unfit(context: Context) -> Iterator[Found]:
    """``recode`` needs a table of codes; ``continue`` and ``break`` have none."""
    for name, _, link in _links(context):
        if (link.effect == "recode" and not link.recode) or (link.effect in ("continue", "break") and link.recode):
            yield Found(
                link.at("recode" if link.recode else "effect"),
                name,
                effect=link.effect,
                recodings=Counted(len(link.recode), "recoding", "recodings"),
            )


@check(
    "N002",
    "A break or reservation has no reason.",
    "'%(name)s' has effect %(effect)s without a reason.",
    "Write reason; it goes with the chart.",
)
def reason_lacking(context: Context) -> Iterator[Found]:
    """Readers are told why two years cannot be compared as they stand."""
    for name, _, link in _links(context):
        if link.effect in ("indicative", "break") and link.reason is None:
            yield Found(link.at("effect"), name, effect=link.effect)


@check(
    "N003",
    "A recoding leads to a code that does not exist.",
    "'%(name)s' has no code %(codes)s.",
    "Use codes of the variable's list.",
)
def recode_to_nowhere(context: Context) -> Iterator[Found]:
    """Targets of a recoding are codes of the variable."""
    for name, entry, link in _links(context):
        strange = sorted(set(link.recode.values()) - _codes(context, entry))
        if strange:
            source = str(next(old for old, new in link.recode.items() if new in strange))
            yield Found(link.at("recode", source), name, codes=", ".join(map(str, strange)))


@check(
    "N006",
    "A number is added to codes.",
    "'%(name)s' is %(type)s; nothing can be added to it.",
    "Use recode for codes.",
)
def added_to_codes(context: Context) -> Iterator[Found]:
    """``add`` shifts numbers, such as an index of years."""
    for name, entry, link in _links(context):
        if link.add and not _is_number(entry.type):
            yield Found(link.at("add"), name, type=entry.type)


def _linked_columns(context: Context) -> Iterator[tuple[str, VariableEntry, TrendEntry, ColumnEntry | None]]:
    """Links of the registry to the imported wave under inspection, with the column they name."""
    for name, entry, link in _links(context):
        if context.mapping is not None and link.series == context.mapping.series:
            yield name, entry, link, context.columns.get(link.column)


def _nearest_column(context: Context, name: str) -> str | None:
    return nearest(name, [key for key, column in context.columns.items() if column.skip is None])


@check(
    "N007",
    "A link names a column that does not exist.",
    "'%(column)s' is no mapped column.",
    "Name a column that is mapped.",
)
def unknown_column(context: Context) -> Iterator[Found]:
    """A linked column is mapped, not skipped; a break may name what the file no longer has."""
    for name, _, link, column in _linked_columns(context):
        if link.effect != "break" and (column is None or column.skip is not None):
            yield Found(
                link.at("column"),
                name,
                instead=None if column is not None else _nearest_column(context, link.column),
                column=link.column,
            )


@check(
    "N008",
    "A trend continues over different codes.",
    "'%(name)s' and '%(column)s' do not have the same codes.",
    "Use effect recode, indicative or break.",
)
def codes_differ(context: Context) -> Iterator[Found]:
    """``continue`` means the same codes, or numbers on both sides."""
    for name, entry, link, column in _linked_columns(context):
        if link.effect != "continue" or column is None or column.type is None:
            continue
        here, there = _codes(context, entry), _codes(context, column)
        if here != there or _is_number(entry.type) != _is_number(column.type):
            yield Found(link.at("column"), name, column=link.column)


def _codes(context: Context, entry: VariableEntry | ColumnEntry) -> frozenset[int]:
    found = context.codes_of(entry)
    return frozenset(category.code for category in found.categories) if found else frozenset()


@check(
    "N009",
    "A code of the file is answer and missing at once.",
    "Code %(listed)s of '%(name)s' is both answer and missing.",
    "See in the file what the code means, and keep it in one place.",
)
def valid_and_missing(context: Context) -> Iterator[Found]:
    """Codes under ``missing`` of a column are no categories."""
    for name, column in context.columns.items():
        both = sorted({int(code) for code in column.missing} & _codes(context, column))
        if both:
            listed = ", ".join(map(str, both))
            yield Found(column.at("missing", str(both[0])), name, listed=listed)


@check(
    "N010",
    "A date format cannot be used.",
    "There are dates but no date_formats.",
    "Write it as for strptime: %m/%d/%Y %H:%M.",
)
def bad_date_format(context: Context) -> Iterator[Found]:
    """Formats hold a year, a month and a day, and there is one where there are dates."""
    if context.mapping is None:
        return
    case = context.mapping.case
    if (case.started or case.ended) and not case.date_formats:
        yield Found(context.mapping.at("case"), "case")
    for index, pattern in enumerate(case.date_formats):
        if not _keeps_the_day(pattern):
            yield Found(
                context.mapping.at("case", "date_formats", index),
                "case",
                "'%(pattern)s' does not keep year, month and day.",
                pattern=pattern,
            )


def _keeps_the_day(pattern: str) -> bool:
    try:
        back = datetime.strptime(_SAMPLE.strftime(pattern), pattern)  # noqa: DTZ007  # tried on a sample only
    except ValueError:
        return False
    return back.date() == _SAMPLE.date()


@check(
    "N011",
    "The language of the imported wave does not exist.",
    "The study has no '%(name)s'.",
    "Name a language of the study.",
)
def unknown_import_language(context: Context) -> Iterator[Found]:
    """Everyone in the file answered in one of the study's languages."""
    mapping = context.mapping
    if mapping is not None and mapping.language not in context.study.languages:
        yield Found(mapping.at("language"), mapping.language)


@check(
    "N012",
    "The plausible range is impossible.",
    "'%(name)s' (%(type)s) runs from %(low)s to %(high)s.",
    "Give plausible for numbers, with min ≤ max.",
)
def impossible_plausible(context: Context) -> Iterator[Found]:
    """``plausible`` is for numbers, and min is not above max."""
    for name, column in context.columns.items():
        bounds = column.plausible
        if bounds is None:
            continue
        turned = bounds.min is not None and bounds.max is not None and bounds.min > bounds.max
        if turned or not _is_number(column.type):
            yield Found(
                column.at("plausible", *(["min"] if turned else [])),
                name,
                type=column.type,
                low=bounds.min,
                high=bounds.max,
            )


@check(
    "N013",
    "The series has another name in study.yaml.",
    "study.yaml says '%(imported)s', the file '%(name)s'.",
    "Make series and imported agree.",
)
def series_disagree(context: Context) -> Iterator[Found]:
    """``series`` of the mapping is ``imported`` of the wave."""
    mapping, wave = context.mapping, context.wave_entry
    if mapping is not None and wave is not None and wave.imported != mapping.series:
        yield Found(mapping.at("series"), mapping.series, imported=wave.imported)


def _is_number(kind: str | None) -> bool:
    return kind is not None and VariableType(kind).shape is Shape.NUMBER
