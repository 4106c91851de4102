"""The filters of a wave that everyone who sees results may use, and the request for another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import StringField

from surveyapp.catalogues import told
from surveyapp.errors import BadQuery, NotReleased
from surveyapp.reports.filters import read_filter
from surveyapp.reports.released_filters import released_filters
from surveyapp.reports.requested_filters import MOST_PARTS, can_be_ticked, memberships_of
from surveyapp.reports.wave_data import WaveData
from surveyapp.web.console.filter_builder import (
    FieldFault,
    FilterBuilder,
    combined_filter,
    filter_builder,
    filter_name,
    ticked,
)
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day


@dataclass(frozen=True, slots=True)
class FiltersPage:
    """The whole page."""

    variable: str
    results: str
    known: tuple[tuple[str, str, str], ...]  # name, address, and by whom it was asked for: empty for the plan's
    sentence: str
    builder: FilterBuilder
    nearest: str
    is_free: bool = False  # ticked only: whom a filter on request may be about is told by its form


class FilterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """The filter that is asked for."""

    variable = StringField()
    filter = StringField(filters=[lambda typed: (typed or "").strip()])
    nearest = ""
    is_refused = False

    def reject(self, error: BadQuery) -> None:
        """Say of the filter what is wrong with it: it cannot be read, or would tell of a few."""
        self.is_refused = isinstance(error, NotReleased)
        self.nearest = error.nearest[0] if self.is_refused and error.nearest else ""
        self.filter.errors = [*self.filter.errors, told(error, current())]


def filters_page(wave: WaveFrame, data: WaveData, form: FilterForm, requested: Sequence[Any]) -> FiltersPage:
    """The page; ``requested`` are the rows of what was released on request.

    Raises
    ------
    BadQuery     the address holds something that cannot be used
    """
    variable = request.values.get("variable", "")
    instrument = data.instrument
    asked_for = combined_filter(instrument) if request.method == "GET" else form.is_refused and form.filter.data
    expression = asked_for or ""  # what cannot be read was not made here
    read = read_filter(expression, instrument, data.dataset.names["source"])
    held = (memberships_of(read.condition.tree) or {}) if read else {}
    asked = {
        f"requested_{row.number}": translate("requested by %(who)s on %(day)s", who=row.actor, day=day(row.at))
        for row in requested
    }
    nothing = request.method == "GET" and request.args.get("pick") == ""
    return FiltersPage(
        variable=variable,
        results=released_address(wave, variable),
        known=tuple(
            (filter_name(named), released_address(wave, variable, named.id), asked.get(named.id, ""))
            for named in released_filters(instrument)
        ),
        sentence=read.sentence[current()] if read else "",
        builder=filter_builder(
            data,
            expression,
            lambda rest: _address(wave, variable, rest),
            FieldFault("pick", "pick", translate("Choose a variable first.")) if nothing else None,
            lambda name: can_be_ticked(name, instrument) and name not in held and len(held) < MOST_PARTS,
        ),
        nearest=form.nearest,
    )


def canonical_address(wave: WaveFrame) -> str | None:
    """The same page with the ticked codes written out as a filter; None when nothing was ticked."""
    if not (request.args.get("pick") and ticked()):
        return None
    return _address(wave, request.args.get("variable", ""), combined_filter(wave.instrument) or "")


def _address(wave: WaveFrame, variable: str, expression: str) -> str:
    return wave.address(
        "console.filters", variable=variable or None, filter=expression or None, _anchor="ask" if expression else None
    )


def released_address(wave: WaveFrame, variable: str, named: str = "") -> str:
    """Where the figures stand, of this variable where there is one, with a released filter where one is named."""
    if variable in wave.instrument.variables:
        return wave.address("console.results_variable", variable=variable, filter=named or None)
    return wave.address("console.results", filter=named or None)
