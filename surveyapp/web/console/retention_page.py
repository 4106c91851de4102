"""What is kept until when, as a page: every end with its day and count, and the certificates of what went."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from flask import url_for

from surveyapp import clock
from surveyapp.fieldwork import certificates, retention
from surveyapp.fieldwork.certificates import Certificate
from surveyapp.fieldwork.retention import Line
from surveyapp.jobs import retention as job
from surveyapp.storage import audit
from surveyapp.storage.database import Session
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.rendering import whole
from surveyapp.web.sessions import services

MOST = 50
"""Certificates on the page; all of them are in the download."""
_OWN_WAY = frozenset({*retention.BY_HAND, retention.LINK, retention.FILES})
"""What a removal leaves: a person removes it, or it has a round of its own."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One kind of thing: whose, how much, by which rule, until when."""

    name: str
    of: str
    count: int
    rule: str
    due: date | None
    standing: str  # due · by-hand · later · unknown
    address: str  # where it is let go of by hand; empty: the worker does it


@dataclass(frozen=True, slots=True)
class MadeLine:
    """One certificate."""

    made: Certificate
    name: str
    of: str
    rule: str
    address: str


@dataclass(frozen=True, slots=True)
class Going:
    """A removal under way: what is gone of what was due when somebody pressed."""

    percent: int
    said: str


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """The whole page."""

    lines: tuple[KeptLine, ...]
    due: str  # what goes now, in words; empty: nothing
    going: Going | None  # the removal that was asked for, while it is under way
    made: tuple[MadeLine, ...]
    count: int
    broken: int | None
    fault: str
    backup_days: int


def kind_names() -> dict[str, str]:
    """What each kind of thing is called."""
    return {
        retention.DRAFTS: translate("Typed and never saved"),
        retention.LINK: translate("Link between people and answers"),
        retention.CONTACTS: translate("Contacts, with their links and messages"),
        retention.ADDRESSES: translate("Addresses left for the report"),
        retention.TEXTS: translate("Open answers"),
        retention.ANSWERS: translate("Answers"),
        retention.NAMES: translate("Names in the audit log"),
        retention.FILES: translate("Made books and files"),
    }


def rule_text(kind: str, days: int | None, due: date | None = None) -> str:
    """The rule by which something goes, in words."""
    if due is not None and kind == retention.ANSWERS:
        return translate("to the end of %(year)s, as the study says", year=due.year - 1)
    if kind == retention.ANSWERS or days is None:
        return translate("to the end of the year the study names")
    if kind in (retention.NAMES, retention.FILES):
        return translate_plural("%(n)s day", "%(n)s days", days, n=days)
    return translate_plural("%(n)s day after closing", "%(n)s days after closing", days, n=days)


def retention_page(session: Session) -> RetentionPage:
    """The page as things are now."""
    found = [
        line for line in retention.lines(session, services().library) if line.count or line.kind == retention.NAMES
    ]
    today = clock.today()
    goes = due_now(found)
    made = certificates.listed(session)
    failed = audit.last(session, job.FAILED, job.PLACE)
    is_new = failed is not None and (not made or failed.at >= made[0].at)
    return RetentionPage(
        lines=tuple(_kept(line, today) for line in found),
        due=translate_plural("%(count)s thing is due to go", "%(count)s things are due to go", goes, count=whole(goes))
        if goes
        else "",
        made=tuple(_made(one) for one in made[:MOST]),
        count=len(made),
        broken=certificates.broken(session),
        going=going(session, goes),
        fault=str(failed.details.get("fault", "")) if failed is not None and is_new else "",
        backup_days=retention.BACKUP_DAYS,
    )


def due_now(found: Iterable[Line]) -> int:
    """How many things a removal takes away now."""
    today = clock.today()
    return sum(line.count for line in found if line.is_due(today) and line.kind not in _OWN_WAY)


def ask_for_removal(session: Session, actor: str) -> None:
    """Let a worker remove now what is due, and note how much that is."""
    job.ask(session, actor, due_now(retention.lines(session, services().library)))


def removal(session: Session) -> Going | None:
    """How far the removal that is under way is, read by itself."""
    return going(session, due_now(retention.lines(session, services().library)))


def going(session: Session, left: int) -> Going | None:
    """How far the removal is that was asked for; None where none is under way."""
    asked = job.asked(session)
    if asked is None:
        return None
    gone = max(asked - left, 0)
    said = translate("%(gone)s of %(all)s removed", gone=whole(gone), all=whole(asked))
    return Going(100 * gone // asked if asked else 0, said)


def _of(study: str, year: int | None) -> str:
    return f"{study} {year}" if study else translate("this installation")


def _kept(line: Line, today: date) -> KeptLine:
    is_by_hand = line.kind in retention.BY_HAND
    if line.due is None:
        standing = "unknown"
    elif not line.is_due(today):
        standing = "later"
    else:
        standing = "by-hand" if is_by_hand else "due"
    address = ""
    if standing == "by-hand":
        address = url_for("admin.remove_texts", study=line.study, year=line.year)
    return KeptLine(
        kind_names()[line.kind],
        _of(line.study, line.year),
        line.count,
        rule_text(line.kind, line.days, line.due),
        line.due,
        standing,
        address,
    )


def _made(one: Certificate) -> MadeLine:
    names: Callable[[], dict[str, str]] = kind_names
    address = url_for("admin.certificate", number=one.number)
    return MadeLine(
        one, names().get(one.kind, one.kind), _of(one.study, one.year), rule_text(one.kind, one.days, one.due), address
    )
