"""How the fieldwork goes as JSON: what ``surveyapp fieldwork --json`` prints, equal to the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveyapp.fieldwork.figures import Arrivals, Counts, GroupCounts
from surveyapp.fieldwork.sample_progress import SegmentProgress
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.reports.funnel import funnel_as_dict
from surveyapp.reports.outcome_rates import rates_of


def fieldwork_as_dict(state: FieldworkState) -> dict[str, Any]:
    """The whole; shares are 0..1, times are minutes, and what cannot be known is null."""
    figures, earlier = state.figures, state.earlier
    people = {role: state.introductions.get(role) or Arrivals() for role in state.steps}
    ends = {role: found.as_dict() if found is not None else None for role, found in state.outlooks.items()}
    return {
        "study": state.info.study,
        "year": state.info.year,
        "state": state.info.state,
        "mode": state.info.mode,
        "day": state.today.isoformat(),
        "choice": dict(state.choice.parts()),
        "total": _group(figures.total),
        "groups": {part: [_group(one) for one in groups] for part, groups in figures.groups.items()},
        "days": [
            {"day": one.day.isoformat(), "begun": one.begun, "complete": one.complete, "so_far": dict(one.so_far)}
            for one in figures.days
        ],
        "earlier": {"year": earlier.year, "so_far": [dict(one) for one in earlier.so_far]} if earlier else None,
        "forecast": {"total": ends.pop(""), "roles": ends},
        "sample": _sample(state),
        "mailings": [one.as_dict() for one in state.rounds],
        "alerts": [one.as_dict() for one in state.alerts],
        "said_why_they_stopped": state.said_why,
        "funnel": funnel_as_dict(state.instrument, state.steps, people)["roles"],
    }


def _group(one: GroupCounts) -> dict[str, Any]:
    return {"key": one.key, "target": one.target, "gap": one.gap, **_counts(one.counts)}


def _counts(counts: Counts) -> dict[str, Any]:
    minutes = counts.minutes
    return {
        "begun": counts.begun,
        "in_progress": counts.in_progress,
        "left": counts.left,
        "complete": counts.complete,
        "screened_out": counts.screened_out,
        "withdrawn": counts.withdrawn,
        "break_off": counts.break_off,
        "minutes": {"median": minutes.median, "p10": minutes.p10, "p90": minutes.p90, "n": minutes.n}
        if minutes
        else None,
    }


def _sample(state: FieldworkState) -> Mapping[str, Any] | None:
    if state.sample is None:
        return None
    return {
        "total": _segment(state.sample.total),
        "roles": [
            {"role": one.total.role, **_segment(one.total), "segments": [_named(each) for each in one.segments]}
            for one in state.sample.roles
        ],
    }


def _named(one: SegmentProgress) -> dict[str, Any]:
    return {"segment": one.segment, **_segment(one)}


def _segment(one: SegmentProgress) -> dict[str, Any]:
    rates = rates_of(one.outcome)
    return {
        "invited": one.invited,
        "opened": one.opened,
        "begun": one.begun,
        "complete": one.complete,
        "target": one.target,
        "gap": one.gap,
        "dispositions": {str(name): times for name, times in sorted(one.outcome.counts.items()) if times},
        "rates": {name: rates[name].value for name in ("RR1", "RR2")},
    }
