"""What the quality rules said of finished cases, and when they were last gone through.

The rules of `storage.tables` hold here too. Flags bear no moment and are all written anew in the order of the keys at
each run, so that nothing tells who came since the one before. They can be made again at any time, so no back-up holds
them.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Float, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Uuid
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Json, Moment


class CaseFlagRow(SQLModel, table=True):
    """One rule that strikes for one case; ``strength`` 1 is mild, 2 strong; ``value`` is the number it went by."""

    __tablename__ = "case_flag"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id", "rule"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("strength IN (1, 2)", name="ck_case_flag_strength"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    rule: str = Field(sa_column=Column(String(24), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    strength: int = Field(sa_column=Column(Integer, nullable=False))
    value: float | None = Field(default=None, sa_column=Column(Float))


class QualityRunRow(SQLModel, table=True):
    """The last time the rules were gone through: how many cases, in which state of the data, and what did not run."""

    __tablename__ = "quality_run"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("checked >= 0", name="ck_quality_run_checked"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    data_version: str = Field(sa_column=Column(String(64), nullable=False))
    checked: int = Field(sa_column=Column(Integer, nullable=False))
    not_run: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))


RECOMPUTED = (CaseFlagRow.__tablename__, QualityRunRow.__tablename__)
"""What has no place in a back-up: it follows from the cases."""
