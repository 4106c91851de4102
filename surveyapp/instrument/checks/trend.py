"""N: links with earlier fieldwork say what they mean, and an imported file's columns fit their codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.definition import TrendEntry, VariableEntry
from surveyapp.instrument.mapping_definition import ColumnEntry
from surveyapp.instrument.near import nearest
from surveyapp.instrument.variables import NUMBER_TYPES
from surveyapp.numerals import counted

_SAMPLE = datetime(2014, 9, 27, 10, 13, 22)  # noqa: DTZ001  # a date to try a format on, not a moment


def _links(context: Context) -> Iterator[tuple[str, VariableEntry, int, TrendEntry]]:
    for name, entry in context.registry.items():
        for index, link in enumerate(entry.trend):
            yield name, entry, index, link


@check(
    "N001",
    "error",
    "files",
    title=("De omcodering past niet bij het effect.", "The recoding does not fit the effect."),
    fix=("Geef recode bij effect recode, en niet bij continue.", "Give recode with effect recode, not with continue."),
)
def recode_unfit(context: Context) -> Iterator[Found]:
    """``recode`` needs a table of codes; ``continue`` and ``break`` have none."""
    for name, _, index, link in _links(context):
        if (link.effect == "recode" and not link.recode) or (link.effect in ("continue", "break") and link.recode):
            yield Found(
                context.variable_place(name, "trend", index, "recode" if link.recode else "effect"),
                name,
                f"‘{name}’ heeft effect {link.effect} en {counted(len(link.recode), 'omcodering', 'omcoderingen')}.",
                f"'{name}' has effect {link.effect} and {counted(len(link.recode), 'recoding', 'recodings')}.",
            )


@check(
    "N002",
    "error",
    "files",
    title=("Een breuk of voorbehoud heeft geen reden.", "A break or reservation has no reason."),
    fix=("Schrijf reason; zij komt bij de grafiek.", "Write reason; it goes with the chart."),
)
def reason_lacking(context: Context) -> Iterator[Found]:
    """Readers are told why two years cannot be compared as they stand."""
    for name, _, index, link in _links(context):
        if link.effect in ("indicative", "break") and link.reason is None:
            yield Found(
                context.variable_place(name, "trend", index, "effect"),
                name,
                f"‘{name}’ heeft effect {link.effect} zonder reden.",
                f"'{name}' has effect {link.effect} without a reason.",
            )


@check(
    "N003",
    "error",
    "files",
    title=("Een omcodering leidt naar een code die er niet is.", "A recoding leads to a code that does not exist."),
    fix=("Gebruik codes uit de lijst van de variabele.", "Use codes of the variable's list."),
)
def recode_to_nowhere(context: Context) -> Iterator[Found]:
    """Targets of a recoding are codes of the variable."""
    for name, entry, index, link in _links(context):
        found = context.code_lists.get(entry.codes) if entry.codes else None
        codes = {category.code for category in found[1].categories} if found else set()
        strange = sorted(set(link.recode.values()) - codes)
        if strange:
            source = str(next(old for old, new in link.recode.items() if new in strange))
            yield Found(
                context.variable_place(name, "trend", index, "recode", source),
                name,
                f"‘{name}’ heeft geen code {', '.join(map(str, strange))}.",
                f"'{name}' has no code {', '.join(map(str, strange))}.",
            )


@check(
    "N004",
    "error",
    "files",
    title=("Een koppeling noemt een reeks die er niet is.", "A link names a series that does not exist."),
    fix=("Noem een reeks die onder waves als imported staat.", "Name a series that is imported under waves."),
)
def unknown_series(context: Context) -> Iterator[Found]:
    """Series are those of imported waves."""
    known = {wave.imported for wave in context.study.waves if wave.imported}
    for name, _, index, link in _links(context):
        if link.series not in known:
            yield Found(
                context.variable_place(name, "trend", index, "series"),
                name,
                f"Er is geen ingelezen reeks ‘{link.series}’.",
                f"There is no imported series '{link.series}'.",
                nearest(link.series, known),
            )


@check(
    "N005",
    "error",
    "files",
    title=("Een variabele is tweemaal aan één reeks gekoppeld.", "A variable is linked to one series twice."),
    fix=("Houd de koppeling die klopt.", "Keep the link that is right."),
)
def linked_twice(context: Context) -> Iterator[Found]:
    """One column answers for a variable."""
    seen: set[tuple[str, str]] = set()
    for name, _, index, link in _links(context):
        if (name, link.series) in seen:
            yield Found(
                context.variable_place(name, "trend", index, "series"),
                name,
                f"‘{name}’ is al gekoppeld aan ‘{link.series}’.",
                f"'{name}' is linked to '{link.series}' already.",
            )
        seen.add((name, link.series))


@check(
    "N006",
    "error",
    "files",
    title=("Een getal wordt opgeteld bij codes.", "A number is added to codes."),
    fix=("Gebruik recode bij codes.", "Use recode for codes."),
)
def added_to_codes(context: Context) -> Iterator[Found]:
    """``add`` shifts numbers, such as an index of years."""
    for name, entry, index, link in _links(context):
        if link.add and entry.type not in NUMBER_TYPES:
            yield Found(
                context.variable_place(name, "trend", index, "add"),
                name,
                f"‘{name}’ is {entry.type}; daar is niets bij op te tellen.",
                f"'{name}' is {entry.type}; nothing can be added to it.",
            )


def _linked_columns(context: Context) -> Iterator[tuple[str, VariableEntry, int, TrendEntry, ColumnEntry | None]]:
    """Links of the registry to the imported wave under inspection, with the column they name."""
    file = context.mapping_file
    if file is not None:
        for name, entry, index, link in _links(context):
            if link.series == file.model.series:
                yield name, entry, index, link, file.model.columns.get(link.column)


def _nearest_column(context: Context, name: str) -> str | None:
    file = context.mapping_file
    return nearest(name, [key for key, column in file.model.columns.items() if column.skip is None]) if file else None


@check(
    "N007",
    "error",
    "files",
    title=("Een koppeling noemt een kolom die er niet is.", "A link names a column that does not exist."),
    fix=("Noem een kolom die vertaald is.", "Name a column that is mapped."),
)
def unknown_column(context: Context) -> Iterator[Found]:
    """A linked column is mapped, not skipped; a break may name what the file no longer has."""
    for name, _, index, link, column in _linked_columns(context):
        if link.effect != "break" and (column is None or column.skip is not None):
            yield Found(
                context.variable_place(name, "trend", index, "column"),
                name,
                f"‘{link.column}’ is geen vertaalde kolom.",
                f"'{link.column}' is no mapped column.",
                None if column is not None else _nearest_column(context, link.column),
            )


@check(
    "N008",
    "error",
    "files",
    title=("Een trend loopt door over verschillende codes.", "A trend continues over different codes."),
    fix=("Gebruik effect recode, indicative of break.", "Use effect recode, indicative or break."),
)
def codes_differ(context: Context) -> Iterator[Found]:
    """``continue`` means the same codes, or numbers on both sides."""
    for name, entry, index, link, column in _linked_columns(context):
        if link.effect != "continue" or column is None or column.type is None:
            continue
        here, there = _codes(context, entry.codes), _codes(context, column.codes)
        if here != there or (entry.type in NUMBER_TYPES) != (column.type in NUMBER_TYPES):
            yield Found(
                context.variable_place(name, "trend", index, "column"),
                name,
                f"‘{name}’ en ‘{link.column}’ hebben niet dezelfde codes.",
                f"'{name}' and '{link.column}' do not have the same codes.",
            )


def _codes(context: Context, name: str | None) -> frozenset[int]:
    found = context.code_lists.get(name) if name else None
    return frozenset(category.code for category in found[1].categories) if found else frozenset()


@check(
    "N009",
    "error",
    "files",
    title=(
        "Een code van het bestand is antwoord en missend tegelijk.",
        "A code of the file is answer and missing at once.",
    ),
    fix=(
        "Kijk in het bestand wat de code betekent, en laat haar op één plaats staan.",
        "See in the file what the code means, and keep it in one place.",
    ),
)
def valid_and_missing(context: Context) -> Iterator[Found]:
    """Codes under ``missing`` of a column are no categories."""
    file = context.mapping_file
    for name, column in file.model.columns.items() if file else ():
        both = sorted({int(code) for code in column.missing} & _codes(context, column.codes))
        if both and file is not None:
            listed = ", ".join(map(str, both))
            yield Found(
                file.place("columns", name, "missing", str(both[0])),
                name,
                f"Code {listed} van ‘{name}’ is antwoord én missend.",
                f"Code {listed} of '{name}' is both answer and missing.",
            )


@check(
    "N010",
    "error",
    "files",
    title=("Een datumnotatie is niet te gebruiken.", "A date format cannot be used."),
    fix=("Schrijf haar als in strptime: %m/%d/%Y %H:%M.", "Write it as for strptime: %m/%d/%Y %H:%M."),
)
def bad_date_format(context: Context) -> Iterator[Found]:
    """Formats hold a year, a month and a day, and there is one where there are dates."""
    file = context.mapping_file
    if file is None:
        return
    case = file.model.case
    if (case.started or case.ended) and not case.date_formats:
        yield Found(
            file.place("case"), "case", "Er zijn datums maar geen date_formats.", "There are dates but no date_formats."
        )
    for index, pattern in enumerate(case.date_formats):
        if not _keeps_the_day(pattern):
            yield Found(
                file.place("case", "date_formats", index),
                "case",
                f"‘{pattern}’ bewaart jaar, maand en dag niet.",
                f"'{pattern}' does not keep year, month and day.",
            )


def _keeps_the_day(pattern: str) -> bool:
    try:
        back = datetime.strptime(_SAMPLE.strftime(pattern), pattern)  # noqa: DTZ007  # tried on a sample only
    except ValueError:
        return False
    return back.date() == _SAMPLE.date()


@check(
    "N011",
    "error",
    "files",
    title=("De taal van de ingelezen meting is er niet.", "The language of the imported wave does not exist."),
    fix=("Noem een taal van de studie.", "Name a language of the study."),
)
def unknown_import_language(context: Context) -> Iterator[Found]:
    """Everyone in the file answered in one of the study's languages."""
    file = context.mapping_file
    if file is not None and file.model.language not in context.study.languages:
        yield Found(
            file.place("language"),
            file.model.language,
            f"De studie voert geen ‘{file.model.language}’.",
            f"The study has no '{file.model.language}'.",
        )


