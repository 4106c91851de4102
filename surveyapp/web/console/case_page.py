"""The page of one case: where it stands, what it counts as, its way through the questionnaire, what was done to it.

Nothing here says who it is: of the contact only the segment is read, while the link lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveyapp.fieldwork import quality
from surveyapp.fieldwork.case_history import CaseHistory, case_history
from surveyapp.fieldwork.deciding import DECIDE, REVOKE, case_subject, choices, record_of
from surveyapp.fieldwork.participation import Participation
from surveyapp.reports import formatting
from surveyapp.reports.quality_rules import RULES
from surveyapp.storage import audit, dispositions
from surveyapp.storage import quality as stored_quality
from surveyapp.storage.audit import AuditChoice
from surveyapp.storage.database import Session
from surveyapp.storage.tables import EXCLUDED
from surveyapp.web.console.case_list import DASH, in_words
from surveyapp.web.console.choices import page_title
from surveyapp.web.console.frame import WaveFrame, language_name, value_name
from surveyapp.web.console.record_list import disposition_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import day, whole

ANSWERS = "case.answers"
"""Somebody looked at the answers of a case."""
MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a case."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One save in the timeline, or a message."""

    number: str
    what: str
    seconds: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a researcher decided, and whether it is in force."""

    name: str
    reason: str
    actor: str
    day: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the audit log about this case."""

    at: datetime
    actor: str
    what: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """The whole page."""

    code: str
    disposition: str
    found: str
    facts: tuple[Fact, ...]
    decision: Decision | None
    may_decide: bool
    is_taken_back: bool
    messages: tuple[str, ...]
    steps: tuple[StepRow, ...]
    noted: tuple[str, ...]
    deeds: tuple[Deed, ...]
    flags: tuple[str, ...]  # what the rules of quality found
    quality: str  # whether it counts in results, where somebody decided that
    queue: str  # where that is decided; empty while it is not sent
    has_answers: bool
    here: str


def case_page(session: Session, wave: WaveFrame, history: CaseHistory, record: Participation) -> CasePage:
    """The page of a case."""
    case_id, subject = history.case.case_id, case_subject(wave.info, history.case.case_id)
    return CasePage(
        code=history.code,
        disposition=disposition_name(record.disposition),
        found=disposition_name(record.found),
        facts=tuple(_facts(wave, history, record)),
        decision=decision_of(session, wave, case_id, record),
        may_decide=bool(choices(record)),
        is_taken_back=history.is_taken_back,
        messages=tuple(_message(one.kind, one.state, day(one.sent_on)) for one in history.messages),
        steps=tuple(_steps(wave, history)),
        noted=tuple(_noted(history)),
        deeds=tuple(
            Deed(row.at, row.actor, deed_names().get(row.action, row.action))
            for row in audit.entries(session, AuditChoice(subject=subject), MOST_ENTRIES)
        ),
        flags=tuple(RULES[flag.rule].title[current()] for flag in quality.flags_of_case(session, wave.study, case_id)),
        quality=_quality(session, wave, history),
        queue=wave.address("console.quality_case", code=history.code) if history.case.state == "complete" else "",
        has_answers=bool(history.case.answers or history.why_stopped),
        here=wave.address("console.fieldwork_case", code=history.code),
    )


def _quality(session: Session, wave: WaveFrame, history: CaseHistory) -> str:
    decided = stored_quality.decision_of(session, wave.study, history.case.case_id)
    if decided is None:
        return ""
    if decided == EXCLUDED:
        return translate("Its answers were excluded from results.")
    return translate("Its answers were looked at and go on counting.")


def looked_up(session: Session, wave: WaveFrame, code: str) -> tuple[CaseHistory, Participation]:
    """A case by its code, with the record it is counted by.

    Raises
    ------
    NotFound     there is no such case in this wave (any more)
    """
    from surveyapp.fieldwork.case_history import case_by_code

    case_id = case_by_code(session, wave.info, code)
    return case_history(session, wave.info, case_id), record_of(session, wave.info, wave.instrument, case_id)


