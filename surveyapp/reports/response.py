"""Who took part: per role and source, from the cases themselves. No answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.reports.subjects import subject
from surveyapp.reports.wave_data import WaveData

Invited = Mapping[tuple[str, str], int]
"""People invited by name, by role and source."""


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """The fieldwork of one role by one source; ``source`` None stands for all sources, ``role`` None for all roles.

    Shares are of finished questionnaires and 0..1. Minutes and shares are None below the threshold; rates are None
    where nobody was invited by name: with an open link there is no denominator.
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
    lines: list[ResponseLine] = []
    for role in cases.roles:
        of_role = cases.is_role(role)
        if not of_role.any() and not counter.was_invited(role):
            continue
        lines.append(counter.line(of_role, role, labels[role], None))
        for position, source in enumerate(cases.sources):
            of_source = of_role & (cases.source == position)
            if of_source.any():
                lines.append(counter.line(of_source, role, labels[role], source))
    lines.append(counter.line(np.ones(cases.n, dtype=np.bool_), None, None, None))
    return ResponseReport(tuple(lines))


@dataclass(frozen=True, slots=True)
class _Counter:
    cases: Dataset
    threshold: int
    invited: Invited

    def was_invited(self, role: str) -> bool:
        return any(key[0] == role for key in self.invited)

    def line(self, here: Bools, role: str | None, label: Mapping[str, str] | None, source: str | None) -> ResponseLine:
        cases = self.cases
        complete = here & cases.is_complete
        seconds = cases.seconds[complete & (cases.seconds > 0)]
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
            median_minutes=float(np.median(seconds)) / 60 if len(seconds) >= self.threshold else None,
            phone_share=self._share(complete, cases.device == _position(cases.devices, "phone")),
            english_share=self._share(complete, cases.is_language("en")),
        )

    def _invited(self, role: str | None, source: str | None) -> int | None:
        found = [
            people
            for (of_role, of_source), people in self.invited.items()
            if role in (None, of_role) and source in (None, of_source)
        ]
        return sum(found) if found else None

    def _share(self, among: Bools, here: Bools) -> float | None:
        n = int(among.sum())
        return int((among & here).sum()) / n if n >= self.threshold else None


def _position(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1
