"""Every table of the product.

Rules that hold for all of them (`docs/decisions/0003-storage.md`):

* ``study_id`` leads every primary key, unique constraint and foreign key of study data, so that a study can be
  partitioned off;
* SQLModel does not validate a ``table=True`` model, so every rule that can live in the database is a CHECK here;
* states are text with a CHECK, never a native enum; times are aware UTC; JSON is replaced, never changed in place;
* a case keeps no time; in a confidential wave the *day* it began and was sent, in an anonymous one not even that
  (`storage.count_tables` counts days apart; docs/decisions/0025-no-order.md);
* in an anonymous wave nothing links a contact or token to a case: `CaseLink` stays empty.

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

from surveyapp.storage.column_types import STRICT, Json, Moment, OrderedJson

WAVE_STATES = ("draft", "test", "open", "closed", "archived")
WAVE_MODES = ("anonymous", "confidential")
ARRIVAL_EVENTS = ("role_chosen", "consent_given", "declined")
CASE_STATES = ("started", "complete", "screened_out", "withdrawn", "erased")
KEPT, EXCLUDED = DECISIONS = ("kept", "excluded")
"""What the team decided of a finished case that the quality rules flagged; none: nothing yet."""


def _one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class InstrumentVersionRow(SQLModel, table=True):
    """One published definition, immutable, named by its hash."""

    __tablename__ = "instrument_version"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "hash"),
        CheckConstraint("length(hash) = 64", name="ck_instrument_version_hash"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    documents: dict[str, Any] = Field(sa_column=Column(OrderedJson, nullable=False))
    published_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class WaveRow(SQLModel, table=True):
    """One round of a study and the state it is in."""

    __tablename__ = "wave"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year"),
        ForeignKeyConstraint(
            ["study_id", "instrument_hash"], ["instrument_version.study_id", "instrument_version.hash"]
        ),
        _one_of("state", WAVE_STATES, "ck_wave_state"),
        _one_of("mode", WAVE_MODES, "ck_wave_mode"),
        CheckConstraint("year BETWEEN 1900 AND 2999", name="ck_wave_year"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    mode: str = Field(sa_column=Column(String(16), nullable=False))
    instrument_hash: str = Field(sa_column=Column(String(64), nullable=False))
    opened_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    is_demonstration: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )  # filled by robots, to look around in


class CaseRow(SQLModel, table=True):
    """One person's record in a wave: the current answers as one document.

    ``key_hash`` and ``resume_hash`` are SHA-256 of secrets only the respondent holds; ``resume_box`` is the first
    sealed with the second, so that a resume code opens the same case without ending the first device's session.
    ``pages`` maps each saved page to the ``seq`` of its last save: the expected revision of that page. ``mark`` is a
    random number, another one after each change, and ``shard`` follows from the key: by these two `storage.changes`
    finds what changed without anything that could be put in order. ``answers`` never holds what is stored apart.
    """

    __tablename__ = "cases"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        ForeignKeyConstraint(
            ["study_id", "instrument_hash"], ["instrument_version.study_id", "instrument_version.hash"]
        ),
        UniqueConstraint("study_id", "key_hash", name="uq_cases_key"),
        UniqueConstraint("study_id", "resume_hash", name="uq_cases_resume"),
        UniqueConstraint("study_id", "reference", name="uq_cases_reference"),
        _one_of("state", CASE_STATES, "ck_cases_state"),
        CheckConstraint("revision >= 0", name="ck_cases_revision"),
        CheckConstraint("seconds >= 0", name="ck_cases_seconds"),
        Index("ix_cases_shard", "study_id", "year", "shard", "mark", "case_id"),  # `storage.case_feed` reads no more
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    instrument_hash: str = Field(sa_column=Column(String(64), nullable=False))
    role: str = Field(sa_column=Column(String(32), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    source: str = Field(sa_column=Column(String(64), nullable=False))
    device: str = Field(default="unknown", sa_column=Column(String(16), nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    is_test: bool = Field(default=False, nullable=False)
    revision: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    shard: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    mark: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    answers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    pages: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    last_page: str | None = Field(default=None, sa_column=Column(String(40)))
    seconds: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    seed: int = Field(default=0, sa_column=Column(Integer, nullable=False))  # order of rows and options
    consent_version: str = Field(sa_column=Column(String(32), nullable=False))
    started_on: date | None = Field(default=None)
    sent_on: date | None = Field(default=None)
    reference: str | None = Field(default=None, sa_column=Column(String(16)))  # receipt number, made when sent
    key_hash: str | None = Field(default=None, sa_column=Column(String(64)))
    resume_hash: str | None = Field(default=None, sa_column=Column(String(64)))
    resume_box: str | None = Field(default=None, sa_column=Column(String(64)))  # the key, sealed with the code
    flags: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    quality_decision: str | None = Field(default=None, sa_column=Column(String(8)))


class PageSaveRow(SQLModel, table=True):
    """One acknowledged save of one page, never changed afterwards; the current answers can be rebuilt from these."""

    __tablename__ = "page_save"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id", "seq"),
        ForeignKeyConstraint(["study_id", "case_id"], ["cases.study_id", "cases.case_id"], ondelete="CASCADE"),
        UniqueConstraint("study_id", "case_id", "client_key", name="uq_page_save_client_key"),
        CheckConstraint("seq > 0", name="ck_page_save_seq"),
        CheckConstraint("seconds BETWEEN 0 AND 3600", name="ck_page_save_seconds"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    seq: int = Field(sa_column=Column(Integer, nullable=False))
    page: str = Field(sa_column=Column(String(40), nullable=False))
    answers: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    seconds: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    prompts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    client_key: str = Field(sa_column=Column(String(40), nullable=False))


class DraftRow(SQLModel, table=True):
    """What was typed on a page and not yet sent in: never checked, never counted, gone with the save
    or with the questionnaire."""

    __tablename__ = "draft"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "case_id", "page"),
        ForeignKeyConstraint(["study_id", "case_id"], ["cases.study_id", "cases.case_id"], ondelete="CASCADE"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    page: str = Field(sa_column=Column(String(40), nullable=False))
    typed: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    form: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False, server_default="{}"))


class ArrivalRow(SQLModel, table=True):
    """How many people reached the steps before a case exists: counts of a whole wave, without a day."""

    __tablename__ = "arrival"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "is_test", "event", "role", "language", "source"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        _one_of("event", ARRIVAL_EVENTS, "ck_arrival_event"),
        CheckConstraint("times > 0", name="ck_arrival_times"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    is_test: bool = Field(default=False, nullable=False)
    event: str = Field(sa_column=Column(String(16), nullable=False))
    role: str = Field(sa_column=Column(String(32), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    source: str = Field(sa_column=Column(String(64), nullable=False))
    times: int = Field(sa_column=Column(Integer, nullable=False))


class BlockDrawRow(SQLModel, table=True):
    """How often each draw of a rotation was given out in a wave and role: counts only, so that draws stay even.

    ``rotation`` names what is drawn from: the variable, how many it takes and its blocks. Other blocks count anew.
    """

    __tablename__ = "block_draw"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "year", "role", "rotation", "draw"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], ondelete="CASCADE"),
        CheckConstraint("times >= 0", name="ck_block_draw_times"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    role: str = Field(sa_column=Column(String(40), nullable=False))
    rotation: str = Field(sa_column=Column(String(80), nullable=False))
    draw: str = Field(sa_column=Column(String(600), nullable=False))
    times: int = Field(sa_column=Column(Integer, nullable=False))


class ContactRow(SQLModel, table=True):
    """Someone invited. Holds no answer and no case."""

    __tablename__ = "contact"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "contact_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        UniqueConstraint("study_id", "year", "email", name="uq_contact_email"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    contact_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    email: str = Field(sa_column=Column(String(254), nullable=False))
    name: str | None = Field(default=None, sa_column=Column(String(200)))
    role: str | None = Field(default=None, sa_column=Column(String(32)))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    source: str = Field(sa_column=Column(String(64), nullable=False))
    opted_out_on: date | None = Field(default=None)
    segment: str | None = Field(default=None, sa_column=Column(String(64)))
    organisation: str | None = Field(default=None, sa_column=Column(String(200)))
    bounced_on: date | None = Field(default=None)  # no mail arrives at this address; it is written to no more
    bounce_code: str | None = Field(default=None, sa_column=Column(String(16)))  # of the last report, RFC 3463
    soft_bounces: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    complained_on: date | None = Field(default=None)  # called a mail of ours unwanted
    opened_on: date | None = Field(default=None)  # followed their personal link; forgotten when links are cut
    declined_on: date | None = Field(default=None)  # said no by the button before the first page; goes with the link


class TokenRow(SQLModel, table=True):
    """A personal link, kept as an HMAC. A link sent again names the one beside which it opens the same case."""

    __tablename__ = "token"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "token_hash"),
        ForeignKeyConstraint(
            ["study_id", "contact_id"], ["contact.study_id", "contact.contact_id"], ondelete="CASCADE"
        ),
        Index("ix_token_contact", "study_id", "contact_id"),  # who has a link is asked of all at once
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    token_hash: str = Field(sa_column=Column(String(64), nullable=False))
    contact_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    beside: str | None = Field(default=None, sa_column=Column(String(64)))


class CaseLinkRow(SQLModel, table=True):
    """The guarded link of a confidential wave between a contact and a case; cut at a date. Empty in anonymous waves."""

    __tablename__ = "case_link"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "contact_id"),
        UniqueConstraint("study_id", "case_id", name="uq_case_link_case"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    contact_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    case_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))


class ReportRequestRow(SQLModel, table=True):
    """An address left for the report, the next wave or an interview: apart from every answer, with no shared key."""

    __tablename__ = "report_request"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "request_id"),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    request_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    email: str = Field(sa_column=Column(String(254), nullable=False))
    language: str = Field(sa_column=Column(String(8), nullable=False))
    wishes: list[int | str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))


class ImportRunRow(SQLModel, table=True):
    """What an import took in and what it said per column."""

    __tablename__ = "import_run"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "run_id"),
        ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"]),
        STRICT,
    )
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    run_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False))
    year: int = Field(sa_column=Column(Integer, nullable=False))
    file_hash: str = Field(sa_column=Column(String(64), nullable=False))
    mapping_hash: str = Field(sa_column=Column(String(64), nullable=False))
    rows: int = Field(sa_column=Column(Integer, nullable=False))
    report: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    imported_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class AuditRow(SQLModel, table=True):
    """Who did what to what, when; each entry carries the hash of the one before."""

    __tablename__ = "audit"
    __table_args__ = (
        PrimaryKeyConstraint("entry"),
        Index("ix_audit_deed", "subject", "action", "entry"),
        Index("ix_audit_at", "at"),
        STRICT,
    )
    entry: int = Field(sa_column=Column(Integer, autoincrement=False, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    actor: str = Field(sa_column=Column(String(254), nullable=False))
    action: str = Field(sa_column=Column(String(64), nullable=False))
    subject: str = Field(sa_column=Column(String(200), nullable=False))
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    previous_hash: str = Field(sa_column=Column(String(64), nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
