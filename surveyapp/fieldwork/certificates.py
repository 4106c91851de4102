"""The certificate of a removal: what, how much, when, by which rule, with a hash that rests on the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.storage import audit, retention
from surveyapp.storage.database import Session

REMOVED = "retention.remove"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One removal."""

    number: int
    at: datetime
    kind: str
    study: str  # empty: of the whole installation
    year: int | None
    removed: int
    days: int | None  # after closing; None: on the date the study names
    due: date | None
    actor: str
    hash: str
    previous: str

    def document(self) -> dict[str, Any]:
        """What is downloaded: the content under its hash, as `storage.retention.sealed` reads it."""
        return {
            "certificate": self.number,
            "kind": self.kind,
            "study": self.study,
            "year": self.year,
            "removed": self.removed,
            "rule_days": self.days,
            "due": self.due.isoformat() if self.due is not None else None,
            "at": self.at.isoformat(timespec="seconds"),
            "by": self.actor,
            "previous": self.previous,
            "sha256": self.hash,
        }


def issue(
    session: Session,
    kind: str,
    removed: int,
    *,
    study: str = "",
    year: int | None = None,
    days: int | None = None,
    due: date | None = None,
    actor: str,
) -> int:
    """Write the certificate of a removal and its entry in the audit log, in the removal's own transaction; its number.

    Parameters
    ----------
    removed : how much went; of nothing there is no certificate, and the caller asks for none
    """
    at = clock.now()
    content = {
        "kind": kind,
        "study": study,
        "year": year,
        "removed": removed,
        "rule_days": days,
        "due": due.isoformat() if due is not None else None,
        "at": at.isoformat(timespec="seconds"),
        "by": actor,
    }
    number, hash_ = retention.add_certificate(session, at, content)
    details = {"kind": kind, "removed": removed, "certificate": number, "hash": hash_}
    audit.add(session, actor, REMOVED, f"{study} {year}" if study else "installation", details)
    return number


def _read(row: Any) -> Certificate:
    held = row.content
    return Certificate(
        row.number,
        row.at,
        held["kind"],
        held["study"],
        held["year"],
        held["removed"],
        held["rule_days"],
        date.fromisoformat(held["due"]) if held["due"] else None,
        held["by"],
        row.hash,
        held["previous"],
    )


def listed(session: Session, most: int | None = None) -> tuple[Certificate, ...]:
    """The certificates, the newest first."""
    return tuple(map(_read, retention.certificates(session, most)))


def one(session: Session, number: int) -> Certificate:
    """One certificate.

    Raises
    ------
    NotFound     there is none of this number
    """
    row = retention.certificate(session, number)
    if row is None:
        raise NotFound("There is no certificate %(number)s.", number=number)
    return _read(row)


def broken(session: Session) -> int | None:
    """The first certificate that is not as it was written, or before which one is missing; None where all are whole."""
    return retention.broken_certificate(session)
