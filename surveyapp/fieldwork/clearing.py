"""Removing test cases, deleting a wave that never opened, and letting go of addresses in time.

Test cases never count once a wave is open; still they are in its lists and hold personal links that were tried. One act
removes them. A wave that is a draft can be deleted whole: nobody but testers ever answered in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from surveyapp.errors import Word, WrongState
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.storage import audit, clearing, waves
from surveyapp.storage.database import Session

REMOVE_TESTS, DELETE = "wave.remove-tests", "wave.delete"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed: test cases, and addresses that testers left for the report."""

    cases: int
    addresses: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """What goes with a wave that is deleted."""

    tests: int
    contacts: int


def tests_held(session: Session, study: str, year: int) -> Removed:
    """What `remove_tests` would remove."""
    cases = clearing.count_tests(session, study, year)
    is_new = _was_never_open(wave_info(session, study, year))
    return Removed(cases, clearing.count_addresses(session, study, year) if is_new else 0)


def remove_tests(session: Session, study: str, year: int, actor: str) -> Removed:
    """Delete every test case and test arrival of a wave, on the record.

    Addresses left for the report go too while the wave was never open: only testers can have left them.
    """
    waves.find(session, study, year, lock=True)
    info = wave_info(session, study, year)
    gone = clearing.remove_tests(session, study, year)
    addresses = clearing.remove_addresses(session, study, year) if _was_never_open(info) else 0
    audit.add(session, actor, REMOVE_TESTS, f"{study} {year}", {"cases": gone, "addresses": addresses})
    return Removed(gone, addresses)


def is_deletable(session: Session, info: WaveInfo) -> bool:
    """Whether a wave is a draft in which nobody but testers ever answered."""
    is_draft = info.state == "draft" and info.opened_at is None
    return is_draft and not clearing.count_cases(session, info.study, info.year)


def deletion(session: Session, study: str, year: int) -> Deletion:
    """What goes with a wave when it is deleted.

    Raises
    ------
    WrongState     it is no draft, or somebody took part in it
    """
    info = wave_info(session, study, year)
    if not is_deletable(session, info):
        raise WrongState(
            "The wave of %(year)s is %(state)s: only a draft that was never open can be deleted.",
            year=year,
            state=Word(info.state),
        )
    return Deletion(clearing.count_tests(session, study, year), clearing.count_contacts(session, study, year))


def delete_wave(session: Session, study: str, year: int, actor: str) -> Deletion:
    """Delete a draft wave with all that belongs to it, on the record; its published definitions stay.

    Raises
    ------
    WrongState     it is no draft, or somebody took part in it
    """
    waves.find(session, study, year, lock=True)
    gone = deletion(session, study, year)
    clearing.delete_wave(session, study, year)
    audit.add(session, actor, DELETE, f"{study} {year}", {"tests": gone.tests, "contacts": gone.contacts})
    return gone


def _was_never_open(info: WaveInfo) -> bool:
    return info.state in BEFORE_OPENING


KEPT = timedelta(days=365)
"""How long an address stays that was left for the report, a next wave or an interview, unless its owner asks before
(`surveyapp contact forget`): after closing the report is out by then, and the next wave of a yearly study has invited.
"""
