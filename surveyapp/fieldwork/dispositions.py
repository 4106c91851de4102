"""What became of everybody a wave set out to ask, in AAPOR's codes; and which of it a researcher may put right by hand.

How far somebody got (:class:`State`) is told by what they did. Their :class:`Disposition` follows from it, unless a
researcher knows better: somebody rang to say no, left the organisation, stands on the list twice. One table says what
may be put in the place of what. It is asked twice: when somebody decides, and each time the cases are counted, so that
a decision gives way by itself as soon as the person does something that outranks it: whoever sends their answers is
complete, whatever was noted of them before.

References
----------
AAPOR (2016), Standard Definitions, 9th edition, table 4: internet surveys of specifically named persons. Numbers and
groups of the codes are those of that table; "unable to reach" and the like that occur in no mail are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """How far somebody got. A record is in exactly one of them."""

    NOT_KNOWN = "not_known"  # a contact of an anonymous wave, or after the link was cut
    NOT_STARTED = "not_started"
    UNDELIVERED = "undelivered"  # no mail arrives at their address, and they did not begin
    OPENED = "opened"  # followed the link and did not begin (yet): the introduction
    BEGUN = "begun"  # in the questionnaire, in a wave that takes answers
    PARTIAL = "partial"  # not sent, and far enough to count
    COMPLETE = "complete"
    REFUSED = "refused"  # said no before the first page, or wants no mail
    LEFT_INTRODUCTION = "left_introduction"  # opened, and the wave is over
    LEFT_QUESTIONNAIRE = "left_questionnaire"  # begun, and the wave is over
    NOT_ELIGIBLE = "not_eligible"
    WITHDRAWN = "withdrawn"


class Disposition(StrEnum):
    """What became of somebody, as if the fieldwork ended now; in the order in which they are listed."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    INTRODUCTION = "introduction"
    QUESTIONNAIRE = "questionnaire"
    UNAVAILABLE = "unavailable"
    LANGUAGE = "language"
    NOT_INVITED = "not_invited"
    NO_REPLY = "no_reply"
    UNDELIVERED = "undelivered"
    NOT_ELIGIBLE = "not_eligible"
    QUOTA = "quota"
    DUPLICATE = "duplicate"
    NOT_KNOWN = "not_known"

    @property
    def code(self) -> str:
        """AAPOR's code; empty where nobody may know."""
        return CODES[self][0]

    @property
    def counts_as(self) -> str:
        """The letter under which the rates count it: I, P, R, NC, O, UH, UO or NE; empty where nobody may know."""
        return CODES[self][1]


CODES: Mapping[Disposition, tuple[str, str]] = {
    Disposition.COMPLETE: ("1.1", "I"),
    Disposition.PARTIAL: ("1.2", "P"),
    Disposition.REFUSED: ("2.111", "R"),  # said no, or wants no mail
    Disposition.WITHDRAWN: ("2.111", "R"),  # answered, and took it back
    Disposition.INTRODUCTION: ("2.112", "R"),  # followed the link, completed no item
    Disposition.QUESTIONNAIRE: ("2.12", "R"),  # broke off
    Disposition.UNAVAILABLE: ("2.26", "NC"),  # throughout the fieldwork
    Disposition.LANGUAGE: ("2.33", "O"),
    Disposition.NOT_INVITED: ("3.11", "UH"),
    Disposition.NO_REPLY: ("3.19", "UH"),
    Disposition.UNDELIVERED: ("3.3", "UO"),
    Disposition.NOT_ELIGIBLE: ("4.1", "NE"),
    Disposition.QUOTA: ("4.8", "NE"),
    Disposition.DUPLICATE: ("4.81", "NE"),
    Disposition.NOT_KNOWN: ("", ""),
}

_OF_STATE: Mapping[State, Disposition] = {
    State.NOT_KNOWN: Disposition.NOT_KNOWN,
    State.UNDELIVERED: Disposition.UNDELIVERED,
    State.OPENED: Disposition.INTRODUCTION,
    State.LEFT_INTRODUCTION: Disposition.INTRODUCTION,
    State.BEGUN: Disposition.QUESTIONNAIRE,
    State.LEFT_QUESTIONNAIRE: Disposition.QUESTIONNAIRE,
    State.PARTIAL: Disposition.PARTIAL,
    State.COMPLETE: Disposition.COMPLETE,
    State.REFUSED: Disposition.REFUSED,
    State.NOT_ELIGIBLE: Disposition.NOT_ELIGIBLE,
    State.WITHDRAWN: Disposition.WITHDRAWN,
}

_OUTSIDE = frozenset({Disposition.NOT_ELIGIBLE, Disposition.QUOTA, Disposition.DUPLICATE})
_UNHEARD = _OUTSIDE | {
    Disposition.REFUSED,
    Disposition.UNAVAILABLE,
    Disposition.LANGUAGE,
    Disposition.UNDELIVERED,
}
MOVES: Mapping[Disposition, frozenset[Disposition]] = {
    Disposition.NOT_INVITED: _UNHEARD,
    Disposition.NO_REPLY: _UNHEARD,
    Disposition.UNDELIVERED: _UNHEARD - {Disposition.UNDELIVERED},
    Disposition.INTRODUCTION: _OUTSIDE | {Disposition.REFUSED, Disposition.UNAVAILABLE, Disposition.LANGUAGE},
    Disposition.QUESTIONNAIRE: _OUTSIDE | {Disposition.REFUSED, Disposition.LANGUAGE},
    Disposition.PARTIAL: _OUTSIDE,
    Disposition.REFUSED: _OUTSIDE,
}
"""What a researcher may put in the place of what follows from the deeds. Nothing stands in the place of a completed
questionnaire, of one that was taken back, or of one whose own answer put them outside: that one can change alone."""


def of_state(state: State, *, has_link: bool) -> Disposition:
    """The disposition that follows from what somebody did; ``has_link``: whether they were invited at all."""
    if state is State.NOT_STARTED:
        return Disposition.NO_REPLY if has_link else Disposition.NOT_INVITED
    return _OF_STATE[state]


def in_force(found: Disposition, by_hand: Disposition | None) -> Disposition:
    """What somebody counts as: what a researcher decided, while that may stand in the place of what was found."""
    return by_hand if by_hand is not None and by_hand in MOVES.get(found, ()) else found
