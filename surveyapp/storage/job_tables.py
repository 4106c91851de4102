"""The tables of work beside the requests: what is to be done, who does it, and the files that come of it.

The rules of `storage.tables` hold here too. Jobs and workers belong to the installation, files to their wave. None of
them goes into a back-up: a file is kept for a week and no longer.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment


class WorkerRow(SQLModel, table=True):
    """A `surveyapp worker` that lives: it says so every few seconds."""

    __tablename__ = "worker"
    __table_args__ = (PrimaryKeyConstraint("worker_id"), STRICT)
    worker_id: str = Field(sa_column=Column(String(32), nullable=False))
    seen_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class JobRow(SQLModel, table=True):
    """Work that is to be done or is being done; the row goes when it is. ``claim`` names the worker that has it."""

    __tablename__ = "job"
    __table_args__ = (
        PrimaryKeyConstraint("job_id"),
        CheckConstraint("attempts >= 0", name="ck_job_attempts"),
        STRICT,
    )
    job_id: str = Field(sa_column=Column(String(32), nullable=False))
    message: str = Field(sa_column=Column(Text, nullable=False))
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    claim: str | None = Field(default=None, sa_column=Column(String(32)))


class MadeFileRow(SQLModel, table=True):
    """One book or file somebody asked for: how far it is, and what is known of it. Its job bears the same id."""

    __tablename__ = "made_file"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "file_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        CheckConstraint("state IN ('queued', 'running', 'ready', 'failed')", name="ck_made_file_state"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="ck_made_file_percent"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    file_id: str = Field(sa_column=Column(String(32), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    name: str = Field(sa_column=Column(String(200), nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    asked_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    percent: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    size: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(default="", sa_column=Column(String(64), nullable=False))
    weight: str = Field(default="", sa_column=Column(String(64), nullable=False, server_default=""))


class FilePartRow(SQLModel, table=True):
    """A piece of a made file; read only once the file is ready."""

    __tablename__ = "file_part"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "file_id", "number"),
        ForeignKeyConstraint(["study_id", "file_id"], ["made_file.study_id", "made_file.file_id"]),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    file_id: str = Field(sa_column=Column(String(32), nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


TRANSIENT = (WorkerRow.__tablename__, JobRow.__tablename__, FilePartRow.__tablename__, MadeFileRow.__tablename__)
"""What has no place in a back-up; who hangs on another row comes before it."""
