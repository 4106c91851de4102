"""The results explorer as view models: the list of variables, and one variable's table with its controls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from markupsafe import Markup

from surveyapp.errors import BadQuery
from surveyapp.instrument.model import CHOICE_TYPES, CODED_TYPES, TEXT_TYPES, Instrument, Variable
from surveyapp.reports import formatting
from surveyapp.reports.table import Cell, Table, TableColumn, TableRow
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate, translate_plural

SYSTEM = ("role", "language", "source", "device")
PARAMETERS = frozenset({"by", "filter", "part", "pick", "codes", "q"})
MOST_BANNERS = 3
_TERM = re.compile(
    r"[a-z][a-z0-9_]* in \[\d+(?:, \d+)*\]"
    r"|any_of\([a-z][a-z0-9_]*, \[\d+(?:, \d+)*\]\)"
    r"|(?:role|lang) in \['[a-z0-9_-]+'(?:, '[a-z0-9_-]+')*\]"
)
"""The terms that the filter's own rows write."""


# -------------------------------------------------------------------------------------------------------------- list


@dataclass(frozen=True, slots=True)
class VariableLink:
    """One variable of the list."""

    name: str
    label: str
    asked: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The variables of one part of the questionnaire."""

    title: str
    variables: tuple[VariableLink, ...]


@dataclass(frozen=True, slots=True)
class VariableList:
    """The searchable list."""

    query: str
    found: str  # how many answer to the search, in words
    groups: tuple[Group, ...]
    address: str


def variable_list(wave: WaveFrame, here: str = "") -> VariableList:
    """The variables that answer to the search words of this request, by part of the questionnaire."""
    query = " ".join(request.args.get("q", "").split())[:80]
    words = query.lower().split()
    kept = {name: value for name in ("by", "filter") if (value := request.args.getlist(name))}
    by_part: dict[str, list[VariableLink]] = {}
    for variable in wave.instrument.variables.values():
        if variable.type in TEXT_TYPES or variable.is_stored_apart or not _answers_to(variable, words):
            continue
        by_part.setdefault(_part_of(wave.instrument, variable), []).append(
            VariableLink(
                variable.name,
                variable.label[current()],
                _asked_of(wave.instrument, variable),
                url_for("console.results_variable", study=wave.study, year=wave.year, variable=variable.name, **kept),  # type: ignore[arg-type]
                variable.name == here,
            )
        )
    groups = tuple(Group(title, tuple(found)) for title, found in by_part.items())
    count = sum(len(group.variables) for group in groups)
    return VariableList(
        query,
        translate_plural("%(n)s variable with “%(query)s”", "%(n)s variables with “%(query)s”", count, query=query),
        groups,
        url_for("console.results", study=wave.study, year=wave.year),
    )


def _answers_to(variable: Variable, words: Sequence[str]) -> bool:
    said = " ".join((variable.name, *variable.label.values())).lower()
    return all(word in said for word in words)


def _part_of(instrument: Instrument, variable: Variable) -> str:
    for questionnaire in instrument.questionnaires.values():
        page = questionnaire.page_of.get(variable.name)
        if page is not None:
            part = questionnaire.by_id[page].part
            return next((one.title[current()] for one in questionnaire.parts if one.id == part), part)
    if variable.construct and variable.construct in instrument.constructs:
        return instrument.constructs[variable.construct].label[current()]
    return translate("Other")


def _asked_of(instrument: Instrument, variable: Variable) -> str:
    asked = [role for role, put in instrument.questionnaires.items() if variable.name in put.page_of]
    if not asked or len(asked) == len(instrument.questionnaires):
        return ""
    return ", ".join(instrument.role(role).plural[current()] for role in asked)


# ---------------------------------------------------------------------------------------------------------- variable


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select or a tick box."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One part of the filter in words, and the address without it."""

    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Picked:
    """The variable that is being added to the filter, with its codes."""

    name: str
    label: str
    codes: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed cell."""

    text: str
    interval: str
    letters: str
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One printed row."""

    label: str
    kind: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class BannerHead:
    """The name over the columns of one banner."""

    label: str
    span: int


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
    columns: tuple[TableColumn, ...]
    rows: tuple[RowView, ...]
    missing: tuple[RowView, ...]
    notes: tuple[str, ...]
    method: str
    stand: datetime
    by: tuple[Option, ...]
    filter: str
    filter_example: str
    filter_sentence: str
    filter_rows: tuple[FilterRow, ...]
    pickable: tuple[Option, ...]
    picked: Picked | None
    address: str
    json: str
    unfiltered: str
    is_suppressed: bool
    not_asked: bool


