"""Definitions that are worked on from the console, and what was sent in and waits for a yes.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import datetime

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

from surveyapp.storage.column_types import STRICT, Moment


class DefinitionRow(SQLModel, table=True):
    """The files of a wave's definition as they stand now, packed; ``digest`` names their contents.

    ``revision`` counts the changes: whoever looked at one revision changes nothing of another.
    """

    __tablename__ = "definition"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("revision > 0", name="ck_definition_revision"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    based_on: int | None = Field(default=None, sa_column=Column(Integer))
    digest: str = Field(sa_column=Column(String(64), nullable=False))
    files: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    changed_by: str = Field(sa_column=Column(String(254), nullable=False))


class ProposalRow(SQLModel, table=True):
    """A definition that was sent in and not confirmed yet; it goes then, when it is dropped, and after a day."""

    __tablename__ = "proposal"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "proposal_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        Index("ix_proposal_sent_at", "sent_at"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    proposal_id: str = Field(sa_column=Column(String(32), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    sent_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class StudyProposalRow(SQLModel, table=True):
    """A first study that was sent in and not confirmed yet: no wave stands behind it. It goes as a proposal does."""

    __tablename__ = "study_proposal"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "proposal_id"),
        Index("ix_study_proposal_sent_at", "sent_at"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    proposal_id: str = Field(sa_column=Column(String(32), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    sent_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


PROPOSED = (ProposalRow.__tablename__, StudyProposalRow.__tablename__)
"""What no copy of the data holds: it was agreed to by nobody."""
