"""What a respondent gets back: the own answers beside the average of the own role in the last closed wave.

Nothing here looks at the wave that is being answered: its figures would steer who answers later. Nothing is said of
fewer than :data:`LEAST` people, per indicator and role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from sqlmodel import Session

from surveyapp.analysis.columns import NOT_ASKED, CodeColumn, Codes, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.scales import SHARE_ANSWERED
from surveyapp.engine.answers import Value
from surveyapp.fieldwork import editions
from surveyapp.instrument.model import Instrument, Variable, VariableType
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.release import release_of
from surveyapp.reports.trends import may_be_compared
from surveyapp.reports.wave_data import Step, WaveData

LEAST = 50
"""Valid answers of a role below which no average is shown."""
MOST = 8
_KINDS = {"outcome": 0, "driver": 1}
"""Constructs that judge the work, in the order they are shown; nobody is compared by background."""


Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator: both figures unrounded, on a scale from ``low`` to ``high``."""

    id: str
    label: Words
    low: int
    high: int
    own: float
    average: float
    n: int  # valid answers behind the average
    is_single: bool  # one question; otherwise the mean of several statements


@dataclass(frozen=True, slots=True)
class Comparison:
    """What there is to show; empty when no wave has closed or too few people of the role answered."""

    role: Words  # plural
    year: int | None
    lines: tuple[Compared, ...]
    least: int = LEAST
    has_own: bool = True  # one at least of the answers that are compared was given


@dataclass(frozen=True, slots=True)
class _Indicator:
    """One thing that is compared: its statements and which of them run the other way."""

    id: str
    label: Words
    items: tuple[str, ...]
    turned: frozenset[str]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Average:
    mean: float
    n: int


_Averages = Mapping[str, _Average]


class Comparisons:
    """Averages per closed wave, kept until the wave's data change; shared by the threads of a process."""

    def __init__(self, live: LiveWaves) -> None:
        self.live = live
        self._kept: dict[tuple[str, int, str, str], tuple[tuple[int, tuple[Step, ...]], _Averages]] = {}
        self._lock = Lock()

    def of(self, session: Session, instrument: Instrument, role: str, answers: Mapping[str, Value]) -> Comparison:
        """The comparison for somebody of this role who gave these answers.

        Parameters
        ----------
        instrument : the definition the answers were given to
        answers :    stored values; what is missing or not to be shown is simply absent

        Raises
        ------
        StorageBusy     the database is locked or away
        """
        study, year = instrument.study.id, instrument.wave.year
        plural = instrument.role(role).plural
        beside = editions.beside(session, study, year)
        if beside is None:
            return Comparison(plural, None, ())
        then = self.live.published(study, beside)
        averages = self._averages(then, instrument, role)
        lines, has_own = [], False
        for indicator in _indicators(instrument, then.instrument, role):
            average, own = averages.get(indicator.id), _own(indicator, answers)
            has_own = has_own or own is not None
            if average is not None and own is not None:
                lines.append(_line(indicator, own, average))
        return Comparison(plural, then.instrument.wave.year, tuple(lines[:MOST]), has_own=has_own)

    def _averages(self, then: WaveData, now: Instrument, role: str) -> _Averages:
        key = (now.hash, then.instrument.wave.year, then.instrument.hash, role)
        with self._lock:
            mark, kept = self._kept.get(key, (None, {}))
        now_mark = (then.version, then.publication.steps if then.publication else ())
        if mark == now_mark:
            return kept
        made = {
            indicator.id: average
            for indicator in _indicators(now, then.instrument, role)
            if (average := _average(indicator, then, role)) is not None
        }
        with self._lock:
            self._kept[key] = (now_mark, made)
        return made


def _line(indicator: _Indicator, own: float, average: _Average) -> Compared:
    return Compared(
        id=indicator.id,
        label=indicator.label,
        low=indicator.low,
        high=indicator.high,
        own=own,
        average=average.mean,
        n=average.n,
        is_single=len(indicator.items) == 1,
    )


