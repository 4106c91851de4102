"""Why somebody saved for later, in their own words: at most once per case, gone with it and with the sending.

Nothing of a row says when it was written: it stands under the random key of the case. This module goes without
``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, Text, Uuid
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT


class StopReasonRow(SQLModel, table=True):
    """What one person said last of why they stopped; ``page`` is where they would go on."""

    __tablename__ = "stop_reason"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id"),
        ForeignKeyConstraint(["study_id", "case_id"], ["cases.study_id", "cases.case_id"], ondelete="CASCADE"),
        Index("ix_stop_reason_wave", "study_id", "year"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    page: str = Field(sa_column=Column(String(40), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    words: str = Field(sa_column=Column(Text, nullable=False))
