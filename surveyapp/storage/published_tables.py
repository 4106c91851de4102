"""What was shown of an open wave to those who may not see its cases: steps, and which cases count in them.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, Uuid
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment


class PublishedStepRow(SQLModel, table=True):
    """One step in which the figures of an open wave moved for those who may not see its cases."""

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


class PublishedCaseRow(SQLModel, table=True):
    """By which step a finished case was known, and by which it counts; drawn by lot, so it tells no order."""

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
