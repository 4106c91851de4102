"""From cases to columns: one small array per variable, with what lies off the path left out.

This is the engine's walk (`surveyapp.engine.route.on_path`) done for all cases at once: page by page, condition by
condition, each over a whole column. A test holds the two equal. What was not counted there is not asked (-8) here.

An imported wave has no questionnaire and so no path: its cases count as the import left them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from surveyapp.analysis.columns import (
    NOT_ASKED,
    AllocationColumn,
    Bools,
    ChoiceColumn,
    CodeColumn,
    Column,
    NumberColumn,
    RankColumn,
    TextColumn,
)
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.fieldwork.arrivals import OPEN_LINK
from surveyapp.fieldwork.interviews import TRAPPED
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import Information, Instrument, Question, Questionnaire, QuestionSet, Shape, Variable
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.derived_columns import with_derived
from surveyapp.storage.case_feed import keys_of
from surveyapp.storage.tables import EXCLUDED

Record = Mapping[Any, Any]
"""A case as ``storage.changes.CaseFeed`` gives it."""
VersionOf = Callable[[str], Instrument]
"""The instrument with this hash: a case keeps the version it began with."""


def is_counted(record: Record) -> bool:
    """Whether a case belongs in figures at all: no test, and neither withdrawn nor erased."""
    return not record["is_test"] and record["state"] in STATES


def _state(record: Record) -> str:
    is_excluded = record["state"] == "complete" and record.get("quality_decision") == EXCLUDED
    return EXCLUDED if is_excluded else str(record["state"])


def extract(
    instrument: Instrument,
    records: Sequence[Record],
    version_of: VersionOf | None = None,
    factors: Factors | None = None,
) -> Dataset:
    """The cases of a wave as a dataset, derived variables included; tests, withdrawn and erased cases are left out.

    Parameters as of :func:`answered`.
    """
    return with_derived(answered(instrument, records, version_of, factors), instrument)


def answered(
    instrument: Instrument,
    records: Sequence[Record],
    version_of: VersionOf | None = None,
    factors: Factors | None = None,
) -> Dataset:
    """The same with a column for everything that cases have a value of, and for nothing that is derived.

    Parameters
    ----------
    instrument : decides which columns there are
    version_of : gives the version a case began with, whose routing decides what was on its path; absent: ``instrument``
    factors :    keeps the positions of roles, languages, sources and devices the same over several calls
    """
    counted = [record for record in records if is_counted(record)]
    factors = factors or Factors(instrument)
    known = factors.columns(counted)
    empty = {name: _column(variable, ()).nobody(len(counted)) for name, variable in _stored(instrument)}
    cases = Dataset(
        n=len(counted),
        columns={**known, **empty},
        names=factors.names,
        keys=keys_of([record["case_id"] for record in counted]).copy(),
        state=np.array([STATES.index(_state(record)) for record in counted], dtype=np.int16),
        started=np.array([ordinal(record["started_on"]) for record in counted], dtype=np.int32),
        sent=np.array([ordinal(record["sent_on"]) for record in counted], dtype=np.int32),
        seconds=np.array([record["seconds"] for record in counted], dtype=np.int32),
        is_trapped=np.array([TRAPPED in record.get("flags", ()) for record in counted], dtype=np.bool_),
    )
    for (role, version), places in _alike(counted, instrument).items():
        index = np.array(places, dtype=np.intp)
        answers = [counted[place]["answers"] for place in places]
        definition = instrument if version_of is None or version == instrument.hash else version_of(version)
        for name, column in _block(instrument, definition, role, answers, cases.take(index)).items():
            if name in empty:
                empty[name].put(index, column if definition is instrument else column.fitted(empty[name]))
    return cases


def _stored(instrument: Instrument) -> Iterator[tuple[str, Variable]]:
    """The variables that cases have a value of; derived ones are made of them (`reports.derived_columns`)."""
    return ((name, variable) for name, variable in instrument.variables.items() if variable.derivation is None)


class Factors:
    """What the platform knows of every case as code columns: codes are positions of names; new ones join at the end."""

    def __init__(self, instrument: Instrument, names: Mapping[str, Sequence[str]] | None = None) -> None:
        study = instrument.study
        self.is_fielded = bool(instrument.questionnaires)  # else the wave came in as a file, with sources of its own
        self.first: Mapping[str, Sequence[str]] = {
            "role": [role.id for role in study.roles],
            "language": study.languages,
        }
        self._places: dict[str, dict[str, int]] = {
            name: {value: place for place, value in enumerate((names or self.first).get(name, ()))}
            for name in SYSTEM_VARIABLES
        }

    def columns(self, records: Sequence[Record]) -> dict[str, Column]:
        """The column of each of them over these cases."""
        return {
            name: CodeColumn(np.array([places.setdefault(one[name], len(places)) for one in records], dtype=np.int16))
            for name, places in self._places.items()
        }

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Per column the names in order of position."""
        return {name: tuple(places) for name, places in self._places.items()}

    def declared(
        self, columns: Mapping[str, Column], sources: Sequence[str]
    ) -> tuple[dict[str, Column], dict[str, tuple[str, ...]]]:
        """Columns and names in the order in which study, platform and wave declare them, those of nobody among them.

        New names join in the order in which people came: it is nobody's business, and another one on each server.
        Of a wave that was fielded here a source that was not declared counts as the open link, as at the door.
        """
        made, names = dict(columns), dict[str, tuple[str, ...]]()
        for name, places in self._places.items():
            known: Sequence[str] = self.first.get(name, tuple(SYSTEM_VARIABLES[name].values))
            if name == "source":
                known = (OPEN_LINK, *(one for one in sources if one != OPEN_LINK)) if self.is_fielded else ()
            others = () if name == "source" and self.is_fielded else sorted(places.keys() - {*known})
            names[name] = (*known, *others)
            order = {value: place for place, value in enumerate(names[name])}
            new = np.array([order.get(value, 0) for value in places], dtype=np.int16)
            held = columns[name].coded
            if len(new) and (new != np.arange(len(new))).any():
                made[name] = CodeColumn(np.where(held < 0, held, new[np.maximum(held, 0)]).astype(np.int16))
        return made, names