def decision_of(session: Session, wave: WaveFrame, subject: object, record: Participation) -> Decision | None:
    """What was decided about a contact or case itself."""
    from uuid import UUID

    from surveyapp.fieldwork.dispositions import Disposition

    row = dispositions.find(session, wave.study, UUID(str(subject)))
    if row is None:
        return None
    said = Disposition(row.disposition)
    return Decision(
        disposition_name(said), row.reason, row.actor, day(row.decided_on), is_in_force=record.disposition == said
    )


def deed_names() -> dict[str, str]:
    """What is done to a case, in words."""
    return {
        DECIDE: translate("decided what it counts as"),
        REVOKE: translate("took the decision back"),
        ANSWERS: translate("looked at the answers"),
    }


def _facts(wave: WaveFrame, history: CaseHistory, record: Participation) -> list[Fact]:
    case = history.case
    facts = [Fact(translate("Role"), value_name(wave.instrument, "role", case.role))]
    if record.segment:
        facts.append(Fact(translate("Segment"), record.segment))
    facts.append(Fact(translate("Source"), value_name(wave.instrument, "source", record.source)))
    if history.is_taken_back:
        return facts
    facts += [
        Fact(translate("Language"), value_name(wave.instrument, "language", case.language)),
        Fact(translate("Device"), value_name(wave.instrument, "device", case.device)),
    ]
    if case.started_on is not None:
        facts.append(Fact(translate("Begun"), in_words(case.started_on)))
        facts.append(Fact(translate("Sent"), in_words(case.sent_on)))
    minutes = formatting.mean(case.seconds / 60, current(), 1) if case.seconds else DASH
    return [*facts, Fact(translate("Minutes"), minutes)]


def _steps(wave: WaveFrame, history: CaseHistory) -> list[StepRow]:
    role, rows = history.case.role, []
    for one in history.pages:
        notes = []
        if one.is_again:
            notes.append(
                translate_plural("again, %(n)s answer changed", "again, %(n)s answers changed", one.changed)
                if one.changed
                else translate("again, nothing changed")
            )
        if one.prompts:
            notes.append(translate_plural("%(n)s message met", "%(n)s messages met", one.prompts))
        if one.language != history.case.language:
            notes.append(translate("in %(language)s", language=language_name(one.language)))
        title = translate("Agreed to take part") if one.is_consent else page_title(wave.instrument, one.page, role)
        rows.append(StepRow(whole(one.seq), title, whole(one.seconds) if one.seconds else DASH, tuple(notes)))
    return rows


def _noted(history: CaseHistory) -> list[str]:
    said = []
    if history.language_switches:
        said.append(
            translate_plural(
                "Switched language %(n)s time.", "Switched language %(n)s times.", history.language_switches
            )
        )
    if history.off_path:
        said.append(
            translate_plural(
                "%(n)s answer does not count, as its question fell off the way.",
                "%(n)s answers do not count, as their questions fell off the way.",
                history.off_path,
            )
        )
    if history.drafts:
        said.append(
            translate_plural(
                "Something was typed on %(n)s page and not sent in.",
                "Something was typed on %(n)s pages and not sent in.",
                history.drafts,
            )
        )
    return said


def _message(kind: str, state: str, sent: str) -> str:
    names = {
        "invitation": translate("Invitation"),
        "reminder": translate("Reminder"),
        "thanks": translate("Thank-you"),
    }
    states = {
        "waiting": translate("waits to be sent"),
        "handed": translate("is being sent"),
        "sent": translate("sent"),
        "unsure": translate("perhaps sent"),
        "failed": translate("could not be sent"),
        "bounced": translate("came back"),
        "spared": translate("not sent"),
    }
    when = f" – {sent}" if sent else ""
    return f"{names.get(kind, kind)}: {states.get(state, state)}{when}"
