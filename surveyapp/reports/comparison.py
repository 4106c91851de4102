"""What a respondent gets back: the own answers beside the average of the own role in the last closed wave.

Nothing here looks at the wave that is being answered: its figures would steer who answers later. Nothing is said of
fewer than :data:`LEAST` people, per indicator and role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, CodeColumn, Column, Floats, NumberColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.scales import SHARE_ANSWERED
from surveyapp.engine.answers import Value
from surveyapp.fieldwork import editions
from surveyapp.instrument.compare import comparable
from surveyapp.instrument.model import Instrument, Level, Text, Variable, VariableType
from surveyapp.recent import Recent
from surveyapp.reports.grid import Grid
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.rows import only
from surveyapp.reports.sentences import Words
from surveyapp.reports.subjects import Subject
from surveyapp.reports.tabulate import Tabulation
from surveyapp.reports.wave_data import Step, WaveData
from surveyapp.storage.database import Session

KEPT = 64
LEAST = 50
"""Valid answers of a role below which no average is shown."""
MOST = 8
_KINDS = {"outcome": 0, "driver": 1}
"""Constructs that judge the work, in the order they are shown; nobody is compared by background."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that is compared: its statements and which of them run the other way, on a scale from ``low``."""

    id: str
    label: Text
    items: tuple[str, ...]
    turned: frozenset[str]
    low: int
    high: int

    @property
    def is_single(self) -> bool:
        """Whether it is one question; otherwise the mean of several statements."""
        return len(self.items) == 1


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator with both figures, unrounded."""

    indicator: Indicator
    own: float
    average: float
    n: int  # valid answers behind the average


@dataclass(frozen=True, slots=True)
class Comparison:
    """What there is to show; empty when no wave has closed or too few people of the role answered."""

    role: Words  # plural
    year: int | None
    lines: tuple[Compared, ...]
    least: int = LEAST
    has_own: bool = True  # one at least of the answers that are compared was given


class Comparisons:
    """Averages per closed wave, kept until the wave's data change; shared by the threads of a process."""

    def __init__(self, live: LiveWaves) -> None:
        self.live = live
        self._kept: Recent[tuple[str, int, str, str, int, tuple[Step, ...]], Grid] = Recent(KEPT)

    def of(self, session: Session, instrument: Instrument, role: str, answers: Mapping[str, Value]) -> Comparison:
        """The comparison for somebody of this role who gave these answers.

        Parameters
        ----------
        instrument : the definition the answers were given to
        answers :    stored values; what is missing or not to be shown is simply absent
        """
        study, year = instrument.study.id, instrument.wave.year
        plural = instrument.role(role).plural
        beside = editions.beside(session, study, year)
        if beside is None:
            return Comparison(plural, None, ())
        then = self.live.published(study, beside)
        averages = _of_role(self._averages(then, instrument, role), role)
        lines, has_own = [], False
        for indicator in _indicators(instrument, then.instrument, role):
            average, own = averages.get(indicator.id), _own(indicator, answers)
            has_own = has_own or own is not None
            if average is not None and own is not None:
                lines.append(Compared(indicator, own, *average))
        return Comparison(plural, then.instrument.wave.year, tuple(lines[:MOST]), has_own=has_own)

    def _averages(self, then: WaveData, now: Instrument, role: str) -> Grid:
        def averaged() -> Grid:
            subjects = [_subject(one) for one in _indicators(now, then.instrument, role) if _is_in(one, then.dataset)]
            return Tabulation(then, ["role"]).grid_of(*subjects, rows=only("mean"))

        steps = then.extent.steps if then.extent else ()
        return self._kept.get(
            (now.hash, then.instrument.wave.year, then.instrument.hash, role, then.version, steps), averaged
        )


def _of_role(averages: Grid, role: str) -> Mapping[str, tuple[float, int]]:
    """The mean and its base by indicator, as far as somebody of this role may see it."""
    found = {}
    for measure, figures in averages.lines:
        for group, figure in zip(averages.groups, figures, strict=True):
            valid = figure.bases.valid or 0
            if group.key == f"role:{role}" and figure.value is not None and valid >= LEAST:
                found[measure.item] = (figure.value, valid)
    return found


# --------------------------------------------------------------------------------------------------------- indicators
def _indicators(now: Instrument, then: Instrument, role: str) -> Iterator[Indicator]:
    """What can be compared for this role: marks, recommendations, then constructs, in the codebook's order.

    Single questions are outcomes; a construct takes part with at least two statements on one scale. Only what was asked
    of the role in the same way in both waves.
    """
    questionnaire = now.questionnaires.get(role)
    asked = questionnaire.questions if questionnaire is not None else {}
    same = {name for name in asked if name in now.variables and comparable(name, then, now).effect.is_comparable}
    for headline in ("mean", "score"):
        for name, variable in now.variables.items():
            if name in same and variable.use == "outcome" and variable.type.traits.headline == headline:
                yield Indicator(name, variable.label, (name,), frozenset(), min(variable.codes), max(variable.codes))
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
        yield Indicator(construct.id, construct.label, tuple(items), turned, min(codes), max(codes))


def _is_statement(variable: Variable, instrument: Instrument) -> bool:
    """Whether its codes are steps of a scale that a mean can be taken of."""
    scale = instrument.scales.get(variable.scale) if variable.scale else None
    if not variable.type.picks_one or scale is None or not scale.is_ordered or len(variable.codes) < 3:
        return False
    return sorted(variable.codes) == list(range(min(variable.codes), max(variable.codes) + 1))


# ------------------------------------------------------------------------------------------------------------ figures
def _own(indicator: Indicator, answers: Mapping[str, Value]) -> float | None:
    """One's own figure; None without valid answers to two thirds of the statements."""
    given = []
    for name in indicator.items:
        value = answers.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and indicator.low <= value <= indicator.high:
            given.append(indicator.low + indicator.high - value if name in indicator.turned else value)
    if not given or len(given) < len(indicator.items) * SHARE_ANSWERED:
        return None
    return sum(given) / len(given)


def _is_in(indicator: Indicator, cases: Dataset) -> bool:
    return all(isinstance(cases.columns.get(name), CodeColumn) for name in indicator.items)


def _subject(indicator: Indicator) -> Subject:
    """Each person's own figure, over everyone."""

    def derive(cases: Dataset) -> Column:
        scores = _scores(indicator, cases)
        return NumberColumn(scores, np.where(np.isnan(scores), NOT_ASKED, 0).astype(np.int16))

    return Subject(Variable(indicator.id, VariableType.NUMBER, Level.RATIO, indicator.label), {}, derive)


def _scores(indicator: Indicator, cases: Dataset) -> Floats:
    """Per person the mean of the statements, NaN where fewer than two thirds have a valid answer."""
    turn = np.array([name in indicator.turned for name in indicator.items])
    given = np.stack([cases.columns[name].coded for name in indicator.items], axis=1).astype(np.float64)
    is_valid = (given >= indicator.low) & (given <= indicator.high)
    scored = np.where(turn, indicator.low + indicator.high - given, given)
    n = is_valid.sum(axis=1)
    total = np.where(is_valid, scored, 0.0).sum(axis=1)
    is_enough = (n > 0) & (n >= len(indicator.items) * SHARE_ANSWERED)
    return np.where(is_enough, total / np.maximum(n, 1), np.nan)
