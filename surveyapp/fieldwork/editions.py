"""Editions: a closed wave's figures stay as they are until an act changes them that has a name, a date and a reason.

What a wave prints rests on more than its own cases: on its definition, and on the wave it is compared with. An edition
writes down what that is. The first is made when the wave closes or comes in as a file, and everything that gives a
closed wave other figures makes the next one, for that wave and for every closed wave that is compared with it. Whatever
merely happens, such as another year that comes in, changes nothing: the edition in force says with which year a wave is
compared. The console lists editions with the wave, and the guide of its book prints the one in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.storage import audit, editions, mixing, waves
from surveyapp.storage.database import Session
from surveyapp.storage.tables import WaveRow

CLOSED, REOPENED, IMPORTED, IMPORTED_ANEW = "wave.close", "wave.open", "wave.import", "wave.import-anew"
REMOVED, COMPARED, RESTORED = "wave.answers-removed", "wave.compare-with", "db.restore"
TEXTS_GONE, ANSWERS_GONE = "wave.texts-gone", "wave.answers-gone"
"""What was kept no longer (`fieldwork.retention`)."""
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a closed wave's figures.

    ``reason`` begins with the year of another wave when the act was done there; ``compared_with`` is the year whose
    figures stand beside its own, if any.
    """

    number: int
    at: datetime
    actor: str
    act: str
    reason: str
    version: str
    compared_with: int | None
    cases: int | None
    data_hash: str | None = None  # of the answers it counts, once the worker made it
    is_checkable: bool = False  # whether its answers are those that stand there, and can be held against the hash


def of_wave(session: Session, study: str, year: int) -> tuple[Edition, ...]:
    """The editions of a wave, first to last; none while it never closed."""
    return tuple(
        Edition(
            row.number,
            row.at,
            row.actor,
            row.act,
            row.reason,
            row.instrument_hash,
            row.compared_with,
            row.cases,
            row.data_hash,
            row.data_salt is not None,
        )
        for row in editions.of_wave(session, study, year)
    )


def in_force(session: Session, study: str, year: int) -> Edition | None:
    """The last edition of a wave; None while it never closed."""
    made = of_wave(session, study, year)
    return made[-1] if made else None


def beside(session: Session, study: str, year: int) -> int | None:
    """The year whose figures stand beside those of a wave; books, pages and respondents ask here alone.

    It is what the edition in force says, and before the first one the last earlier wave that is over and that somebody
    finished. While that wave takes answers again there is none: each answer would move what stands beside it.
    """
    edition = in_force(session, study, year)
    if edition is None:
        return editions.wave_before(session, study, year, OVER)
    other = waves.find(session, study, edition.compared_with) if edition.compared_with is not None else None
    return other.year if other is not None and other.state in OVER else None


def series(session: Session, study: str, year: int) -> tuple[int, ...]:
    """The years a wave's trends reach back to, the last first: what it is compared with, what that is, and so on."""
    found: list[int] = []
    before = beside(session, study, year)
    while before is not None:
        found.append(before)
        before = beside(session, study, before)
    return tuple(found)


def make(session: Session, study: str, year: int, actor: str, act: str, reason: str = "") -> None:
    """Something gave a closed wave other figures: its next edition, and one of each wave that is compared with it.

    The first edition is compared with the last wave before it that is over and that somebody finished; later ones as
    the one before. The caller holds the wave.
    """
    _add(session, _over(session, study, year), actor, act, reason)
    note_others(session, study, year, actor, act, reason)


def note_others(session: Session, study: str, year: int, actor: str, act: str, reason: str) -> None:
    """A wave got other figures: a new edition of each closed wave whose comparison or trends rest on it."""
    for row in waves.every(session, study):
        found = in_force(session, study, row.year) if row.state in OVER else None
        if found is not None and (found.compared_with == year or year in series(session, study, row.year)):
            _add(session, row, actor, act, f"{year}: {reason.strip()}" if reason.strip() else str(year))


