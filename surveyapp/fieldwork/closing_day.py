"""The closing day that the pages name is kept: at its end a wave closes by itself.

A day ends at midnight on the study's own clock (`clock.ZONE`). Whoever wants more answers moves ``closes`` beforehand
(`surveyapp wave revise`), or opens the wave again afterwards: a wave that was opened or closed after its day, by
whomever, is left to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surveyapp import clock
from surveyapp.errors import WrongState
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.link_cutting import WORKER, cut_day, first_closing
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.fieldwork.waves import CLOSE, OPEN, WaveInfo, close_wave, hold_for_closing, wave_info, wave_list
from surveyapp.storage import audit, versions, waves
from surveyapp.storage.database import Database, Session

KEPT_DAY = "day"
"""Under this name the log of a closing holds the day it was done for."""


@dataclass(frozen=True, slots=True)
class Overtime:
    """A wave that is open after its closing day, or would be: nothing closes it but people, or the cut of its link."""

    day: date  # that is over
    link_day: date | None  # when the worker cuts the link of a confidential wave, and closes it if it is open still

    def closes_at_once(self, today: date) -> bool:
        """Whether the worker's next look ends it: the link may exist no longer."""
        return self.link_day is not None and self.link_day <= today


def is_due(session: Session, library: InstrumentLibrary, info: WaveInfo, today: date) -> bool:
    """Whether a wave stands open although its day is over, and nobody chose that."""
    if info.state != "open" or info.opened_at is None:
        return False
    closes = library.get(session, info.study, info.instrument_hash).wave.closes
    if closes is None:
        return False
    last = date.fromisoformat(closes)
    if not clock.local(info.opened_at).date() <= last < today:
        return False
    turns = versions.entries(session, f"{info.study} {info.year}", (OPEN, CLOSE))
    return all(clock.local(turn.at).date() <= last for turn in turns)


def overtime(session: Session, library: InstrumentLibrary, info: WaveInfo) -> Overtime | None:
    """What opening this wave today amounts to when its closing day is over; None when it is not, or there is none."""
    wave = library.get(session, info.study, info.instrument_hash).wave
    closes = wave.closes
    if closes is None or date.fromisoformat(closes) >= clock.today():
        return None
    link_day = cut_day(closes, first_closing(session, info), wave.link_days) if info.mode == CONFIDENTIAL else None
    return Overtime(date.fromisoformat(closes), link_day)


def require_time(info: WaveInfo, late: Overtime | None) -> None:
    """Refuse a first opening that the worker would end at once, and for ever: a wave whose link was cut opens no more.

    Raises
    ------
    WrongState     the day on which its link must be gone has come before anybody took part
    """
    if info.state in BEFORE_OPENING and late is not None and late.closes_at_once(clock.today()):
        name = f"{info.study} {info.year}"
        raise WrongState(
            "%(name)s had to close on %(day)s and lose its link by %(link_day)s: opened now it would close for good "
            "within the hour. Set a later last day in the settings on the console, or closes in study.yaml and run: "
            "surveyapp wave create %(name)s",
            name=name,
            day=f"{late.day:%d-%m-%Y}",
            link_day=f"{late.link_day:%d-%m-%Y}",
        )


def closed_on(session: Session, info: WaveInfo) -> date | None:
    """The day on which a wave closed, as people were told it; None while it is not closed.

    The worker comes round after midnight, and later when it was away: what it closes for the sake of a day closed on
    that day. Whatever people close, closed when they did.
    """
    if info.closed_at is None:
        return None
    entry = audit.last(session, CLOSE, f"{info.study} {info.year}")
    kept = entry.details.get(KEPT_DAY) if entry is not None and entry.details else None
    return date.fromisoformat(kept) if kept else clock.local(info.closed_at).date()


def close_due_waves(database: Database, library: InstrumentLibrary) -> tuple[WaveInfo, ...]:
    """Close every wave whose day is over; the waves that were closed."""
    today, done = clock.today(), []
    with database.read_primary() as session:
        due = [info for info in wave_list(session) if is_due(session, library, info, today)]
    for info in due:
        with database.write() as session:
            hold_for_closing(session)
            waves.find(session, info.study, info.year, lock=True)
            if not is_due(session, library, wave_info(session, info.study, info.year), today):
                continue  # another worker was first, or its day was moved
            done.append(close_wave(session, info.study, info.year, actor=WORKER, reason="its closing day was over"))
            day = library.get(session, info.study, info.instrument_hash).wave.closes
            details = {"reason": "its closing day was over", KEPT_DAY: day}
            audit.add(session, WORKER, CLOSE, f"{info.study} {info.year}", details)
    if done:
        database.fold_journal()
    return tuple(done)
