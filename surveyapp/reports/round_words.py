"""What the rounds of messages of a wave are called."""

from __future__ import annotations

from surveyapp.fieldwork.recipients import INVITATION, REMINDER
from surveyapp.reports.sentences import Words, both


def round_words(kind: str, nth: int) -> Words:
    """What the nth round of a kind is called."""
    if kind == INVITATION:
        return both("Invitation") if nth == 1 else both("Invitation %(nth)s", nth=nth)
    if kind == REMINDER:
        return both("Reminder %(nth)s", nth=nth)
    return both("Thank-you") if nth == 1 else both("Thank-you %(nth)s", nth=nth)
