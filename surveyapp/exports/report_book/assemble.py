"""From the data of a wave to what its report book holds."""

from __future__ import annotations

from dataclasses import replace

from surveyapp.clock import local
from surveyapp.exports.report_book.content import ConstructLine, ReportContent, RoleLine
from surveyapp.fieldwork.editions import Edition
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.reports.key_figures import construct_items, key_figures
from surveyapp.reports.plan import ReportSheet, report_sheets
from surveyapp.reports.publishing import least_for_step
from surveyapp.reports.response import response
from surveyapp.reports.table import Table
from surveyapp.reports.trends import series_note
from surveyapp.reports.wave_data import WaveData

NOT_COMPUTED = (
    "Weights, design effects and weighted bases: every figure is unweighted.",
    "Driver analysis: what determines the marks, with relative importance.",
    "Trend sheets over more than two waves.",
    "Maturity scores per organisation and benchmarks.",
    "Coded open answers and approved quotations.",
    "Changes since the previous edition of this book.",
)
"""What the plan of analysis asks for and this book does not hold; message ids of the catalogue ``books``."""


def report_content(
    data: WaveData,
    wave: WaveInfo,
    previous: WaveData | None = None,
    *,
    version: int = 1,
    edition: Edition | None = None,
) -> ReportContent:
    """Tabulate everything the book of this wave holds.

    Parameters
    ----------
    previous : the data of the wave before, for the differences of the key figures
    version :  number of this file; a book of a wave whose fieldwork is not closed is provisional

    edition :  what the figures of a closed wave rest on, and by which act

    Raises
    ------
    BadQuery     the plan of tables names what the wave has not
    """
    instrument = data.instrument
    study = instrument.study
    return ReportContent(
        study=study.id,
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
        complete=_complete(data),
        threshold=study.threshold,
        low_base=study.low_base,
        roles=tuple(RoleLine(role.label, role.description) for role in study.roles),
        missing=tuple((code.code, code.label) for code in instrument.missing.values()),
        sheets=tuple(_with_breaks(sheet, data, previous) for sheet in report_sheets(data)),
        key_figures=key_figures(data, previous),
        constructs=tuple(
            ConstructLine(instrument.constructs[name].label, tuple(instrument.variables[item].label for item in items))
            for name, items in construct_items(instrument).items()
        ),
        response=response(data).lines,
        rotations=tuple(variable.label for variable in instrument.variables.values() if variable.draw is not None),
        not_computed=NOT_COMPUTED,
        step=least_for_step(study.threshold) if data.publication and not data.publication.is_over else None,
        is_made_up=data.is_made_up or (previous is not None and previous.is_made_up),
    )


def _complete(data: WaveData) -> int | None:
    """Finished questionnaires, as the sheet about the response says."""
    return next(line.complete for line in response(data).lines if line.role is None and line.source is None)


def _with_breaks(sheet: ReportSheet, data: WaveData, previous: WaveData | None) -> ReportSheet:
    """The sheet with what its readers must know before they lay it beside the last wave's."""
    if previous is None:
        return sheet
    return replace(sheet, tables=tuple(_with_break(table, data, previous, len(sheet.tables)) for table in sheet.tables))


def _with_break(table: Table, data: WaveData, previous: WaveData, lines: int) -> Table:
    note = series_note(table.variable, data.instrument, previous.instrument)
    if note is None:
        return table
    said = {language: f"{table.title[language]}: {text}" for language, text in note.items()} if lines > 1 else note
    return replace(table, extra={**table.extra, "break": note}, notes=(*table.notes, said))
