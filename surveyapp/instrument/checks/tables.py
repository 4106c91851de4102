"""B: the sheets of the report book can be made."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from surveyapp.instrument.checks.constructs import first_other, scales_of
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.conditions.typing import type_faults
from surveyapp.instrument.definition import TableEntry
from surveyapp.instrument.near import nearest
from surveyapp.instrument.nesting import broken_down_by, nested_in
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, values_of
from surveyapp.instrument.types import MODELS, Level, Shape
from surveyapp.instrument.variables import Variable

MOST_COLUMNS = 15
_CHARTS_OF = {
    "frequencies": {"bars", "stacked"},
    "statements": {"stacked", "bars", "dots"},
    "marks": {"dots", "bars", "stacked"},
    "phases": {"profile", "dots", "stacked"},
    "multiple": {"bars", "dots"},
    "ranking": {"bars", "dots"},
    "numbers": {"dots", "bars"},
    "scale": {"dots"},
    "drivers": {"bars", "dots"},
    "profile": {"profile"},
    "gaps": {"profile", "dots"},
    "trend": {"dots"},
}


def _shown(context: Context, table: TableEntry) -> Iterator[Variable]:
    """The variables of a table that are in the wave."""
    return (context.variables[name] for name in table.variables if name in context.variables)


@check(
    "B001",
    "A table shows what this wave does not ask.",
    "'%(name)s' names '%(variable)s', which %(year)s does not ask.",
    "Ask it in the questionnaire, or take it out of the table.",
)
def not_in_wave(context: Context) -> Iterator[Found]:
    """Variables and banners of a table are in the wave."""
    for entry, table in context.tables:
        shown = [(name, name) for name in table.variables]
        for name, place in (*shown, *broken_down_by(table.banner)):
            if name not in context.variables and name not in SYSTEM_VARIABLES:
                yield Found(
                    context.shown_place(entry, place),
                    table.id,
                    instead=nearest(name, context.variables),
                    variable=name,
                    year=context.year,
                )


@check(
    "B002",
    "A variable does not fit the kind of table.",
    "'%(variable)s' (%(type)s) does not fit a table '%(kind)s'.",
    "Choose another kind of table or variable.",
)
def kind_unfit(context: Context) -> Iterator[Found]:
    """Marks in a table of marks, rankings in a table of rankings, scored answers in a model; no open answers."""
    for table, _ in context.tables:
        for variable in _shown(context, table):
            is_shown = table.kind == "frequencies" or table.kind in variable.type.traits.tables
            if table.kind in MODELS:
                is_shown = variable.is_scored or (variable.level is Level.RATIO and table.kind == "drivers")
            if variable.type.shape is Shape.TEXT or not is_shown:
                yield Found(
                    context.shown_place(table, variable.name),
                    table.id,
                    variable=variable.name,
                    type=variable.type,
                    kind=table.kind,
                )


@check(
    "B003",
    "A banner has no categories.",
    "'%(variable)s' (%(type)s) gives no columns.",
    "Break down by a variable with codes.",
)
def banner_without_codes(context: Context) -> Iterator[Found]:
    """Columns of a table are categories."""
    for entry, table in context.tables:
        for name, banner in broken_down_by(table.banner):
            variable = context.variables.get(name)
            if variable is not None and not variable.type.shape.is_ticked:
                yield Found(context.banner_place(entry, banner), table.id, variable=name, type=variable.type)


@check(
    "B004",
    "Statements in one table differ in answers.",
    "'%(name)s' mixes %(listed)s.",
    "Make it two tables.",
)
def statements_differ(context: Context) -> Iterator[Found]:
    """Statements and phases in one table share their code list."""
    for table, _ in context.tables:
        variables = [*_shown(context, table)]
        other = first_other(variables) if table.kind in ("statements", "phases", "scale") else None
        if other is not None:
            yield Found(context.shown_place(table, other.name), table.id, listed=scales_of(variables))


@check(
    "B005",
    "The chart does not fit the table.",
    "A table '%(kind)s' is not drawn as '%(chart)s'.",
    "Choose another chart, or none.",
    level="warning",
)
def chart_unfit(context: Context) -> Iterator[Found]:
    """A profile is for phases, bars are for shares."""
    for entry, table in context.tables:
        if table.chart is not None and table.chart not in _CHARTS_OF[table.kind]:
            yield Found(entry.at("chart"), table.id, kind=table.kind, chart=table.chart)


@check(
    "B006",
    "A table becomes very wide.",
    "'%(name)s' gets %(columns)s columns.",
    "Divide the banner over two tables.",
    level="hint",
)
def wide_banner(context: Context) -> Iterator[Found]:
    """A printed page holds some fifteen columns; the report shows more only in the data book."""
    for entry, table in context.tables:
        columns = sum(prod(_width(context, name) for name in nested_in(banner)) for banner in table.banner)
        if columns > MOST_COLUMNS * 2:
            yield Found(entry.at("banner"), table.id, columns=columns)


def _width(context: Context, name: str) -> int:
    variable = context.variables.get(name)
    if variable is not None:
        return len(variable.categories)
    if context.instrument is None or name not in SYSTEM_VARIABLES:
        return 0
    return len(values_of(name, context.instrument) or (1,))  # how many sources there are only the data tell


@check(
    "B007",
    "A table of phases holds something without a phase.",
    "'%(variable)s' has no phase.",
    "Give the variable a phase.",
)
def phase_lacking(context: Context) -> Iterator[Found]:
    """The profile puts every variable on the place of its phase."""
    for table, _ in context.tables:
        for variable in _shown(context, table) if table.kind in ("phases", "profile") else ():
            if variable.phase is None:
                yield Found(context.shown_place(table, variable.name), table.id, variable=variable.name)


@check(
    "B008",
    "An outcome stands in no table.",
    "'%(name)s' is an outcome and stands in no table.",
    "Add a table to tables.yaml.",
    level="warning",
)
def outcome_without_table(context: Context) -> Iterator[Found]:
    """What the study is about reaches the report."""
    if context.questionnaire is None or context.tables_file is None:
        return
    shown = {name for table, _ in context.tables for name in table.variables}
    for name, variable in context.variables.items():
        if (
            variable.use == "outcome"
            and variable.derivation is None
            and variable.type.shape is not Shape.TEXT
            and name not in shown
        ):
            yield Found(context.tables_file.at("tables"), name)


@check(
    "B009",
    "The wave has no tables.",
    "%(year)s has no tables.",
    "Make tables.yaml beside questionnaire.yaml.",
    level="warning",
)
def no_tables(context: Context) -> Iterator[Found]:
    """Without tables the report book is empty."""
    if context.questionnaire is not None and (context.tables_file is None or not context.tables_file.tables):
        place = context.tables_file.at("tables") if context.tables_file else context.place()
        yield Found(place, str(context.year), year=context.year)


@check(
    "B010",
    "A filter reads what this wave does not ask.",
    "The filter of '%(name)s' reads '%(variable)s'.",
    "Ask the variable in the questionnaire, or name one that is asked.",
)
def filter_not_in_wave(context: Context) -> Iterator[Found]:
    """Names in a filter are variables of the wave."""
    if context.instrument is None or context.tables_file is None:
        return
    for entry, table in context.tables:
        for fault in type_faults(table.filter, context.instrument) if table.filter is not None else ():
            if fault.kind == "unknown_variable":
                yield Found(entry.at("filter"), table.id, variable=fault.name)
    for named, made in zip(context.tables_file.filters, context.instrument.filters, strict=True):
        for fault in type_faults(made.condition, context.instrument):
            if fault.kind == "unknown_variable":
                yield Found(
                    named.at("where"), made.id, "The filter '%(name)s' reads '%(variable)s'.", variable=fault.name
                )


@check(
    "B016",
    "A table of a model lacks what the model is made of.",
    "'%(name)s' (%(kind)s) has too few variables.",
    "Name two items of a scale or more, a mark with what drives it, or a construct over two phases or more.",
)
def model_lacking(context: Context) -> Iterator[Found]:
    """A scale has items, a mark drivers, a profile phases; gaps are between roles and a trend is between waves."""
    for entry, table in context.tables:
        if table.kind in MODELS and _lacks(table.kind, [*_shown(context, entry)]):
            yield Found(entry.at("kind"), table.id, kind=table.kind)
        if _BANNER_OF.get(table.kind, table.banner) != table.banner:
            yield Found(
                entry.at("banner" if table.banner else "kind"),
                table.id,
                "'%(name)s' (%(kind)s) has another breakdown than it can have: gaps have the roles, a trend has none.",
                kind=table.kind,
            )


_BANNER_OF: dict[str, tuple[str, ...]] = {"gaps": ("role",), "trend": ()}


def _lacks(kind: str, variables: list[Variable]) -> bool:
    """Whether these variables are too few for a model; what is not in the wave is another check's."""
    if kind == "profile":
        courses = [{one.phase for one in variables if one.construct == each.construct} for each in variables]
        return any(len(phases) < 2 for phases in courses)
    return kind in ("scale", "drivers") and len(variables) < 2
