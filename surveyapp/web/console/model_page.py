"""A scale, drivers, a profile, gaps or a trend as a page: its finding, chart and figures in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from flask import request
from markupsafe import Markup

from surveyapp.catalogues import told
from surveyapp.errors import BadQuery, NotFound
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports import formatting
from surveyapp.reports.asked_models import MODELS, earlier_waves, model_grid
from surveyapp.reports.grid import Bases, Grid
from surveyapp.reports.panels import Panel, PanelRow, panels
from surveyapp.reports.released_filters import named_filter, released_filters, require_released
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.wording import steps_note
from surveyapp.web.accounts import may_see_cases
from surveyapp.web.console.asked_figures import asked_weight, ticked_banners
from surveyapp.web.console.choices import Select
from surveyapp.web.console.fieldwork_summary import no_figures_yet
from surveyapp.web.console.filter_builder import filter_name
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.printed_figures import NOTHING, Printed, printed_base, printed_figure
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading, services

MOST_SEEN, LEAST_SEEN = 3, 2
"""Columns a phone shows at first: of groups, and of statistics, whose heads are longer."""
Row = tuple[str, tuple[Printed, ...]]
"""What a line is called, and its figures."""
BaseSaid = tuple[str, Callable[[Bases], str]]
"""What a base is called, and how it is printed."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an analysis."""

    name: str
    columns: tuple[str, ...]
    low: frozenset[int]  # the columns whose base is low
    blocks: tuple[tuple[str, tuple[Row, ...]], ...]  # each under its name; it has none where columns are statistics
    foot: tuple[tuple[str, tuple[Row, ...]], ...]  # what it rests on, by base
    rests_aside: bool  # each line says for itself what it rests on
    few: int  # columns a phone shows at first


@dataclass(frozen=True, slots=True)
class ModelPage:
    """One analysis: what can be chosen, what it found, and its figures."""

    kind: str
    title: str
    others: tuple[tuple[str, str, bool], ...]  # every analysis: its name, address, whether it is this one
    selects: tuple[Select, ...]
    finding: str
    base: str  # of whom the figures speak, in words; empty where it differs per line
    reason: str  # why there are no figures
    chart: Markup | None
    tables: tuple[Table, ...]
    low_base: int  # from where a base is no low one
    notes: tuple[str, ...]
    method: str
    address: str
    json: str
    text: str  # the tables, to paste


def models(wave: WaveFrame) -> tuple[tuple[str, str], ...]:
    """Every analysis by its name, with its address."""
    return tuple((one.title[current()], wave.address("console.model", kind=name)) for name, one in MODELS.items())


def asked_model(study: str, year: int, kind: str, data: WaveData) -> Grid:
    """The analysis this request's address asks for.

    Raises
    ------
    NotFound        there is no such analysis
    NotReleased     not everybody may see it, and this person may not
    BadQuery        it cannot be asked so
    """
    model = MODELS.get(kind)
    if model is None:
        raise NotFound("There is no analysis “%(name)s”.", name=kind[:40])
    by, asked = ticked_banners(), request.args.get("filter", "").strip()
    if not may_see_cases():
        require_released(data.instrument, by or model.banner or (), asked or None)
    named = named_filter(asked, data.instrument) if asked else None
    earlier: tuple[WaveData, ...] = ()
    if model.has_waves:
        with reading() as database:
            earlier = earlier_waves(services().live, database, study, year)
    condition = named.condition if named else asked or None
    grid = model_grid(kind, data, request.args.get("of", ""), by, condition, asked_weight() or None, earlier=earlier)
    steps = steps_note(data)
    if steps is None:
        return grid
    return replace(grid, items=tuple(replace(item, notes=(*item.notes, steps)) for item in grid.items))


def model_page(wave: WaveFrame, data: WaveData, kind: str) -> tuple[ModelPage, int]:
    """The page and its status; its form with the reason where the figures cannot be made.

    Raises
    ------
    NotFound        there is no such analysis
    NotReleased     not everybody may see it, and this person may not
    """
    reason, status = no_figures_yet(data), 200
    grid: Grid | None = None
    if not reason:
        try:
            grid = asked_model(wave.study, wave.year, kind, data)
        except BadQuery as error:
            if type(error) is not BadQuery:
                raise
            reason, status = told(error, current()), 422
    return _page(wave, data, kind, grid, reason), status


def _page(wave: WaveFrame, data: WaveData, kind: str, grid: Grid | None, reason: str) -> ModelPage:
    language, model = current(), MODELS[kind]
    asked = {name: value for name in ("of", "by", "filter", "weight") if (value := request.args.get(name, "").strip())}
    drawn = None if grid is None or all(one.is_hidden for one in (bases[0] for bases in grid.bases)) else grid
    notes = (
        []
        if grid is None
        else [note[language] for item in grid.items for note in item.notes if note is not item.wordings]
    )
    return ModelPage(
        kind=kind,
        title=model.title[language],
        others=tuple(
            (one.title[language], wave.address("console.model", kind=name), name == kind)
            for name, one in MODELS.items()
        ),
        selects=_selects(data, kind, asked),
        finding=drawn.finding[language] if drawn is not None and drawn.finding is not None else "",
        base=_base(grid, language),
        reason=reason,
        chart=_chart(drawn, model.chart),
        tables=() if grid is None else tuple(_tables(grid, model.title[language], language)),
        low_base=data.instrument.study.low_base,
        notes=tuple(dict.fromkeys(notes)),
        method="" if grid is None else grid.items[0].method[language],
        address=wave.address("console.model", kind=kind, **asked),
        json=wave.address("console.model_json", kind=kind, **asked),
        text=wave.address("console.model_text", kind=kind, **asked),
    )


