"""Reading the mailbox for returned mail: each mail in a transaction of its own, and counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from surveyapp.fieldwork import bounces
from surveyapp.fieldwork.delivery_reports import Kind
from surveyapp.jobs.mailboxes import Waiting, filed, served
from surveyapp.journal import structlog
from surveyapp.mail_places import MailboxServer
from surveyapp.storage.database import Database

log = structlog.get_logger(__name__)
_NOT_OURS = frozenset({Kind.NOT_UNDERSTOOD.value, bounces.UNMATCHED})


def mails(source: Path | MailboxServer) -> Iterator[Waiting]:
    """The mails that lie there.

    Raises
    ------
    MailNotRead     it cannot be reached or read
    """
    yield from served(source) if isinstance(source, MailboxServer) else filed(source)


def read_mailbox(database: Database, waiting: Iterable[Waiting], *, salt: str) -> Counter[str]:
    """Take in what these mails say; how many there were of each of `bounces.KINDS`.

    Raises
    ------
    MailNotRead     the mailbox went away; what was taken in by then stands, and counts once
    """
    found: Counter[str] = Counter()
    try:
        for mail in waiting:
            found[_taken_in(database, mail, salt)] += 1
    finally:
        if set(found) - {bounces.KNOWN}:
            with database.write() as session:
                bounces.note_reading(session, dict(found))
            log.info("bounces", outcome="read", **found)
    return found


def _taken_in(database: Database, mail: Waiting, salt: str) -> str:
    with database.read_primary() as session:  # a mailbox that is read each time is known but for its newest
        is_known = bounces.is_known(session, mail.raw, salt=salt)
    if is_known:
        kind = bounces.KNOWN
    else:
        with database.write() as session:
            kind = bounces.take_in(session, mail.raw, salt=salt)
    mail.settle(is_understood=kind not in _NOT_OURS)
    return kind
