"""The tables of mail: what is still to be sent, who wants to hear that a wave opens, and what came back.

The rules of `storage.tables` hold here too. Nothing here names a case, and a row goes with its mail.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Moment


def _one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class OpeningRequestRow(SQLModel, table=True):
    """An address left on the page of a wave that is not open yet; gone once its mail is in the outbox."""

    __tablename__ = "opening_request"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "email"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    email: str = Field(sa_column=Column(String(254), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    left_on: date


class OutboxRow(SQLModel, table=True):
    """A mail that is still to be sent. The row goes when the mail has gone; it never names a case or holds a link.

    ``send_key`` says what may be sent only once. ``due_at`` is when it may be taken; who takes it writes ``claim`` and
    moves ``due_at`` to when the claim lapses. ``is_handed`` stands from just before the mail server gets the mail until
    it answered.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "mail_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        UniqueConstraint("study_id", "send_key", name="uq_outbox_send_key"),
        CheckConstraint("kind IN ('link', 'opened')", name="ck_outbox_kind"),
        CheckConstraint("attempts >= 0", name="ck_outbox_attempts"),
        Index("ix_outbox_due_at", "due_at"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    mail_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    email: str = Field(sa_column=Column(String(254), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    send_key: str = Field(sa_column=Column(String(300), nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    claim: str | None = Field(default=None, sa_column=Column(String(32)))
    is_handed: bool = Field(default=False, nullable=False)


class DailyMailRow(SQLModel, table=True):
    """An account that wants the daily mail; ``done_on`` is the last day on which it was seen to, mailed or not."""

    __tablename__ = "daily_mail"
    __table_args__ = (STRICT,)
    account_id: int = Field(
        sa_column=Column(Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    done_on: date | None = Field(default=None)


REPORT_KINDS = ("hard", "soft", "complaint", "unmatched", "not_understood")


class MailReportRow(SQLModel, table=True):
    """What a mail in the mailbox for returned mail was taken for, so that none counts twice.

    ``report_hash`` is an HMAC of the mail under the application's secret. It names nobody: what follows for a contact
    stands at the contact.
    """

    __tablename__ = "mail_report"
    __table_args__ = (
        PrimaryKeyConstraint("report_hash"),
        _one_of("kind", REPORT_KINDS, "ck_mail_report_kind"),
        Index("ix_mail_report_wave", "study_id", "year", "kind"),
        STRICT,
    )
    report_hash: str = Field(sa_column=Column(String(64), nullable=False))
    study_id: str | None = Field(default=None, sa_column=Column(String(64)))
    year: int | None = Field(default=None, sa_column=Column(Integer))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    code: str | None = Field(default=None, sa_column=Column(String(16)))
    read_on: date
