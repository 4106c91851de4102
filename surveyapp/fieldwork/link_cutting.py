"""The day on which a confidential wave lets go of who gave which answers, and the deed itself.

The pages promise the day to whoever takes part (`web.respondent.privacy`), so it follows from the wave's own closing
date and from nothing that is decided later: an earlier closing moves it forward, a later one never moves it back. A
wave that opens again keeps the day of its first closing, and `versions.revise` refuses a later date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork import invitation_yield
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.outcomes import keep_outcomes
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.wave_moves import FIELDED
from surveyapp.fieldwork.waves import CLOSE, CUT_LINKS, WaveInfo, close_wave, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, case_links, contacts, versions, waves
from surveyapp.storage.case_links import Cut
from surveyapp.storage.database import Database, Session

LINK_DAYS = 30
"""Days after closing unless the wave says otherwise: long enough to send a last answer again or mend one on request."""
SWEPT = "wave.sweep-links"
"""Done when nothing of the link is left in the database's files; until then it is tried again."""
WORKER = "system"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the link of a confidential wave stands: when it must be gone, since when it is, how many there are."""

    due: date | None
    cut_on: date | None
    links: int
    is_swept: bool = False

    def is_due(self, today: date) -> bool:
        """Whether it must be cut now."""
        return self.cut_on is None and self.due is not None and self.due <= today


def cut_day(closes: str | None, closed_at: datetime | None, days: int = LINK_DAYS) -> date | None:
    """The last day on which the link may exist; None while nobody knows when the wave closes.

    Parameters
    ----------
    closes :    the closing date of the wave's definition, ISO
    closed_at : when the wave was closed; absent while it takes answers
    days :      after closing; the wave's own (`link_days`)
    """
    known = [date.fromisoformat(closes)] if closes else []
    if closed_at is not None:
        known.append(clock.local(closed_at).date())
    return min(known) + timedelta(days=days) if known else None


def first_closing(session: Session, info: WaveInfo) -> datetime | None:
    """When a wave closed for the first time, as `cut_day` asks it; only a confidential wave's is looked up."""
    if info.mode != CONFIDENTIAL:
        return info.closed_at
    known = [entry.at for entry in versions.entries(session, _name(info), (CLOSE,))]
    return min([*known, info.closed_at] if info.closed_at is not None else known, default=None)


def standing(session: Session, library: InstrumentLibrary, info: WaveInfo) -> Standing | None:
    """How the link of a wave stands; None where no link ever existed."""
    if info.mode != CONFIDENTIAL:
        return None
    done = audit.last(session, CUT_LINKS, _name(info))
    if done is None and not contacts.is_anybody(session, info.study, info.year):
        return None
    wave = library.get(session, info.study, info.instrument_hash).wave
    return Standing(
        due=cut_day(wave.closes, first_closing(session, info), wave.link_days),
        cut_on=clock.local(done.at).date() if done is not None else None,
        links=case_links.count(session, info.study, info.year),
        is_swept=audit.last(session, SWEPT, _name(info)) is not None,
    )


def cut_links(session: Session, study: str, year: int, actor: str, *, instrument: Instrument | None = None) -> Cut:
    """Cut the link of a closed wave, with an entry in the audit log. Call `sweep_links` afterwards.

    What became of the invited is counted first, coarsely: afterwards nobody can.

    Parameters
    ----------
    instrument : the wave's, for who has it; absent: its stored version is read

    Raises
    ------
    WrongState     it is anonymous, takes answers, or was cut before
    """
    case_links.hold(session)  # a page that is being saved is waited for, and comes along
    waves.find(session, study, year, lock=True)  # one at a time: the second finds it done
    info = wave_info(session, study, year)
    if info.mode != CONFIDENTIAL:
        raise WrongState(
            "%(study)s %(year)s is anonymous: a link between people and answers never existed.", study=study, year=year
        )
    if not info.is_settled:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: close it first, its personal links would stop working.",
            study=study,
            year=year,
            state=Word(info.state),
        )
    if audit.last(session, CUT_LINKS, _name(info)) is not None:
        raise WrongState("The link of %(study)s %(year)s was cut before.", study=study, year=year)
    keep_outcomes(session, info, instrument or _stored(session, info))
    invitation_yield.write_down(session, info)
    done = case_links.cut(session, study, year)
    audit.add(
        session, actor, CUT_LINKS, _name(info), {"links": done.links, "contacts": done.contacts, "cases": done.cases}
    )
    return done


def _stored(session: Session, info: WaveInfo) -> Instrument:
    # Only here: the parser of definitions has no place in a respondent's process.
    from surveyapp.instrument.loader import instrument_from_documents

    documents = waves.version(session, info.study, info.instrument_hash)
    if documents is None:
        raise NotFound("There is no definition of %(study)s %(year)s.", study=info.study, year=info.year)
    return instrument_from_documents(documents)


def sweep_links(database: Database, study: str, year: int, actor: str) -> bool:
    """Leave nothing of a link that was cut in the database's files, once, with an entry in the audit log.

    Returns
    -------
    whether there was anything left to do
    """
    with database.read_primary() as session:
        info = wave_info(session, study, year)
        if not _is_unswept(session, info):
            return False
    database.sweep(*case_links.TABLES)
    with database.write() as session:
        waves.find(session, study, year, lock=True)
        if _is_unswept(session, info):
            audit.add(session, actor, SWEPT, _name(info))
    database.fold_journal()  # the entry itself
    return True


def _is_unswept(session: Session, info: WaveInfo) -> bool:
    is_cut = audit.last(session, CUT_LINKS, _name(info)) is not None
    return is_cut and audit.last(session, SWEPT, _name(info)) is None


def cut_due_links(database: Database, today: date) -> tuple[WaveInfo, ...]:
    """Cut the link of every wave whose day has come, and sweep what an earlier time left; the waves that were cut.

    A wave that still stands open on that day, a month after its own closing date, is closed: the promise to who took
    part weighs more than a late answer. A fault in one wave is raised after all others had their turn.
    """
    library, done = InstrumentLibrary(database), []
    faults: list[Exception] = []
    with database.read_primary() as session:
        listed = [info for info in wave_list(session) if info.state in FIELDED]
    for info in listed:
        if info.mode != CONFIDENTIAL:
            continue
        try:
            if _cut_if_due(database, library, info, today):
                with database.read_primary() as session:
                    done.append(wave_info(session, info.study, info.year))
            sweep_links(database, info.study, info.year, WORKER)
        except Exception as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return tuple(done)


def _cut_if_due(database: Database, library: InstrumentLibrary, info: WaveInfo, today: date) -> bool:
    with database.read_primary() as session:
        at = standing(session, library, info)
    if at is None or not at.is_due(today):
        return False
    with database.write() as session:
        case_links.hold(session)
        waves.find(session, info.study, info.year, lock=True)
        if audit.last(session, CUT_LINKS, _name(info)) is not None:
            return False  # another worker was first
        if wave_info(session, info.study, info.year).state == "open":
            close_wave(session, info.study, info.year, actor=WORKER, reason="its link was due to be cut")
            audit.add(session, WORKER, CLOSE, _name(info), {"reason": "its link was due to be cut"})
        cut_links(session, info.study, info.year, WORKER)
    return True


def _name(info: WaveInfo) -> str:
    return f"{info.study} {info.year}"
