"""The tables of what is kept no longer: the certificates of what went, and who wants no mail although nothing else is
known of them any more.

This module goes without ``from __future__ import annotations``: it breaks SQLModel's relationship types.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Integer, PrimaryKeyConstraint, String
from sqlmodel import Field, SQLModel

from surveyapp.storage.column_types import STRICT, Json, Moment


class OptOutRow(SQLModel, table=True):
    """An address that wants no mail about a study, as an HMAC under the application's secret; its contact is gone."""

    __tablename__ = "opt_out"
    __table_args__ = (PrimaryKeyConstraint("study_id", "address_hash"), STRICT)
    study_id: str = Field(sa_column=Column(String(64), nullable=False))
    address_hash: str = Field(sa_column=Column(String(64), nullable=False))
    since: date


class CertificateRow(SQLModel, table=True):
    """What was removed, by which rule, when: append-only, each with the hash of the one before."""

    __tablename__ = "certificate"
    __table_args__ = (
        PrimaryKeyConstraint("number"),
        CheckConstraint("number > 0", name="ck_certificate_number"),
        STRICT,
    )
    number: int = Field(sa_column=Column(Integer, autoincrement=False, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    content: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
