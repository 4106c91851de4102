"""B: the sheets of the report book can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.conditions.typing import type_faults
from surveyapp.instrument.model import NamedFilter, TableDefinition
from surveyapp.instrument.near import nearest
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, values_of
from surveyapp.instrument.variables import CODED_TYPES, NUMBER_TYPES, TEXT_TYPES, Variable, VariableType

At = Callable[..., Place]
MOST_COLUMNS = 15
_TYPES_OF = {
    "marks": {VariableType.MARK, VariableType.RECOMMENDATION},
    "multiple": {VariableType.MULTIPLE},
    "ranking": {VariableType.RANKING},
    "numbers": set(NUMBER_TYPES) | {VariableType.ALLOCATION},
    "statements": {VariableType.SINGLE, VariableType.MARK},
    "phases": {VariableType.SINGLE, VariableType.MARK},
}
_CHARTS_OF = {
    "frequencies": {"bars", "stacked"},
    "statements": {"stacked", "bars", "dots"},
    "marks": {"dots", "bars", "stacked"},
    "phases": {"profile", "dots", "stacked"},
    "multiple": {"bars", "dots"},
    "ranking": {"bars", "dots"},
    "numbers": {"dots", "bars"},
}


def _tables(context: Context) -> Iterator[tuple[At, TableDefinition, tuple[Variable, ...]]]:
    """Every table, with the function that finds a place in it: ``at("filter")``, ``at("variables", name)``."""
    file = context.tables_file
    if context.instrument is None or file is None:
        return
    for index, table in enumerate(context.instrument.tables):
        found = tuple(context.variables[name] for name in table.variables if name in context.variables)
        yield partial(_at, context, index, table), table, found


def _at(context: Context, index: int, table: TableDefinition, key: str, name: str | None = None) -> Place:
    file = context.tables_file
    if file is None:
        return context.place()
    if key == "banner":
        return context.banner_place(index, name or "")
    return file.place("tables", index, key, *([table.variables.index(name)] if name in table.variables else []))


@check(
    "B001",
    "error",
    "instrument",
    title=("Een tabel toont wat deze meting niet wordt gevraagd.", "A table shows what this wave does not ask."),
    fix=(
        "Vraag haar in de vragenlijst, of haal haar uit de tabel.",
        "Ask it in the questionnaire, or take it out of the table.",
    ),
)
def not_in_wave(context: Context) -> Iterator[Found]:
    """Variables and banners of a table are in the wave."""
    for at, table, _ in _tables(context):
        for name in (*table.variables, *table.banner):
            if name not in context.variables and name not in SYSTEM_VARIABLES:
                yield Found(
                    at("variables" if name in table.variables else "banner", name),
                    table.id,
                    f"‘{table.id}’ noemt ‘{name}’, dat in {context.year} niet wordt gevraagd.",
                    f"'{table.id}' names '{name}', which {context.year} does not ask.",
                    nearest(name, context.variables),
                )


@check(
    "B002",
    "error",
    "instrument",
    title=("Een variabele past niet bij het soort tabel.", "A variable does not fit the kind of table."),
    fix=("Kies een ander soort tabel of een andere variabele.", "Choose another kind of table or variable."),
)
def kind_unfit(context: Context) -> Iterator[Found]:
    """Marks in a table of marks, rankings in a table of rankings; no open answers."""
    for at, table, variables in _tables(context):
        allowed = _TYPES_OF.get(table.kind)
        for variable in variables:
            if variable.type in TEXT_TYPES or (allowed is not None and variable.type not in allowed):
                yield Found(
                    at("variables", variable.name),
                    table.id,
                    f"‘{variable.name}’ ({variable.type}) past niet in een tabel ‘{table.kind}’.",
                    f"'{variable.name}' ({variable.type}) does not fit a table '{table.kind}'.",
                )


@check(
    "B003",
    "error",
    "instrument",
    title=("Een uitsplitsing heeft geen categorieën.", "A banner has no categories."),
    fix=("Splits uit naar een variabele met codes.", "Break down by a variable with codes."),
)
def banner_without_codes(context: Context) -> Iterator[Found]:
    """Columns of a table are categories."""
    for at, table, _ in _tables(context):
        for name in table.banner:
            variable = context.variables.get(name)
            if variable is not None and variable.type not in CODED_TYPES | {VariableType.MULTIPLE}:
                yield Found(
                    at("banner", name),
                    table.id,
                    f"‘{name}’ ({variable.type}) levert geen kolommen.",
                    f"'{name}' ({variable.type}) gives no columns.",
                )


@check(
    "B004",
    "error",
    "instrument",
    title=("Stellingen in één tabel hebben verschillende antwoorden.", "Statements in one table differ in answers."),
    fix=("Maak er twee tabellen van.", "Make it two tables."),
)
def statements_differ(context: Context) -> Iterator[Found]:
    """Statements and phases in one table share their code list."""
    for at, table, variables in _tables(context):
        scales = {variable.scale or variable.type.value for variable in variables}
        if table.kind in ("statements", "phases") and len(scales) > 1:
            usual = variables[0]
            other = next(each for each in variables if (each.scale, each.type) != (usual.scale, usual.type))
            listed = ", ".join(sorted(scales))
            place = at("variables", other.name)
            yield Found(place, table.id, f"‘{table.id}’ mengt {listed}.", f"'{table.id}' mixes {listed}.")


@check(
    "B005",
    "warning",
    "instrument",
    title=("De grafiek past niet bij de tabel.", "The chart does not fit the table."),
    fix=("Kies een andere grafiek, of none.", "Choose another chart, or none."),
)
def chart_unfit(context: Context) -> Iterator[Found]:
    """A profile is for phases, bars are for shares."""
    for at, table, _ in _tables(context):
        if table.chart is not None and table.chart not in _CHARTS_OF[table.kind]:
            yield Found(
                at("chart"),
                table.id,
                f"Een tabel ‘{table.kind}’ laat zich niet tekenen als ‘{table.chart}’.",
                f"A table '{table.kind}' is not drawn as '{table.chart}'.",
            )


@check(
    "B006",
    "hint",
    "instrument",
    title=("Een tabel wordt erg breed.", "A table becomes very wide."),
    fix=("Verdeel de uitsplitsing over twee tabellen.", "Divide the banner over two tables."),
)
def wide_banner(context: Context) -> Iterator[Found]:
    """A printed page holds some fifteen columns; the report shows more only in the data book."""
    for at, table, _ in _tables(context):
        columns = sum(_width(context, name) for name in table.banner)
        if columns > MOST_COLUMNS * 2:
            yield Found(
                at("banner"),
                table.id,
                f"‘{table.id}’ krijgt {columns} kolommen.",
                f"'{table.id}' gets {columns} columns.",
            )


def _width(context: Context, name: str) -> int:
    variable = context.variables.get(name)
    if variable is not None:
        return len(variable.categories)
    if context.instrument is None or name not in SYSTEM_VARIABLES:
        return 0
    return len(values_of(name, context.instrument) or (1,))  # how many sources there are only the data tell


@check(
    "B007",
    "error",
    "instrument",
    title=("Een fasetabel bevat iets zonder fase.", "A table of phases holds something without a phase."),
    fix=("Geef de variabele een fase.", "Give the variable a phase."),
)
def phase_lacking(context: Context) -> Iterator[Found]:
    """The profile puts every variable on the place of its phase."""
    for at, table, variables in _tables(context):
        for variable in variables:
            if table.kind == "phases" and variable.phase is None:
                place = at("variables", variable.name)
                yield Found(place, table.id, f"‘{variable.name}’ heeft geen fase.", f"'{variable.name}' has no phase.")


@check(
    "B008",
    "warning",
    "instrument",
    title=("Een uitkomst staat in geen enkele tabel.", "An outcome stands in no table."),
    fix=("Voeg een tabel toe aan tables.yaml.", "Add a table to tables.yaml."),
)
def outcome_without_table(context: Context) -> Iterator[Found]:
    """What the study is about reaches the report."""
    if context.instrument is None or context.tables_file is None:
        return
    shown = {name for table in context.instrument.tables for name in table.variables}
    for name, variable in context.variables.items():
        if variable.use == "outcome" and variable.type not in TEXT_TYPES and name not in shown:
            yield Found(
                context.tables_file.place("tables"),
                name,
                f"‘{name}’ is een uitkomst en staat in geen tabel.",
                f"'{name}' is an outcome and stands in no table.",
            )


@check(
    "B009",
    "warning",
    "files",
    title=("De meting heeft geen tabellen.", "The wave has no tables."),
    fix=("Maak tables.yaml naast questionnaire.yaml.", "Make tables.yaml beside questionnaire.yaml."),
)
def no_tables(context: Context) -> Iterator[Found]:
    """Without tables the report book is empty."""
    if context.questionnaire is not None and (context.tables_file is None or not context.tables_file.model.tables):
        place = context.tables_file.place("tables") if context.tables_file else context.place()
        yield Found(place, str(context.year), f"{context.year} heeft geen tabellen.", f"{context.year} has no tables.")


@check(
    "B010",
    "error",
    "instrument",
    title=("Een filter leest wat deze meting niet wordt gevraagd.", "A filter reads what this wave does not ask."),
    fix=(
        "Vraag de variabele in de vragenlijst, of noem er een die wordt gevraagd.",
        "Ask the variable in the questionnaire, or name one that is asked.",
    ),
)
def filter_not_in_wave(context: Context) -> Iterator[Found]:
    """Names in a filter are variables of the wave."""
    for at, table, _ in _tables(context):
        if table.filter is not None and context.instrument is not None:
            for fault in type_faults(table.filter, context.instrument):
                if fault.kind == "unknown_variable":
                    yield Found(
                        at("filter"),
                        table.id,
                        f"Het filter van ‘{table.id}’ leest ‘{fault.name}’.",
                        f"The filter of '{table.id}' reads '{fault.name}'.",
                    )
    for place, named in _filters(context):
        for fault in type_faults(named.condition, context.instrument) if context.instrument else ():
            if fault.kind == "unknown_variable":
                yield Found(
                    place,
                    named.id,
                    f"Het filter ‘{named.id}’ leest ‘{fault.name}’.",
                    f"The filter '{named.id}' reads '{fault.name}'.",
                )


def _filters(context: Context) -> Iterator[tuple[Place, NamedFilter]]:
    file = context.tables_file
    if context.instrument is not None and file is not None:
        for index, named in enumerate(context.instrument.filters):
            yield file.place("filters", index, "where"), named


@check(
    "B015",
    "error",
    "files",
    title=("Twee filters heten gelijk.", "Two filters have one id."),
    fix=("Geef een van beide een andere naam.", "Give one of them another id."),
)
def filter_twice(context: Context) -> Iterator[Found]:
    """Ids of filters stand in addresses, beside those of tables."""
    file = context.tables_file
    seen: set[str] = set()
    for index, named in enumerate(file.model.filters if file else ()):
        if named.id in seen and file is not None:
            yield Found(
                file.place("filters", index, "id"),
                named.id,
                f"Het filter ‘{named.id}’ staat er twee keer.",
                f"The filter '{named.id}' stands there twice.",
            )
        seen.add(named.id)
