"""Who of a wave took part how far: one record per person who was invited, and per case that no invitation leads to.

In a confidential wave a contact's state is known through the link to their case (docs/decisions/0012), until that is
cut; in an anonymous one, and after the cut, it is never known: the contact's record says so, and the cases stand beside
as people of whom nobody knows who they are. What is known of a contact alone (segment, organisation) is read through
the link each time and kept with no case. An organisation beside answers tells whose they are: no page, file or log may
show :attr:`Participation.organisation` or the contact together with :attr:`Participation.case_id`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any

from surveyapp.fieldwork.case_state import CONSENT_PAGE
from surveyapp.fieldwork.dispositions import Disposition, State, in_force, of_state
from surveyapp.fieldwork.personal_links import CONFIDENTIAL, GONE
from surveyapp.fieldwork.waves import CUT_LINKS, WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, dispositions
from surveyapp.storage import participation as stored
from surveyapp.storage.database import Session

SUFFICIENT = 0.5
"""A questionnaire that was not sent is a partial interview when at least this share of its role's questions stands on
the pages up to the last one that was saved; with less it is a break-off."""


UNFINISHED = frozenset({State.NOT_STARTED, State.OPENED, State.BEGUN, State.PARTIAL})
"""The states in which somebody can still send answers while the wave takes them."""


@dataclass(frozen=True, slots=True)
class Participation:
    """One person who was invited, or one case that no invitation leads to.

    ``contact_id`` is None where no invitation leads to the case; ``case_id`` is None where there is no case or nobody
    may know it. Days are those a confidential wave keeps; of an anonymous wave there are none.
    """

    state: State
    role: str | None  # None: chooses at the beginning
    source: str
    language: str
    is_by_link: bool  # a personal link; else the open link of ``source``
    contact_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = field(default=None, repr=False)
    segment: str | None = None
    organisation: str | None = field(default=None, repr=False)
    device: str = "unknown"
    last_page: str | None = None  # saved last, while the questionnaire is not sent
    pages: frozenset[str] = field(default=frozenset(), repr=False)  # saved so far, while it is not sent
    seconds: int = 0  # over all pages
    has_link: bool = False  # a personal link was made for them
    opened_on: date | None = None
    started_on: date | None = None
    sent_on: date | None = None
    declined_on: date | None = None
    opted_out_on: date | None = None
    decided: Disposition | None = None  # by a researcher, who knows better

    @property
    def found(self) -> Disposition:
        """What follows from what they did."""
        return of_state(self.state, has_link=self.has_link)

    @property
    def disposition(self) -> Disposition:
        """What they count as."""
        return in_force(self.found, self.decided)

    @property
    def is_put_aside(self) -> bool:
        """Whether a researcher decided that they count as something else than follows from what they did."""
        return self.disposition != self.found

    bounced_on: date | None = None  # since when no mail arrives at their address

    @property
    def is_invited(self) -> bool:
        """Whether they belong to the invited sample."""
        return self.contact_id is not None

    @property
    def has_begun(self) -> bool:
        """Whether they gave consent; what they took back since is no begin less."""
        return self.case_id is not None

    @property
    def has_opened(self) -> bool:
        """Whether they followed their link."""
        return self.opened_on is not None or self.has_begun

    @property
    def may_be_reminded(self) -> bool:
        """Whether it is known that they did not finish, and not that they want no mail, that none arrives, or anything
        else that puts them aside."""
        is_reached = self.opted_out_on is None and self.bounced_on is None and not self.is_put_aside
        return self.is_invited and self.state in UNFINISHED and is_reached

    @property
    def first_on(self) -> date | None:
        """The first day something was heard of them."""
        return min(self._days(), default=None)

    @property
    def last_on(self) -> date | None:
        """The last day something was heard of them, as far as days are kept."""
        return max(self._days(), default=None)

    def _days(self) -> list[date]:
        known = (self.opened_on, self.declined_on, self.started_on, self.sent_on, self.opted_out_on)
        return [day for day in known if day is not None]


def participation(session: Session, info: WaveInfo, instrument: Instrument) -> tuple[Participation, ...]:
    """Every record of a wave, in no order that tells anything: contacts first, then cases without one.

    Test cases count in a test wave and nowhere else, as on the fieldwork page.

    Parameters
    ----------
    instrument : the wave's; says which pages a role has, and so how far somebody is
    """
    knows = info.mode == CONFIDENTIAL and not is_cut(session, info)
    judge, is_test = _judge(session, info, instrument), info.state == "test"
    contacts = stored.invited(session, info.study, info.year, is_test=is_test)
    others = stored.uninvited(session, info.study, info.year, is_test=is_test)
    return (
        *(_of_contact(row, info, judge) if knows else _unknown(row, info) for row in contacts),
        *(_of_case(row, info, judge) for row in others),
    )


def participation_of(
    session: Session, info: WaveInfo, instrument: Instrument, contact_id: uuid.UUID
) -> Participation | None:
    """The record of one contact of a wave; None where there is no such contact (any more)."""
    is_test = info.state == "test"
    rows = stored.invited(session, info.study, info.year, is_test=is_test, contact_id=contact_id)
    if not rows:
        return None
    if info.mode != CONFIDENTIAL or is_cut(session, info):
        return _unknown(rows[0], info)
    return _of_contact(rows[0], info, _judge(session, info, instrument))


SOME_DAY, SOME_CASE = date.min, uuid.UUID(int=0)
"""What stands for a day and a case in a record of many, where it only counts that there is one."""


def alike(session: Session, info: WaveInfo, instrument: Instrument) -> Iterator[tuple[Participation, int]]:
    """The invited of a confidential wave counted: a record of those who are alike in what became of them, and how many.

    The judge of each record judges them, so that these counts are those of :func:`participation`, without a record for
    each person. Days, keys, pages and organisations stand for nobody.
    """
    judge = _judge(session, info, instrument)
    for row in stored.invited_alike(session, info.study, info.year, is_test=info.state == "test"):
        yield _of_contact(_Alike(row), info, judge), row.times


class _Alike:
    """A row of contacts who are alike, with the columns of one contact."""

    organisation = started_on = sent_on = last_page = None
    seconds = 0

    def __init__(self, row: Any) -> None:
        self._row = row
        self.case_id = row.case_id or (SOME_CASE if row.has_case else None)
        self.opened_on = SOME_DAY if row.has_opened else None
        self.declined_on = SOME_DAY if row.has_declined else None
        self.opted_out_on = SOME_DAY if row.has_opted_out else None
        self.bounced_on = SOME_DAY if row.has_bounced else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def is_cut(session: Session, info: WaveInfo) -> bool:
    """Whether the link between contacts and cases is gone."""
    return audit.last(session, CUT_LINKS, f"{info.study} {info.year}") is not None


def _judge(session: Session, info: WaveInfo, instrument: Instrument) -> _Judge:
    return _Judge(instrument, dispositions.of_wave(session, info.study, info.year))


class _Judge:
    """What is held against each row: how many of a role's questions stand on the pages up to each page, as a share; and
    what researchers decided."""

    def __init__(self, instrument: Instrument, decided: Mapping[uuid.UUID, str]) -> None:
        self._decided = decided
        self._questionnaires, self._upto = instrument.questionnaires, dict[str, Mapping[str, float]]()

    def _ends(self, role: str) -> Mapping[str, float]:
        if role not in self._upto and role in self._questionnaires:
            pages = self._questionnaires[role].pages
            counts = [sum(1 for _ in page.questions()) for page in pages]
            total = sum(counts)
            ends = [so_far / total if total else 0.0 for so_far in accumulate(counts)]
            self._upto[role] = dict(zip((page.id for page in pages), ends, strict=True))
        return self._upto.get(role, {})

    def is_enough(self, role: str, saved: Collection[str]) -> bool:
        """Whether what was saved makes a partial interview."""
        upto = self._ends(role)
        return max((upto.get(page, 0.0) for page in saved), default=0.0) >= SUFFICIENT

    def decided(self, *subjects: uuid.UUID | None) -> Disposition | None:
        """What was decided about the first of these of whom anything was."""
        if not self._decided:
            return None
        said = next((self._decided[one] for one in subjects if one is not None and one in self._decided), None)
        return None if said is None else Disposition(said)


def _unknown(row: Any, info: WaveInfo) -> Participation:
    """A contact of whom nobody may know whether they took part; that they want no mail is theirs all the same."""
    return Participation(
        State.NOT_KNOWN,
        row.role,
        row.source,
        row.language,
        is_by_link=info.mode == CONFIDENTIAL,
        contact_id=row.contact_id,
        segment=row.segment,
        organisation=row.organisation,
        has_link=row.has_link,
        opted_out_on=row.opted_out_on,
        bounced_on=row.bounced_on,
    )


def _of_contact(row: Any, info: WaveInfo, judge: _Judge) -> Participation:
    has_case = row.case_id is not None
    is_gone = has_case and row.state in GONE  # of whom role and state stay, and the invitation's own data
    return Participation(
        _state_of_contact(row, info, judge),
        row.case_role if has_case else row.role,
        row.source,
        row.case_language if has_case and not is_gone else row.language,
        is_by_link=True,
        contact_id=row.contact_id,
        segment=row.segment,
        organisation=row.organisation,
        has_link=row.has_link,
        opened_on=row.opened_on,
        declined_on=row.declined_on if not has_case else None,
        opted_out_on=row.opted_out_on,
        decided=judge.decided(row.contact_id, row.case_id),
        bounced_on=row.bounced_on,
        **_of_both(row),
    )


def _of_case(row: Any, info: WaveInfo, judge: _Judge) -> Participation:
    return Participation(
        _state_of_case(row, info, judge),
        row.case_role,
        row.case_source,
        row.case_language,
        is_by_link=info.mode == CONFIDENTIAL,
        decided=judge.decided(row.case_id),
        **_of_both(row),
    )


def _of_both(row: Any) -> dict[str, Any]:
    saved = frozenset(row.pages or ()) - {CONSENT_PAGE}
    return {
        "case_id": row.case_id,
        "device": row.device or "unknown",
        "last_page": row.last_page if row.last_page in saved else None,
        "pages": saved,
        "seconds": row.seconds or 0,
        "started_on": row.started_on,
        "sent_on": row.sent_on,
    }


def _state_of_contact(row: Any, info: WaveInfo, judge: _Judge) -> State:
    found = _state_of_case(row, info, judge) if row.case_id is not None else None
    if row.opted_out_on is not None and found in (None, State.BEGUN, State.LEFT_QUESTIONNAIRE):
        return State.REFUSED
    if found is not None:
        return found
    if row.declined_on is not None:
        return State.REFUSED
    if row.opened_on is None:  # who followed a link of theirs was reached, whatever came back since
        return State.NOT_STARTED if row.bounced_on is None else State.UNDELIVERED
    return State.LEFT_INTRODUCTION if info.is_settled else State.OPENED


def _state_of_case(row: Any, info: WaveInfo, judge: _Judge) -> State:
    match row.state:
        case "complete":
            return State.COMPLETE
        case "screened_out":
            return State.NOT_ELIGIBLE
        case "withdrawn" | "erased":
            return State.WITHDRAWN
    if judge.is_enough(row.case_role, frozenset(row.pages or ())):
        return State.PARTIAL
    return State.LEFT_QUESTIONNAIRE if info.is_settled else State.BEGUN
