"""Queries on the coding of open answers."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlmodel import Session

from surveyapp.storage.coding_tables import (
    CodedAnswerRow,
    CodeFrameRow,
    CoderCodeRow,
    CodingEditionRow,
    CodingRow,
    QuotationRow,
    TextReaderRow,
)
from surveyapp.storage.statements import batches, in_wave, put

FRAMES: Any = CodeFrameRow.__table__  # type: ignore[attr-defined]
CODINGS: Any = CodingRow.__table__  # type: ignore[attr-defined]
CODES: Any = CoderCodeRow.__table__  # type: ignore[attr-defined]
COUNTED: Any = CodedAnswerRow.__table__  # type: ignore[attr-defined]
EDITIONS: Any = CodingEditionRow.__table__  # type: ignore[attr-defined]
QUOTATIONS: Any = QuotationRow.__table__  # type: ignore[attr-defined]
READERS: Any = TextReaderRow.__table__  # type: ignore[attr-defined]
OF_CASES = (CODES, COUNTED, QUOTATIONS)
"""What stands under the key of a case, and goes with what the case answered."""
KEY = ("study_id", "case_id", "question", "seat")
Rows = Sequence[Row[*tuple[Any, ...]]]


# ------------------------------------------------------------------------------------------------------------ frames


def frames(session: Session, study: str, year: int) -> dict[str, Row[*tuple[Any, ...]]]:
    """The frame in force of each question of a wave that is coded."""
    statement = select(FRAMES).where(*in_wave(FRAMES, study, year)).order_by(FRAMES.c.question, FRAMES.c.number)
    return {row.question: row for row in session.execute(statement)}


def frame_versions(session: Session, study: str, year: int, question: str) -> Rows:
    """Every version of a frame, newest first."""
    statement = select(FRAMES).where(*in_wave(FRAMES, study, year), FRAMES.c.question == question)
    return session.execute(statement.order_by(FRAMES.c.number.desc())).all()


def add_frame(
    session: Session, study: str, year: int, question: str, document: Mapping[str, Any], *, number: int, act: str,
    actor: str, at: datetime,
) -> None:  # fmt: skip
    """Put a version of a frame in force; the caller holds the wave."""
    values = {"number": number, "at": at, "actor": actor[:254], "act": act, "document": dict(document)}
    session.execute(insert(FRAMES).values(study_id=study, year=year, question=question, **values))
    touch(session, study, year, question)


# ------------------------------------------------------------------------------------------------------------ coders


def touch(session: Session, study: str, year: int, question: str) -> None:
    """Let the coding of a question bear another mark: something of it changed."""
    values = {"study_id": study, "year": year, "question": question, "mark": secrets.randbelow(2**31)}
    put(session, CODINGS, values, key=("study_id", "year", "question"), replaced=("mark",))


def marks(session: Session, study: str, year: int) -> tuple[tuple[str, int], ...]:
    """The mark of each question that is coded; another one after every change."""
    statement = select(CODINGS.c.question, CODINGS.c.mark).where(*in_wave(CODINGS, study, year))
    return tuple((row.question, row.mark) for row in session.execute(statement.order_by(CODINGS.c.question)))


def coders(session: Session, study: str, year: int, question: str) -> tuple[str | None, str | None]:
    """Who codes a question, by seat."""
    wanted = select(CODINGS).where(*in_wave(CODINGS, study, year), CODINGS.c.question == question)
    row = session.execute(wanted).first()
    return (None, None) if row is None else (row.first_coder, row.second_coder)


def seat(session: Session, study: str, year: int, question: str, number: int, email: str | None) -> None:
    """Let somebody, or nobody, have a seat."""
    name = ("first_coder", "second_coder")[number - 1]
    statement = update(CODINGS).where(*in_wave(CODINGS, study, year), CODINGS.c.question == question)
    session.execute(statement.values({name: email}))
    touch(session, study, year, question)


# ------------------------------------------------------------------------------------------------------------- codes


def codes(session: Session, study: str, year: int, question: str, seats: Iterable[int] = (1, 2, 3)) -> Rows:
    """What these seats gave, in the order of the keys of the cases."""
    statement = select(CODES.c.case_id, CODES.c.seat, CODES.c.codes, CODES.c.suggested).where(
        *in_wave(CODES, study, year), CODES.c.question == question, CODES.c.seat.in_(tuple(seats))
    )
    return session.execute(statement.order_by(CODES.c.case_id, CODES.c.seat)).all()


def give(
    session: Session, study: str, year: int, question: str, case_id: uuid.UUID, number: int, given: Sequence[int],
    suggested: Sequence[int],
) -> None:  # fmt: skip
    """Let a seat give these codes to an answer, in the place of what it gave before."""
    values = {"study_id": study, "year": year, "question": question, "case_id": case_id, "seat": number}
    values |= {"codes": list(given), "suggested": list(suggested)}
    put(session, CODES, values, key=KEY, replaced=("codes", "suggested"))


def take(session: Session, study: str, year: int, question: str, case_id: uuid.UUID, number: int) -> None:
    """Take back what a seat gave an answer."""
    conditions = (CODES.c.case_id == case_id, CODES.c.question == question, CODES.c.seat == number)
    session.execute(delete(CODES).where(*in_wave(CODES, study, year), *conditions))


# ----------------------------------------------------------------------------------------------------------- figures


def counted(session: Session, study: str, year: int) -> dict[str, list[tuple[uuid.UUID, list[int]]]]:
    """By question the codes that are in the figures."""
    found: dict[str, list[tuple[uuid.UUID, list[int]]]] = {}
    statement = select(COUNTED).where(*in_wave(COUNTED, study, year)).order_by(COUNTED.c.question, COUNTED.c.case_id)
    for row in session.execute(statement):
        found.setdefault(row.question, []).append((row.case_id, row.codes))
    return found


def count_anew(
    session: Session, study: str, year: int, question: str, given: Mapping[uuid.UUID, Sequence[int]]
) -> None:
    """Let these codes be in the figures of a question, and no others."""
    session.execute(delete(COUNTED).where(*in_wave(COUNTED, study, year), COUNTED.c.question == question))
    values = [
        {"study_id": study, "year": year, "question": question, "case_id": case, "codes": list(codes)}
        for case, codes in sorted(given.items())
    ]
    for some in batches(values):
        session.execute(insert(COUNTED), list(some))
    touch(session, study, year, question)


def editions(session: Session, study: str, year: int) -> Rows:
    """Every time codes were put into the figures of a wave, in order."""
    statement = select(EDITIONS).where(*in_wave(EDITIONS, study, year))
    return session.execute(statement.order_by(EDITIONS.c.question, EDITIONS.c.number)).all()


def add_edition(
    session: Session, study: str, year: int, question: str, document: Mapping[str, Any], *, actor: str, reason: str,
    at: datetime,
) -> int:  # fmt: skip
    """Write down that codes were put into the figures; its number, from 1. The caller holds the wave."""
    last = select(func.coalesce(func.max(EDITIONS.c.number), 0)).where(*in_wave(EDITIONS, study, year))
    number = int(session.execute(last.where(EDITIONS.c.question == question)).scalar_one()) + 1
    values = {"number": number, "at": at, "actor": actor[:254], "reason": reason, "document": dict(document)}
    session.execute(insert(EDITIONS).values(study_id=study, year=year, question=question, **values))
    return number


# -------------------------------------------------------------------------------------------------------- quotations


def quotations(session: Session, study: str, year: int, question: str | None = None) -> Rows:
    """The quotations of a wave, in the order of their random keys."""
    statement = select(QUOTATIONS).where(*in_wave(QUOTATIONS, study, year)).order_by(QUOTATIONS.c.quotation_id)
    return session.execute(statement if question is None else statement.where(QUOTATIONS.c.question == question)).all()


def quote(
    session: Session, study: str, year: int, question: str, case_id: uuid.UUID, words: str, *, language: str,
    role: str | None, actor: str, on: date,
) -> str:  # fmt: skip
    """Release a quotation; its key."""
    key = secrets.token_hex(16)
    values = {"quotation_id": key, "year": year, "question": question, "case_id": case_id, "words": words}
    values |= {"language": language, "role": role, "actor": actor[:254], "released_on": on}
    session.execute(insert(QUOTATIONS).values(study_id=study, **values))
    return key


def unquote(session: Session, study: str, year: int, key: str) -> bool:
    """Take a quotation back; whether there was one."""
    conditions = (*in_wave(QUOTATIONS, study, year), QUOTATIONS.c.quotation_id == key)
    there = session.execute(select(QUOTATIONS.c.quotation_id).where(*conditions)).first() is not None
    session.execute(delete(QUOTATIONS).where(*conditions))
    return there


# ----------------------------------------------------------------------------------------------------------- readers


def readers(session: Session, study: str) -> tuple[str, ...]:
    """The accounts that may read the open answers of a study."""
    statement = select(READERS.c.email).where(READERS.c.study_id == study).order_by(READERS.c.email)
    return tuple(session.execute(statement).scalars())


def let_read(session: Session, study: str, email: str, *, given_by: str, at: datetime) -> None:
    """Let an account read them."""
    values = {"study_id": study, "email": email, "given_by": given_by[:254], "given_at": at}
    put(session, READERS, values, key=("study_id", "email"), replaced=("given_by", "given_at"))


def let_read_no_more(session: Session, study: str, email: str) -> None:
    """Take that back."""
    session.execute(delete(READERS).where(READERS.c.study_id == study, READERS.c.email == email))


# -------------------------------------------------------------------------------------------------------------- ends


def forget_answer(session: Session, study: str, case_id: uuid.UUID) -> None:
    """Delete every code and quotation of a case: its answers go."""
    for table in OF_CASES:
        session.connection().execute(delete(table).where(table.c.study_id == study, table.c.case_id == case_id))


def forget(session: Session, study: str, year: int) -> None:
    """Delete the coding of a wave that goes itself."""
    for table in (*OF_CASES, FRAMES, CODINGS, EDITIONS):
        session.connection().execute(delete(table).where(*in_wave(table, study, year)))
