"""Every column of a wave's data: what it means, who was asked, in which words, and how many answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveyapp.instrument.model import Instrument, Variable
from surveyapp.reports.codebook_history import CodebookYear, history, routing
from surveyapp.reports.grid import Bases
from surveyapp.reports.rows import counted
from surveyapp.reports.sentences import Words, in_both
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.wording import base_text, question_texts, remarks


@dataclass(frozen=True, slots=True)
class CodebookValue:
    """One code and its meaning; missing codes are negative."""

    code: int
    label: Words
    is_missing: bool = False
    has_text: bool = False  # comes with a text of the respondent's own; read by who takes the codebook as JSON


@dataclass(frozen=True, slots=True)
class CodebookEntry:
    """One variable. The three counts are None without data, and where its figures are hidden even of everyone."""

    position: int  # from 1
    name: str
    label: Words
    questions: Mapping[str, Words]  # by role
    pages: Mapping[str, str]  # page by role
    base: Words
    type: str
    level: str
    unit: Words | None
    values: tuple[CodebookValue, ...]
    construct: Words | None
    phase: Words | None
    use: str
    scale: str | None
    is_reversed: bool
    is_sensitive: bool
    tables: tuple[str, ...]  # ids of the report's sheets it stands in
    notes: tuple[Words, ...]
    places: int = 0  # of a ranking
    routing: Mapping[str, Words] = field(default_factory=dict)  # where it stands and when it is put, by role
    history: tuple[CodebookYear, ...] = ()  # the waves before that had it, the newest first
    asked: int | None = None
    answered: int | None = None
    valid: int | None = None


@dataclass(frozen=True, slots=True)
class Codebook:
    """All variables in the order of the data."""

    study: str
    year: int
    title: Words
    instrument_hash: str
    roles: Mapping[str, Words]
    missing: tuple[CodebookValue, ...]
    entries: tuple[CodebookEntry, ...]
    is_made_up: bool = False  # robots answered, and what is counted is made up


def codebook(
    instrument: Instrument,
    data: WaveData | None = None,
    *,
    is_counted: bool = True,
    before: Sequence[Instrument] = (),
) -> Codebook:
    """The codebook of a wave, with counts over the cases figures rest on when there are data and they are wanted.

    Parameters
    ----------
    before : what earlier waves asked; each entry tells what became of it since
    """
    study, counts = instrument.study, {} if data is None or not is_counted else _counts(data)
    entries = tuple(
        _entry(position, variable, instrument, data, counts.get(variable.name, Bases()), before)
        for position, variable in enumerate(instrument.variables.values(), start=1)
        if not variable.is_stored_apart
    )
    return Codebook(
        study=study.id,
        year=instrument.wave.year,
        title=in_both(instrument.wave.title),
        instrument_hash=instrument.hash,
        roles={role.id: in_both(role.label) for role in study.roles},
        missing=tuple(CodebookValue(code.code, in_both(code.label), True) for code in instrument.missing.values()),
        entries=entries,
        is_made_up=data is not None and data.is_made_up,
    )


def _entry(
    position: int,
    variable: Variable,
    instrument: Instrument,
    data: WaveData | None,
    bases: Bases,
    before: Sequence[Instrument],
) -> CodebookEntry:
    construct = instrument.constructs.get(variable.construct) if variable.construct else None
    phase = instrument.phases.get(variable.phase) if variable.phase else None
    return CodebookEntry(
        position=position,
        name=variable.name,
        label=in_both(variable.label),
        questions=question_texts(variable, instrument),
        pages={
            role: questionnaire.page_of[variable.name]
            for role, questionnaire in instrument.questionnaires.items()
            if variable.name in questionnaire.page_of
        },
        base=base_text(variable, instrument, is_derived=False, earlier=data.earlier if data else ()),
        type=variable.type.value,
        level=variable.level.value,
        unit=in_both(variable.unit) if variable.unit is not None else None,
        values=_values(variable, instrument),
        construct=in_both(construct.label) if construct is not None else None,
        phase=in_both(phase.label) if phase is not None else None,
        use=variable.use,
        scale=variable.scale,
        is_reversed=variable.is_reversed,
        is_sensitive=variable.is_sensitive,
        tables=tuple(table.id for table in instrument.tables if variable.name in table.variables),
        notes=tuple(remarks(variable, instrument)),
        places=variable.ranks,
        routing=routing(variable, instrument),
        history=history(variable.name, instrument, before),
        asked=bases.asked,
        answered=bases.answered,
        valid=bases.valid,
    )


def _values(variable: Variable, instrument: Instrument) -> tuple[CodebookValue, ...]:
    """The codes, then the missing codes that are offered, then those the platform sets."""
    codes = [CodebookValue(one.code, in_both(one.label), has_text=one.other) for one in variable.categories]
    offered = [CodebookValue(one.code, in_both(one.label), True) for one in variable.missing]
    known = {value.code for value in offered}
    platform = [
        CodebookValue(one.code, in_both(one.label), True)
        for one in instrument.missing.values()
        if not one.offered and one.code not in known
    ]
    return (*codes, *offered, *platform)


def _counts(data: WaveData) -> Mapping[str, Bases]:
    """What everyone's figures of each variable rest on."""
    names = [name for name in data.instrument.variables if name in data.dataset.columns]
    grid = Tabulation(data).grid(*names, rows=counted)
    return {item.variable: total for item, (total,) in zip(grid.items, grid.bases, strict=True)}
