"""Made books and files, in pieces in the database: every server sees them, none keeps one on a disk of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from surveyapp.storage.job_queue import JOBS
from surveyapp.storage.job_tables import FilePartRow, MadeFileRow

FILES: Any = MadeFileRow.__table__  # type: ignore[attr-defined]
PARTS: Any = FilePartRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One book or file: asked for, being made, ready, or failed."""

    study: str
    id: str
    year: int
    kind: str
    language: str
    name: str
    version: int
    actor: str
    asked_at: datetime
    state: str = "queued"  # queued · running · ready · failed
    percent: int = 0
    reason: str = ""
    size: int = 0
    sha256: str = ""
    weight: str = ""  # the weighting that was asked for; empty: none was

    @property
    def is_under_way(self) -> bool:
        """Whether it may still become ready."""
        return self.state in ("queued", "running")


def _of(study: str, file_id: str) -> tuple[Any, ...]:
    return FILES.c.study_id == study, FILES.c.file_id == file_id


def _read(row: Any) -> MadeFile:
    study, file_id, *rest = row
    return MadeFile(study, file_id, *rest)


def add(session: Session, file: MadeFile) -> None:
    """Note that a file was asked for."""
    values = {name: getattr(file, name) for name in MadeFile.__slots__ if name not in ("study", "id")}
    session.connection().execute(insert(FILES).values(study_id=file.study, file_id=file.id, **values))


def of_wave(session: Session, study: str, year: int, since: datetime) -> tuple[MadeFile, ...]:
    """What was asked for in a wave since a moment, the newest first."""
    asked = select(FILES).where(FILES.c.study_id == study, FILES.c.year == year, FILES.c.asked_at > since)
    found = session.connection().execute(asked.order_by(FILES.c.asked_at.desc(), FILES.c.file_id.desc()))
    return tuple(map(_read, found))


def one(session: Session, study: str, file_id: str) -> MadeFile | None:
    """One file; None when nobody asked for it, or it was cleared away."""
    row = session.connection().execute(select(FILES).where(*_of(study, file_id))).first()
    return _read(row) if row is not None else None


def mark(session: Session, study: str, file_id: str, **values: object) -> None:
    """Write down how far a file is, or what became of it."""
    session.connection().execute(update(FILES).where(*_of(study, file_id)).values(**values))


def add_part(session: Session, study: str, file_id: str, number: int, content: bytes) -> None:
    """Keep a piece of a file that is not ready yet."""
    values = {"study_id": study, "file_id": file_id, "number": number, "content": content}
    session.connection().execute(insert(PARTS).values(**values))


def drop_parts(session: Session, study: str, file_id: str) -> None:
    """Let go of the pieces that an attempt before left behind."""
    session.connection().execute(delete(PARTS).where(PARTS.c.study_id == study, PARTS.c.file_id == file_id))


def part(session: Session, study: str, file_id: str, number: int) -> bytes | None:
    """A piece of a file, counted from 0; None when there is none of this number."""
    statement = select(PARTS.c.content).where(
        PARTS.c.study_id == study, PARTS.c.file_id == file_id, PARTS.c.number == number
    )
    found: bytes | None = session.connection().execute(statement).scalar()
    return found


def fail_abandoned(session: Session, reason: str) -> int:
    """Mark files under way that no job makes any more; how many."""
    abandoned = (
        update(FILES)
        .where(FILES.c.state.in_(("queued", "running")), FILES.c.file_id.not_in(select(JOBS.c.job_id)))
        .values(state="failed", reason=reason)
        .returning(FILES.c.file_id)
    )
    return len(session.connection().execute(abandoned).all())


def clear_before(session: Session, moment: datetime) -> int:
    """Take away what was asked for before this moment, with its job where it still waits; how many."""
    old = list(session.connection().execute(select(FILES.c.file_id).where(FILES.c.asked_at <= moment)).scalars())
    _clear(session, old)
    return len(old)


def forget_wave(session: Session, study: str, year: int) -> None:
    """Take away what was made of a wave."""
    mine = select(FILES.c.file_id).where(FILES.c.study_id == study, FILES.c.year == year)
    _clear(session, list(session.connection().execute(mine).scalars()))


def _clear(session: Session, ids: Collection[str]) -> None:
    connection = session.connection()
    connection.execute(delete(JOBS).where(JOBS.c.job_id.in_(ids)))
    for table in (PARTS, FILES):
        connection.execute(delete(table).where(table.c.file_id.in_(ids)))
