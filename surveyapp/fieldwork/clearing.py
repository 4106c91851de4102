"""Removing test cases, and deleting a wave that never opened.

Test cases never count once a wave is open; still they are in its lists and hold personal links that were tried. One act
removes them. A wave that is a draft can be deleted whole: nobody but testers ever answered in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from surveyapp.errors import Word, WrongState
from surveyapp.fieldwork.waves import wave_info
from surveyapp.storage import audit, clearing, waves

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


def test_cases(session: Session, study: str, year: int) -> int:
    """How many test cases a wave has."""
    return clearing.count_tests(session, study, year)


def remove_tests(session: Session, study: str, year: int, actor: str) -> Removed:
    """Delete every test case and test arrival of a wave, on the record.

    Addresses left for the report go too while the wave was never open: only testers can have left them.

    Raises
    ------
    NotFound     there is no such wave
    """
    waves.find(session, study, year, lock=True)
    info = wave_info(session, study, year)
    gone = clearing.remove_tests(session, study, year)
    never_open = info.state in ("draft", "test")
    addresses = clearing.remove_addresses(session, study, year) if never_open else 0
    audit.add(session, actor, REMOVE_TESTS, f"{study} {year}", {"cases": gone, "addresses": addresses})
    return Removed(gone, addresses)


def deletion(session: Session, study: str, year: int) -> Deletion:
    """What goes with a wave when it is deleted.

    Raises
    ------
    NotFound       there is no such wave
    WrongState     it is no draft, or somebody took part in it
    """
    info = wave_info(session, study, year)
    if info.state != "draft" or info.opened_at is not None or clearing.count_cases(session, study, year):
        raise WrongState(
            "%(study)s %(year)s is %(state)s: only a draft that was never open can be deleted.",
            study=study,
            year=year,
            state=Word(info.state),
        )
    return Deletion(clearing.count_tests(session, study, year), clearing.count_contacts(session, study, year))


def delete_wave(session: Session, study: str, year: int, actor: str) -> Deletion:
    """Delete a draft wave with all that belongs to it, on the record; its published definitions stay.

    Raises
    ------
    NotFound       there is no such wave
    WrongState     it is no draft, or somebody took part in it
    """
    waves.find(session, study, year, lock=True)
    gone = deletion(session, study, year)
    clearing.delete_wave(session, study, year)
    audit.add(session, actor, DELETE, f"{study} {year}", {"tests": gone.tests, "contacts": gone.contacts})
    return gone
