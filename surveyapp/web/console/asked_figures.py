"""What an address asks of the results: its banners and filter, held against what this person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import request

from surveyapp.catalogues import told
from surveyapp.errors import BadQuery, NotReleased
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.nesting import broken_down_by
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.asked_models import earlier_waves
from surveyapp.reports.filters import read_filter
from surveyapp.reports.grid import Grid
from surveyapp.reports.plans import BESIDE
from surveyapp.reports.released_filters import require_released
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.tried import test_note, tried_data
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import scheme_of, weighted_design
from surveyapp.reports.wording import steps_note
from surveyapp.reports.year_tables import chosen_waves, year_table
from surveyapp.web.accounts import may_see_cases
from surveyapp.web.console.figure_choices import figure_choice
from surveyapp.web.console.filter_builder import FieldFault, combined_filter
from surveyapp.web.languages import current
from surveyapp.web.sessions import reading, reading_primary, services

MOST_BANNERS = 3


def shown_data(study: str, year: int) -> WaveData:
    """The data this person's figures are made of: as they stand now, or the last published step."""
    live = services().live
    if may_see_cases() and (tried := _tried(study, year)) is not None:
        return tried
    return live.data(study, year) if may_see_cases() else live.published(study, year)


def _tried(study: str, year: int) -> WaveData | None:
    with reading_primary() as database:
        return tried_data(database, services().library, study, year)


def asked_table(data: WaveData, variable: str) -> Grid:
    """The table this request's address asks for.

    Raises
    ------
    BadQuery     the address holds something that cannot be used; nothing of it is dropped in silence
    """
    by, earlier = banners(), asked_years(data)
    if not may_see_cases():
        _require_released(data.instrument, by)
        if variable in BESIDE:
            raise NotReleased(
                "Language, source and device stand on the page about the fieldwork, for everyone together."
            )
    against = figure_choice().against or "columns"
    asked = combined_filter(data.instrument)
    if earlier:
        if against != "columns":
            raise BadQuery("Years side by side are tested against each other, on finished questionnaires.")
        grid = year_table(data, earlier, variable, by, asked, asked_weight(), only_released=not may_see_cases())
    else:
        grid = tabulate(data, variable, by, asked, asked_weight(), against=against)
    note = test_note() if data.is_tried else steps_note(data)
    if note is None:
        return grid
    return replace(grid, items=tuple(replace(item, notes=(*item.notes, note)) for item in grid.items))


def _require_released(instrument: Instrument, by: Sequence[str]) -> None:
    """See that the address asks for released groups only; a filter is a name there, never an expression."""
    built = [name for name in ("pick", "codes") if request.args.get(name)]
    require_released(instrument, by, built[0] if built else request.args.get("filter", "").strip() or None)


def banners() -> list[str]:
    """The background variables that were asked for.

    Raises
    ------
    BadQuery     they are too many to read
    """
    by = ticked_banners()
    if len(by) > MOST_BANNERS:
        raise BadQuery("Choose %(n)s background variables at most.", n=MOST_BANNERS)
    return by


def earlier_data(data: WaveData) -> tuple[WaveData, ...]:
    """The waves that can stand beside this one: those its editions name, as far as they are published."""
    study, year = data.instrument.study.id, data.instrument.wave.year
    with reading() as database:
        return earlier_waves(services().live, database, study, year)


def asked_years(data: WaveData) -> tuple[WaveData, ...]:
    """The earlier waves that were asked for beside this one.

    Raises
    ------
    BadQuery     one has no figures to lay beside these
    """
    years = ticked_years()
    return chosen_waves(earlier_data(data), years, data.instrument.wave.year) if years else ()


def ticked_years() -> list[str]:
    """The years that were asked for, as they stand in the address: the part before it has a year of its own, so ours
    are ``years``; who writes ``year`` is understood."""
    asked = (*request.args.getlist("years"), *request.args.getlist("year"))
    return [year for value in asked for year in value.split(",") if year]


def asked_weight() -> str:
    """The scheme of weights that was asked for; empty where none was."""
    return request.args.get("weight", "").strip()


def ticked_banners() -> list[str]:
    """The background variables that were asked for, however many."""
    return [name for value in request.args.getlist("by") for name in value.split(",") if name]


def fault_of(error: BadQuery, data: WaveData, variable: str) -> FieldFault | None:
    """Which field of the form can mend this; None where it offers none, or the question itself may not be put."""
    if isinstance(error, NotReleased) or (variable in BESIDE and not may_see_cases()):
        return None
    known, by = {*SYSTEM_VARIABLES, *data.instrument.variables}, ticked_banners()
    if variable not in known or not known.issuperset(name for name, _ in broken_down_by(by)):
        return None
    message = told(error, current())
    if _are_no_years(data):
        waves = earlier_data(data)
        return FieldFault("years", f"year-{waves[0].instrument.wave.year}", message) if waves else None
    if _is_no_weight(data):
        return FieldFault("weight", "weight", message) if data.schemes.all else None
    if len(by) <= MOST_BANNERS and (is_typed := _filter_fault(data)) is not False:
        return FieldFault("filter", "filter", message) if is_typed and may_see_cases() else None
    offered = [name for name in by if _is_offered(name, data.instrument)]
    if len(by) > MOST_BANNERS:
        return FieldFault("by", f"by-{offered[0]}", message) if offered else None
    # What is offered divides the cases; what does not was typed into the address, where no field can mend it.
    return FieldFault("by", f"by-{offered[0]}", message) if by and offered == by else None


def _are_no_years(data: WaveData) -> bool:
    try:
        asked_years(data)
    except BadQuery:
        return True
    return False


def _is_no_weight(data: WaveData) -> bool:
    try:
        scheme = scheme_of(data, asked_weight())
        if scheme is not None:
            weighted_design(data, scheme)
    except BadQuery:
        return True
    return False


def _is_offered(name: str, instrument: Instrument) -> bool:
    """Whether the form has a box for this background variable: one has categories, or is the system's own."""
    variable = instrument.variables.get(name)
    return name in SYSTEM_VARIABLES or (variable is not None and bool(variable.categories))


def _filter_fault(data: WaveData) -> bool | None:
    """Whether the filter cannot be used as it was typed; None where what was ticked beside it cannot be."""
    try:
        typed = combined_filter(data.instrument)
    except BadQuery:
        return None
    try:
        read_filter(typed, data.instrument, data.dataset.names["source"])
    except BadQuery:
        return True
    return False
