"""Who took part: counts, minutes and shares of everyone and of groups, as far as they may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from surveyapp.analysis.columns import SKIPPED, Bools, Codes
from surveyapp.analysis.dataset import STATES
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.banners import banners, groups_of
from surveyapp.reports.exclusions import excluded_note, told_exclusions
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item, Measure
from surveyapp.reports.ledger import hidden_counts
from surveyapp.reports.release import release_of
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.wave_data import WaveData

Invited = Mapping[tuple[str, str], int]
"""People invited by name, by role and source."""
HIDDEN, NOTHING = Figure(is_hidden=True, bases=Bases(is_hidden=True)), Figure()
Figures = tuple[Figure, ...]


def response(data: WaveData, invited: Invited | None = None) -> Grid:
    """The fieldwork of everyone, by role and by source: a line per count, rate or median.

    Shares are of finished questionnaires. What would speak of fewer than the threshold, alone or by subtraction, is
    hidden; there is no rate where nobody was invited by name: an open link has no denominator.

    Parameters
    ----------
    invited : people invited by name; absent: an open link
    """
    people = _People(data, ("role", "source"), data.dataset.is_complete)
    cases, complete = data.dataset, people.counted
    asked = [_invited(group, invited or {}) for group in people.groups]
    done = people.finished
    if data.extent is not None:  # who has not finished moves by the minute, and no step holds it back
        others = phone = english = np.ones(len(people.groups), dtype=np.bool_)
    else:
        others = people.hidden_counts([*people.unfinished, people.unfinished[0] | people.unfinished[1]])
        phone, english = (
            people.hidden_counts([complete & here, complete & ~here])
            for here in (cases.has("device", "phone"), cases.has("language", "en"))
        )
    lines = {
        "invited": tuple(NOTHING if n is None else Figure(count=n) for n in asked),
        "started": people.counts(np.ones(cases.n, dtype=np.bool_), others),
        "complete": done,
        "partial": people.counts(people.unfinished[0], others),
        "screened_out": people.counts(people.unfinished[1], others),
        "response_rate": tuple(_rate(one, n) for one, n in zip(done, asked, strict=True)),
        "minutes": people.minutes,
        "phone": people.shares(cases.has("device", "phone"), phone),
        "english": people.shares(cases.has("language", "en"), english),
    }
    kept = [at for at, here in enumerate(people.members) if at == 0 or here.any() or asked[at]]
    return _grid(people, lines, kept)


def participation(data: WaveData) -> Grid:
    """How many finished and how long it took, of everyone and by role, language, source and device.

    It is what anybody may know. How many did not finish is known only of everyone, when the wave is over.
    """
    counted: Bools = np.ones(data.dataset.n, dtype=np.bool_) if data.is_imported else data.dataset.is_complete
    people = _People(data, tuple(SYSTEM_VARIABLES), counted)
    states, is_open = people.unfinished, data.extent is not None
    is_hidden = hidden_counts((), [*states, states[0] | states[1]], people.threshold)[:1] | is_open
    of_groups = (NOTHING,) * (len(people.groups) - 1)
    lines = {
        "complete": people.finished,
        "minutes": people.minutes,
        "partial": (*people.counts(states[0], is_hidden), *of_groups),
        "screened_out": (*people.counts(states[1], is_hidden), *of_groups),
    }
    kept = [
        at
        for at, (group, here) in enumerate(zip(people.groups, people.members, strict=True))
        if group.banner in (None, "role") or people.finished[at].is_hidden or (here & counted).any()
    ]
    return _grid(people, lines, kept)


_MEASURES: Mapping[str, tuple[Words, str]] = {
    "invited": (both("Invited"), "count"),
    "started": (both("Started"), "count"),
    "complete": (both("Complete"), "count"),
    "partial": (both("Partial"), "count"),
    "screened_out": (both("Screened out"), "count"),
    "response_rate": (both("Response rate (RR1)"), "share"),
    "minutes": (both("Median minutes"), "minutes"),
    "phone": (both("On a phone"), "share"),
    "english": (both("In English"), "share"),
}


class _People:
    """Everyone and the groups of some parts of a wave, and what may be counted of them."""

    def __init__(self, data: WaveData, parts: Sequence[str], counted: Bools) -> None:
        self.data, self.cases, self.counted = data, data.dataset, counted
        self.release = release_of(data)
        self.threshold = data.instrument.study.threshold
        # A part of more groups than a table can hold is never shown.
        self.names = [name for name in parts if self.release.judge(None, [name]) is not None]
        found = banners(self.names, data.instrument, self.cases)
        self.groups = groups_of(found)
        self.parts = [[part.split.members(at) for at in range(part.split.size)] for part in found]
        everyone: Bools = np.ones(self.cases.n, dtype=np.bool_)
        self.members = [everyone, *(group for part in self.parts for group in part)]

    def hidden(self, missing: Codes) -> Bools:
        """Which groups are hidden, by the missing code of each case of the release."""
        judge = self.release.judge(None, self.names)
        return np.ones(len(self.groups), dtype=np.bool_) if judge is None else judge.hidden(missing)

    def hidden_counts(self, bases: Sequence[Bools]) -> Bools:
        """Which groups are hidden where these cases are counted, those included of whom nobody may be counted."""
        return hidden_counts(self.parts, bases, self.threshold, self._hidden)

    @cached_property
    def _nobody(self) -> Codes:
        return np.zeros(self.release.cases.n, dtype=np.int16)

    @cached_property
    def _hidden(self) -> Bools:
        return self.hidden(self._nobody)

    @cached_property
    def unfinished(self) -> tuple[Bools, Bools]:
        """Who did not come to the end, and who was found not to belong to the population."""
        return self.cases.state == STATES.index("started"), self.cases.state == STATES.index("screened_out")

    @cached_property
    def finished(self) -> Figures:
        """How many finished."""
        return self.counts(self.counted, self._hidden)

    def counts(self, here: Bools, hidden: Bools) -> Figures:
        """How many of each group are here."""
        return tuple(
            HIDDEN if is_hidden else Figure(count=(n := int((group & here).sum())), bases=Bases(n, n, n, n, n))
            for group, is_hidden in zip(self.members, hidden.tolist(), strict=False)
        )

    def shares(self, here: Bools, hidden: Bools) -> Figures:
        """The share that is here of each group's finished questionnaires."""
        found = []
        for group, done, is_hidden in zip(self.members, self.finished, hidden.tolist(), strict=True):
            among = group & self.counted
            n = int(among.sum())
            shown = Figure(int((among & here).sum()) / n, bases=done.bases) if n else NOTHING
            found.append(HIDDEN if is_hidden and done.count != 0 else shown)
        return tuple(found)

    @cached_property
    def minutes(self) -> Figures:
        """The median minutes of each group's finished questionnaires."""
        hidden = self.hidden(np.where(self.release.cases.seconds > 0, self._nobody, np.int16(SKIPPED)))
        found = []
        for group, done, is_hidden in zip(self.members, self.finished, hidden.tolist(), strict=True):
            seconds = self.cases.seconds[group & self.counted & (self.cases.seconds > 0)]
            if done.count == 0:
                found.append(NOTHING)
            elif is_hidden or not len(seconds):
                found.append(HIDDEN)
            else:
                found.append(Figure(float(np.median(seconds)) / 60, bases=done.bases))
        return tuple(found)