@check(
    "N012",
    "error",
    "files",
    title=("Het aannemelijke bereik kan niet.", "The plausible range is impossible."),
    fix=("Geef plausible bij getallen, met min ≤ max.", "Give plausible for numbers, with min ≤ max."),
)
def impossible_plausible(context: Context) -> Iterator[Found]:
    """``plausible`` is for numbers, and min is not above max."""
    file = context.mapping_file
    for name, column in file.model.columns.items() if file else ():
        bounds = column.plausible
        if bounds is None or file is None:
            continue
        turned = bounds.min is not None and bounds.max is not None and bounds.min > bounds.max
        if turned or column.type not in NUMBER_TYPES:
            yield Found(
                file.place("columns", name, "plausible", *(["min"] if turned else [])),
                name,
                f"‘{name}’ ({column.type}) loopt van {bounds.min} tot {bounds.max}.",
                f"'{name}' ({column.type}) runs from {bounds.min} to {bounds.max}.",
            )


@check(
    "N013",
    "error",
    "files",
    title=("De reeks heet anders dan in study.yaml.", "The series has another name in study.yaml."),
    fix=("Maak series en imported gelijk.", "Make series and imported agree."),
)
def series_disagree(context: Context) -> Iterator[Found]:
    """``series`` of the mapping is ``imported`` of the wave."""
    file = context.mapping_file
    if file is not None and context.wave_entry is not None and context.wave_entry[1].imported != file.model.series:
        yield Found(
            file.place("series"),
            file.model.series,
            f"study.yaml noemt ‘{context.wave_entry[1].imported}’, het bestand ‘{file.model.series}’.",
            f"study.yaml says '{context.wave_entry[1].imported}', the file '{file.model.series}'.",
        )
