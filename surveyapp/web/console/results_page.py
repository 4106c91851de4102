"""One variable of the results as a view model: its question, base, table and controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, Shape
from surveyapp.instrument.nesting import nested_in
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, labels
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports import formatting
from surveyapp.reports.grid import Bases, Grid, Item, Line
from surveyapp.reports.quotations import Quotation
from surveyapp.reports.released_filters import released_filters
from surveyapp.reports.subjects import label_of
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.web.accounts import may, may_see_cases
from surveyapp.web.console.asked_figures import (
    asked_table,
    asked_weight,
    banners,
    earlier_data,
    fault_of,
    ticked_banners,
    ticked_years,
)
from surveyapp.web.console.choices import Select
from surveyapp.web.console.difference_words import shades
from surveyapp.web.console.fieldwork_summary import no_figures_yet, step_line
from surveyapp.web.console.figure_choices import FigureChoice, figure_choice
from surveyapp.web.console.filter_builder import (
    FieldFault,
    FilterBuilder,
    Option,
    combined_filter,
    filter_builder,
    filter_name,
    free_filter_example,
    ticked,
)
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.printed_figures import Printed, printed_base, printed_figure
from surveyapp.web.console.table_heads import BannerHead, ColumnHead, banner_heads, column_heads, gutter
from surveyapp.web.languages import current, translate


@dataclass(frozen=True, slots=True)
class RowView:
    """One printed row; ``heading`` stands above it where the rows of its kind must say what they are."""

    label: str
    kind: str
    figures: tuple[Printed, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """What would be added to the report; without an address it cannot be, as not everybody may see it."""

    address: str
    by: str
    filter: str
    weight: str
    chart: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One variable: question, base, table and controls."""

    item: Item
    total: Bases
    base_counts: str
    finding: str
    chart: Markup | None
    has_no_chart: bool  # the one that was asked for does not fit these figures
    heads: tuple[BannerHead, ...]
    columns: tuple[ColumnHead, ...]
    low_base: int  # from where a base is no low one
    rows: tuple[RowView, ...]
    foot: tuple[RowView, ...]  # what the figures rest on, and who is not in them
    lines: int  # of the body, headings included
    gutter: int  # letters beside a figure, at most
    notes: tuple[str, ...]
    reason: str  # why there are no figures; empty when there are
    lacks: bool  # none of its figures are of the kind that was asked for, so all of them are there
    selects: tuple[Select, ...]  # how to see it
    by: tuple[Option, ...]
    builder: FilterBuilder  # its fault is of the whole form: where a filter or banners cannot be used, no figures
    filter_example: tuple[str, str]  # what a filter may name beside the variables, and a filter
    filter_sentence: str
    named: tuple[Option, ...]  # the filters of the plan
    years: tuple[Option, ...]  # the waves that can stand beside it
    weights: tuple[Option, ...]  # the schemes of weights
    about_weights: str  # the page about them, for who may see it
    request_address: str  # where an editor asks for another filter
    is_free: bool  # whether any expression may be asked for
    address: str
    json: str
    text: str  # the table, to paste
    report: ReportView | None  # how it can be added to the report; for editors
    unfiltered: str
    is_apart: bool  # kept apart from the answers: no case holds it
    is_text: bool  # written in people's own words: no page prints those
    exports: str  # where those words can be had; empty for who may not
    answers: str  # where they can be read, by who has that right
    quotations: tuple[Quotation, ...]  # that were released of the answers these codes are of
    steps: str  # of an open wave: when figures come, or how they move
    is_refused: bool


def asked_page(
    wave: WaveFrame, data: WaveData, variable: str, quoted: Sequence[Quotation] = ()
) -> tuple[ResultPage, int]:
    """The page this request asks for, with its status; its form with what is wrong where it holds what cannot be used.

    ``quoted`` are the quotations that were released of the answers a coded variable is made of.

    Raises
    ------
    BadQuery     no field of the form can mend it
    """
    choice = figure_choice()
    try:
        page = result_page(wave, data, asked_table(data, variable), choice, quoted=quoted)
    except BadQuery as error:
        fault = fault_of(error, data, variable)
        if fault is None:
            raise
        return result_page(wave, data, tabulate(data, variable), choice, fault), 422
    return page, 422 if page.builder.fault else 200


