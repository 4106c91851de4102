"""The guarded link between contacts and cases, and how it is taken away without a trace.

Deleting the rows of the link is not enough. PostgreSQL keeps the number of the transaction beside every row, also that
of who only locked it, and an answer written with a contact's lock shares it; the key of a case follows from its link
(`fieldwork.personal_links`), so who holds the links that were sent could find the cases by their keys. Contacts, their
links and the cases are therefore written anew, in random order and in one transaction, without keys.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlmodel import Session

from surveyapp.storage import contacts, invitation_rounds, mixing, statements
from surveyapp.storage.case_codes import forget_codes
from surveyapp.storage.cases import DRAFTS, SAVES
from surveyapp.storage.changes import CASES
from surveyapp.storage.contacts import CONTACTS, LINKS, TOKENS
from surveyapp.storage.invitation_rounds import MESSAGES
from surveyapp.storage.postgresql import keep_writers_out
from surveyapp.storage.statements import batches, in_wave

TABLES = ("case_link", "token", "contact", "cases", "invitation_message")
"""What holds the people, the keys that follow from their links, and whom a reminder spared because they were done;
nothing of an older state may be left in the files of these tables."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut: links taken away, contacts and cases written anew."""

    links: int
    contacts: int
    cases: int


def count(session: Session, study: str, year: int) -> int:
    """How many contacts of a wave are tied to a case."""
    return statements.count(session, LINKS, LINKS.c.study_id == study, LINKS.c.contact_id.in_(_people(study, year)))


def hold(session: Session) -> None:
    """Let nobody write what `cut` writes anew, from now until this transaction ends; asked before any other lock."""
    keep_writers_out(session, *(table.name for table in (CASES, SAVES, DRAFTS, CONTACTS, TOKENS, LINKS, MESSAGES)))


def cut(session: Session, study: str, year: int) -> Cut:
    """Take the link of a wave away and write both sides anew; drafts go, they are of no use without a key.

    The caller asked :func:`hold` first.
    """
    people, of_wave = _people(study, year), _answers(study, year)
    invitation_rounds.forget_messages(session, study, year)
    links = session.execute(delete(LINKS).where(LINKS.c.study_id == study, LINKS.c.contact_id.in_(people))).rowcount  # type: ignore[attr-defined]
    session.execute(delete(DRAFTS).where(DRAFTS.c.study_id == study, DRAFTS.c.case_id.in_(of_wave)))
    tokens = _taken(session, TOKENS, TOKENS.c.contact_id.in_(people), study)
    invited = _taken(session, CONTACTS, CONTACTS.c.year == year, study)
    # The day they followed their link is that on which a case began, which keeps it: few begin on one day.
    contacts.add(session, [{**one, "opened_on": None, "declined_on": None} for one in invited])
    for rows in batches(tokens):
        session.connection().execute(insert(TOKENS), rows)
    answered = forget_codes(session, study, year)
    mixing.mix(session, study, year)
    return Cut(int(links), len(invited), answered)


def _people(study: str, year: int) -> Select[Any]:
    return select(CONTACTS.c.contact_id).where(*in_wave(CONTACTS, study, year))


def _answers(study: str, year: int) -> Select[Any]:
    return select(CASES.c.case_id).where(*in_wave(CASES, study, year))


def _taken(session: Session, table: Any, which: Any, study: str) -> list[dict[str, Any]]:
    """Take rows out of a table: gone from it, in random order."""
    found = [dict(row) for row in session.execute(select(table).where(table.c.study_id == study, which)).mappings()]
    session.execute(delete(table).where(table.c.study_id == study, which))
    secrets.SystemRandom().shuffle(found)
    return found
