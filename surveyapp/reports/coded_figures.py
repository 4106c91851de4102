"""Coded answers as a variable like any other: as they stand for who may see cases, as put into the figures for others.

Of a wave that is over alone: of an open one the base of a coded variable would tell who came since the last look.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveyapp import clock
from surveyapp.analysis.columns import SKIPPED, ChoiceColumn, Column
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.multiple_coding import code_table
from surveyapp.errors import WrongState
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork import editions
from surveyapp.instrument.coding import Frame, coded_variable, frame_of, with_coded
from surveyapp.instrument.variables import Coded, Variable
from surveyapp.reports.coding_state import coding_state
from surveyapp.reports.open_answers import cases_answering, is_shown
from surveyapp.reports.texts import Beside
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit, coding
from surveyapp.storage.case_feed import keys_of, places_of
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True)
class CodedQuestion:
    """The codes of one question that count, by case, and how they came to be."""

    frame: Frame
    codes: Mapping[uuid.UUID, Sequence[int]]
    made: Coded


@dataclass(frozen=True, slots=True, eq=False)
class CodedData:
    """A wave with its codes as they stand, and with those that were put into the figures; ``marks`` say when anew."""

    marks: tuple[object, ...]
    as_they_stand: WaveData
    in_figures: WaveData


def coded_data(session: Session, data: WaveData, marks: tuple[object, ...]) -> CodedData:
    """The two states of a wave that is over; ``data`` has no coded variables itself."""
    stand, counted = standing_codes(session, data), counted_codes(session, data)
    return CodedData(marks, with_codes(data, stand), with_codes(data, counted))


def standing_codes(session: Session, data: WaveData) -> tuple[CodedQuestion, ...]:
    """The codes that are settled so far, of every question that is coded."""
    study, year = data.instrument.study.id, data.instrument.wave.year
    found = []
    for question in deeds.frames(session, study, year):
        if question in data.instrument.variables:
            state = coding_state(session, data, question)
            found.append(CodedQuestion(state.frame, state.settled, state.made))
    return tuple(found)


def counted_codes(session: Session, data: WaveData) -> tuple[CodedQuestion, ...]:
    """The codes that were put into the figures; of a question that has answers without them since, none."""
    study, year = data.instrument.study.id, data.instrument.wave.year
    last = {row.question: row.document for row in coding.editions(session, study, year)}
    codes = coding.counted(session, study, year) if last else {}
    found = []
    for question, document in last.items():
        given = dict(codes.get(question, ()))
        answers = cases_answering(data, question) if question in data.instrument.variables else ()
        if answers and all(case in given for case in answers):
            made = _made(question, document, len(answers))
            found.append(CodedQuestion(frame_of(document["frame"]), given, made))
    return tuple(found)


def put_into_figures(session: Session, data: WaveData, question: str, actor: str, reason: str) -> int:
    """Let the codes of a question stand in all figures of a closed wave: its next edition, on the record.

    Parameters
    ----------
    data : of everybody, as it stands in the session's picture

    Returns
    -------
    int     how often that was done with this question

    Raises
    ------
    WrongState     the wave is not closed, an answer has no codes yet, nothing changed, or no reason is given
    """
    study, year = data.instrument.study.id, data.instrument.wave.year
    deeds.require_over(session, study, year)
    state = coding_state(session, data, question)
    if not state.is_settled:
        raise WrongState(
            "Not every answer has codes that count yet: %(lacking)s of %(all)s wait. Settle them first.",
            lacking=len(state.answers) - len(state.settled),
            all=len(state.answers),
        )
    editions.require_reason(study, year, reason)
    document = {
        "frame": state.frame.as_dict(),
        "version": state.version.number,
        "twice": state.twice,
        "agreement": None
        if state.agreement is None or math.isnan(state.agreement.kappa)
        else [state.agreement.kappa, state.agreement.low, state.agreement.high],
    }
    before = [row.document for row in coding.editions(session, study, year) if row.question == question]
    held = {case: tuple(codes) for case, codes in coding.counted(session, study, year).get(question, ())}
    if before and before[-1] == document and held == dict(state.settled):
        raise WrongState("These codes are in the figures already; nothing would change.")
    coding.count_anew(session, study, year, question, state.settled)
    number = coding.add_edition(
        session, study, year, question, document, actor=actor, reason=reason.strip(), at=clock.now()
    )
    details = {"question": question, "number": number, "frame": state.version.number, "reason": reason.strip()}
    audit.add(session, actor, deeds.COUNT, f"{study} {year}", details)
    editions.make(session, study, year, actor, deeds.COUNT, reason)
    return number


def with_codes(data: WaveData, questions: Sequence[CodedQuestion]) -> WaveData:
    """The data with a variable for each coded question; the same where there is none."""
    found: dict[str, tuple[Frame, Variable]] = {}
    columns: dict[str, Column] = {}
    whole = data.whole or data.dataset
    for one in questions:
        source = data.instrument.variables[one.frame.question]
        times = Counter(code for codes in one.codes.values() for code in codes)
        # Most given first, as a list of ten wants it; where the release hides even the whole, not even an order shows.
        order = [code for code, _ in times.most_common()] if is_shown(data, one.frame.question) else []
        variable = coded_variable(one.frame, source, one.made, sorted(times), order)
        found[variable.name] = one.frame, variable
        columns[variable.name] = _column(whole, source, variable, one.codes)
    if not found:
        return data
    cases = replace(whole, columns=Beside(whole.columns, columns), _cache={})
    return replace(
        data,
        instrument=with_coded(data.instrument, found),
        dataset=cases.included(),
        whole=None if data.whole is None else cases,
        kept={},
    )


def _column(
    cases: Dataset, source: Variable, variable: Variable, codes: Mapping[uuid.UUID, Sequence[int]]
) -> ChoiceColumn:
    """Who got which codes; an answer without codes is skipped, whoever gave none keeps the kind of missing."""
    listed = list(codes)
    order = np.argsort(cases.keys, kind="stable")
    places = places_of(keys_of(listed), cases.keys[order])
    here = np.flatnonzero(places >= 0)
    rows = order[places[here]]
    missing = cases.columns[source.name].missing.copy()
    answered = missing == 0
    missing[answered] = SKIPPED
    table = np.zeros((cases.n, len(variable.codes)), dtype=np.bool_)
    given = code_table([codes[listed[at]] for at in here.tolist()], variable.codes)
    table[rows] = given
    missing[rows[answered[rows] & given.any(axis=1)]] = 0
    table[missing != 0] = False
    return ChoiceColumn(variable.codes, table, missing)


def _made(question: str, document: Mapping[str, object], answers: int) -> Coded:
    found = document.get("agreement")
    kappa = tuple(float(value) for value in found) if isinstance(found, list) else ()
    twice = document.get("twice", 0)
    return Coded(question, answers, answers, twice if isinstance(twice, int) else 0, *kappa)
