"""Taking test cases out of a wave, and a whole wave that nobody but testers ever saw."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from surveyapp.storage import (
    bounces,
    coding,
    definitions,
    dispositions,
    editions,
    invitation_rounds,
    made_files,
    quality,
    report_figures,
    report_requests,
    requested_filters,
    staged_lists,
    targets,
    weightings,
)
from surveyapp.storage.arrivals import ARRIVALS
from surveyapp.storage.block_draws import DRAWS
from surveyapp.storage.cases import DRAFTS, SAVES, WAVES
from surveyapp.storage.changes import CASES, DAYS, TURNS, take_back, touch
from surveyapp.storage.contacts import CONTACTS, LINKS, TOKENS
from surveyapp.storage.opening_requests import OPENINGS
from surveyapp.storage.outbox import OUTBOX
from surveyapp.storage.report_requests import REQUESTS
from surveyapp.storage.sources import SOURCES
from surveyapp.storage.statements import count, in_wave
from surveyapp.storage.stop_reasons import REASONS
from surveyapp.storage.tables import ImportRunRow

RUNS: Any = ImportRunRow.__table__  # type: ignore[attr-defined]


def count_tests(session: Session, study: str, year: int) -> int:
    """How many test cases a wave has."""
    return count(session, CASES, *in_wave(CASES, study, year), CASES.c.is_test)


def count_cases(session: Session, study: str, year: int) -> int:
    """How many cases of people a wave has, in whatever state; tests left out."""
    return count(session, CASES, *in_wave(CASES, study, year), ~CASES.c.is_test)


def count_started(session: Session, study: str, year: int) -> int:
    """How many people began to answer and did not send."""
    return count(session, CASES, *in_wave(CASES, study, year), ~CASES.c.is_test, CASES.c.state == "started")


def tried_languages(session: Session, study: str, year: int) -> frozenset[str]:
    """The languages in which somebody sent the questionnaire while it was tried."""
    sent = (*in_wave(CASES, study, year), CASES.c.is_test, CASES.c.state.in_(("complete", "screened_out")))
    return frozenset(session.connection().execute(select(CASES.c.language).where(*sent).distinct()).scalars())


def count_contacts(session: Session, study: str, year: int) -> int:
    """How many people are invited to a wave by name."""
    return count(session, CONTACTS, *in_wave(CONTACTS, study, year))


def count_addresses(session: Session, study: str, year: int) -> int:
    """How many addresses were left for the report of a wave."""
    return count(session, REQUESTS, *in_wave(REQUESTS, study, year))


def remove_tests(session: Session, study: str, year: int) -> int:
    """Delete every test case of a wave with all that hangs on it, and what was counted of testers; the number of cases.

    A personal link that was tried is free again.
    """
    connection = session.connection()
    tests = select(CASES.c.case_id).where(*in_wave(CASES, study, year), CASES.c.is_test)
    found = list(connection.execute(tests).scalars())
    for table in (SAVES, DRAFTS, REASONS, LINKS):
        connection.execute(delete(table).where(table.c.study_id == study, table.c.case_id.in_(tests)))
    connection.execute(delete(CASES).where(*in_wave(CASES, study, year), CASES.c.is_test))
    for table in (ARRIVALS, DAYS):
        connection.execute(delete(table).where(*in_wave(table, study, year), table.c.is_test))
    for case_id in found:
        dispositions.revoke(session, study, case_id)
        touch(session, study, year, case_id)
    take_back(session, study, year)
    return len(found)


def remove_addresses(session: Session, study: str, year: int) -> int:
    """Delete the addresses that were left for the report of a wave; the number of them."""
    return report_requests.forget(session, study, year)


def forget_testers(session: Session, study: str, year: int) -> None:
    """Delete what only testers can have left in a wave that was never open, and what bears no mark of it: addresses
    for the report, and how often each draw of blocks was given out."""
    remove_addresses(session, study, year)
    session.connection().execute(delete(DRAWS).where(*in_wave(DRAWS, study, year)))


def delete_wave(session: Session, study: str, year: int) -> None:
    """Delete a wave with everything that belongs to it; its published definitions stay."""
    connection = session.connection()
    people = select(CONTACTS.c.contact_id).where(*in_wave(CONTACTS, study, year))
    for table in (TOKENS, LINKS):
        connection.execute(delete(table).where(table.c.study_id == study, table.c.contact_id.in_(people)))
    take_back(session, study, year)
    invitation_rounds.forget_wave(session, study, year)
    editions.forget(session, study, year)
    bounces.forget_wave(session, study, year)
    made_files.forget_wave(session, study, year)
    requested_filters.forget(session, study, year)
    weightings.forget(session, study, year)
    quality.forget(session, study, year)
    coding.forget(session, study, year)
    report_figures.forget(session, study, year)
    staged_lists.forget_wave(session, study, year)
    definitions.forget_wave(session, study, year)
    targets.replace(session, study, year, {})
    dispositions.forget_wave(session, study, year)
    cases = select(CASES.c.case_id).where(*in_wave(CASES, study, year))
    for table in (SAVES, DRAFTS, REASONS):
        connection.execute(delete(table).where(table.c.study_id == study, table.c.case_id.in_(cases)))
    for table in (CONTACTS, CASES, ARRIVALS, DAYS, TURNS, SOURCES, OPENINGS, OUTBOX, REQUESTS, RUNS, WAVES):
        connection.execute(delete(table).where(*in_wave(table, study, year)))
