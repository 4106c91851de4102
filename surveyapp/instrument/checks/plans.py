"""V, B: plans that contradict themselves: dates, targets, thresholds; tables that can only be empty or say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.privacy import iso_date
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.route import Route
from surveyapp.instrument.conditions import Condition, conjunction, parse_condition
from surveyapp.instrument.model import TableDefinition
from surveyapp.instrument.variables import CODED_TYPES, Variable, VariableType

NEVER_APART = frozenset({"long_text", "allocation", "consent"})
"""Types that are too long for a browser to keep, or whose answer is no wish."""
LONGEST_APART = 500
EVERYBODY = parse_condition("true")


@check(
    "V010",
    "error",
    "files",
    title=(
        "Wat apart zou worden bewaard, wordt nergens bewaard.",
        "What would be stored apart is stored nowhere.",
    ),
    fix=(
        f"Kies een keuzevraag of een short_text van ten hoogste {LONGEST_APART} tekens.",
        f"Take a choice, or a short_text of at most {LONGEST_APART} characters.",
    ),
)
def apart_and_nowhere(context: Context) -> Iterator[Found]:
    """What is stored apart waits in the browser until an address is left for it: short words and ticked wishes."""
    for name, entry in context.registry.items():
        if entry.stored_apart and (entry.type in NEVER_APART or entry.max_characters > LONGEST_APART):
            yield Found(
                context.variable_place(name, "stored_apart"),
                name,
                f"Wat iemand bij ‘{name}’ ({entry.type}) invult, gaat verloren.",
                f"What somebody fills in at '{name}' ({entry.type}) is lost.",
            )


@check(
    "V011",
    "error",
    "files",
    title=("De data van een meting spreken elkaar tegen.", "The dates of a wave contradict each other."),
    fix=(
        "Open, sluit, breng verslag uit en wis in die volgorde, in of rond het jaar van de meting.",
        "Open, close, report and delete in that order, in or about the year of the wave.",
    ),
)
def dates_contradict(context: Context) -> Iterator[Found]:
    """The report comes after closing, answers are kept until then, and the fieldwork is about the wave's year."""
    if context.wave_entry is None or context.questionnaire is None:
        return
    index, wave = context.wave_entry
    place = context.study_file.place
    opens, closes = iso_date(wave.opens), iso_date(wave.closes)
    last = closes or opens
    for key, day in (("opens", opens), ("closes", closes)):
        if day is not None and abs(day.year - wave.year) > 1:
            yield Found(
                place("waves", index, key),
                str(wave.year),
                f"De meting van {wave.year} heeft {key} {day.isoformat()}.",
                f"The wave of {wave.year} has {key} {day.isoformat()}.",
            )
    if last is not None and wave.report_on is not None and wave.report_on < f"{last:%Y-%m}":
        yield Found(
            place("waves", index, "report_on"),
            str(wave.year),
            f"Het verslag komt in {wave.report_on}, voor de sluiting op {last.isoformat()}.",
            f"The report comes out in {wave.report_on}, before closing on {last.isoformat()}.",
        )
    until = wave.kept_until
    latest = max([last.year if last else 0, int(wave.report_on[:4]) if wave.report_on else 0])
    if until is not None and wave.year <= until < latest:
        yield Found(
            place("waves", index, "kept_until"),
            str(wave.year),
            f"Antwoorden blijven tot en met {until}, terwijl de meting tot in {latest} duurt.",
            f"Answers are kept until {until}, while the wave goes on into {latest}.",
        )


@check(
    "V012",
    "error",
    "files",
    title=("De drempels spreken elkaar tegen.", "The thresholds contradict each other."),
    fix=("Maak low_base ten minste zo groot als threshold.", "Make low_base at least as large as threshold."),
)
def thresholds_contradict(context: Context) -> Iterator[Found]:
    """``low_base`` marks small groups that are shown; below the threshold none is."""
    study = context.study
    if study.low_base < study.threshold:
        yield Found(
            context.study_file.place("low_base" if "low_base" in study.model_fields_set else "threshold"),
            "low_base",
            f"Groepen onder {study.low_base} krijgen een teken, maar onder {study.threshold} wordt niets getoond.",
            f"Groups under {study.low_base} get a mark, but under {study.threshold} nothing is shown.",
        )


@check(
    "V013",
    "warning",
    "files",
    title=("Een streefgetal haalt de drempel niet.", "A target does not reach the threshold."),
    fix=(
        "Verhoog het streefgetal, of haal het weg: nul is hetzelfde als geen.",
        "Raise the target, or remove it: zero is the same as none.",
    ),
)
def target_under_threshold(context: Context) -> Iterator[Found]:
    """A role whose target is met and that still cannot be shown was planned for nothing."""
    if context.wave_entry is None:
        return
    index, wave = context.wave_entry
    for role, target in wave.targets.items():
        if target < context.study.threshold:
            yield Found(
                context.study_file.place("waves", index, "targets", role),
                role,
                f"Met {target} van ‘{role}’ is de drempel van {context.study.threshold} niet gehaald.",
                f"With {target} of '{role}' the threshold of {context.study.threshold} is not reached.",
            )


def _tables(context: Context) -> Iterator[tuple[int, TableDefinition]]:
    if context.instrument is not None and context.tables_file is not None and context.questionnaires:
        yield from enumerate(context.instrument.tables)


