"""One flagged questionnaire: why it is flagged, what was decided, and the ones before and after it in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from surveyapp.errors import NotFound
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.reports.formatting import count, mean
from surveyapp.reports.quality_queue import QueueChoice, case_at, chosen, place_of
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame, language_name, value_name
from surveyapp.web.console.quality_data import QualityData, quality_data
from surveyapp.web.console.quality_list import read_choice
from surveyapp.web.console.quality_words import FlagView, decision_names, flag_views, reason_of
from surveyapp.web.languages import current, translate

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class QualityCase:
    """The page of one questionnaire."""

    case_id: UUID
    code: str
    flags: tuple[FlagView, ...]
    facts: tuple[Fact, ...]
    decision: str  # in words; empty while nothing is decided
    reason: str
    by: str
    suggested: str
    here: str
    list: str
    whole: str  # the page of the case
    previous: str | None
    next: str | None
    place: str  # "3 of 41"; empty where it is not in the queue

    def done(self, act: str) -> str:
        """What to say when that was done."""
        return {
            "exclude": translate("%(code)s is excluded.", code=self.code),
            "keep": translate("%(code)s is kept.", code=self.code),
            "undo": translate("%(code)s is to be decided again.", code=self.code),
        }[act]


def quality_case_page(session: Session, wave: WaveFrame, code: str) -> QualityCase:
    """The page of this questionnaire, in the queue of this request's address.

    Raises
    ------
    NotFound     there is no such finished questionnaire
    """
    choice, found = read_choice(), quality_data(session, wave)
    if found.flags is None:
        raise NotFound("There is no finished questionnaire %(code)s.", code=code)
    at = place_of(found.flags, code)
    case, flags = case_at(found.flags, at), found.flags.of(at)
    decision, names = found.decisions.get(case), decision_names()
    queue = chosen(found.flags, found.decided, choice).tolist()
    place = queue.index(at) if at in queue else -1
    return QualityCase(
        case_id=case,
        code=code,
        flags=flag_views(flags),
        facts=_facts(wave, found, at),
        decision="" if decision is None else names["excluded" if decision.is_excluded else "kept"],
        reason="" if decision is None else decision.reason,
        by="" if decision is None else decision.by,
        suggested=reason_of(flags),
        here=_address(wave, found, at, choice),
        list=wave.address("console.quality_cases", **choice.parts()),
        whole=wave.address("console.fieldwork_case", code=code),
        previous=_address(wave, found, queue[place - 1], choice) if place > 0 else None,
        next=_address(wave, found, queue[place + 1], choice) if 0 <= place < len(queue) - 1 else None,
        place=translate("%(n)s of %(all)s", n=count(place + 1, current()), all=count(len(queue), current()))
        if place >= 0
        else "",
    )


def _address(wave: WaveFrame, found: QualityData, at: int, choice: QueueChoice) -> str:
    assert found.flags is not None
    return wave.address("console.quality_case", code=short_id(case_at(found.flags, at)), **choice.parts())


def _facts(wave: WaveFrame, found: QualityData, at: int) -> tuple[Fact, ...]:
    finished = found.data.finished
    parts = {
        name: finished.names[name][int(finished.codes(name)[at])] for name in ("role", "language", "device", "source")
    }
    return (
        (translate("Role"), value_name(wave.instrument, "role", parts["role"])),
        (translate("Language"), language_name(parts["language"])),
        (translate("Device"), value_name(wave.instrument, "device", parts["device"])),
        (translate("Source"), value_name(wave.instrument, "source", parts["source"])),
        (translate("Minutes"), mean(int(finished.seconds[at]) / 60, current(), 1)),
    )
