"""A scale, drivers, a profile, gaps or a trend as somebody asks for it: one function for commands and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.errors import BadQuery
from surveyapp.fieldwork import editions
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.model import Instrument
from surveyapp.reports.driver_figures import driver_grid, outcomes_in
from surveyapp.reports.gap_figures import gap_grid, mirrored_in
from surveyapp.reports.grid import Grid
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.profile_figures import profile_grid, views_in, views_of
from surveyapp.reports.scale_figures import scale_of, scales_in
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.subjects import in_words
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.trend_figures import trend_grid
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Session

Subjects = Mapping[str, Words]
"""What a model can be asked of, by name, with its label."""


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of analysis that speaks of several questions at once."""

    title: Words
    subjects: Callable[[Instrument], Subjects]  # to choose one of; none: there is nothing to choose
    make: Callable[[Tabulation, str], Grid]
    chart: str
    banner: tuple[str, ...] | None = None  # that it has whatever is asked; None: what is asked
    has_waves: bool = False


def planned_variables(kind: str, instrument: Instrument) -> tuple[str, ...]:
    """The variables of the first sheet of a kind in the plan."""
    return next((one.variables for one in instrument.tables if one.kind == kind), ())


def earlier_waves(live: LiveWaves, session: Session, study: str, year: int) -> tuple[WaveData, ...]:
    """The published data of the waves its trends reach back to, as its editions say, oldest first.

    An earlier year that comes in later is in none of them until somebody says so: a closed wave's figures stay.
    """
    found = [live.published(study, each) for each in reversed(editions.series(session, study, year))]
    return tuple(data for data in found if data.cases().n)


def model_grid(
    kind: str,
    data: WaveData,
    name: str = "",
    by: Sequence[str] = (),
    filter: str | Condition | None = None,  # noqa: A002  the reader's word
    weight: str | None = None,
    *,
    partials: bool = False,
    earlier: Sequence[WaveData] = (),
) -> Grid:
    """The figures of a model.

    Parameters
    ----------
    kind :    scale, drivers, profile, gaps or trend
    name :    of what: a scale, a mark, a question; absent: the first, or all
    earlier : the waves before it, for a trend

    Raises
    ------
    BadQuery     there is no such model, or it cannot be asked so; the message says what can be
    """
    model = MODELS.get(kind)
    if model is None:
        raise BadQuery(
            "There is no analysis “%(name)s”; there are: %(known)s.",
            tuple(MODELS),
            name=kind[:40],
            known=", ".join(MODELS),
        )
    banner = tuple(by) or model.banner or ()
    return model.make(Tabulation(data, banner, filter, weight, partials=partials, earlier=earlier), name)


def _scale(tabulation: Tabulation, name: str) -> Grid:
    instrument = tabulation.data.instrument
    return scale_of(tabulation, name or next(iter(_scales(instrument)), ""))


def _drivers(tabulation: Tabulation, name: str) -> Grid:
    instrument = tabulation.data.instrument
    planned = planned_variables("drivers", instrument)[:1]
    first = next(iter((*planned, *outcomes_in(instrument))), "")
    if not (name or first):
        raise BadQuery("This wave has no outcome that something could drive.")
    return driver_grid(tabulation, name or first)


def _profile(tabulation: Tabulation, name: str) -> Grid:
    instrument = tabulation.data.instrument
    planned = views_of(planned_variables("profile", instrument), instrument)
    views = [one for one in planned or views_in(instrument) if name in ("", one.id)]
    if name and not views:
        known = {one.id: one.label for one in planned or views_in(instrument)}
        raise BadQuery(
            "“%(name)s” is no construct over the phases of this wave; there are: %(known)s.",
            tuple(known),
            name=name[:40],
            known=in_words(known),
        )
    return profile_grid(tabulation, views)


def _gaps(tabulation: Tabulation, name: str) -> Grid:
    instrument = tabulation.data.instrument
    return gap_grid(tabulation, (name,) if name else planned_variables("gaps", instrument))


def _trend(tabulation: Tabulation, name: str) -> Grid:
    instrument = tabulation.data.instrument
    return trend_grid(tabulation, (name,) if name else planned_variables("trend", instrument))


def _scales(instrument: Instrument) -> Subjects:
    return {one.id: one.label for one in scales_in(instrument)}


def _labels(names: Sequence[str], instrument: Instrument) -> Subjects:
    return {name: instrument.variables[name].label for name in names}


MODELS: Mapping[str, Model] = {
    "scale": Model(both("Scales"), _scales, _scale, ""),
    "drivers": Model(
        both("What goes with a mark"), lambda instrument: _labels(outcomes_in(instrument), instrument), _drivers, "bars"
    ),
    "profile": Model(
        both("Over the phases"),
        lambda instrument: {one.id: one.label for one in views_in(instrument)},
        _profile,
        "profile",
    ),
    "gaps": Model(
        both("Between roles"),
        lambda instrument: _labels(mirrored_in(instrument), instrument),
        _gaps,
        "dots",
        ("role",),
    ),
    "trend": Model(
        both("Over the years"),
        lambda instrument: _labels(
            [name for name, one in instrument.variables.items() if one.is_scored and one.use in ("outcome", "driver")],
            instrument,
        ),
        _trend,
        "dots",
        (),
        has_waves=True,
    ),
}
"""Every model, in the order of the page."""