# --------------------------------------------------------------------------------------------------------- indicators
def _indicators(now: Instrument, then: Instrument, role: str) -> Iterator[_Indicator]:
    """What can be compared for this role: marks, recommendations, then constructs, in the codebook's order.

    Single questions are outcomes; a construct takes part with at least two statements on one scale. Only what was asked
    of the role in the same way in both waves.
    """
    questionnaire = now.questionnaires.get(role)
    asked = questionnaire.questions if questionnaire is not None else {}
    same = {name for name in asked if name in now.variables and may_be_compared(name, now, then)}
    for kind in (VariableType.MARK, VariableType.RECOMMENDATION):
        for name, variable in now.variables.items():
            if name in same and variable.use == "outcome" and variable.type is kind:
                yield _Indicator(name, variable.label, (name,), frozenset(), min(variable.codes), max(variable.codes))
    for construct in sorted(now.constructs.values(), key=lambda each: _KINDS.get(each.kind, 9)):
        if construct.kind not in _KINDS:
            continue
        items = [name for name in construct.items if name in same and _is_statement(now.variables[name], now)]
        old = then.constructs.get(construct.id)
        scales = {tuple(sorted(now.variables[name].codes)) for name in items}
        if len(items) < 2 or len(scales) != 1 or (old is not None and old.reversed != construct.reversed):
            continue
        codes = now.variables[items[0]].codes
        # Scored so that the highest step says most: scales that begin with it are turned, reversed statements too.
        turned = frozenset(
            name
            for name in items
            if now.scales[str(now.variables[name].scale)].is_descending != (name in construct.reversed)
        )
        yield _Indicator(construct.id, construct.label, tuple(items), turned, min(codes), max(codes))


def _is_statement(variable: Variable, instrument: Instrument) -> bool:
    """Whether its codes are steps of a scale that a mean can be taken of."""
    scale = instrument.scales.get(variable.scale) if variable.scale else None
    if variable.type is not VariableType.SINGLE or scale is None or not scale.is_ordered or len(variable.codes) < 3:
        return False
    return sorted(variable.codes) == list(range(min(variable.codes), max(variable.codes) + 1))


# ------------------------------------------------------------------------------------------------------------ figures
def _own(indicator: _Indicator, answers: Mapping[str, Value]) -> float | None:
    """One's own figure; None without valid answers to two thirds of the statements."""
    given = []
    for name in indicator.items:
        value = answers.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and indicator.low <= value <= indicator.high:
            given.append(indicator.low + indicator.high - value if name in indicator.turned else value)
    if not given or len(given) < len(indicator.items) * SHARE_ANSWERED:
        return None
    return sum(given) / len(given)


def _average(indicator: _Indicator, then: WaveData, role: str) -> _Average | None:
    """The mean over everyone of a role, of each person's own figure; None below :data:`LEAST` people."""
    cases = then.cases()
    if role not in cases.roles:
        return None
    of_role = cases.role == cases.roles.index(role)
    scores = _scores(indicator, cases)
    if scores is None:
        return None
    valid = scores[of_role & ~np.isnan(scores)]
    release = release_of(then)
    missing = _missing(_scores(indicator, release.cases), release.cases.n)
    is_hidden = bool(release.hidden_groups("role", missing)[1 + cases.roles.index(role)])
    return _Average(float(valid.mean()), len(valid)) if len(valid) >= LEAST and not is_hidden else None


def _missing(scores: Floats | None, n: int) -> Codes:
    """A missing code per case for a figure of several answers: not asked where there is none."""
    return (
        np.full(n, NOT_ASKED, dtype=np.int16)
        if scores is None
        else np.where(np.isnan(scores), NOT_ASKED, 0).astype(np.int16)
    )


def _scores(indicator: _Indicator, cases: Dataset) -> Floats | None:
    """Per person the mean of the statements, NaN where fewer than two thirds have a valid answer."""
    columns = [cases.columns.get(name) for name in indicator.items]
    codes = [column.values for column in columns if isinstance(column, CodeColumn)]
    if len(codes) < len(columns):
        return None
    turn = np.array([name in indicator.turned for name in indicator.items])
    given = np.stack(codes, axis=1).astype(np.float64)
    is_valid = (given >= indicator.low) & (given <= indicator.high)
    scored = np.where(turn, indicator.low + indicator.high - given, given)
    n = is_valid.sum(axis=1)
    total = np.where(is_valid, scored, 0.0).sum(axis=1)
    is_enough = (n > 0) & (n >= len(indicator.items) * SHARE_ANSWERED)
    return np.where(is_enough, total / np.maximum(n, 1), np.nan)