def result_page(
    wave: WaveFrame,
    data: WaveData,
    grid: Grid,
    choice: FigureChoice,
    refused: FieldFault | None = None,
    quoted: Sequence[Quotation] = (),
) -> ResultPage:
    """One variable in words; where the form was refused, with what it held and without figures."""
    language = current()
    by = ticked_banners() if refused else banners()
    expression = request.args.get("filter", "").strip() if refused else combined_filter(wave.instrument) or ""
    item, total = grid.item, grid.total
    notes = (*(note[language] for note in item.notes if note is not item.not_shown), *shades(grid))
    moving = "" if no_figures_yet(data) else step_line(data)
    variable = wave.instrument.variables.get(item.variable)
    is_apart = variable is not None and variable.is_stored_apart
    chosen = choice.lines([line for line in grid.lines if line[0].kind != "missing"])
    rows = _rows(chosen or [line for line in grid.lines if line[0].kind != "missing"], language)
    chart = _chart(grid, choice)
    found = choice.found(grid, data.instrument.study.significance)
    return ResultPage(
        item=item,
        total=total,
        base_counts=""
        if total.asked is None or is_apart
        else translate(
            "asked %(asked)s · answered %(answered)s · valid %(valid)s",
            asked=formatting.count(total.asked, language),
            answered=formatting.count(total.answered, language),
            valid=formatting.count(total.valid, language),
        ),
        finding="" if found is None else found[language],
        chart=chart,
        has_no_chart=bool(choice.chart not in ("", "none") and not chart and not grid.total.is_hidden),
        lacks=not chosen,
        selects=choice.selects,
        heads=banner_heads(grid.groups, language),
        columns=column_heads(grid, language),
        low_base=data.instrument.study.low_base,
        rows=rows,
        lines=sum(1 + bool(row.heading) for row in rows),
        foot=(*_bases(grid, language), *_rows(grid.of_kind("missing"), language)),
        gutter=gutter(grid),
        notes=notes,
        reason=no_figures_yet(data) or (item.not_shown[language] if item.not_shown else ""),
        by=_by_options(wave.instrument, by),
        named=_named_options(data.instrument, expression),
        years=_year_options(data),
        weights=tuple(
            Option(scheme.id, scheme.label[language], scheme.id == asked_weight()) for scheme in data.schemes.all
        ),
        about_weights=wave.address("console.results_weights") if data.schemes.all and may_see_cases() else "",
        request_address=wave.address("console.filters", variable=item.variable) if may("editor") else "",
        is_free=may_see_cases(),
        builder=filter_builder(
            data, expression, None if refused else lambda rest: _address(wave, item.variable, by, rest), refused
        ),
        filter_example=free_filter_example(wave.instrument),
        filter_sentence=grid.filter.condition[language] if grid.filter and grid.filter.condition else "",
        address=_address(wave, item.variable, by, expression),
        json=_address(wave, item.variable, by, expression, "console.results_json"),
        text=_address(wave, item.variable, by, expression, "console.results_text"),
        report=_report_view(wave, grid, by, expression, choice) if may("editor") and not ticked_years() else None,
        unfiltered=_address(wave, item.variable, by, ""),
        steps="" if moving in notes else moving,
        is_apart=is_apart,
        is_text=variable is not None and variable.type.shape is Shape.TEXT and not is_apart,
        exports=wave.address("console.exports") if may_see_cases() else "",
        answers=wave.address("console.answers") if may_see_cases() else "",
        quotations=() if variable is None or variable.coded is None else tuple(quoted),
        is_refused=refused is not None,
    )


def canonical_address(wave: WaveFrame, variable: str) -> str | None:
    """Where to go after codes were ticked: the same view with the filter written out; None when nothing was ticked."""
    if not (request.args.get("pick") and ticked() and may_see_cases()):
        return None
    return _address(wave, variable, ticked_banners(), combined_filter(wave.instrument) or "")


