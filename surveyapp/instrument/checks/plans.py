"""V, B: plans that contradict themselves: dates, targets, thresholds; tables that can only be empty or say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.derived_conditions import of_what_is_asked
from surveyapp.instrument.checks.privacy import iso_date
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.route import Route
from surveyapp.instrument.conditions import Condition, conjunction, parse_condition
from surveyapp.instrument.model import TableDefinition
from surveyapp.instrument.nesting import broken_down_by
from surveyapp.instrument.types import Shape, VariableType
from surveyapp.instrument.variables import Variable

NEVER_APART = frozenset({"long_text", "allocation", "consent"})
"""Types that are too long for a browser to keep, or whose answer is no wish."""
LONGEST_APART = 500
EVERYBODY = parse_condition("true")


@check(
    "V010",
    "What would be stored apart is stored nowhere.",
    "What somebody fills in at '%(name)s' (%(type)s) is lost.",
    "Take a choice, or a short_text of at most %(most)s characters.",
    most=LONGEST_APART,
)
def apart_and_nowhere(context: Context) -> Iterator[Found]:
    """What is stored apart waits in the browser until an address is left for it: short words and ticked wishes."""
    for name, entry in context.registry.items():
        if entry.stored_apart and (entry.type in NEVER_APART or entry.max_characters > LONGEST_APART):
            yield Found(entry.at("stored_apart"), name, type=entry.type)


@check(
    "V011",
    "The dates of a wave contradict each other.",
    "The wave of %(year)s has %(key)s %(day)s.",
    "Open, close, report and delete in that order, in or about the year of the wave.",
)
def dates_contradict(context: Context) -> Iterator[Found]:
    """The report comes after closing, answers are kept until then, and the fieldwork is about the wave's year."""
    wave = context.asking
    if wave is None:
        return
    opens, closes = iso_date(wave.opens), iso_date(wave.closes)
    last = closes or opens
    for key, day in (("opens", opens), ("closes", closes)):
        if day is not None and abs(day.year - wave.year) > 1:
            yield Found(wave.at(key), str(wave.year), year=wave.year, key=key, day=day.isoformat())
    if last is not None and wave.report_on is not None and wave.report_on < f"{last:%Y-%m}":
        yield Found(
            wave.at("report_on"),
            str(wave.year),
            "The report comes out in %(report_on)s, before closing on %(day)s.",
            report_on=wave.report_on,
            day=last.isoformat(),
        )
    until = wave.kept_until
    latest = max([last.year if last else 0, int(wave.report_on[:4]) if wave.report_on else 0])
    if until is not None and wave.year <= until < latest:
        yield Found(
            wave.at("kept_until"),
            str(wave.year),
            "Answers are kept until %(until)s, while the wave goes on into %(latest)s.",
            until=until,
            latest=latest,
        )


@check(
    "V012",
    "The thresholds contradict each other.",
    "Groups under %(low_base)s get a mark, but under %(threshold)s nothing is shown.",
    "Make low_base at least as large as threshold.",
)
def thresholds_contradict(context: Context) -> Iterator[Found]:
    """``low_base`` marks small groups that are shown; below the threshold none is."""
    study = context.study
    if study.low_base < study.threshold:
        yield Found(
            study.at("low_base" if "low_base" in study.model_fields_set else "threshold"),
            "low_base",
            low_base=study.low_base,
            threshold=study.threshold,
        )


@check(
    "V013",
    "A target does not reach the threshold.",
    "With %(target)s of '%(name)s' the threshold of %(threshold)s is not reached.",
    "Raise the target, or remove it: zero is the same as none.",
    level="warning",
)
def target_under_threshold(context: Context) -> Iterator[Found]:
    """A role whose target is met and that still cannot be shown was planned for nothing."""
    wave, threshold = context.wave_entry, context.study.threshold
    for role, target in wave.targets.items() if wave is not None else ():
        if wave is not None and target < threshold:
            yield Found(wave.at("targets", role), role, target=target, threshold=threshold)


def _can_hold(context: Context, condition: Condition, route: Route, given: Condition | None = None) -> bool:
    """Whether somebody of the role may be in it; True as well where that cannot be told."""
    if not condition.names <= {*route.order, *context.variables}:
        return True  # B010 speaks of this
    asked = of_what_is_asked(condition, context.variables)
    if asked is None:
        return True  # the proofs try what people answer
    found = route.holds(asked, given)
    return found.can_be_true or not found.is_complete


