"""How long each kind of thing is kept, what is due to go, and letting it go with a certificate.

| kind | kept | who lets it go |
|---|---|---|
| drafts | 30 days after closing: typed on a page and never saved | the worker |
| link | 30 days after closing, or as the pages said (`fieldwork.link_cutting`) | the worker |
| contacts | 90 days after closing, and never before the link is cut | the worker |
| addresses | a year after closing: left for the report | the worker |
| texts | a year after closing: open answers, read and coded by then, and why people stopped | a person |
| answers | to the end of the year that the study names to its respondents | the worker |
| names | two years: who did what in the audit log; what was done stays | the worker |
| files | seven days: books and files that were made | the worker |

A dry run and a run ask the same function: what is counted is what goes (docs/decisions/0055-closing.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from surveyapp import clock
from surveyapp.errors import WrongState
from surveyapp.fieldwork import certificates, clearing, closing_day, editions, link_cutting
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.unsubscribing import address_hash
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.types import Shape
from surveyapp.storage import audit, mixing, report_requests, retention, waves
from surveyapp.storage.database import Database, Session

DRAFTS, LINK, CONTACTS, ADDRESSES, TEXTS, ANSWERS, NAMES, FILES = (
    "drafts",
    "link",
    "contacts",
    "addresses",
    "texts",
    "answers",
    "names",
    "files",
)
DAYS = {DRAFTS: 30, CONTACTS: 90, ADDRESSES: clearing.KEPT.days, TEXTS: 365}
"""Days after closing."""
NAME_DAYS, FILE_DAYS, BACKUP_DAYS = 730, 7, 35
BY_HAND = frozenset({TEXTS})
"""What goes only when a person says so: research that nobody can bring back, and that no page promised away."""
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing of one wave, or of the installation: how much there is and when it must be gone."""

    kind: str
    study: str  # empty: the installation
    year: int | None
    count: int
    due: date | None  # None: nobody knows yet
    days: int | None  # after closing, or of its own age; None: on the date the study names

    def is_due(self, today: date) -> bool:
        """Whether it must go now, and there is anything."""
        return self.count > 0 and self.due is not None and self.due <= today


def lines(session: Session, library: InstrumentLibrary) -> tuple[Line, ...]:
    """Everything that has an end, the soonest first; what comes to an end with a wave that is not closed comes last."""
    found = [line for info in wave_list(session) for line in _of_wave(session, library, info)]
    found += [_names(session), _files(session)]
    return tuple(sorted(found, key=lambda line: (line.due or date.max, line.kind, line.study, line.year or 0)))


def _of_wave(session: Session, library: InstrumentLibrary, info: WaveInfo) -> list[Line]:
    instrument = library.get(session, info.study, info.instrument_hash)
    if instrument.wave.imported_series:  # its answers are a file that somebody else keeps
        return []
    counts = {
        DRAFTS: retention.count_drafts(session, info.study, info.year),
        CONTACTS: retention.count_contacts(session, info.study, info.year),
        ADDRESSES: retention.count_addresses(session, info.study, info.year),
        TEXTS: retention.count_texts(session, info.study, info.year, text_names(instrument)),
        ANSWERS: retention.count_cases(session, info.study, info.year),
    }
    closed = closing_day.closed_on(session, info) if info.state in OVER else None
    made = [
        Line(kind, info.study, info.year, n, _due(kind, closed, instrument), DAYS.get(kind))
        for kind, n in counts.items()
    ]
    link = link_cutting.standing(session, library, info)
    if link is not None:
        made.append(
            Line(
                LINK,
                info.study,
                info.year,
                link.links if link.cut_on is None else 0,
                link.due,
                instrument.wave.link_days,
            )
        )
    return made


def _due(kind: str, closed: date | None, instrument: Instrument) -> date | None:
    if kind == ANSWERS:
        until = instrument.wave.kept_until
        return date(until + 1, 1, 1) if until is not None else None
    return closed + timedelta(days=DAYS[kind]) if closed is not None else None


def _names(session: Session) -> Line:
    oldest = audit.oldest_named(session)
    due = clock.local(oldest).date() + timedelta(days=NAME_DAYS) if oldest is not None else None
    return Line(NAMES, "", None, audit.count_named(session, _moment(NAME_DAYS)), due, NAME_DAYS)


def _files(session: Session) -> Line:
    count = retention.count_files(session, clock.now() - timedelta(days=FILE_DAYS))
    return Line(FILES, "", None, count, clock.today() if count else None, FILE_DAYS)


def _moment(days: int) -> datetime:
    """Midnight so many days ago."""
    return datetime.combine(clock.today() - timedelta(days=days), time(), clock.ZONE)


def text_names(instrument: Instrument) -> frozenset[str]:
    """The open answers of a wave, what was written beside "other" among them."""
    return frozenset(name for name, each in instrument.variables.items() if each.type.shape is Shape.TEXT)


