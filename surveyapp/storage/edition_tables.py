"""The table of editions: what the figures of a closed wave rest on, and by which act they came to be so.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Text
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment


class EditionRow(SQLModel, table=True):
    """One edition of a closed wave's figures: its number, who made it, when and why, and what it rests on.

    ``compared_with`` is the year of the wave whose figures stand beside its own, or null; ``cases`` how many finished
    cases it counts, null for editions from before they were counted.
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
