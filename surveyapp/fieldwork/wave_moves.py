"""Which state a wave may go to, and the refusals of those who would bring it elsewhere."""

from __future__ import annotations

from surveyapp.errors import Word, WrongState
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.model import Instrument

BEFORE_OPENING = ("draft", "test")
ASKED = ("open", "closed")
"""People were asked to take part, and what they are told can still be mended."""
OVER = ("closed", "archived")
"""The wave took answers and takes none any more."""
FIELDED = ("open", *OVER)
"""Its codes stand in data."""
TRANSITIONS = {
    "draft": ("test", "open"),
    "test": ("draft", "open"),
    "open": ("closed",),
    "closed": ("open", "archived"),
    "archived": (),
}
"""The states a wave can go to from each state."""


def require_move(year: int, state: str, to: str) -> None:
    """Refuse to bring a wave from one state into another that does not follow it.

    Raises
    ------
    WrongState     it cannot go there from where it is
    """
    if to in TRANSITIONS[state]:
        return
    if not TRANSITIONS[state]:
        raise WrongState(
            "The wave of %(year)s is %(state)s and stays so; it cannot become %(to)s.",
            year=year,
            state=Word(state),
            to=Word(to),
        )
    raise WrongState(
        "The wave of %(year)s is %(state)s; from there it can become %(can)s, not %(to)s.",
        year=year,
        state=Word(state),
        can=tuple(map(Word, TRANSITIONS[state])),
        to=Word(to),
    )


def contradiction(instrument: Instrument, year: int, first: Finding, *, more: int) -> WrongState:
    """The error for a definition that contradicts the wave of ``year``, and in how many more places."""
    return WrongState(
        "The definition of %(wave)s contradicts that of %(year)s (%(code)s, and %(more)s more): %(what)s %(fix)s See "
        "surveyapp check --against %(year)s, then run: surveyapp wave create %(study)s %(wave)s",
        study=instrument.study.id,
        wave=instrument.wave.year,
        year=year,
        code=first.code,
        more=more,
        what=dict(first.message),
        fix=dict(first.fix),
    )