def due_lines(session: Session, library: InstrumentLibrary, *, by_hand: bool = False) -> tuple[Line, ...]:
    """What the worker, or with ``by_hand`` a person, would let go of today."""
    today = clock.today()
    return tuple(
        line
        for line in lines(session, library)
        if line.is_due(today) and line.kind not in (LINK, FILES) and (by_hand or line.kind not in BY_HAND)
    )


def run(database: Database, library: InstrumentLibrary, *, salt: str, actor: str = SYSTEM) -> tuple[int, ...]:
    """Let go of everything that is due and waits for nobody's yes; the numbers of the certificates.

    The link has its own round (`link_cutting.cut_due_links`), and so have files. Each kind of each wave is a
    transaction of its own; a fault in one is raised after all others had their turn.
    """
    made, faults = list[int](), list[Exception]()
    with database.read_primary() as session:
        due = due_lines(session, library)
    for line in due:
        try:
            number = remove(database, library, line, salt=salt, actor=actor)
        except Exception as fault:
            faults.append(fault)
            continue
        made += [number] if number is not None else []
    if faults:
        raise faults[0]
    return tuple(made)


def remove(database: Database, library: InstrumentLibrary, line: Line, *, salt: str, actor: str) -> int | None:
    """Let go of one kind of one wave; the number of the certificate, None where another was first.

    Raises
    ------
    WrongState     it is not due, or stands in the way of something that must go first
    """
    with database.write() as session:
        if line.kind in (TEXTS, ANSWERS, DRAFTS):
            mixing.hold(session)
        if line.study and line.year is not None:
            waves.find(session, line.study, line.year, lock=True)
        _require_due(session, library, line)
        removed = _DEEDS[line.kind](session, library, line, salt, actor)
        if not removed:
            return None
        number = certificates.issue(
            session, line.kind, removed, study=line.study, year=line.year, days=line.days, due=line.due, actor=actor
        )
    if line.study:
        database.fold_journal()  # what went stands in no side file either
    return number


def _require_due(session: Session, library: InstrumentLibrary, line: Line) -> None:
    known = _of_wave(session, library, wave_info(session, line.study, line.year)) if line.year is not None else []
    now = next((each for each in known if each.kind == line.kind), None) if known else line
    if now is None or (now.count and not now.is_due(clock.today())):
        raise WrongState("This is not due to go yet; the list of what is kept says when.")
    if line.kind == CONTACTS and line.year is not None and retention.is_linked(session, line.study, line.year):
        raise WrongState(
            "The contacts of %(study)s %(year)s are still tied to answers: the link is cut first.",
            study=line.study,
            year=line.year,
        )


def _drafts(session: Session, _library: InstrumentLibrary, line: Line, _salt: str, _actor: str) -> int:
    return retention.remove_drafts(session, line.study, line.year or 0)


def _contacts(session: Session, _library: InstrumentLibrary, line: Line, salt: str, _actor: str) -> int:
    """Who wants no mail is remembered without their address, for the lists of later waves."""
    out = retention.opted_out(session, line.study, line.year or 0)
    hashes = {address_hash(email, line.study, salt=salt): day for email, day in out}
    retention.keep_opt_outs(session, line.study, hashes)
    return retention.remove_contacts(session, line.study, line.year or 0)


def _addresses(session: Session, _library: InstrumentLibrary, line: Line, _salt: str, _actor: str) -> int:
    return report_requests.forget(session, line.study, line.year or 0)


def _texts(session: Session, library: InstrumentLibrary, line: Line, _salt: str, actor: str) -> int:
    year = line.year or 0
    names = text_names(library.of_wave(session, line.study, year))
    removed = retention.blank_texts(session, line.study, year, names)
    if removed:
        mixing.mix(session, line.study, year)
        editions.make(session, line.study, year, actor, editions.TEXTS_GONE)
    return removed


def _answers(session: Session, _library: InstrumentLibrary, line: Line, _salt: str, actor: str) -> int:
    removed = retention.remove_cases(session, line.study, line.year or 0)
    if removed and wave_info(session, line.study, line.year or 0).state in OVER:
        editions.make(session, line.study, line.year or 0, actor, editions.ANSWERS_GONE)
    return removed


def _nameless(session: Session, _library: InstrumentLibrary, _line: Line, _salt: str, actor: str) -> int:
    return audit.forget_names(session, _moment(NAME_DAYS), actor)


_DEEDS: dict[str, Callable[[Session, InstrumentLibrary, Line, str, str], int]] = {
    DRAFTS: _drafts,
    CONTACTS: _contacts,
    ADDRESSES: _addresses,
    TEXTS: _texts,
    ANSWERS: _answers,
    NAMES: _nameless,
}