def asked_table(data: WaveData, variable: str) -> Table:
    """The table this request's address asks for.

    Raises
    ------
    BadQuery     the address holds something that cannot be used; nothing of it is dropped in silence
    """
    strange = sorted(set(request.args) - PARAMETERS)
    if strange:
        known = ", ".join(sorted(PARAMETERS - {"part", "pick", "codes", "q"}))
        raise BadQuery(
            translate(
                "The address holds %(names)s, which means nothing here; use %(known)s.",
                names=", ".join(name[:40] for name in strange),
                known=known,
            )
        )
    by = _banners()
    return tabulate(data, variable, by, combined_filter(data.instrument))


def _banners() -> list[str]:
    by = [name for value in request.args.getlist("by") for name in value.split(",") if name]
    if len(by) > MOST_BANNERS:
        raise BadQuery(translate("Choose %(n)s background variables at most.", n=MOST_BANNERS))
    return by


def combined_filter(instrument: Instrument) -> str | None:
    """The filter of the address, with the codes that were just ticked joined to it."""
    expression = request.args.get("filter", "").strip()
    picked, codes = request.args.get("pick", ""), request.args.getlist("codes")
    if not (picked and codes):
        return expression or None
    added = _term(instrument, picked, codes)
    if not expression:
        return added
    return f"{expression} and {added}" if " or " not in expression else f"({expression}) and {added}"


def _term(instrument: Instrument, name: str, codes: Sequence[str]) -> str:
    if name in ("role", "lang"):
        known = {role.id for role in instrument.study.roles} | set(instrument.study.languages)
        if not set(codes) <= known:
            raise BadQuery(translate("These are not values of %(name)s.", name=name))
        return f"{name} in [{', '.join(repr(code) for code in codes)}]"
    variable = instrument.variables.get(name)
    if variable is None or not all(code.isdecimal() and int(code) in variable.codes for code in codes):
        raise BadQuery(translate("These are not values of %(name)s.", name=name[:40]))
    listed = ", ".join(codes)
    return f"any_of({name}, [{listed}])" if variable.type in CHOICE_TYPES else f"{name} in [{listed}]"


def result_page(wave: WaveFrame, data: WaveData, table: Table) -> ResultPage:
    """One variable in words."""
    language = current()
    by = _banners()
    expression = combined_filter(wave.instrument) or ""
    base = table.base
    is_suppressed = table.columns[0].suppressed
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
        columns=table.columns,
        rows=tuple(_row(row, language) for row in table.rows if row.kind != "missing"),
        missing=tuple(_row(row, language) for row in table.rows if row.kind == "missing"),
        notes=tuple(note[language] for note in table.notes),
        method=table.method[language],
        stand=data.stand,
        by=_by_options(wave.instrument, by),
        filter=expression,
        filter_example=f"role == '{wave.instrument.roles[0].id}' and lang == '{wave.instrument.languages[0]}'",
        filter_sentence=table.filter[language] if table.filter else "",
        filter_rows=_filter_rows(wave, table.variable, by, expression),
        pickable=_pickable(wave.instrument),
        picked=_picked(wave.instrument),
        address=_address(wave, table.variable, by, expression),
        json=_address(wave, table.variable, by, expression, "console.results_json"),
        unfiltered=_address(wave, table.variable, by, ""),
        is_suppressed=is_suppressed,
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
    for column in columns:
        label = column.banner_label[language] if column.banner_label else ""
        if heads and heads[-1].label == label and label:
            heads[-1] = BannerHead(label, heads[-1].span + 1)
        else:
            heads.append(BannerHead(label, 1))
    return tuple(heads)


