"""What was shown of an open wave to those who may not see its cases: steps, and which cases count in them.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Uuid,
    false,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment


class PublishedStepRow(SQLModel, table=True):
    """One step in which figures moved for those who may not see cases; of a wave that is over at most the last one."""

    __tablename__ = "published_step"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "step"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("step > 0", name="ck_published_step"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    step: int = Field(sa_column=Column(Integer, nullable=False))
    stand: datetime = Field(sa_column=Column(Moment, nullable=False))
    is_whole: bool = Field(default=False, nullable=False)  # everything was shown: the wave had been closed
    has_lost: bool = Field(default=False, nullable=False)  # somebody published before took answers back
    is_blind: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )  # what was shown before is not known any more
    lot: str | None = Field(default=None, sa_column=Column(String(32)))  # by which it is drawn who is held back
    held_back: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))  # of a million


class PublishedCaseRow(SQLModel, table=True):
    """By which step a finished case of an open wave was known, and by which it counts; never in a back-up, and gone
    when the wave closes."""

    __tablename__ = "published_case"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id"),
        ForeignKeyConstraint(["study_id", "case_id"], ["cases.study_id", "cases.case_id"], ondelete="CASCADE"),
        Index("ix_published_case_wave", "study_id", "year"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    known: int = Field(sa_column=Column(Integer, nullable=False))
    step: int | None = Field(default=None, sa_column=Column(Integer))  # None: held in reserve
