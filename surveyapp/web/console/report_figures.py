"""The figures that were added to the report of a wave, and the forms that add one or take one out."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf

from surveyapp.instrument.model import Instrument
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports.added_figures import AddedFigure, added_figures
from surveyapp.reports.released_filters import named_filter, with_requested
from surveyapp.storage import requested_filters
from surveyapp.storage.database import Session
from surveyapp.web.console.figure_choices import CHARTS
from surveyapp.web.console.filter_builder import filter_name
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current


class AddFigureForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A view of the results: banners with commas between them, the name of a released filter, how it is drawn."""

    by = StringField(filters=[lambda typed: tuple(name for name in (typed or "").split(",") if name)])
    filter = StringField(filters=[lambda typed: (typed or "").strip()])
    weight = StringField(filters=[lambda typed: (typed or "").strip() or UNWEIGHTED])
    chart = StringField(filters=[lambda typed: typed or ""], validators=[AnyOf(CHARTS)])


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure in the list; without a title it can no longer be made."""

    figure: AddedFigure
    title: str
    condition: str
    address: str


def figure_lines(session: Session, wave: WaveFrame) -> tuple[FigureLine, ...]:
    """The figures that were added, in the order of the book."""
    instrument = instrument_of(session, wave)
    return tuple(
        FigureLine(
            one,
            one.table.title[current()] if one.table else "",
            _condition(one, instrument),
            address(wave, one) if one.table else "",
        )
        for one in added_figures(session, wave.study, wave.year, instrument)
    )


def instrument_of(session: Session, wave: WaveFrame) -> Instrument:
    """The questionnaire of a wave with the filters that were released on request."""
    asked = requested_filters.of_wave(session, wave.study, wave.year)
    return with_requested(wave.instrument, (row.expression for row in asked))


def address(wave: WaveFrame, figure: AddedFigure) -> str:
    """Where the figure stands on the pages."""
    parts = {"by": list(figure.banners) or None, "filter": figure.filter or None, "chart": figure.chart or None}
    if figure.weight != UNWEIGHTED:
        parts["weight"] = figure.weight
    return wave.address("console.results_variable", variable=figure.variable, **parts)


def _condition(figure: AddedFigure, instrument: Instrument) -> str:
    found = named_filter(figure.filter, instrument) if figure.filter else None
    return filter_name(found) if found is not None else figure.filter
