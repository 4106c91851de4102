"""The tables of invitations: what is written to whom in one round of a wave, and what became of each message.

A message names a contact and never a case, an address or a link: the address is the contact's at the moment of sending,
the link follows from the message's key and the application's secret (docs/decisions/0048-invitations.md).

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

import uuid
from datetime import date, datetime
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
    UniqueConstraint,
    Uuid,
    false,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Json, Moment

KINDS = ("invitation", "reminder", "thanks")
ROUND_STATES = ("draft", "going", "stopped", "done")
MESSAGE_STATES = ("waiting", "handed", "sent", "unsure", "failed", "bounced", "spared")


def _one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class InvitationRoundRow(SQLModel, table=True):
    """One round: its texts by language, the rule of who gets it, when it goes.

    ``figures`` holds what came of it from the day on which the link between people and answers was cut: its messages,
    which tell who had taken part, go on that day.
    """

    __tablename__ = "invitation_round"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "number"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        _one_of("kind", KINDS, "ck_invitation_round_kind"),
        _one_of("state", ROUND_STATES, "ck_invitation_round_state"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    texts: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    rule: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    send_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    confirmed: int | None = Field(default=None, sa_column=Column(Integer))  # the number that was typed
    made_by: str = Field(sa_column=Column(String(254), nullable=False))
    made_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    figures: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    stopped_because: str | None = Field(default=None, sa_column=Column(String(80)))  # what the mail server said of all
    as_files: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    gone_on_at: datetime | None = Field(default=None, sa_column=Column(Moment))


class InvitationMessageRow(SQLModel, table=True):
    """One message of a round to one contact.

    ``hand`` names the attempt that has it in hand, ``handed_at`` when that began; both stay afterwards, for the pace
    of sending.
    """

    __tablename__ = "invitation_message"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "message_id"),
        ForeignKeyConstraint(
            ["study_id", "year", "number"],
            ["invitation_round.study_id", "invitation_round.year", "invitation_round.number"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["study_id", "contact_id"], ["contact.study_id", "contact.contact_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("study_id", "year", "number", "contact_id", name="uq_invitation_message_contact"),
        _one_of("state", MESSAGE_STATES, "ck_invitation_message_state"),
        CheckConstraint("attempts >= 0", name="ck_invitation_message_attempts"),
        Index("ix_invitation_message_due", "state", "due_at"),
        Index("ix_invitation_message_handed_at", "handed_at"),
        Index("ix_invitation_message_contact", "study_id", "contact_id"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    message_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    contact_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(String(80)))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    hand: str | None = Field(default=None, sa_column=Column(String(32)))
    handed_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    sent_on: date | None = Field(default=None)


STOP = "UPDATE invitation_round SET state = 'stopped' WHERE state = 'going'"
"""What a copy of the data does: restored, it must not send again what went since it was taken."""