def _address(
    wave: WaveFrame, variable: str, by: Sequence[str], expression: str, endpoint: str = "console.results_variable"
) -> str:
    how = figure_choice().parts() | ({"weight": weight} if (weight := asked_weight()) else {})
    how |= {"years": ",".join(years)} if (years := ticked_years()) else {}
    return wave.address(endpoint, variable=variable, by=list(by) or None, filter=expression or None, **how)


def _bases(grid: Grid, language: str) -> Iterator[RowView]:
    """How many valid answers each column rests on; of weighted figures also weighted, and as many as they are worth."""
    said = {translate("Valid answers (n)"): [formatting.count(one.valid, language) for one in grid.bases[0]]}
    if grid.weight != UNWEIGHTED:
        said[translate("Weighted base")] = [formatting.mean(one.weighted, language) for one in grid.bases[0]]
        said[translate("Effective base")] = [formatting.mean(one.effective, language) for one in grid.bases[0]]
    for label, texts in said.items():
        figures = zip(grid.bases[0], texts, strict=True)
        yield RowView(label, "valid", tuple(printed_base(*one) for one in figures))


def _rows(lines: Sequence[Line], language: str) -> tuple[RowView, ...]:
    """Rows with a heading above the first of each kind whose labels do not tell what they are."""
    made: list[RowView] = []
    for measure, figures in lines:
        said = measure.statistic if not made or made[-1].kind != measure.kind else None
        printed = tuple(printed_figure(one, measure.unit, language) for one in figures)
        made.append(RowView(measure.label[language], measure.kind, printed, said[language] if said else ""))
    return tuple(made)


def _year_options(data: WaveData) -> tuple[Option, ...]:
    chosen, years = ticked_years(), [one.instrument.wave.year for one in earlier_data(data)]
    return tuple(Option(str(year), str(year), str(year) in chosen) for year in years)


def _named_options(instrument: Instrument, expression: str) -> tuple[Option, ...]:
    return tuple(Option(named.id, filter_name(named), named.id == expression) for named in released_filters(instrument))


def _by_options(instrument: Instrument, by: Sequence[str]) -> tuple[Option, ...]:
    if not may_see_cases():
        known = {*SYSTEM_VARIABLES, *instrument.variables}
        return tuple(
            Option(name, label_of(name, instrument)[current()], name in by)
            for name in instrument.banners
            if {*nested_in(name)} <= known
        )
    names = labels(tuple(SYSTEM_VARIABLES), current())
    for variable in instrument.variables.values():
        if variable.use == "background" and variable.categories and not variable.is_stored_apart:
            names[variable.name] = variable.label[current()]
    nested = (name for name in instrument.banners if len(nested_in(name)) > 1)
    for name in (*nested, *by):
        if name not in names and {*nested_in(name)} <= {*SYSTEM_VARIABLES, *instrument.variables}:
            names[name] = label_of(name, instrument)[current()]
    return tuple(Option(name, label, name in by) for name, label in names.items())


def _report_view(
    wave: WaveFrame, grid: Grid, by: Sequence[str], expression: str, choice: FigureChoice
) -> ReportView | None:
    """A view that everyone may see can stand in the report; what cannot be a figure at all is offered to nobody."""
    variable = wave.instrument.variables.get(grid.item.variable)
    if variable is not None and (variable.is_stored_apart or variable.type.shape is Shape.TEXT):
        return None
    is_named = not expression or any(named.id == expression for named in released_filters(wave.instrument))
    is_planned = is_named or expression.startswith("requested_")
    is_open = is_planned and set(by) <= set(wave.instrument.banners)
    address = wave.address("console.add_figure", variable=grid.item.variable) if is_open else ""
    return ReportView(address, ",".join(by), expression, asked_weight(), choice.chart)


def _chart(grid: Grid, choice: FigureChoice) -> Markup | None:
    if grid.total.is_hidden or choice.chart == "none" or any(group.year for group in grid.groups):
        return None
    from surveyapp.exports.svg_charts import chart_svg

    drawn = chart_svg(grid, current(), choice.chart or None)
    return Markup(drawn) if drawn else None  # noqa: S704  the one reviewed maker of SVG escapes every text
