"""One variable of the results as a view model: its question, base, table and controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from markupsafe import Markup

from surveyapp.errors import BadQuery, NotReleased
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, labels
from surveyapp.reports import formatting
from surveyapp.reports.release import BESIDE, released_filters, require_released
from surveyapp.reports.table import Table, TableColumn, TableRow
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.web.accounts import may_see_cases
from surveyapp.web.console.fieldwork_summary import no_figures_yet, step_line
from surveyapp.web.console.filter_builder import (
    FilterRow,
    Option,
    Picked,
    combined_filter,
    filter_rows,
    pickable,
    picked,
)
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import services

MOST_BANNERS = 3
MOST_COLUMNS = 3  # of figures, on a phone
MOST_LETTERS = 4  # on one line beside a figure; more of them stand below each other


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed cell."""

    text: str
    interval: str
    letters: str
    is_suppressed: bool
    is_not_asked: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One printed row; ``heading`` stands above it where the rows of its kind must say what they are."""

    label: str
    kind: str
    figures: tuple[Figure, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """The head of one column, with its group's marker."""

    label: str
    letter: str
    mark: Markup
    is_low_base: bool
    is_beyond: bool  # a phone shows it only when asked for more


@dataclass(frozen=True, slots=True)
class BannerHead:
    """The name over the columns of one banner."""

    label: str
    span: int
    narrow_span: int  # of these, how many a phone shows at first


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One variable: question, base, table and controls."""

    name: str
    title: str
    questions: tuple[tuple[str, str], ...]  # (language, text)
    base_text: str
    base_counts: str
    table: Table
    chart: Markup | None
    heads: tuple[BannerHead, ...]
    columns: tuple[ColumnHead, ...]
    rows: tuple[RowView, ...]
    foot: tuple[RowView, ...]  # what the figures rest on, and who is not in them
    lines: int  # of the body, headings included
    gutter: int  # letters beside a figure, at most
    notes: tuple[str, ...]
    reason: str  # why there are no figures; empty when there are
    method: str
    stand: datetime
    by: tuple[Option, ...]
    filter: str
    system_names: str  # that a filter may name beside the variables
    filter_example: str
    filter_sentence: str
    named: tuple[Option, ...]  # the filters of the plan
    is_free: bool  # whether any expression may be asked for
    filter_rows: tuple[FilterRow, ...]
    pickable: tuple[Option, ...]
    picked: Picked | None
    address: str
    json: str
    unfiltered: str
    steps: str  # of an open wave: when figures come, or how they move
    is_suppressed: bool
    is_mirrored: bool  # roles were asked in other words; the notes give them
    not_asked: bool


def shown_data(study: str, year: int) -> WaveData:
    """The data this person's figures are made of: as they stand now, or the last published step.

    Raises
    ------
    NotFound     there is no such wave
    """
    live = services().live
    return live.data(study, year) if may_see_cases() else live.published(study, year)


def asked_table(data: WaveData, variable: str) -> Table:
    """The table this request's address asks for.

    Raises
    ------
    BadQuery     the address holds something that cannot be used; nothing of it is dropped in silence
    """
    by = _banners()
    if not may_see_cases():
        _require_released(data.instrument, by)
        if variable in BESIDE:
            raise NotReleased(
                "Language, source and device stand on the page about the fieldwork, for everyone together."
            )
    return tabulate(data, variable, by, combined_filter(data.instrument))


def _require_released(instrument: Instrument, by: Sequence[str]) -> None:
    """See that the address asks for released groups only; a filter is a name there, never an expression."""
    built = [name for name in ("pick", "codes") if request.args.get(name)]
    require_released(instrument, by, built[0] if built else request.args.get("filter", "").strip() or None)


def _banners() -> list[str]:
    by = [name for value in request.args.getlist("by") for name in value.split(",") if name]
    if len(by) > MOST_BANNERS:
        raise BadQuery("Choose %(n)s background variables at most.", n=MOST_BANNERS)
    return by


def result_page(wave: WaveFrame, data: WaveData, table: Table) -> ResultPage:
    """One variable in words."""
    language = current()
    by = _banners()
    expression = combined_filter(wave.instrument) or ""
    base = table.base
    is_suppressed = table.columns[0].suppressed
    rows = _rows([row for row in table.rows if row.kind != "missing"], table, language)
    return ResultPage(
        name=table.variable,
        title=table.title[language],
        questions=tuple(table.question.items()),
        base_text=table.base.text[language],
        base_counts=""
        if base.asked is None
        else translate(
            "asked %(asked)s · answered %(answered)s · valid %(valid)s",
            asked=formatting.count(base.asked, language),
            answered=formatting.count(base.answered, language),
            valid=formatting.count(base.valid, language),
        ),
        table=table,
        chart=_chart(table),
        heads=_heads(table.columns, language),
        columns=_column_heads(table, language),
        rows=rows,
        lines=sum(1 + bool(row.heading) for row in rows),
        foot=(_valid(table, language), *_rows([row for row in table.rows if row.kind == "missing"], table, language)),
        gutter=min(MOST_LETTERS, max((len(cell.letters) for row in table.rows for cell in row.cells), default=0)),
        notes=tuple(note[language] for note in table.notes if note is not table.extra.get("not_shown")),
        reason=no_figures_yet(data) or _reason(table, language),
        method=table.method[language],
        stand=data.stand,
        by=_by_options(wave.instrument, by),
        named=_named_options(wave.instrument, expression),
        is_free=may_see_cases(),
        filter=expression,
        system_names=", ".join(SYSTEM_VARIABLES),
        filter_example=f"role == '{wave.instrument.roles[0].id}' and language == '{wave.instrument.languages[0]}'",
        filter_sentence=base.condition[language] if base.condition else "",
        filter_rows=filter_rows(wave.instrument, expression, lambda rest: _address(wave, table.variable, by, rest)),
        pickable=pickable(wave.instrument),
        picked=picked(wave.instrument, data.dataset.sources),
        address=_address(wave, table.variable, by, expression),
        json=_address(wave, table.variable, by, expression, "console.results_json"),
        unfiltered=_address(wave, table.variable, by, ""),
        steps="" if no_figures_yet(data) else step_line(data),
        is_suppressed=is_suppressed,
        is_mirrored=bool(table.extra["wordings"]),
        not_asked=base.asked == 0,
    )


def canonical_address(wave: WaveFrame, variable: str) -> str | None:
    """Where to go after codes were ticked: the same view with the filter written out; None when nothing was ticked."""
    if not (request.args.get("pick") and request.args.getlist("codes")):
        return None
    return _address(wave, variable, _banners(), combined_filter(wave.instrument) or "")


def _address(
    wave: WaveFrame, variable: str, by: Sequence[str], expression: str, endpoint: str = "console.results_variable"
) -> str:
    return url_for(
        endpoint, study=wave.study, year=wave.year, variable=variable, by=list(by) or None, filter=expression or None
    )


def _heads(columns: Sequence[TableColumn], language: str) -> tuple[BannerHead, ...]:
    heads: list[BannerHead] = []
    for at, column in enumerate(columns):
        label = column.banner_label[language] if column.banner_label else ""
        is_new = not (heads and heads[-1].label == label and label)
        span, narrow = (0, 0) if is_new else (heads[-1].span, heads[-1].narrow_span)
        heads[len(heads) if is_new else -1 :] = [BannerHead(label, span + 1, narrow + (at < MOST_COLUMNS))]
    return tuple(heads)


def _column_heads(table: Table, language: str) -> tuple[ColumnHead, ...]:
    from surveyapp.exports.chart_groups import tone_of
    from surveyapp.exports.chart_marks import key

    tones = [tone_of(table, column) for column in table.columns]
    return tuple(
        ColumnHead(
            column.label[language],
            column.letter or "",
            key(tone) if tone != "total" else Markup(),
            column.low_base,
            at >= MOST_COLUMNS,
        )
        for at, (column, tone) in enumerate(zip(table.columns, tones, strict=True))
    )


def _valid(table: Table, language: str) -> RowView:
    """How many valid answers each column rests on."""
    figures = tuple(
        Figure(formatting.count(column.n, language), "", "", column.suppressed, column.is_outside)
        for column in table.columns
    )
    return RowView(translate("Valid answers (n)"), "valid", figures)


def _rows(rows: Sequence[TableRow], table: Table, language: str) -> tuple[RowView, ...]:
    """Rows with a heading above the first of each kind whose labels do not tell what they are."""
    made: list[RowView] = []
    for row in rows:
        said = table.statistic(row.kind) if not made or made[-1].kind != row.kind else None
        figures = tuple(
            Figure(
                formatting.cell_text(cell, row.kind, language, table.decimals, is_month=table.is_month),
                formatting.interval(cell, row.kind, language, table.decimals),
                cell.letters,
                cell.suppressed,
                column.is_outside,
            )
            for column, cell in zip(table.columns, row.cells, strict=True)
        )
        made.append(RowView(row.label[language], row.kind, figures, said[language] if said else ""))
    return tuple(made)


def _named_options(instrument: Instrument, expression: str) -> tuple[Option, ...]:
    return tuple(
        Option(named.id, named.label[current()], named.id == expression) for named in released_filters(instrument)
    )


def _by_options(instrument: Instrument, by: Sequence[str]) -> tuple[Option, ...]:
    if not may_see_cases():
        return tuple(
            Option(
                name,
                (SYSTEM_VARIABLES.get(name) or instrument.variables[name]).label[current()],
                name in by,
            )
            for name in instrument.banners
            if name in SYSTEM_VARIABLES or name in instrument.variables
        )
    names = labels(tuple(SYSTEM_VARIABLES), current())
    for variable in instrument.variables.values():
        if variable.use == "background" and variable.categories and not variable.is_stored_apart:
            names[variable.name] = variable.label[current()]
    for name in by:
        if name not in names and name in instrument.variables:
            names[name] = instrument.variables[name].label[current()]
    return tuple(Option(name, label, name in by) for name, label in names.items())


def _reason(table: Table, language: str) -> str:
    found = table.extra.get("not_shown")
    return str(found[language]) if isinstance(found, Mapping) else ""


def _chart(table: Table) -> Markup | None:
    if table.columns[0].suppressed:
        return None
    from surveyapp.exports.svg_charts import chart_svg

    drawn = chart_svg(table, current())
    return Markup(drawn) if drawn else None  # noqa: S704  the one reviewed maker of SVG escapes every text
