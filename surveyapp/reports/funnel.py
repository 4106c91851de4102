"""Where people leave, page by page and role by role, as ``surveyapp funnel`` prints it and pages can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.fieldwork.case_lines import REVIEW, CaseChoice
from surveyapp.fieldwork.drop_off import PageDropOff, drop_off
from surveyapp.fieldwork.figures import Arrivals
from surveyapp.fieldwork.wave_cases import WaveCases
from surveyapp.instrument.model import Instrument
from surveyapp.reports.sentences import Words, both, in_both


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One page of one role: how many were shown it and left there, all of them and by the class of their device."""

    title: Words
    all: PageDropOff
    by_device: Mapping[str, PageDropOff]

    def as_dict(self) -> dict[str, Any]:
        """As JSON; shares are 0..1."""
        return {
            "page": self.all.page,
            "title": dict(self.title),
            **_counts(self.all),
            "rank": self.all.rank,
            "devices": {device: _counts(found) for device, found in self.by_device.items()},
        }


def _counts(found: PageDropOff) -> dict[str, Any]:
    return {"reached": found.reached, "left": found.left, "share": found.share, "seconds": found.seconds}


def page_ids(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """Per role the ids of its pages in order, with the review at the end."""
    return {
        role: (*(page.id for page in questionnaire.pages), REVIEW)
        for role, questionnaire in instrument.questionnaires.items()
    }


def funnel(
    cases: WaveCases, instrument: Instrument, choice: CaseChoice | None = None
) -> Mapping[str, tuple[FunnelStep, ...]]:
    """Each role's pages in order.

    Parameters
    ----------
    choice : limits everything to these cases
    """
    choice, pages = choice or CaseChoice(), page_ids(instrument)
    of_all = drop_off(cases, pages, choice)
    devices = [one for one in cases.values("device") if choice.device in (None, one)]
    apart = {device: drop_off(cases, pages, choice.but(device=device)) for device in devices}
    return {
        role: tuple(
            FunnelStep(
                _title(instrument, role, row.page), row, {device: found[role][at] for device, found in apart.items()}
            )
            for at, row in enumerate(rows)
        )
        for role, rows in of_all.items()
    }


def _title(instrument: Instrument, role: str, page: str) -> Words:
    if page == REVIEW:
        return both("Check and send")
    return in_both(instrument.questionnaires[role].by_id[page].title)


def funnel_as_dict(
    instrument: Instrument, found: Mapping[str, tuple[FunnelStep, ...]], people: Mapping[str, Arrivals]
) -> dict[str, Any]:
    """The whole as JSON, the introduction apart from the questionnaire."""
    return {
        "study": instrument.study.id,
        "year": instrument.wave.year,
        "roles": [
            {
                "role": role,
                "label": in_both(instrument.role(role).label),
                "introduction": _introduction(people[role]),
                "pages": [step.as_dict() for step in steps],
            }
            for role, steps in found.items()
        ],
    }


def _introduction(people: Arrivals) -> dict[str, Any]:
    """Of who chose a role, who agreed to take part, who declined, and the share that went no further."""
    return {
        "role_chosen": people.role_chosen,
        "declined": people.declined,
        "consent_given": people.consent_given,
        "share": people.break_off,
    }
