"""Who took part: per role and source, from the cases themselves. No answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.analysis.disclosure import View, hidden_columns
from surveyapp.reports.subjects import subject
from surveyapp.reports.wave_data import WaveData

Invited = Mapping[tuple[str, str], int]
"""People invited by name, by role and source."""


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """The fieldwork of one role by one source; ``source`` None stands for all sources, ``role`` None for all roles.

    Shares are of finished questionnaires and 0..1. Minutes and shares are None below the threshold and where they would
    give a smaller group away; rates are None where nobody was invited by name: an open link has no denominator.
    """

    role: str | None
    role_label: Mapping[str, str] | None
    source: str | None
    started: int
    complete: int
    partial: int
    screened_out: int
    invited: int | None
    response_rate: float | None
    median_minutes: float | None
    phone_share: float | None
    english_share: float | None


@dataclass(frozen=True, slots=True)
class ResponseReport:
    """Every line, roles in the study's order, each first over all its sources; the last line is the whole."""

    lines: tuple[ResponseLine, ...]


def response(data: WaveData, invited: Invited | None = None) -> ResponseReport:
    """Count the cases of a wave.

    Parameters
    ----------
    invited : people invited by name; absent: an open link
    """
    cases, threshold = data.dataset, data.instrument.study.threshold
    labels = {
        str(category.key): category.label for category in subject("role", data.instrument, cases).variable.categories
    }
    counter = _Counter(cases, threshold, invited or {})
    everyone: Bools = np.ones(cases.n, dtype=np.bool_)
    roles = [cases.is_role(role) for role in cases.roles]
    is_whole_hidden, hidden_roles = _hidden(cases, roles, threshold)
    lines: list[ResponseLine] = []
    for role, of_role, is_role_hidden in zip(cases.roles, roles, hidden_roles, strict=True):
        if not of_role.any() and not counter.was_invited(role):
            continue
        lines.append(counter.line(of_role, role, labels[role], None, is_hidden=is_role_hidden))
        sources = [of_role & (cases.source == position) for position in range(len(cases.sources))]
        _, hidden_sources = _hidden(cases, sources, threshold)
        for source, of_source, is_hidden in zip(cases.sources, sources, hidden_sources, strict=True):
            if of_source.any():
                line = counter.line(of_source, role, labels[role], source, is_hidden=is_role_hidden or is_hidden)
                lines.append(line)
    lines.append(counter.line(everyone, None, None, None, is_hidden=is_whole_hidden))
    return ResponseReport(tuple(lines))


def _hidden(cases: Dataset, groups: list[Bools], threshold: int) -> tuple[bool, list[bool]]:
    """Whose shares and minutes stay hidden: those of all groups together, and of each of them."""
    sizes = np.array([(group & cases.is_complete).sum() for group in groups], dtype=np.float64)
    columns = np.concatenate([np.ones((1, len(groups)), dtype=np.bool_), np.eye(len(groups), dtype=np.bool_)])
    elsewhere: Bools = np.zeros((0, len(groups)), dtype=np.bool_)
    hidden = hidden_columns([View(columns, sizes, elsewhere)], [range(1, len(groups) + 1)], [False], threshold)
    return bool(hidden[0]), hidden[1:].tolist()


@dataclass(frozen=True, slots=True)
class _Counter:
    cases: Dataset
    threshold: int
    invited: Invited

    def was_invited(self, role: str) -> bool:
        return any(key[0] == role for key in self.invited)

    def line(
        self, here: Bools, role: str | None, label: Mapping[str, str] | None, source: str | None, *, is_hidden: bool
    ) -> ResponseLine:
        cases = self.cases
        complete = here & cases.is_complete
        seconds = cases.seconds[complete & (cases.seconds > 0)]
        is_timed = not is_hidden and len(seconds) >= self.threshold
        invited = self._invited(role, source)
        return ResponseLine(
            role=role,
            role_label=label,
            source=source,
            started=int(here.sum()),
            complete=int(complete.sum()),
            partial=int((here & (cases.state == STATES.index("started"))).sum()),
            screened_out=int((here & (cases.state == STATES.index("screened_out"))).sum()),
            invited=invited,
            response_rate=int(complete.sum()) / invited if invited else None,
            median_minutes=float(np.median(seconds)) / 60 if is_timed else None,
            phone_share=None if is_hidden else _share(complete, cases.device == _position(cases.devices, "phone")),
            english_share=None if is_hidden else _share(complete, cases.is_language("en")),
        )

    def _invited(self, role: str | None, source: str | None) -> int | None:
        found = [
            people
            for (of_role, of_source), people in self.invited.items()
            if role in (None, of_role) and source in (None, of_source)
        ]
        return sum(found) if found else None


def _share(among: Bools, here: Bools) -> float | None:
    n = int(among.sum())
    return int((among & here).sum()) / n if n else None


def _position(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1
