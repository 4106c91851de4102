"""Who took part: per role and per source, from the cases themselves. No answer is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import SKIPPED, Bools, Codes
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.reports.release import hidden_counts, release_of
from surveyapp.reports.subjects import subject
from surveyapp.reports.wave_data import WaveData

Invited = Mapping[tuple[str, str], int]
"""People invited by name, by role and source."""


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """The fieldwork of one role or of one source; with both None, of everyone.

    Shares are of finished questionnaires and 0..1. Counts, minutes and shares are None where they would speak of fewer
    than the threshold, alone or by subtraction; rates are None where nobody was invited by name: an open link has no
    denominator.
    """

    role: str | None
    role_label: Mapping[str, str] | None
    source: str | None
    started: int | None
    complete: int | None
    partial: int | None
    screened_out: int | None
    invited: int | None
    response_rate: float | None
    median_minutes: float | None
    phone_share: float | None
    english_share: float | None


@dataclass(frozen=True, slots=True)
class ResponseReport:
    """Every line: roles in the study's order, then sources, then the whole."""

    lines: tuple[ResponseLine, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    members: Bools
    role: str | None
    source: str | None


def response(data: WaveData, invited: Invited | None = None) -> ResponseReport:
    """Count the cases of a wave.

    Parameters
    ----------
    invited : people invited by name; absent: an open link
    """
    cases = data.dataset
    labels = {
        str(category.key): category.label for category in subject("role", data.instrument, cases).variable.categories
    }
    roles = [_Group(cases.has("role", role), role, None) for role in cases.roles]
    sources = [_Group(cases.source == place, None, source) for place, source in enumerate(cases.sources)]
    everyone = _Group(np.ones(cases.n, dtype=np.bool_), None, None)
    hidden = _Hidden.of(data, roles, sources)
    lines = [
        _line(cases, group, labels.get(group.role or ""), hidden, place, invited or {})
        for place, group in enumerate((everyone, *roles, *sources))
        if place == 0 or group.members.any() or _invited(group, invited or {})
    ]
    return ResponseReport((*lines[1:], lines[0]))


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Per figure which lines it is hidden in; everyone first, then roles, then sources."""

    complete: Bools
    others: Bools  # started, partial, screened out: each follows from the other two
    minutes: Bools
    phone: Bools
    english: Bools

    @classmethod
    def of(cls, data: WaveData, roles: Sequence[_Group], sources: Sequence[_Group]) -> _Hidden:
        cases, release = data.dataset, release_of(data)
        parts = [[group.members for group in part] for part in (roles, sources)]
        threshold = data.instrument.study.threshold

        def of_complete(missing: Codes) -> Bools:
            by_role = release.hidden_groups("role", missing)
            by_source = release.hidden_groups("source", missing)
            found = np.concatenate([by_role, by_source[1:]])
            return np.concatenate([found, np.ones(1 + len(roles) + len(sources) - len(found), dtype=np.bool_)])

        nobody: Codes = np.zeros(release.cases.n, dtype=np.int16)
        complete = of_complete(nobody)
        minutes = of_complete(np.where(release.cases.seconds > 0, nobody, np.int16(SKIPPED)))
        states = [cases.state == STATES.index(state) for state in ("started", "screened_out")]

        def apart(here: Bools) -> Bools:
            return hidden_counts(parts, [cases.is_complete & here, cases.is_complete & ~here], threshold, complete)

        if data.publication is not None:  # who has not finished moves by the minute, and no step holds it back
            nothing: Bools = np.ones(len(complete), dtype=np.bool_)
            return cls(complete, nothing, minutes, nothing, nothing)
        return cls(
            complete,
            hidden_counts(parts, [*states, states[0] | states[1]], threshold, complete),
            minutes,
            apart(cases.device == _position(cases.devices, "phone")),
            apart(cases.has("language", "en")),
        )


def _line(
    cases: Dataset, group: _Group, label: Mapping[str, str] | None, hidden: _Hidden, place: int, invited: Invited
) -> ResponseLine:
    here = group.members
    complete = here & cases.is_complete
    seconds = cases.seconds[complete & (cases.seconds > 0)]
    asked = _invited(group, invited)
    n = None if hidden.complete[place] else int(complete.sum())
    states = [int((here & (cases.state == STATES.index(state))).sum()) for state in ("started", "screened_out")]
    has_others = not hidden.others[place]
    return ResponseLine(
        role=group.role,
        role_label=label,
        source=group.source,
        started=int(here.sum()) if has_others else None,
        complete=n,
        partial=states[0] if has_others else None,
        screened_out=states[1] if has_others else None,
        invited=asked,
        response_rate=n / asked if asked and n is not None else None,
        median_minutes=None if hidden.minutes[place] or not len(seconds) else float(np.median(seconds)) / 60,
        phone_share=_share(complete, cases.device == _position(cases.devices, "phone"), hidden.phone[place]),
        english_share=_share(complete, cases.has("language", "en"), hidden.english[place]),
    )


def _invited(group: _Group, invited: Invited) -> int | None:
    found = [
        people
        for (of_role, of_source), people in invited.items()
        if group.role in (None, of_role) and group.source in (None, of_source)
    ]
    return sum(found) if found else None


def _share(among: Bools, here: Bools, is_hidden: bool) -> float | None:
    n = int(among.sum())
    return int((among & here).sum()) / n if n and not is_hidden else None


def _position(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1