def _selects(data: WaveData, kind: str, asked: dict[str, str]) -> tuple[Select, ...]:
    language, instrument, model = current(), data.instrument, MODELS[kind]
    subjects = [(name, label[language]) for name, label in model.subjects(instrument).items()]
    first = [] if kind in ("scale", "drivers") else [("", translate("all together"))]
    found = [Select("of", translate("Of what"), (*first, *subjects), asked.get("of", ""))]
    if model.banner is None:
        names = [(name, _label(name, data)) for name in instrument.banners]
        found.append(
            Select("by", translate("Break down by"), (("", translate("nothing")), *names), asked.get("by", ""))
        )
    named = [(one.id, filter_name(one)) for one in released_filters(instrument)]
    if named:
        found.append(
            Select(
                "filter", translate("Only these people"), (("", translate("everyone")), *named), asked.get("filter", "")
            )
        )
    schemes = [(scheme.id, scheme.label[language]) for scheme in data.schemes.all]
    if schemes:
        options = (("", translate("unweighted")), *schemes)
        found.append(Select("weight", translate("Weighting"), options, asked.get("weight", "")))
    return tuple(found)


def _label(name: str, data: WaveData) -> str:
    return (SYSTEM_VARIABLES.get(name) or data.instrument.variables[name]).label[current()]


def _tables(grid: Grid, title: str, language: str) -> Iterator[Table]:
    said = tuple(_bases_of(grid))
    for at, panel in enumerate(panels(grid)):
        blocks = tuple(
            (
                block.title[language] if block.title else "",
                tuple((row.item.title[language], (*_figures(row, language), *_aside(row, said))) for row in block.rows),
            )
            for block in panel.blocks
        )
        aside = ("n", *(name for name, _ in said[1:])) if panel.rests_aside else ()
        yield Table(
            title if at == 0 else _name(title, panel, blocks, language),
            (*(head.label[language] for head in panel.heads), *aside),
            frozenset(place for place, head in enumerate(panel.heads) if head.is_low),
            blocks,
            () if panel.rests_aside else tuple((name, tuple(_rests(panel, name, put))) for name, put in said),
            panel.rests_aside,
            LEAST_SEEN if panel.rests_aside and len(panel.heads) > LEAST_SEEN else MOST_SEEN,
        )


def _name(title: str, panel: Panel, blocks: Sequence[tuple[str, tuple[Row, ...]]], language: str) -> str:
    """A name that no other table of the page has: of one line, that line, and otherwise what its columns are."""
    lines = {label for _, rows in blocks for label, _ in rows}
    return (
        f"{title}: {', '.join(lines) if len(lines) == 1 else ', '.join(head.label[language] for head in panel.heads)}"
    )


def _figures(row: PanelRow, language: str) -> Iterator[Printed]:
    for cell in row.cells:
        yield NOTHING if cell is None else printed_figure(cell[1], cell[0].unit, language)


def _aside(row: PanelRow, said: Sequence[BaseSaid]) -> Iterator[Printed]:
    if row.bases is not None:
        for _, put in said:
            yield printed_base(row.bases, put(row.bases))


def _rests(panel: Panel, name: str, put: Callable[[Bases], str]) -> Iterator[Row]:
    for title, bases in panel.foot:
        label = name if title is None else title[current()]
        yield label, tuple(printed_base(one, put(one)) for one in bases)


def _bases_of(grid: Grid) -> Iterator[BaseSaid]:
    """What figures rest on: answers, and of weighted ones how many these are worth."""
    language = current()
    yield translate("Valid answers (n)"), lambda one: formatting.count(one.valid, language)
    if grid.weight != UNWEIGHTED:
        yield translate("Effective base"), lambda one: formatting.mean(one.effective, language)


def _base(grid: Grid | None, language: str) -> str:
    """Of whom the figures speak; what is filtered out is part of it."""
    if grid is None:
        return ""
    texts = {item.base[language] for item in grid.items}
    base = texts.pop() if len(texts) == 1 else translate("differs per line; each line has a number of its own")
    return f"{base} · {grid.filter.condition[language]}" if grid.filter and grid.filter.condition else base


def _chart(grid: Grid | None, kind: str) -> Markup | None:
    if grid is None or not kind:
        return None
    from surveyapp.exports.svg_charts import chart_svg

    drawn = chart_svg(grid, current(), kind)
    return Markup(drawn) if drawn else None  # noqa: S704  the one reviewed maker of SVG escapes every text
