"""What is kept of who knocks: attempts that are counted, and tickets that open once. No copy of the data holds either.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import datetime

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment


class ThrottleRow(SQLModel, table=True):
    """Failed attempts at a door (sign-in, resume code), counted per salted source; exact over all processes."""

    __tablename__ = "throttle"
    __table_args__ = (
        PrimaryKeyConstraint("door", "source_hash"),
        STRICT,
    )
    door: str = Field(sa_column=Column(String(32), nullable=False))
    source_hash: str = Field(sa_column=Column(String(64), nullable=False))
    attempts: int = Field(sa_column=Column(Integer, nullable=False))
    window_started_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class TicketRow(SQLModel, table=True):
    """Something that opens once and was used: the code of an app, a form that mails, a session that was signed out."""

    __tablename__ = "ticket"
    __table_args__ = (
        PrimaryKeyConstraint("kind", "ticket_hash"),
        STRICT,
    )
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    ticket_hash: str = Field(sa_column=Column(String(64), nullable=False))
    used_at: datetime = Field(sa_column=Column(Moment, nullable=False))


UNCOPIED = (ThrottleRow.__tablename__, TicketRow.__tablename__)
"""They tell of networks and moments, and only the running server needs them."""