def _row(row: TableRow, language: str) -> RowView:
    return RowView(row.label[language], row.kind, tuple(_figure(cell, row.kind, language) for cell in row.cells))


def _figure(cell: Cell, kind: str, language: str) -> Figure:
    interval = ""
    if not cell.suppressed and cell.low is not None and cell.high is not None:
        print_end = formatting.mean if kind in formatting.MEAN_KINDS else formatting.share
        low, high = print_end(cell.low, language), print_end(cell.high, language)
        if kind == "score":
            low, high = formatting.score(cell.low, language), formatting.score(cell.high, language)
        interval = f"{low.rstrip('%')}–{high}"
    return Figure(formatting.cell_text(cell, kind, language), interval, cell.letters, cell.suppressed)


def _by_options(instrument: Instrument, by: Sequence[str]) -> tuple[Option, ...]:
    names = {name: _system_label(name) for name in SYSTEM}
    for variable in instrument.variables.values():
        if variable.use == "background" and variable.categories and not variable.is_stored_apart:
            names[variable.name] = variable.label[current()]
    for name in by:
        if name not in names and name in instrument.variables:
            names[name] = instrument.variables[name].label[current()]
    return tuple(Option(name, label, name in by) for name, label in names.items())


def _system_label(name: str) -> str:
    return {
        "role": translate("Role"),
        "language": translate("Language of the questionnaire"),
        "source": translate("Source"),
        "device": translate("Device"),
    }[name]


def _pickable(instrument: Instrument) -> tuple[Option, ...]:
    chosen = request.args.get("pick", "")
    found = [Option("role", translate("Role"), chosen == "role")]
    found += [
        Option(variable.name, f"{variable.label[current()]} ({variable.name})", variable.name == chosen)
        for variable in instrument.variables.values()
        if variable.categories and (variable.type in CODED_TYPES or variable.type in CHOICE_TYPES)
    ]
    return tuple(found)


def _picked(instrument: Instrument) -> Picked | None:
    name = request.args.get("pick", "")
    if not name or request.args.getlist("codes"):
        return None
    if name == "role":
        return Picked(
            "role",
            translate("Role"),
            tuple(Option(role.id, role.plural[current()], False) for role in instrument.study.roles),
        )
    variable = instrument.variables.get(name)
    if variable is None or not variable.categories:
        raise BadQuery(translate("%(name)s cannot be filtered by its codes.", name=name[:40]))
    codes = tuple(Option(str(one.code), one.label[current()], False) for one in variable.categories)
    return Picked(name, variable.label[current()], codes)


def _filter_rows(wave: WaveFrame, variable: str, by: Sequence[str], expression: str) -> tuple[FilterRow, ...]:
    """The parts of a filter that the builder made, each with the address without it; none for a free expression."""
    from surveyapp.reports.filters import read_filter

    found, place, terms = [], 0, []
    for match in _TERM.finditer(expression):
        between = expression[place : match.start()]
        if between not in ("", " and "):
            return ()
        terms.append(match.group(0))
        place = match.end()
    if not terms or place != len(expression):
        return ()
    for position, term in enumerate(terms):
        read = read_filter(term, wave.instrument)
        rest = " and ".join(one for other, one in enumerate(terms) if other != position)
        said = translate("if %(condition)s", condition=read.sentence[current()]) if read else term
        found.append(FilterRow(said, _address(wave, variable, by, rest)))
    return tuple(found)


def _chart(table: Table) -> Markup | None:
    if table.columns[0].suppressed:
        return None
    from surveyapp.exports.svg_charts import chart_svg

    drawn = chart_svg(table, current())
    return Markup(drawn) if drawn else None  # noqa: S704  the one reviewed maker of SVG escapes every text