def _place(context: Context, index: int, *path: str | int) -> Place:
    return context.tables_file.place("tables", index, *path) if context.tables_file else context.place()


def _can_hold(context: Context, condition: Condition, route: Route, given: Condition | None = None) -> bool:
    """Whether somebody of the role may be in it; True as well where that cannot be told."""
    if condition.names - set(route.order):
        names = condition.names - set(route.order)
        if any(name not in context.variables for name in names):
            return True  # B010 speaks of this
    found = route.holds(condition, given)
    return found.can_be_true or not found.is_complete


@check(
    "B012",
    "error",
    "instrument",
    title=("Een filter houdt niemand over.", "A filter leaves nobody."),
    fix=("Verbeter het filter; zonder filter telt iedereen mee.", "Mend the filter; without one everybody counts."),
)
def filter_never_holds(context: Context) -> Iterator[Found]:
    """Proved over all answers of every role: nobody is in the table."""
    routes = context.routes
    for index, table in _tables(context):
        if table.filter is not None and not any(_can_hold(context, table.filter, route) for route in routes):
            yield Found(
                _place(context, index, "filter"),
                table.id,
                f"Bij ‘{table.id}’ blijft niemand over: {table.filter.source}.",
                f"'{table.id}' leaves nobody: {table.filter.source}.",
            )


@check(
    "B013",
    "error",
    "instrument",
    title=("Een tabel kan alleen leeg zijn.", "A table can only be empty."),
    fix=(
        "Verbeter het filter, of haal de variabele uit de tabel of de uitsplitsing.",
        "Mend the filter, or take the variable out of the table or the banner.",
    ),
)
def only_empty(context: Context) -> Iterator[Found]:
    """Proved over all answers: whom the filter leaves is never asked what is shown, or never it and its banner."""
    routes = context.routes
    for index, table in _tables(context):
        chosen = table.filter or EVERYBODY
        if table.filter is not None and not any(_can_hold(context, chosen, route) for route in routes):
            continue  # B012
        for place, name in enumerate(table.variables):
            here = [route for route in routes if _is_asked(context, route, name)]
            if name not in context.variables or not here:
                continue
            left = [route for route in here if _can_hold(context, chosen, route, _asked(context, route, name))]
            if not left:
                yield Found(
                    _place(context, index, "variables", place),
                    table.id,
                    f"‘{table.id}’ toont ‘{name}’, dat aan niemand in het filter wordt gevraagd.",
                    f"'{table.id}' shows '{name}', which nobody in the filter is asked.",
                )
                continue
            for by in table.banner:
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
                        context.banner_place(index, by),
                        f"{table.id}: {name}",
                        f"Aan wie ‘{name}’ wordt gevraagd, wordt in ‘{table.id}’ nooit ‘{by}’ gevraagd.",
                        f"Whoever is asked '{name}' in '{table.id}' is never asked '{by}'.",
                    )


@check(
    "B014",
    "warning",
    "instrument",
    title=("Een tabel zegt niets.", "A table says nothing."),
    fix=(
        "Haal het filter, de variabele of de uitsplitsing weg die vastligt.",
        "Remove the filter, the variable or the banner that is settled.",
    ),
)
def says_nothing(context: Context) -> Iterator[Found]:
    """The filter leaves one answer of what is shown, one column of a banner, or the table shows who consented."""
    routes = context.routes
    for index, table in _tables(context):
        for place, name in enumerate(table.variables):
            variable = context.variables.get(name)
            if variable is not None and (
                variable.type is VariableType.CONSENT or _is_settled(context, table, variable, routes)
            ):
                yield Found(
                    _place(context, index, "variables", place),
                    table.id,
                    f"In ‘{table.id}’ heeft ‘{name}’ bij iedereen hetzelfde antwoord.",
                    f"In '{table.id}' everybody has the same answer to '{name}'.",
                )
        for by in table.banner:
            variable = context.variables.get(by)
            roles = [route.role for route in routes if _can_hold(context, table.filter or EVERYBODY, route)]
            if (by == "role" and len(roles) == 1 and len(routes) > 1) or (
                variable is not None and _is_settled(context, table, variable, routes)
            ):
                yield Found(
                    context.banner_place(index, by),
                    table.id,
                    f"De uitsplitsing naar ‘{by}’ van ‘{table.id}’ heeft door het filter één kolom.",
                    f"The banner '{by}' of '{table.id}' has one column because of the filter.",
                )


def _is_settled(context: Context, table: TableDefinition, variable: Variable, routes: tuple[Route, ...]) -> bool:
    """Whether the filter leaves at most one of the answers to this variable."""
    if table.filter is None or variable.name not in table.filter.names or variable.type not in CODED_TYPES:
        return False
    left = 0
    for code in variable.codes:
        wanted = conjunction(table.filter, parse_condition(f"{variable.name} == {code}"))
        if wanted is not None and any(_can_hold(context, wanted, route) for route in routes):
            left += 1
            if left > 1:
                return False
    return True


def _is_asked(context: Context, route: Route, name: str) -> bool:
    variable = context.variables.get(name)
    return name in route.asked or (variable is not None and variable.other_of in route.asked)


def _asked(context: Context, route: Route, name: str) -> Condition | None:
    variable = context.variables[name]
    return route.asked.get(name if name in route.asked else str(variable.other_of))
