"""The tables of counts: what is known of people only as numbers, and the counters by which a change is noticed.

Nothing here names a case. An anonymous wave keeps its days here and nowhere else, per role: a day beside a case, or
beside everything a case is known by, would be an order.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT


class DayCountRow(SQLModel, table=True):
    """How many people of a role began and sent on a day, in a wave whose cases keep no day.

    ``times`` is below zero where more was taken back on that day (removed, begun in another role) than was done.
    """

    __tablename__ = "day_count"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "is_test", "day", "event", "role"),
        CheckConstraint("event IN ('begun', 'complete')", name="ck_day_count_event"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    is_test: bool = Field(default=False, nullable=False)
    day: date
    event: str = Field(sa_column=Column(String(16), nullable=False))
    role: str = Field(sa_column=Column(String(32), nullable=False))
    times: int = Field(sa_column=Column(Integer, nullable=False))


class CaseTurnRow(SQLModel, table=True):
    """How often something changed in one of the shards into which the cases of a wave are dealt by their keys."""

    __tablename__ = "case_turn"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "shard"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    shard: int = Field(sa_column=Column(Integer, nullable=False))
    turn: int = Field(sa_column=Column(Integer, nullable=False))


class WaveSourceRow(SQLModel, table=True):
    """A source that was declared for a wave: the only ones that are ever kept of a link."""

    __tablename__ = "wave_source"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "source"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    source: str = Field(sa_column=Column(String(64), nullable=False))
