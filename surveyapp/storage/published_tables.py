"""What was shown of a wave to those who may not see its cases: steps of an open one with the cases that count in them,
the filters that were released and the figures that were added since the plan was made, the targets by which figures are
weighted, and the editions of its figures once it closed.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    Uuid,
    false,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment, OrderedJson


class PublishedStepRow(SQLModel, table=True):
    """One step in which figures moved for those who may not see cases; of a wave that is over only where answers were
    taken back."""

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
    whole: str | None = Field(default=None, sa_column=Column(String(32)))  # the mark of who counted when all was shown


class PublishedCaseRow(SQLModel, table=True):
    """That the last step of an open wave knew a finished case: it counts, or the step's lot holds it back; never in a
    back-up, and gone when the wave closes."""

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
    # The same in every row, since steps are drawn anew: the version before kept an order of groups in these two.
    known: int = Field(default=0, sa_column=Column(Integer, nullable=False, default=0))
    step: int | None = Field(default=None, sa_column=Column(Integer))


class RequestedFilterRow(SQLModel, table=True):
    """A filter that somebody asked for and that was released: from then on it counts with all that is shown."""

    __tablename__ = "requested_filter"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "number"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("number > 0", name="ck_requested_filter"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    expression: str = Field(sa_column=Column(Text, nullable=False))


class WeightingRow(SQLModel, table=True):
    """The targets of a wave as they were put in force; the last one holds. Without schemes nothing is weighted."""

    __tablename__ = "weighting"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "number"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("number > 0", name="ck_weighting"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    document: dict[str, Any] = Field(sa_column=Column(OrderedJson, nullable=False))


class EditionRow(SQLModel, table=True):
    """One edition of a closed wave's figures: its number, who made it, when and why, and what it rests on.

    ``compared_with`` is the year of the wave whose figures stand beside its own, or null; ``cases`` how many finished
    cases it counts, null for editions from before they were counted.
    ``data_hash`` is that of its answers, once the worker made it (`fieldwork.freezing`).
    """

    __tablename__ = "edition"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "number"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("number > 0", name="ck_edition_number"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    act: str = Field(sa_column=Column(String(64), nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    instrument_hash: str = Field(sa_column=Column(String(64), nullable=False))
    compared_with: int | None = Field(default=None, sa_column=Column(Integer))
    cases: int | None = Field(default=None, sa_column=Column(Integer))
    data_hash: str | None = Field(default=None, sa_column=Column(String(64)))  # of the answers it counts
    data_salt: str | None = Field(default=None, sa_column=Column(String(32)))  # of the edition in force alone


class ReportFigureRow(SQLModel, table=True):
    """A figure that somebody added to the report of a wave, beside its plan; ``removed_at``: taken out again.

    Its number is never given out twice: pages of an earlier book speak of it. ``banners`` are names with commas.
    """

    __tablename__ = "report_figure"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "number"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("number > 0", name="ck_report_figure"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    variable: str = Field(sa_column=Column(String(64), nullable=False))
    banners: str = Field(sa_column=Column(Text, nullable=False))
    filter: str = Field(sa_column=Column(Text, nullable=False))
    weight: str = Field(sa_column=Column(String(64), nullable=False))
    chart: str = Field(sa_column=Column(String(16), nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(Moment))
