"""Queries on flags and on decisions about them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session

from surveyapp.storage.changes import CASES, TURNS
from surveyapp.storage.quality_tables import CaseFlagRow, QualityRunRow
from surveyapp.storage.statements import batches, in_wave, put
from surveyapp.storage.tables import EXCLUDED

FLAGS: Any = CaseFlagRow.__table__  # type: ignore[attr-defined]
RUNS: Any = QualityRunRow.__table__  # type: ignore[attr-defined]
Flag = tuple[uuid.UUID, str, int, float | None]
"""Case, rule, strength, and the number the rule went by."""


def data_version(session: Session, study: str, year: int) -> str:
    """What is another text after every change of a case of this wave, and tells nothing of which or when."""
    rows = session.execute(
        select(TURNS.c.shard, TURNS.c.turn).where(*in_wave(TURNS, study, year)).order_by(TURNS.c.shard)
    )
    return blake2b(repr([tuple(row) for row in rows]).encode(), digest_size=16).hexdigest()


def run_of(session: Session, study: str, year: int) -> Any | None:
    """The last run; None before the first."""
    return session.connection().execute(select(RUNS).where(*in_wave(RUNS, study, year))).first()


def replace(
    session: Session, study: str, year: int, flags: Iterable[Flag], *, at: datetime, version: str, checked: int,
    not_run: Mapping[str, str],
) -> None:  # fmt: skip
    """Put the flags of a run in the place of those before, in the order of their keys."""
    connection = session.connection()
    connection.execute(delete(FLAGS).where(*in_wave(FLAGS, study, year)))
    rows = [
        {"study_id": study, "year": year, "case_id": case, "rule": rule, "strength": strength, "value": value}
        for case, rule, strength, value in sorted(flags, key=lambda one: (one[0], one[1]))
    ]
    for some in batches(rows):
        connection.execute(insert(FLAGS), some)
    values = {
        "study_id": study, "year": year, "at": at, "data_version": version, "checked": checked,
        "not_run": dict(not_run),
    }  # fmt: skip
    put(session, RUNS, values, key=("study_id", "year"), replaced=("at", "data_version", "checked", "not_run"))


def of_case(session: Session, study: str, case_id: uuid.UUID) -> Sequence[Any]:
    """The flags of one case, by rule."""
    statement = select(FLAGS.c.rule, FLAGS.c.strength, FLAGS.c.value)
    found = statement.where(FLAGS.c.study_id == study, FLAGS.c.case_id == case_id).order_by(FLAGS.c.rule)
    return session.connection().execute(found).all()


def of_wave(session: Session, study: str, year: int) -> Sequence[Any]:
    """Every flag of a wave, in the order of the cases' keys."""
    statement = select(FLAGS.c.case_id, FLAGS.c.rule, FLAGS.c.strength, FLAGS.c.value)
    return session.connection().execute(statement.where(*in_wave(FLAGS, study, year))).all()


def has_finished(session: Session, study: str, year: int) -> bool:
    """Whether anybody finished at all."""
    statement = select(CASES.c.case_id).where(*_finished(study, year)).limit(1)
    return session.connection().execute(statement).first() is not None


def waiting(session: Session, study: str, year: int) -> int:
    """How many finished cases bear a flag of the last run and no decision."""
    flagged = select(FLAGS.c.case_id).where(*in_wave(FLAGS, study, year)).distinct()
    statement = select(func.count()).where(
        *_finished(study, year), CASES.c.quality_decision.is_(None), CASES.c.case_id.in_(flagged)
    )
    return int(session.connection().execute(statement.select_from(CASES)).scalar_one())


def excluded(session: Session, study: str, year: int) -> int:
    """How many finished cases are excluded."""
    statement = select(func.count()).where(*_finished(study, year), CASES.c.quality_decision == EXCLUDED)
    return int(session.connection().execute(statement.select_from(CASES)).scalar_one())


def decisions(session: Session, study: str, year: int) -> dict[uuid.UUID, tuple[str, str, str]]:
    """What was decided of each case, why, and by whom."""
    statement = select(CASES.c.case_id, CASES.c.quality_decision, CASES.c.flags).where(
        *_finished(study, year), CASES.c.quality_decision.is_not(None)
    )
    found = {}
    for row in session.connection().execute(statement):
        noted = row.flags.get(NOTED, {})
        found[row.case_id] = row.quality_decision, str(noted.get("reason", "")), str(noted.get("by", ""))
    return found


def decision_of(session: Session, study: str, case_id: uuid.UUID) -> str | None:
    """What was decided of one case; None: nothing yet."""
    statement = select(CASES.c.quality_decision).where(CASES.c.study_id == study, CASES.c.case_id == case_id)
    found: str | None = session.connection().execute(statement).scalar()
    return found


NOTED = "quality"
"""Under this name a case's flags hold why and by whom it was decided; no moment: it would be nearly that of coming."""


def forget_case(session: Session, study: str, case_id: uuid.UUID) -> None:
    """Answers go: what was said of them goes too."""
    session.connection().execute(delete(FLAGS).where(FLAGS.c.study_id == study, FLAGS.c.case_id == case_id))


def forget(session: Session, study: str, year: int) -> None:
    """Delete everything of a wave that goes itself."""
    for table in (FLAGS, RUNS):
        session.connection().execute(delete(table).where(*in_wave(table, study, year)))


def _finished(study: str, year: int) -> tuple[Any, ...]:
    return (*in_wave(CASES, study, year), CASES.c.state == "complete", CASES.c.is_test.is_(False))
