"""The closing day that the pages name is kept: at its end a wave closes by itself.

A day ends at midnight on the study's own clock (`clock.ZONE`). Whoever wants more answers moves ``closes`` beforehand
(`surveyapp wave correct`), or opens the wave again afterwards: a wave that was closed after its day, by whomever, is
left to people.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from surveyapp import clock
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.link_cutting import WORKER
from surveyapp.fieldwork.waves import CLOSE, WaveInfo, close_wave, wave_info, wave_list
from surveyapp.storage import audit, versions, waves
from surveyapp.storage.database import Database


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
    closed = versions.entries(session, f"{info.study} {info.year}", (CLOSE,))
    return all(clock.local(entry.at).date() <= last for entry in closed)


def close_due_waves(database: Database, library: InstrumentLibrary) -> tuple[WaveInfo, ...]:
    """Close every wave whose day is over; the waves that were closed."""
    today, done = clock.today(), []
    with database.read_primary() as session:
        due = [info for info in wave_list(session) if is_due(session, library, info, today)]
    for info in due:
        with database.write() as session:
            waves.find(session, info.study, info.year, lock=True)
            if not is_due(session, library, wave_info(session, info.study, info.year), today):
                continue  # another worker was first, or its day was moved
            done.append(close_wave(session, info.study, info.year))
            audit.add(session, WORKER, CLOSE, f"{info.study} {info.year}", {"reason": "its closing day was over"})
    if done:
        database.fold_journal()
    return tuple(done)
