"""What is known of one case beside its answers: its pages in the order they were saved, and the messages sent.

An anonymous wave keeps the order of pages and no day. Of a confidential one the messages are read through the link,
while it lives: their kind and day, never the address they went to.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from surveyapp.errors import NotFound
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState, state_of
from surveyapp.fieldwork.interviews import LANGUAGE_SWITCHES
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.storage import case_finding, cases, contacts, invitation_messages, stop_reasons
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One save of one page. ``changed`` counts the answers that were others than at the page's save before."""

    seq: int
    page: str
    seconds: int
    language: str
    prompts: int  # how often something on it was asked back
    is_again: bool
    changed: int

    @property
    def is_consent(self) -> bool:
        """Whether it is no page of the questionnaire but the agreement to take part."""
        return self.page == CONSENT_PAGE


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message to who answers a case."""

    kind: str  # invitation, reminder, thanks
    state: str
    sent_on: date | None


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """One case as the team may see it without its answers."""

    case: CaseState
    code: str
    pages: tuple[SavedPage, ...]
    messages: tuple[SentMessage, ...]
    language_switches: int
    off_path: int  # answers that do not count any more, as the questions fell off the way
    drafts: int  # pages on which something was typed and not sent in
    why_stopped: str = field(default="", repr=False)  # in their own words, for who may see answers

    @property
    def is_taken_back(self) -> bool:
        """Whether its answers were taken back: of the rest only role and state stay."""
        return self.case.state == "withdrawn"


def case_by_code(session: Session, info: WaveInfo, code: str) -> uuid.UUID:
    """The case with this code.

    Raises
    ------
    NotFound     there is none in this wave (any more): it never was, was removed, or is a test case of a wave that
                 opened; or two bear the same code, which nobody can tell apart
    """
    is_test = info.state == "test"
    found = [one for one in case_finding.keys(session, info.study, info.year, is_test=is_test) if short_id(one) == code]
    if len(found) != 1:
        raise NotFound("There is no case %(code)s in this wave (any more).", code=code[:20])
    return found[0]


def case_history(session: Session, info: WaveInfo, case_id: uuid.UUID) -> CaseHistory:
    """What is known of one case.

    Raises
    ------
    NotFound     it is not there any more
    """
    row = cases.by_id(session, info.study, case_id)
    if row is None:
        raise NotFound("This case is not there any more.")
    noted = cases.flags(session, info.study, case_id)
    return CaseHistory(
        case=state_of(row),
        code=short_id(case_id),
        pages=_pages(session, info.study, case_id),
        messages=_messages(session, info.study, case_id),
        language_switches=int(noted.get(LANGUAGE_SWITCHES, 0)),
        off_path=len(noted.get("off_path", ())),
        drafts=len(cases.drafts(session, info.study, case_id)),
        why_stopped=stop_reasons.of_case(session, info.study, case_id),
    )


def _pages(session: Session, study: str, case_id: uuid.UUID) -> tuple[SavedPage, ...]:
    found, before = [], dict[str, dict[str, object]]()
    for row in cases.saves(session, study, case_id):
        earlier = before.get(row.page)
        changed = 0 if earlier is None else sum(earlier.get(name) != value for name, value in row.answers.items())
        found.append(SavedPage(row.seq, row.page, row.seconds, row.language, row.prompts, earlier is not None, changed))
        before[row.page] = row.answers
    return tuple(found)


def _messages(session: Session, study: str, case_id: uuid.UUID) -> tuple[SentMessage, ...]:
    contact = contacts.of_case(session, study, case_id)
    if contact is None:
        return ()
    rows = invitation_messages.of_contact(session, study, contact.contact_id)
    return tuple(SentMessage(row.kind, row.state, row.sent_on) for row in rows)
