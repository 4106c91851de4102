"""What drives a mark: how much of its differences goes with each of some questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import nan

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.corrections import holm
from surveyapp.analysis.drivers import Driver, Importance, Method, Quadrant, relative_importance
from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, TableDefinition, TrendEffect
from surveyapp.reports.case_numbers import Scored, scored, who_answered_all
from surveyapp.reports.findings import driver_finding
from surveyapp.reports.formatting import count, printed
from surveyapp.reports.grid import Grid
from surveyapp.reports.modelled import (
    ANSWERED_ALL,
    COEFFICIENT,
    ModelItem,
    ModelLine,
    Point,
    each_column,
    grid_of_model,
    mean_line,
    model_line,
    tested,
    weights_of,
    why_none,
)
from surveyapp.reports.sentences import Words, both, quoted
from surveyapp.reports.subjects import in_words
from surveyapp.reports.tabulate import Tabulation

MOST_DRIVERS = 30


def planned_drivers(tabulation: Tabulation, planned: TableDefinition) -> Grid:
    """The sheet of drivers: the first variable of the plan is what they drive."""
    outcome, *names = planned.variables
    return driver_grid(tabulation, outcome, names)


def driver_grid(tabulation: Tabulation, outcome: str, names: Sequence[str] = ()) -> Grid:
    """Per driver its mean, correlation, coefficient and share of R², the heaviest first; then the outcome.

    Parameters
    ----------
    names : the drivers; none: every scored question that is marked as a driver and was asked of the same people

    Raises
    ------
    BadQuery     no such variable, one without order, none to choose from, or too many
    """
    instrument = tabulation.data.instrument
    driven = scored(outcome, instrument)
    drivers = [scored(name, instrument) for name in names or drivers_of(outcome, tabulation)]
    if not drivers:
        raise BadQuery(
            "No question of this wave is marked as a driver and was asked beside %(name)s.",
            name=in_words({outcome: driven.variable.label}),
        )
    if len(drivers) > MOST_DRIVERS:
        raise BadQuery("These are %(many)s drivers; choose %(most)s at most.", many=len(drivers), most=MOST_DRIVERS)
    cases = tabulation.cases
    y = driven.numbers(cases)
    x = {one.variable.name: one.numbers(cases) for one in drivers}

    def made(who: Bools) -> Importance:
        here = {name: values[who] for name, values in x.items()}
        return relative_importance(y[who], here, weights_of(tabulation, who), outcome_name=outcome)

    found, reason = each_column(tabulation, made)
    means = {one.variable.name: mean_line(one, found, tabulation) for one in (driven, *drivers)}
    whole = found[0]
    order = list(range(len(drivers)))
    if whole is not None:
        order.sort(key=lambda at: -whole.drivers[at].importance)
    base = who_answered_all([outcome, *x])
    is_one_scale = len({(one.low, one.high) for one in drivers}) == 1  # only then a mean is higher than another
    items = [
        ModelItem(
            drivers[at].variable,
            base,
            tuple(_lines(at, means[drivers[at].variable.name], found, tabulation)),
            who=ANSWERED_ALL,
        )
        for at in order
    ]
    notes = why_none(reason)
    if whole is not None and is_one_scale:
        notes = (*_places(whole, drivers), _crossing(whole))
    items.append(
        ModelItem(driven.variable, base, tuple(_outcome_lines(means[driven.variable.name], found)), notes, ANSWERED_ALL)
    )
    finding = None if whole is None else driver_finding(whole, driven.variable.label, _labels(drivers), tabulation)
    return grid_of_model(tabulation, items, _method(whole), finding)


def outcomes_in(instrument: Instrument) -> tuple[str, ...]:
    """What can be driven: the outcomes that are marks, recommendations or statements, each under one name."""
    series = instrument.wave.imported_series
    columns = {link.column for one in instrument.variables.values() for link in one.trend if link.series == series}
    return tuple(
        name
        for name, one in instrument.variables.items()
        if one.use == "outcome" and one.is_scored and not (one.trend == () and name.partition("_")[2] in columns)
    )


def drivers_of(outcome: str, tabulation: Tabulation) -> tuple[str, ...]:
    """The drivers that the plan names for an outcome, or else those of the definition, in the codebook's order.

    Of the definition these are the scored questions marked as drivers that most who gave the outcome answered, for a
    question that few were asked would leave nobody who answered all; items of a scale alone, where there are any.
    """
    instrument, cases = tabulation.data.instrument, tabulation.cases
    for planned in instrument.tables:
        if planned.kind == "drivers" and planned.variables[0] == outcome:
            return planned.variables[1:]
    there = cases.columns[outcome].missing == 0
    people = int(there.sum())
    found = tuple(
        name
        for name, one in instrument.variables.items()
        if one.use == "driver"
        and name != outcome
        and one.is_scored
        and not _is_linked_twice(name, instrument)
        and name in cases.columns
        and int((there & (cases.columns[name].missing == 0)).sum()) * 2 > people
    )
    in_scales = {name for one in instrument.constructs.values() for name in one.items}
    return tuple(name for name in found if name in in_scales) or found


def _is_linked_twice(name: str, instrument: Instrument) -> bool:
    """Whether a variable only answers for a column of the file that is there under its own name too."""
    series = instrument.wave.imported_series
    links = [one for one in instrument.variables[name].trend if one.series == series]
    return series is not None and any(link.effect is not TrendEffect.BREAK for link in links)


def _lines(at: int, mean: ModelLine, found: Sequence[Importance | None], tabulation: Tabulation) -> Iterator[ModelLine]:
    def line(kind: str, label: Words, unit: str, point: Callable[[Importance, Driver], Point]) -> ModelLine:
        return model_line(kind, label, unit, found, lambda each: point(each, each.drivers[at]))

    def coefficient(each: Importance, driver: Driver) -> Point:
        adjusted = float(holm([other.p for other in each.drivers])[at])
        return Point(driver.beta, p=tested(adjusted, each.n, tabulation))

    def relative(each: Importance, driver: Driver) -> Point:
        return Point(driver.johnson / each.r2 if each.r2 > 0 else nan)

    yield line(
        "importance",
        both("Share of the explained variance"),
        "share",
        lambda _, driver: Point(driver.importance, driver.low, driver.high),
    )
    yield mean
    yield line("correlation", both("Correlation"), COEFFICIENT, lambda _, driver: Point(driver.r))
    yield line("beta", both("Standardised coefficient"), COEFFICIENT, coefficient)
    yield line("johnson", both("Share by relative weights (Johnson)"), "share", relative)
    yield line("vif", both("Variance inflation"), COEFFICIENT, lambda _, driver: Point(driver.vif))


def _outcome_lines(mean: ModelLine, found: Sequence[Importance | None]) -> Iterator[ModelLine]:
    yield mean
    yield model_line(
        "explained",
        both("Explained variance (R²)"),
        "share",
        found,
        lambda each: Point(each.r2, each.r2_low, each.r2_high),
    )


def _places(whole: Importance, drivers: Sequence[Scored]) -> Iterator[Words]:
    """Which drivers lie in which quadrant, what must be improved first."""
    messages: dict[Quadrant, Callable[[Words], Words]] = {
        Quadrant.IMPROVE: lambda listed: both(
            "Weighs much and scores low, so improve this first: %(drivers)s.", drivers=listed
        ),
        Quadrant.KEEP: lambda listed: both("Weighs much and scores high, so keep it: %(drivers)s.", drivers=listed),
        Quadrant.WATCH: lambda listed: both("Weighs little and scores low: %(drivers)s.", drivers=listed),
        Quadrant.MAINTAIN: lambda listed: both("Weighs little and scores high: %(drivers)s.", drivers=listed),
    }
    for quadrant, said in messages.items():
        found = [
            one.variable.label
            for one, driver in zip(drivers, whole.drivers, strict=True)
            if driver.quadrant is quadrant
        ]
        if found:
            yield said(quoted(found))


def _method(whole: Importance | None) -> Words:
    if whole is None:
        return both("Relative importance over who answered all of them.")
    drawn: dict[str, Words | str] = {
        "n": {language: count(whole.resamples, language) for language in LANGUAGES},
        "seed": str(whole.seed),
    }
    if whole.method is Method.LMG:
        return both(
            "Shares of R² over all orders in which the drivers can enter (LMG), with 95%% percentile intervals of "
            "%(n)s resamples of people (seed %(seed)s); coefficients tested by linearised errors, Holm over the "
            "drivers. Over who answered all of them; a mean over all who answered its question.",
            **drawn,
        )
    return both(
        "Shares of R² by relative weights (Johnson 2000), with 95%% percentile intervals of %(n)s resamples of people "
        "(seed %(seed)s); coefficients tested by linearised errors, Holm over the drivers. Over who answered "
        "all of them; a mean over all who answered its question.",
        **drawn,
    )


def _crossing(whole: Importance) -> Words:
    """Where the quadrants cross; a note, because the mean is one of these people."""
    share, mean = whole.crossing
    return both(
        "“Much” is a share above %(share)s, one part of as many as there are drivers; “high” is above "
        "%(mean)s, the mean of the drivers.",
        share={language: printed(share, "share", language) for language in LANGUAGES},
        mean={language: printed(mean, "mean", language) for language in LANGUAGES},
    )


def _labels(drivers: Sequence[Scored]) -> tuple[Words, ...]:
    return tuple(one.variable.label for one in drivers)
