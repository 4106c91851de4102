"""What a researcher decided about single people of a wave, and what is left of all of them once links are cut.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Uuid
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT


class DecidedDispositionRow(SQLModel, table=True):
    """What somebody counts as in the place of what follows from their deeds.

    ``subject`` is the key of a contact or that of a case, never of both: a row that names the two would outlive the
    link between them. When links are cut the rows of contacts go, and those of cases lose their reason.
    """

    __tablename__ = "decided_disposition"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "subject"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    subject: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    disposition: str = Field(sa_column=Column(String(16), nullable=False))
    reason: str = Field(sa_column=Column(String(200), nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    decided_on: date


class OutcomeCountRow(SQLModel, table=True):
    """How many of the invited of a role, segment or source ended in which way, counted when links were cut.

    Each part is counted by itself; ``value`` is empty for people of whom it is not known.
    """

    __tablename__ = "outcome_count"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "part", "value", "disposition"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("part IN ('role', 'segment', 'source')", name="ck_outcome_count_part"),
        CheckConstraint("times > 0", name="ck_outcome_count_times"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    part: str = Field(sa_column=Column(String(8), nullable=False))
    value: str = Field(sa_column=Column(String(64), nullable=False))
    disposition: str = Field(sa_column=Column(String(16), nullable=False))
    times: int = Field(sa_column=Column(Integer, nullable=False))