@check(
    "B012",
    "A filter leaves nobody.",
    "'%(name)s' leaves nobody: %(filter)s.",
    "Mend the filter; without one everybody counts.",
)
def filter_never_holds(context: Context) -> Iterator[Found]:
    """Proved over all answers of every role: nobody is in the table."""
    routes = context.routes
    for entry, table in context.tables if routes else ():
        if table.filter is not None and not any(_can_hold(context, table.filter, route) for route in routes):
            yield Found(entry.at("filter"), table.id, filter=table.filter.source)


@check(
    "B013",
    "A table can only be empty.",
    "'%(name)s' shows '%(variable)s', which nobody in the filter is asked.",
    "Mend the filter, or take the variable out of the table or the banner.",
)
def only_empty(context: Context) -> Iterator[Found]:
    """Proved over all answers: whom the filter leaves is never asked what is shown, or never it and its banner."""
    routes = context.routes
    for entry, table in context.tables if routes else ():
        chosen = table.filter or EVERYBODY
        if table.filter is not None and not any(_can_hold(context, chosen, route) for route in routes):
            continue  # B012
        for name in table.variables:
            here = [route for route in routes if _is_asked(context, route, name)]
            if name not in context.variables or not here:
                continue
            left = [route for route in here if _can_hold(context, chosen, route, _asked(context, route, name))]
            if not left:
                yield Found(context.shown_place(entry, name), table.id, variable=name)
                continue
            for by, banner in broken_down_by(table.banner):
                if by in context.variables and not any(
                    _is_asked(context, route, by)
                    and _can_hold(
                        context,
                        chosen,
                        route,
                        conjunction(_asked(context, route, name), _asked(context, route, by)),
                    )
                    for route in left
                ):
                    yield Found(
                        context.banner_place(entry, banner),
                        f"{table.id}: {name}",
                        "Whoever is asked '%(variable)s' in '%(table)s' is never asked '%(by)s'.",
                        variable=name,
                        table=table.id,
                        by=by,
                    )


@check(
    "B014",
    "A table says nothing.",
    "In '%(name)s' everybody has the same answer to '%(variable)s'.",
    "Remove the filter, the variable or the banner that is settled.",
    level="warning",
)
def says_nothing(context: Context) -> Iterator[Found]:
    """The filter leaves one answer of what is shown, one column of a banner, or the table shows who consented."""
    routes = context.routes
    for entry, table in context.tables if routes else ():
        for name in table.variables:
            variable = context.variables.get(name)
            if variable is not None and (
                variable.type is VariableType.CONSENT or _is_settled(context, table, variable, routes)
            ):
                yield Found(context.shown_place(entry, name), table.id, variable=name)
        for by, banner in broken_down_by(table.banner):
            variable = context.variables.get(by)
            roles = [route.role for route in routes if _can_hold(context, table.filter or EVERYBODY, route)]
            if (by == "role" and len(roles) == 1 and len(routes) > 1) or (
                variable is not None and _is_settled(context, table, variable, routes)
            ):
                yield Found(
                    context.banner_place(entry, banner),
                    table.id,
                    "The banner '%(by)s' of '%(name)s' has one column because of the filter.",
                    by=by,
                )


def _is_settled(context: Context, table: TableDefinition, variable: Variable, routes: tuple[Route, ...]) -> bool:
    """Whether the filter leaves at most one of the answers to this variable."""
    if table.filter is None or variable.type.shape is not Shape.CODE:
        return False
    if not _sources(context, variable.name) & {of for name in table.filter.names for of in _sources(context, name)}:
        return False
    left = 0
    for code in variable.codes:
        wanted = conjunction(table.filter, parse_condition(f"{variable.name} == {code}"))
        if wanted is not None and any(_can_hold(context, wanted, route) for route in routes):
            left += 1
            if left > 1:
                return False
    return True


def _sources(context: Context, name: str) -> frozenset[str]:
    """What people answer of which a variable is made; itself where it is derived of nothing."""
    variable = context.variables.get(name)
    if variable is None or variable.derivation is None:
        return frozenset((name,))
    return frozenset(one for source in variable.derivation.sources for one in _sources(context, source))


def _is_asked(context: Context, route: Route, name: str) -> bool:
    variable = context.variables.get(name)
    if variable is not None and variable.derivation is not None:
        return route.role in _speaks_of(context, name)
    return name in route.asked or (variable is not None and variable.other_of in route.asked)


def _asked(context: Context, route: Route, name: str) -> Condition | None:
    variable = context.variables[name]
    if variable.derivation is not None:
        return _speaks_of(context, name)[route.role]
    return route.asked.get(name if name in route.asked else str(variable.other_of))


def _speaks_of(context: Context, derived: str) -> Mapping[str, Condition | None]:
    return context.instrument.universes[derived].by_role if context.instrument else {}
