"""What is kept of the coding of open answers: frames, who codes, codes per answer and coder, what counts, quotations.

Nothing of an answer's row says when it came: it stands under the random key of the case. This module goes without
``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    Uuid,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Json, Moment, OrderedJson


def _of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["study_id", "case_id"], ["cases.study_id", "cases.case_id"], ondelete="CASCADE")


def _of_wave() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"])


class CodeFrameRow(SQLModel, table=True):
    """One version of the code frame of a question; the last one holds. ``act`` says what was done to make it."""

    __tablename__ = "code_frame"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "question", "number"),
        _of_wave(),
        CheckConstraint("number > 0", name="ck_code_frame"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    question: str = Field(sa_column=Column(String(64), nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    act: str = Field(sa_column=Column(Text, nullable=False))
    document: dict[str, Any] = Field(sa_column=Column(OrderedJson, nullable=False))


class CodingRow(SQLModel, table=True):
    """The coding of a question: its two coders, and a random number that is another after every change."""

    __tablename__ = "coding"
    __table_args__ = (PrimaryKeyConstraint("study_id", "year", "question"), _of_wave(), STRICT)
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    question: str = Field(sa_column=Column(String(64), nullable=False))
    first_coder: str | None = Field(default=None, sa_column=Column(String(254)))
    second_coder: str | None = Field(default=None, sa_column=Column(String(254)))
    mark: int = Field(sa_column=Column(Integer, nullable=False))


class CoderCodeRow(SQLModel, table=True):
    """What one coder gave one answer; seat 3 is who settled it. ``suggested`` was shown when it was decided."""

    __tablename__ = "coder_code"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id", "question", "seat"),
        _of_case(),
        CheckConstraint("seat IN (1, 2, 3)", name="ck_coder_code_seat"),
        Index("ix_coder_code_wave", "study_id", "year", "question"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    question: str = Field(sa_column=Column(String(64), nullable=False))
    seat: int = Field(sa_column=Column(Integer, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    codes: list[int] = Field(sa_column=Column(Json, nullable=False))
    suggested: list[int] = Field(sa_column=Column(Json, nullable=False))


class CodedAnswerRow(SQLModel, table=True):
    """The codes of an answer as they were last put into the figures."""

    __tablename__ = "coded_answer"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id", "question"),
        _of_case(),
        Index("ix_coded_answer_wave", "study_id", "year", "question"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    question: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    codes: list[int] = Field(sa_column=Column(Json, nullable=False))


class CodingEditionRow(SQLModel, table=True):
    """That the codes of a question were put into the figures: by whom, why, by which frame, and how far coders
    agreed."""

    __tablename__ = "coding_edition"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "question", "number"),
        _of_wave(),
        CheckConstraint("number > 0", name="ck_coding_edition"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    question: str = Field(sa_column=Column(String(64), nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    document: dict[str, Any] = Field(sa_column=Column(OrderedJson, nullable=False))


class QuotationRow(SQLModel, table=True):
    """A quotation that was released: words somebody edited, under a random key; it goes with the answer it is of."""

    __tablename__ = "quotation"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "quotation_id"),
        _of_case(),
        Index("ix_quotation_wave", "study_id", "year", "question"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    quotation_id: str = Field(sa_column=Column(String(32), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    question: str = Field(sa_column=Column(String(64), nullable=False))
    words: str = Field(sa_column=Column(Text, nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    role: str | None = Field(default=None, sa_column=Column(String(32)))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    released_on: date = Field(sa_column=Column(Date, nullable=False))


class TextReaderRow(SQLModel, table=True):
    """An account that may read the open answers of a study, on top of its role."""

    __tablename__ = "text_reader"
    __table_args__ = (PrimaryKeyConstraint("study_id", "email"), STRICT)
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    email: str = Field(sa_column=Column(String(254), nullable=False))
    given_by: str = Field(sa_column=Column(String(254), nullable=False))
    given_at: datetime = Field(sa_column=Column(Moment, nullable=False))