def note_removal(session: Session, study: str, year: int) -> bool:
    """Somebody's answers go at that person's request; of a closed wave that is an edition, without a name or an hour.

    Asked before the case itself is locked. A closing that is under way is waited for, and one that comes waits: or the
    figures it has just shown would move by this one person.
    """
    mixing.join_writers(session)
    row = waves.find(session, study, year)
    if row is not None:
        session.refresh(row)
    if row is not None and row.state in OVER:
        waves.find(session, study, year, lock=True)
        make(session, study, year, SYSTEM, REMOVED)
        return True
    return False


def note_restore(session: Session, actor: str, copy: str) -> None:
    """The database was put back from a copy: the figures of every closed wave may be others than an hour ago."""
    for row in waves.every(session):
        if row.state in OVER:
            _add(session, row, actor, RESTORED, copy)


def compare_with(session: Session, study: str, year: int, other: int | None, actor: str, reason: str) -> Edition:
    """Let a closed wave be compared with another earlier one, or with none, on the record.

    Raises
    ------
    WrongState     it is not closed; no reason is given; or the other one is no earlier wave that is over and that
                   somebody finished, or is the one it is compared with already
    """
    waves.find(session, study, year, lock=True)
    row = _over(session, study, year)
    require_reason(study, year, reason)
    _require_another(session, row, other)
    _add(session, row, actor, COMPARED, reason, (other,))
    note_others(session, study, year, actor, COMPARED, reason)
    audit.add(session, actor, COMPARED, f"{study} {year}", {"reason": reason.strip(), "compared_with": other})
    return of_wave(session, study, year)[-1]


def _require_another(session: Session, row: WaveRow, other: int | None) -> None:
    found, study, year = in_force(session, row.study_id, row.year), row.study_id, row.year
    if found is not None and found.compared_with == other:
        if other is None:
            raise WrongState(
                "%(study)s %(year)s is compared with no other wave already; nothing would change.",
                study=study,
                year=year,
            )
        raise WrongState(
            "%(study)s %(year)s is compared with %(other)s already; nothing would change.",
            study=study,
            year=year,
            other=other,
        )
    if other is None:
        return
    there = waves.find(session, study, other)
    if there is None:
        raise NotFound("There is no wave %(study)s %(year)s.", study=study, year=other)
    if other >= year or there.state not in OVER or not editions.complete_cases(session, study, other):
        raise WrongState(
            "%(study)s %(year)s cannot be compared with %(other)s: that must be an earlier wave that is closed and has "
            "complete answers.",
            study=study,
            year=year,
            other=other,
        )


def require_reason(study: str, year: int, reason: str) -> None:
    """Refuse to change a closed wave's figures without a word.

    Raises
    ------
    WrongState     no reason is given
    """
    if not reason.strip():
        raise WrongState(
            "%(study)s %(year)s is closed: say with --reason why its figures change. The reason is listed with the "
            "wave and stands in its book.",
            study=study,
            year=year,
        )


def _add(
    session: Session, row: WaveRow, actor: str, act: str, reason: str, chosen: tuple[int | None] | None = None
) -> None:
    """Add an edition, compared with what was ``chosen``, and else with what the one before is compared with."""
    study, year = row.study_id, row.year
    if chosen is not None:
        compared_with = chosen[0]
    else:
        last = in_force(session, study, year)
        compared_with = last.compared_with if last else editions.wave_before(session, study, year, OVER)
    editions.add(
        session,
        study,
        year,
        at=_noon() if act == REMOVED else clock.now(),
        actor=actor,
        act=act,
        reason=reason.strip(),
        instrument_hash=row.instrument_hash,
        compared_with=compared_with,
    )


def _noon() -> datetime:
    """Today and no more: when somebody was here is nobody's business."""
    return datetime.combine(clock.today(), time(12), clock.ZONE).astimezone(UTC)


def _over(session: Session, study: str, year: int) -> WaveRow:
    row = waves.find(session, study, year)
    if row is None:
        raise NotFound("There is no wave %(study)s %(year)s.", study=study, year=year)
    if row.state not in OVER:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: only the figures of a closed wave have editions.",
            study=study,
            year=year,
            state=Word(row.state),
        )
    return row