def _alike(records: Sequence[Record], instrument: Instrument) -> dict[tuple[str, str], list[int]]:
    """Positions of the cases by role and version of the instrument."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, record in enumerate(records):
        version = instrument.hash if not instrument.questionnaires else record["instrument_hash"]
        found.setdefault((record["role"], version), []).append(place)
    return found


def _block(
    instrument: Instrument,
    definition: Instrument,
    role: str,
    answers: Sequence[Mapping[str, Any]],
    cases: Dataset,
) -> dict[str, Column]:
    """The columns of cases of one role and one version; a variable that is absent was not put to them."""
    if not definition.questionnaires:
        return {name: _column(variable, answers) for name, variable in _stored(instrument)}
    questionnaire = definition.questionnaires.get(role)
    if questionnaire is None:
        return {}
    raw = {
        name: _column(variable, answers)
        for name, variable in _stored(definition)
        if _belongs(variable, questionnaire, definition)
    }
    return _Walk(questionnaire, raw, cases).counted()


def _belongs(variable: Variable, questionnaire: Questionnaire, definition: Instrument) -> bool:
    if variable.name in questionnaire.questions:
        return True
    if variable.other_of is not None:
        return variable.other_of in questionnaire.questions
    # No page of any role asks it: the platform put it there (consent).
    return not any(variable.name in other.questions for other in definition.questionnaires.values())


class _Walk:
    """All cases of one role at once along the pages of its questionnaire."""

    def __init__(self, questionnaire: Questionnaire, raw: dict[str, Column], cases: Dataset) -> None:
        self.questionnaire = questionnaire
        self.raw = raw
        # Conditions see what counts so far: a question that comes later is not asked yet.
        self.seen: dict[str, Column] = {name: cases.columns[name] for name in cases.names} | {
            name: column
            for name, column in raw.items()
            if name not in questionnaire.questions and not _beside(name, questionnaire)
        }
        self.cases = replace(cases, columns=self.seen)

    def counted(self) -> dict[str, Column]:
        """The columns with everything off the path set to not asked."""
        under_way = np.ones(self.cases.n, dtype=np.bool_)
        for page in self.questionnaire.pages:
            reached = under_way & is_true(page.drawn, self.cases) & is_true(page.show_if, self.cases)
            asked, informed = np.zeros_like(reached), np.zeros_like(reached)
            has_questions = False
            for item in page.items:
                if isinstance(item, Information):
                    informed |= reached & is_true(item.show_if, self.cases)
                    continue
                for question, visible in self.visible(item, reached):
                    has_questions = True
                    asked |= visible
                    self.count(question, visible)
            on_page = asked if has_questions else informed
            for ending in page.endings:
                under_way &= ~(on_page & is_true(ending.condition, self.cases))
        return self.seen

    def visible(self, item: Question | QuestionSet, reached: Bools) -> Iterator[tuple[Question, Bools]]:
        """The questions of an item with who sees them, one by one: each may follow from the one before it."""
        among = reached & is_true(item.show_if, self.cases)
        if isinstance(item, Question):
            yield item, among
            return
        for question in item.questions:
            yield question, among & is_true(question.show_if, self.cases)

    def count(self, question: Question, visible: Bools) -> None:
        """Let the answers of those who see the question count."""
        name = question.name
        self.seen[name] = kept = _kept(self.raw[name], visible)
        for category in question.variable.categories:
            beside = f"{name}_other"
            if category.other and beside in self.raw:
                chose = visible & kept.chosen_by(category.code)
                self.seen[beside] = _kept(self.raw[beside], chose)


def _beside(name: str, questionnaire: Questionnaire) -> bool:
    return name.endswith("_other") and name.removesuffix("_other") in questionnaire.questions


def _kept(column: Column, here: Bools) -> Column:
    """The column with every case elsewhere set to not asked."""
    if here.all():
        return column
    away = np.flatnonzero(~here)
    kept = column.take(np.arange(len(here), dtype=np.intp))
    kept.put(away, column.nobody(len(away)))
    return kept


def _column(variable: Variable, answers: Sequence[Mapping[str, Any]]) -> Column:
    """The stored values of one variable (shapes: `surveyapp.engine.answers`); not asked where there is none."""
    name, shape = variable.name, variable.type.shape
    values = [given.get(name, NOT_ASKED) for given in answers]
    if shape is Shape.CODE:
        return CodeColumn(np.array(values, dtype=np.int16))
    missing = np.array([_missing(value) for value in values], dtype=np.int16)
    valid = np.flatnonzero(missing == 0)
    n, codes = len(values), variable.codes
    if shape is Shape.NUMBER:
        return NumberColumn(np.where(missing == 0, np.array([_number(value) for value in values]), np.nan), missing)
    if shape is Shape.RANKING:
        places = np.full((n, max(variable.ranks, 1)), -1, dtype=np.int16)
        for case in valid:
            ranked = values[case][: places.shape[1]]
            places[case, : len(ranked)] = ranked
        return RankColumn(codes, places, missing)
    position = {code: place for place, code in enumerate(codes)}
    if shape is Shape.CHOICE:
        chosen = np.zeros((n, len(codes)), dtype=np.bool_)
        pairs = [(case, position[code]) for case in valid for code in values[case] if code in position]
        if pairs:
            cases, places_of = zip(*pairs, strict=True)
            chosen[list(cases), list(places_of)] = True
        return ChoiceColumn(codes, chosen, missing)
    if shape is Shape.ALLOCATION:
        amounts = np.zeros((n, len(codes)))
        for case in valid:
            for code, amount in values[case].items():
                amounts[case, position[int(code)]] = amount
        return AllocationColumn(codes, amounts, missing)
    return TextColumn(np.array([value if isinstance(value, str) else None for value in values], dtype=object), missing)


def _missing(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value < 0 else 0


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


def ordinal(day: date | None) -> int:
    """A day as a number; 0 where there is none."""
    return day.toordinal() if day is not None else 0
