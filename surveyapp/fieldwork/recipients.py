"""Who gets a message of a round: decided when the round is confirmed, and again for each at the moment of sending.

    invitation   who can still answer and was not written to in this wave
    reminder     who can still answer and was invited
    thanks       who sent their answers

Never who wants no mail or said that they do not take part, and never at an address at which a message did not arrive.
In an anonymous wave nobody knows who answered: everybody gets every round, and the pages say so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from surveyapp.fieldwork.dispositions import State
from surveyapp.fieldwork.participation import UNFINISHED, Participation, participation
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.storage import invitation_messages
from surveyapp.storage.database import Session

INVITATION, REMINDER, THANKS = "invitation", "reminder", "thanks"
PAGE = "page:"
"""With this begins a progress that names a page; the page follows."""
PROGRESS = ("", "not_started", "opened", "begun")
"""How far somebody must be: any, did not open the link, opened it and did not begin, began. Or ``page:`` and a page:
that page was saved, or a later one."""
_BEGUN = frozenset({State.BEGUN, State.PARTIAL})
_ARRIVED = frozenset({"waiting", "handed", "sent", "unsure"})
_CAME_BACK = frozenset({"bounced", "failed"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who of those a round is for: '' chooses all."""

    progress: str = ""
    role: str = ""
    segment: str = ""
    language: str = ""
    contact: str = ""  # one contact alone

    @classmethod
    def kept(cls, held: Mapping[str, Any]) -> Rule:
        """The rule as a round keeps it."""
        return cls(**{name: str(held.get(name, "")) for name in cls.__slots__})

    def stored(self) -> dict[str, str]:
        """The rule as it is kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Writing:
    """What was written to one contact in a wave."""

    is_written_to: bool = False  # a message waits for them, went, or may have gone
    came_back: bool = False  # the newest of those that were sent did not arrive


def writings(rows: Iterable[Any], besides: int | None = None) -> dict[uuid.UUID, Writing]:
    """What was written to each contact.

    Parameters
    ----------
    rows :    as `storage.invitation_messages.written` gives them
    besides : the round that is asked about; its own messages say nothing
    """
    newest: dict[uuid.UUID, tuple[int, bool]] = {}
    reached: set[uuid.UUID] = set()
    for row in rows:
        if row.number == besides:
            continue
        if row.state in _ARRIVED:
            reached.add(row.contact_id)
        is_back = row.state in _CAME_BACK and row.reason != invitation_messages.CORRECTED
        if (row.state in _ARRIVED or is_back) and newest.get(row.contact_id, (0, False))[0] < row.number:
            newest[row.contact_id] = row.number, is_back
    return {contact: Writing(contact in reached, newest.get(contact, (0, False))[1]) for contact in {*reached, *newest}}


def spared(kind: str, rule: Rule, who: Participation, wrote: Writing, instrument: Instrument) -> str:
    """Why somebody gets no message of a round; empty where they do.

    Returns
    -------
    ``opted_out`` · ``declined`` · ``came_back`` · ``done`` · ``other``: the rule is for others
    """
    if who.opted_out_on is not None:
        return "opted_out"
    if who.state is State.REFUSED:
        return "declined"
    if wrote.came_back or who.bounced_on is not None:
        return "came_back"
    if who.is_put_aside:  # they rang to say no, are on the list twice
        return "done"
    if who.state is State.NOT_KNOWN:
        is_for = not who.is_by_link  # else the link was cut, and nobody is written to any more
    elif kind == THANKS:
        is_for = who.state is State.COMPLETE
    elif who.state not in UNFINISHED:
        return "done"
    elif kind == INVITATION:
        is_for = not wrote.is_written_to
    else:
        is_for = wrote.is_written_to or who.has_link
    return "" if is_for and _is_chosen(rule, who, instrument) else "other"


def _is_chosen(rule: Rule, who: Participation, instrument: Instrument) -> bool:
    if rule.contact and str(who.contact_id) != rule.contact:
        return False
    asked = ((rule.role, who.role), (rule.segment, who.segment), (rule.language, who.language))
    if any(wanted and wanted != held for wanted, held in asked):
        return False
    return not rule.progress or who.state is State.NOT_KNOWN or _is_as_far(rule.progress, who, instrument)


def _is_as_far(progress: str, who: Participation, instrument: Instrument) -> bool:
    if progress.startswith(PAGE):
        asked = instrument.questionnaires.get(who.role or "")
        order = [page.id for page in asked.pages] if asked else []
        page = progress.removeprefix(PAGE)
        return page in order and any(one in who.pages for one in order[order.index(page) :])
    if progress == "begun":
        return who.state in _BEGUN
    return who.state is {"not_started": State.NOT_STARTED, "opened": State.OPENED}[progress]


def recipients(
    session: Session, info: WaveInfo, instrument: Instrument, kind: str, rule: Rule, number: int | None = None
) -> tuple[Participation, ...]:
    """Everybody who would get a round now.

    Parameters
    ----------
    number : the round, where it is there already
    """
    wrote = writings(invitation_messages.written(session, info.study, info.year), number)
    return tuple(
        who
        for who in participation(session, info, instrument)
        if who.contact_id is not None and not spared(kind, rule, who, wrote.get(who.contact_id, Writing()), instrument)
    )


def sample(people: Sequence[Participation], most: int = 10) -> tuple[Participation, ...]:
    """Some of them, from the whole list: the same for the same list."""
    step = max(1, len(people) // most)
    return tuple(people[::step][:most])