def _rate(finished: Figure, asked: int | None) -> Figure:
    if not asked:
        return NOTHING
    return HIDDEN if finished.count is None else Figure(finished.count / asked, bases=finished.bases)


def _invited(group: Group, invited: Invited) -> int | None:
    _, _, code = group.key.partition(":")
    found = [
        people
        for (role, source), people in invited.items()
        if group.banner is None or code == {"role": role, "source": source}[group.banner]
    ]
    return sum(found) if found else None


def _grid(people: _People, lines: Mapping[str, Figures], kept: Sequence[int]) -> Grid:
    data = people.data
    return Grid(
        items=(
            Item(
                "participation",
                both("Who took part"),
                both("Who took part"),
                both("everyone"),
                both("Unweighted."),
                notes=tuple(filter(None, (excluded_note(data),))),
            ),
        ),
        measures=tuple(
            Measure("participation", "count" if unit == "count" else code, code, label, unit)
            for code in lines
            for label, unit in (_MEASURES[code],)
        ),
        groups=tuple(people.groups[at] for at in kept),
        figures=tuple(tuple(figures[at] for at in kept) for figures in lines.values()),
        bases=(tuple(people.finished[at].bases for at in kept),),
        study=data.instrument.study.id,
        year=data.instrument.wave.year,
        instrument_hash=data.instrument.hash,
        stand=data.stand.isoformat(timespec="seconds"),
        version=data.version,
        is_made_up=data.is_made_up,
        left_out=told_exclusions(data),
    )
