"""The day on which a confidential wave lets go of who gave which answers, and the deed itself.

The pages promise the day to whoever takes part (`web.respondent.privacy`), so it follows from the wave's own closing
date and from nothing that is decided later: an earlier closing moves it forward, a later one never moves it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from surveyapp import clock
from surveyapp.errors import WrongState
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import WaveInfo, close_wave, wave_info, wave_list
from surveyapp.storage import audit, case_links, contacts, waves
from surveyapp.storage.case_links import Cut
from surveyapp.storage.database import Database

LINK_DAYS = 30
"""Days after closing: long enough to send a last answer again or mend one on request, the most our design allows."""
CUT = "wave.cut-links"
WORKER = "system"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the link of a confidential wave stands: when it must be gone, since when it is, how many there are."""

    due: date | None
    cut_on: date | None
    links: int

    def is_due(self, today: date) -> bool:
        """Whether it must be cut now."""
        return self.cut_on is None and self.due is not None and self.due <= today


def cut_day(closes: str | None, closed_at: datetime | None) -> date | None:
    """The last day on which the link may exist; None while nobody knows when the wave closes.

    Parameters
    ----------
    closes :    the closing date of the wave's definition, ISO
    closed_at : when the wave was closed; absent while it takes answers
    """
    known = [date.fromisoformat(closes)] if closes else []
    if closed_at is not None:
        known.append(clock.local(closed_at).date())
    return min(known) + timedelta(days=LINK_DAYS) if known else None


def standing(session: Session, library: InstrumentLibrary, info: WaveInfo) -> Standing | None:
    """How the link of a wave stands; None where no link ever existed."""
    if info.mode != CONFIDENTIAL:
        return None
    done = audit.last(session, CUT, _name(info))
    if done is None and not contacts.addresses(session, info.study, info.year):
        return None
    closes = library.get(session, info.study, info.instrument_hash).wave.closes
    return Standing(
        due=cut_day(closes, info.closed_at),
        cut_on=clock.local(done.at).date() if done is not None else None,
        links=case_links.count(session, info.study, info.year),
    )


def cut_links(session: Session, study: str, year: int, actor: str) -> Cut:
    """Cut the link of a closed wave, with an entry in the audit log. Call `Database.sweep` afterwards.

    Raises
    ------
    NotFound       there is no such wave
    WrongState     it is anonymous, takes answers, or was cut before
    """
    waves.find(session, study, year, lock=True)  # one at a time: the second finds it done
    info = wave_info(session, study, year)
    if info.mode != CONFIDENTIAL:
        raise WrongState(f"{study} {year} is anonymous: a link between people and answers never existed.")
    if info.state not in ("closed", "archived"):
        raise WrongState(f"{study} {year} is {info.state}: close it first, its personal links would stop working.")
    if audit.last(session, CUT, _name(info)) is not None:
        raise WrongState(f"The link of {study} {year} was cut before.")
    done = case_links.cut(session, study, year)
    audit.add(session, actor, CUT, _name(info), {"links": done.links, "contacts": done.contacts, "cases": done.cases})
    return done


def cut_due_links(database: Database, today: date) -> tuple[WaveInfo, ...]:
    """Cut the link of every wave whose day has come; the waves it was done for.

    A wave that still stands open on that day, a month after its own closing date, is closed: the promise to who took
    part weighs more than a late answer.
    """
    library, done = InstrumentLibrary(database), []
    with database.read_primary() as session:
        known = [info for info in wave_list(session) if info.state in ("open", "closed", "archived")]
        found = [(info, standing(session, library, info)) for info in known]
    for info, at in found:
        if at is None or not at.is_due(today):
            continue
        with database.write() as session:
            waves.find(session, info.study, info.year, lock=True)
            if audit.last(session, CUT, _name(info)) is not None:
                continue  # another worker was first
            if wave_info(session, info.study, info.year).state == "open":
                close_wave(session, info.study, info.year)
                audit.add(session, WORKER, "wave.close", _name(info), {"reason": "its link was due to be cut"})
            cut_links(session, info.study, info.year, WORKER)
            done.append(wave_info(session, info.study, info.year))
    if done:
        database.sweep(*case_links.TABLES)
    return tuple(done)


def _name(info: WaveInfo) -> str:
    return f"{info.study} {info.year}"
