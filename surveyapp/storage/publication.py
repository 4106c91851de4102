"""Which finished cases of an open wave count in the figures of those who may not see cases: steps, drawn by lot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from surveyapp.storage.published_tables import PublishedCaseRow, PublishedStepRow
from surveyapp.storage.tables import CaseRow

CASES: Any = PublishedCaseRow.__table__  # type: ignore[attr-defined]
AT_ONCE = 500


def last_step(session: Session, study: str, year: int) -> int:
    """The number of the last step; 0 before the first."""
    statement = select(func.max(col(PublishedStepRow.step))).where(
        col(PublishedStepRow.study_id) == study, col(PublishedStepRow.year) == year
    )
    return int(session.execute(statement).scalar_one() or 0)


def steps(session: Session, study: str, year: int) -> Sequence[PublishedStepRow]:
    """Every step in order."""
    statement = select(PublishedStepRow).where(
        col(PublishedStepRow.study_id) == study, col(PublishedStepRow.year) == year
    )
    return session.scalars(statement.order_by(col(PublishedStepRow.step))).all()


def cases(session: Session, study: str, year: int) -> dict[UUID, tuple[int, int | None]]:
    """Per case by which step it was known and by which it counts, None while it is held in reserve."""
    rows = session.execute(
        select(CASES.c.case_id, CASES.c.known, CASES.c.step).where(CASES.c.study_id == study, CASES.c.year == year)
    )
    return {case_id: (known, step) for case_id, known, step in rows}


def add_step(
    session: Session,
    study: str,
    year: int,
    step: int,
    stand: datetime,
    published: Iterable[UUID],
    reserved: Iterable[UUID],
    lost: Iterable[UUID] = (),
    *,
    is_whole: bool = False,
    has_lost: bool = False,
) -> None:
    """Let these cases count from now on, know of those in reserve, and let those that are lost count no more."""
    session.add(
        PublishedStepRow(study_id=study, year=year, step=step, stand=stand, is_whole=is_whole, has_lost=has_lost)
    )
    known = cases(session, study, year)
    fresh: list[dict[str, object]] = []
    counted: list[UUID] = []
    for case in published:
        if case in known:
            counted.append(case)
        else:
            fresh.append({"study_id": study, "case_id": case, "year": year, "known": step, "step": step})
    fresh += [
        {"study_id": study, "case_id": case, "year": year, "known": step, "step": None}
        for case in reserved
        if case not in known
    ]
    for start in range(0, len(fresh), AT_ONCE):
        session.execute(insert(CASES), fresh[start : start + AT_ONCE])
    for places, statement in (
        (counted, update(CASES).values(step=step)),
        (list(lost), update(CASES).values(step=None)),
    ):
        for start in range(0, len(places), AT_ONCE):
            session.execute(
                statement.where(CASES.c.study_id == study, CASES.c.case_id.in_(places[start : start + AT_ONCE]))
            )
    session.flush()


def close(session: Session, study: str, year: int, stand: datetime) -> None:
    """Let all that is finished count from now on, and leave no step behind where the steps made sure of it.

    They did unless somebody known took answers back: closing may then be a move of a few people, and the steps stay for
    the figures to be held against. Who was known when is forgotten all the same.
    """
    known = cases(session, study, year)
    finished = set(_finished(session, study, year))
    lost = [case for case in known if case not in finished]
    if not lost:
        forget(session, study, year)
        return
    number = last_step(session, study, year) + 1
    fresh = [case for case in finished if known.get(case, (0, None))[1] is None]
    counted = [case for case in lost if known[case][1] is not None]
    add_step(session, study, year, number, stand, fresh, (), counted, is_whole=True, has_lost=bool(counted))
    of_wave = (CASES.c.study_id == study, CASES.c.year == year)
    session.execute(update(CASES).where(*of_wave).values(known=func.coalesce(CASES.c.step, 1)))


def forget(session: Session, study: str, year: int) -> None:
    """Leave no step of a wave behind: closed, all of it counts."""
    session.execute(delete(CASES).where(CASES.c.study_id == study, CASES.c.year == year))
    session.execute(
        delete(PublishedStepRow).where(col(PublishedStepRow.study_id) == study, col(PublishedStepRow.year) == year)
    )


def publish_everything(session: Session, study: str, year: int, stand: datetime) -> None:
    """Write down that every finished case was shown: a closed wave that takes answers again begins from there."""
    finished = _finished(session, study, year)
    if finished and not last_step(session, study, year):
        add_step(session, study, year, 1, stand, finished, (), is_whole=True)


def _finished(session: Session, study: str, year: int) -> Sequence[UUID]:
    return session.scalars(
        select(col(CaseRow.case_id)).where(
            col(CaseRow.study_id) == study,
            col(CaseRow.year) == year,
            col(CaseRow.state) == "complete",
            col(CaseRow.is_test).is_(False),
        )
    ).all()
