"""A wave's people with AAPOR's rates: what the page of rates and ``surveyapp rates`` print, worked out once.

The counts are `fieldwork.outcomes`; the rates `analysis.response_rates`. Nothing here is a figure about answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from surveyapp.analysis.response_rates import DispositionCounts, Rate, outcome_rates
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.outcomes import OTHERS, Outcome, Outcomes, Sample
from surveyapp.fieldwork.participation import SUFFICIENT
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import value_label
from surveyapp.reports.sentences import Words, both, in_both

FIELDS: Mapping[str, str] = {
    "I": "complete",
    "P": "partial",
    "R": "refusal",
    "NC": "non_contact",
    "O": "other",
    "UH": "unknown_household",
    "UO": "unknown_other",
    "NE": "not_eligible",
}
"""Where each letter of the rates stands in `DispositionCounts`."""


def rates_of(outcome: Outcome) -> dict[str, Rate]:
    """The rates of some people, RR1 to CON3."""
    counts: dict[str, int] = dict.fromkeys(FIELDS.values(), 0)
    for disposition, times in outcome.counts.items():
        if disposition.counts_as:
            counts[FIELDS[disposition.counts_as]] += times
    return outcome_rates(DispositionCounts(**counts))


@dataclass(frozen=True, slots=True)
class RateLine:
    """Some of the people with what became of them and, of an invited sample, their rates."""

    value: str  # empty: everyone, or of whom it is not known
    label: Words
    outcome: Outcome
    rates: Mapping[str, Rate]

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "value": self.value,
            "label": dict(self.label),
            "people": self.outcome.people,
            "dispositions": {str(one): self.outcome.counts.get(one, 0) for one in Disposition if one.code},
            "not_known": self.outcome.of(Disposition.NOT_KNOWN),
            "rates": {name: asdict(rate) for name, rate in self.rates.items()} or None,
        }


@dataclass(frozen=True, slots=True)
class RateLines:
    """Some people by one part, with all of them together."""

    total: RateLine
    groups: tuple[RateLine, ...]


def rate_lines(sample: Sample, part: str, instrument: Instrument, *, has_rates: bool) -> RateLines:
    """The people of a sample by role, segment or source."""

    def line(outcome: Outcome, label: Words) -> RateLine:
        return RateLine(outcome.value, label, outcome, rates_of(outcome) if has_rates else {})

    groups = tuple(line(one, label_of(part, one.value, instrument)) for one in sample.groups.get(part, ()))
    return RateLines(line(sample.total, both("Total")), groups)


def label_of(part: str, value: str, instrument: Instrument) -> Words:
    """What the people of one role, segment or source are called."""
    if value == OTHERS:
        return both("other segments")
    if not value:
        return both("role not chosen yet") if part == "role" else both("not known")
    return {"nl": value, "en": value} if part == "segment" else in_both(value_label(part, value, instrument))


def rates_as_dict(found: Outcomes, part: str, instrument: Instrument) -> dict[str, Any]:
    """The whole as JSON: the invited sample with its rates, and apart from it who came without an invitation."""
    invited = rate_lines(found.invited, part, instrument, has_rates=found.has_rates)
    others = rate_lines(found.others, part, instrument, has_rates=False)
    return {
        "study": instrument.study.id,
        "year": instrument.wave.year,
        "mode": instrument.wave.mode,
        "by": part,
        "is_cut": found.is_cut,
        "sufficient": SUFFICIENT,
        "invited": {"total": invited.total.as_dict(), "groups": [one.as_dict() for one in invited.groups]},
        "open_link": {
            "total": others.total.as_dict(),
            "groups": [one.as_dict() for one in others.groups],
            "no_rate": dict(no_rate()),
        },
    }


def no_rate() -> Words:
    """Why people who came by an open link have no rate."""
    return both("No response rate: with an open link we don’t know how many people were asked.")


def disposition_label(disposition: Disposition) -> Words:
    """What became of somebody, in words."""
    match disposition:
        case Disposition.COMPLETE:
            return both("complete")
        case Disposition.PARTIAL:
            return both("partial, far enough to count")
        case Disposition.REFUSED:
            return both("refused, or wants no mail")
        case Disposition.WITHDRAWN:
            return both("took the answers back")
        case Disposition.INTRODUCTION:
            return both("broke off in the introduction")
        case Disposition.QUESTIONNAIRE:
            return both("broke off in the questionnaire")
        case Disposition.UNAVAILABLE:
            return both("not available during the fieldwork")
        case Disposition.LANGUAGE:
            return both("language barrier")
        case Disposition.NOT_INVITED:
            return both("not invited yet")
        case Disposition.NO_REPLY:
            return both("no reply")
        case Disposition.UNDELIVERED:
            return both("mail could not be delivered")
        case Disposition.NOT_ELIGIBLE:
            return both("not eligible")
        case Disposition.QUOTA:
            return both("quota full")
        case Disposition.DUPLICATE:
            return both("on the list twice")
        case Disposition.NOT_KNOWN:
            return both("not known")
