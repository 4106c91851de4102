"""Which finished cases count in the figures of those who may not see cases: steps, drawn by lot.

A lot gives each case a place between 0 and a million that follows from its random key; the highest are held back. Every
step draws anew among all who have finished. So who counts follows from the keys, and all that is kept of a case
is that the last step knew it: not by which step it came, which would be an order of groups.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from surveyapp.storage.published_tables import PublishedCaseRow, PublishedStepRow
from surveyapp.storage.statements import batches, in_wave
from surveyapp.storage.tables import EXCLUDED, CaseRow

CASES: Any = PublishedCaseRow.__table__  # type: ignore[attr-defined]
PLACES = 1_000_000
HALF = PLACES // 2
"""So many are held back while a wave is open."""
THIRD = PLACES // 3
"""So many are held back of a wave that is over where what was shown before is not known."""
FORGET_WHO = (
    "DELETE FROM published_case",
    "DELETE FROM published_step WHERE EXISTS (SELECT 1 FROM wave w WHERE w.study_id = published_step.study_id"
    " AND w.year = published_step.year AND w.state = 'open') AND step < (SELECT MAX(l.step) FROM published_step l"
    " WHERE l.study_id = published_step.study_id AND l.year = published_step.year)",
    "UPDATE published_step SET is_blind = TRUE, is_whole = FALSE, has_lost = FALSE, lot = NULL, held_back = 0 WHERE"
    " EXISTS (SELECT 1 FROM wave w WHERE w.study_id = published_step.study_id AND w.year = published_step.year"
    " AND w.state = 'open')",
)
"""What a copy of the database leaves out, as statements of either kind: who was known at the last step came before."""


def new_lot() -> str:
    """A lot nobody can foresee."""
    return secrets.token_hex(16)


def place_of(lot: str, case: bytes) -> int:
    """The place of a case, by the bytes of its key, in a lot, below `PLACES`."""
    return int.from_bytes(blake2b(case, digest_size=8, key=lot.encode()).digest()) % PLACES


def is_held_back(lot: str, held_back: int, case: UUID) -> bool:
    """Whether a case is among so many of a million that are held back."""
    return place_of(lot, case.bytes) >= PLACES - held_back


def steps(session: Session, study: str, year: int) -> Sequence[PublishedStepRow]:
    """Every step in order."""
    statement = select(PublishedStepRow).where(
        col(PublishedStepRow.study_id) == study, col(PublishedStepRow.year) == year
    )
    return session.scalars(statement.order_by(col(PublishedStepRow.step))).all()


def known(session: Session, study: str, year: int) -> set[UUID]:
    """The cases that the last step knew: those that count, and by its lot those that are held back."""
    found = session.scalars(select(CASES.c.case_id).where(*in_wave(CASES, study, year)))
    return set(found)


def add_step(
    session: Session,
    study: str,
    year: int,
    step: int,
    stand: datetime,
    known: Iterable[UUID],
    *,
    is_whole: bool = False,
    has_lost: bool = False,
    lot: str | None = None,
    held_back: int = 0,
) -> None:
    """Let these cases count from now on, but for those that the lot holds back; of earlier steps stay the lots alone.

    All are written anew in the order of their keys, so that neither a column nor their place says by which step.
    """
    row = PublishedStepRow(study_id=study, year=year, step=step, stand=stand, is_whole=is_whole, has_lost=has_lost)
    row.lot, row.held_back = lot, held_back
    session.add(row)
    session.execute(delete(CASES).where(*in_wave(CASES, study, year)))
    rows = [{"study_id": study, "case_id": case, "year": year} for case in sorted(known)]
    for some in batches(rows):
        session.execute(insert(CASES), some)
    session.flush()


def close(session: Session, study: str, year: int, stand: datetime, *, spare: int = 0) -> None:
    """Let all that is finished and not excluded count from now on, and leave nobody's step behind.

    The steps made sure that closing moves every figure by enough people, unless somebody who was known took answers
    back. Then the lots of the steps stay, and tell who cannot have been shown by which: what has enough of them is
    shown. Where what was shown is not known by a lot, some of everybody are held back from now on (:func:`draw`).

    Parameters
    ----------
    spare : so many may be excluded before it is as if they had taken their answers back: steps held back twice as many
    """
    rows = steps(session, study, year)
    finished, before = set(_finished(session, study, year)), known(session, study, year)
    left_out = set(_finished(session, study, year, are_excluded=True)) if rows else set()
    has_lost = any(row.has_lost for row in rows) or not before <= finished | left_out or len(left_out) > spare
    has_moved = has_lost or len(rows) > 1 or before != finished
    is_unsure = any(row.is_blind or (row.is_whole and has_moved) for row in rows)
    if not (has_lost or is_unsure):
        forget(session, study, year)
    elif is_unsure:
        draw(session, study, year, stand, rows[-1].step + 1)
    else:
        session.execute(delete(CASES).where(*in_wave(CASES, study, year)))
        rows[-1].has_lost = True
        session.add(rows[-1])
        session.flush()


def draw(session: Session, study: str, year: int, stand: datetime, step: int, whole: str | None = None) -> None:
    """Of a wave that is over, let a third be held back that is drawn anew, whatever was shown before.

    Parameters
    ----------
    whole : the mark (:func:`mark_of`) of who counted when all of it was shown
    """
    forget(session, study, year)
    row = PublishedStepRow(study_id=study, year=year, step=step, stand=stand, has_lost=True, is_blind=True, whole=whole)
    row.lot, row.held_back = new_lot(), THIRD
    session.add(row)
    session.flush()


def note_removal(session: Session, study: str, year: int, case: UUID, stand: datetime, *, is_finished: bool) -> None:
    """Answers go out of a wave that is over: its figures may not move by this one person.

    Of who had not finished only the number was shown; it is shown no more. Of who was held back nothing moves.
    """
    rows = steps(session, study, year)
    last = rows[-1] if rows else None
    if not is_finished:
        if last is None:
            add_step(session, study, year, 1, stand, ())
    elif last is None or not last.is_blind or not is_held_back(last.lot or "", last.held_back, case):
        draw(session, study, year, stand, last.step + 1 if last is not None else 1)


def mark_of(session: Session, study: str, year: int) -> str:
    """A text that two states of a wave share where the same cases count in both."""
    keys = sorted(_finished(session, study, year))
    return blake2b(b"".join(key.bytes for key in keys), digest_size=16).hexdigest()


def note_decisions(session: Session, study: str, year: int, moved: Sequence[UUID], whole: str, stand: datetime) -> None:
    """Finished cases of a wave that is over count no more, or again: its figures may not move by these few.

    Where all are held back by the lot nothing moves. Where everybody counts again who did when everything was shown,
    everything is shown again: it was seen before. Else it is drawn anew who is held back, as after a removal.

    Parameters
    ----------
    whole : the mark of who counted before these decisions
    """
    rows = steps(session, study, year)
    last = rows[-1] if rows else None
    if last is not None and last.whole == mark_of(session, study, year):
        forget(session, study, year)
    elif last is None or not last.is_blind:
        draw(session, study, year, stand, last.step + 1 if last else 1, whole if last is None else None)
    elif not all(is_held_back(last.lot or "", last.held_back, case) for case in moved):
        draw(session, study, year, stand, last.step + 1, last.whole)


def forget(session: Session, study: str, year: int) -> None:
    """Leave no step of a wave behind: all of it counts."""
    session.execute(delete(CASES).where(*in_wave(CASES, study, year)))
    session.execute(
        delete(PublishedStepRow).where(col(PublishedStepRow.study_id) == study, col(PublishedStepRow.year) == year)
    )


def publish_everything(session: Session, study: str, year: int, stand: datetime) -> None:
    """Write down that every finished case was shown: a closed wave that takes answers again begins from there."""
    rows, finished = steps(session, study, year), _finished(session, study, year)
    forget(session, study, year)
    if finished:
        number = rows[-1].step + 1 if rows else 1
        has_lost = any(row.has_lost for row in rows)
        # A lot of its own tells it from any other step of its number, of before the closing.
        add_step(session, study, year, number, stand, finished, is_whole=True, has_lost=has_lost, lot=new_lot())


def _finished(session: Session, study: str, year: int, *, are_excluded: bool = False) -> Sequence[UUID]:
    decision = func.coalesce(col(CaseRow.quality_decision), "")
    return session.scalars(
        select(col(CaseRow.case_id)).where(
            col(CaseRow.study_id) == study,
            col(CaseRow.year) == year,
            col(CaseRow.state) == "complete",
            col(CaseRow.is_test).is_(False),
            decision == EXCLUDED if are_excluded else decision != EXCLUDED,
        )
    ).all()
