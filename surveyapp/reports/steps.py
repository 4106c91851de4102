"""How people went through the questionnaire: one step per page they saved, with no answer in it.

What is kept of how somebody answered, and all of it: order, language, seconds, what was asked about when it was
skipped, which earlier answers changed, how often the language was switched. No address, no browser, no time of day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from surveyapp.fieldwork.case_state import CONSENT_PAGE
from surveyapp.fieldwork.interviews import LANGUAGE_SWITCHES
from surveyapp.reports.extract import is_counted
from surveyapp.storage.cases import saves_of_wave
from surveyapp.storage.changes import cases_of_wave
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True)
class Step:
    """One save of one page.

    ``number`` counts the saves of a case from 1, consent left out; ``seconds`` is 0 to 3600; ``prompts`` is how
    many skipped questions were asked about; ``changed`` names the answers that had been given otherwise before. The
    last three are the case's own: the same in each of its steps.
    """

    case_id: str
    number: int
    page: str
    language: str
    seconds: int
    prompts: int
    changed: tuple[str, ...]
    role: str
    device: str
    language_switches: int


def steps(session: Session, study: str, year: int) -> Iterator[Step]:
    """Every step of every case that figures may see; tests, withdrawn and erased cases are left out."""
    records = cases_of_wave(session, study, year)
    known = {record["case_id"]: record for record in records if is_counted(record)}
    for case_id, saves in groupby(saves_of_wave(session, study, year), key=lambda save: save.case_id):
        record = known.get(case_id)
        if record is None:
            continue
        before: dict[str, object] = {}
        number = 0
        for save in saves:
            changed = tuple(name for name, value in save.answers.items() if before.get(name, value) != value)
            before.update(save.answers)
            if save.page == CONSENT_PAGE:
                continue
            number += 1
            yield Step(
                case_id=str(case_id),
                number=number,
                page=save.page,
                language=save.language,
                seconds=save.seconds,
                prompts=save.prompts,
                changed=changed,
                role=record["role"],
                device=record["device"],
                language_switches=record["flags"].get(LANGUAGE_SWITCHES, 0),
            )
