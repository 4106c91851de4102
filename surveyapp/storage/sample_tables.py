"""What is kept of a sample beside its contacts: how many answers are wanted of whom, and lists that wait for a yes.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Json, Moment


class WaveTargetRow(SQLModel, table=True):
    """Completes wanted of a role, or of a segment within it; ``segment`` is empty for the role as a whole."""

    __tablename__ = "wave_target"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "role", "segment"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("wanted >= 0", name="ck_wave_target_wanted"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    role: str = Field(sa_column=Column(String(32), nullable=False))
    segment: str = Field(sa_column=Column(String(64), nullable=False))
    wanted: int = Field(sa_column=Column(Integer, nullable=False))


class StagedListRow(SQLModel, table=True):
    """A list of contacts that was sent in and not confirmed yet; ``content`` is sealed with the application's secret.

    It goes when it is confirmed or dropped, and after a day by itself.
    """

    __tablename__ = "staged_list"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "list_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        Index("ix_staged_list_staged_at", "staged_at"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    list_id: str = Field(sa_column=Column(String(32), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    staged_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    columns: list[Any] = Field(sa_column=Column(Json, nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


UNCONFIRMED = (StagedListRow.__tablename__,)
"""What no copy of the data holds: addresses that nobody said yes to."""
