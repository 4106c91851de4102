"""From the data of a wave to what its report book holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from surveyapp.clock import local
from surveyapp.exports.report_book.content import ConstructLine, ReportContent, RoleLine
from surveyapp.fieldwork.editions import Edition
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.reports.exclusions import excluded_note
from surveyapp.reports.grid import Grid, Item
from surveyapp.reports.key_figures import construct_items
from surveyapp.reports.publication import Publication
from surveyapp.reports.quality_effect import failed_rules, headline_notes
from surveyapp.reports.quotations import Quotation
from surveyapp.reports.trends import series_note
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.wording import steps_note

WITHOUT_WEIGHTS = "Weights, design effects and weighted bases: every figure is unweighted."
CODED = "Coded open answers and approved quotations."
NOT_COMPUTED = (
    WITHOUT_WEIGHTS,
    "Maturity scores per organisation and benchmarks.",
    CODED,
    "Changes since the previous edition of this book.",
)
"""What the plan of analysis asks for and this book does not hold; message ids of the catalogue ``books``."""


def report_content(
    publication: Publication,
    wave: WaveInfo,
    *,
    version: int = 1,
    edition: Edition | None = None,
    quotations: Sequence[Quotation] = (),
) -> ReportContent:
    """Everything the book of this wave holds.

    Parameters
    ----------
    version : number of this file; a book of a wave whose fieldwork is not closed is provisional
    edition : what the figures of a closed wave rest on, and by which act
    quotations : of open answers that are coded, released one by one

    Raises
    ------
    BadQuery     the plan of tables names what the wave has not
    """
    data, previous, took_part = publication.data, publication.previous, publication.response
    instrument = data.instrument
    study = instrument.study
    scheme = publication.scheme
    is_coded = any(variable.coded is not None for variable in instrument.variables.values())
    held = {*([WITHOUT_WEIGHTS] if scheme else []), *([CODED] if is_coded else [])}
    return ReportContent(
        study=study.title,
        year=instrument.wave.year,
        title=instrument.wave.title,
        stand=data.stand,
        version=version,
        edition=edition,
        beside=previous.instrument.wave.year if previous is not None else None,
        is_final=wave.is_settled,
        instrument_hash=instrument.hash,
        opened_on=local(wave.opened_at).date().isoformat() if wave.opened_at else instrument.wave.opens,
        closed_on=local(wave.closed_at).date().isoformat() if wave.closed_at else instrument.wave.closes,
        contact=f"{study.organisation.name}, {study.organisation.email}",
        complete=took_part.figure("complete").count,
        threshold=study.threshold,
        low_base=study.low_base,
        roles=tuple(RoleLine(role.label, role.description) for role in study.roles),
        missing=tuple((code.code, code.label) for code in instrument.missing.values()),
        sheets=tuple(_with_breaks(grid, data, previous) for grid in publication.tables),
        key_figures=publication.key_figures,
        constructs=tuple(
            ConstructLine(instrument.constructs[name].label, tuple(instrument.variables[item].label for item in items))
            for name, items in construct_items(instrument).items()
        ),
        response=took_part,
        rotations=tuple(variable.label for variable in instrument.variables.values() if variable.draw is not None),
        not_computed=tuple(part for part in NOT_COMPUTED if part not in held),
        quotations=tuple(quotations),
        role_labels={role.id: role.label for role in study.roles},
        weighting=(scheme.label, scheme.name) if scheme else None,
        is_weighting_asked=bool(publication.weight),
        steps=steps_note(data),
        notes=(*filter(None, (excluded_note(data), failed_rules(data))), *headline_notes(data)),
        is_made_up=data.is_made_up or (previous is not None and previous.is_made_up),
    )


def _with_breaks(grid: Grid, data: WaveData, previous: WaveData | None) -> Grid:
    """The grid with what its readers must know before they lay it beside the last wave's."""
    if previous is None:
        return grid
    return replace(grid, items=tuple(_with_break(item, data, previous, len(grid.items)) for item in grid.items))


def _with_break(item: Item, data: WaveData, previous: WaveData, lines: int) -> Item:
    note = series_note(item.variable, data.instrument, previous.instrument)
    if note is None:
        return item
    said = {language: f"{item.title[language]}: {text}" for language, text in note.items()} if lines > 1 else note
    return replace(item, series_break=note, notes=(*item.notes, said))
