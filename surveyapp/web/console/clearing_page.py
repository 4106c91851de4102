"""What can be taken away from a wave: its test cases, or the whole of a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import url_for

from surveyapp.fieldwork import clearing
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.storage.database import Session
from surveyapp.web.accounts import may
from surveyapp.web.languages import translate, translate_plural

Deed = Callable[[Session, str, int, str], object]
DEEDS: Mapping[str, Deed] = {"remove-tests": clearing.remove_tests, "delete": clearing.delete_wave}


@dataclass(frozen=True, slots=True)
class Clearing:
    """Something that goes for good: what it is called, what is asked first, what goes and what stays."""

    name: str
    question: str
    goes: tuple[str, ...]
    stays: str
    done: str
    address: str


def clearing_of(session: Session, study: str, year: int, key: str) -> Clearing:
    """One of `DEEDS` on one wave, in words.

    Raises
    ------
    WrongState     it is to be deleted and no draft, or somebody took part in it
    """
    address = url_for("console.clear_wave", study=study, year=year, clearing=key)
    if key == "delete":
        gone = clearing.deletion(session, study, year)
        return Clearing(
            translate("Delete"),
            translate("Delete the wave of %(year)s?", year=year),
            (
                translate("The draft itself and its place on the first page."),
                _cases(gone.tests),
                translate_plural(
                    "%(n)s invited person with their personal link.",
                    "%(n)s invited people with their personal links.",
                    gone.contacts,
                ),
            ),
            translate("The questionnaire on the server stays: with surveyapp wave create the wave can be made anew."),
            translate("The wave of %(year)s is deleted.", year=year),
            address,
        )
    held = clearing.tests_held(session, study, year)
    return Clearing(
        translate("Remove test cases"),
        translate("Remove the test cases of %(year)s?", year=year),
        (
            _cases(held.cases),
            translate("What was counted of testers; a personal link that was tried is free again."),
            *_addresses(held.addresses),
        ),
        translate("What people answered while the wave was open stays, and no figure changes."),
        translate("The test cases of %(year)s are removed.", year=year),
        address,
    )


def offered(session: Session, info: WaveInfo) -> tuple[Clearing, ...]:
    """What this person can take away from a wave, for its place on the first page."""
    if not may("researcher"):
        return ()
    keys = ["remove-tests"] if clearing.tests_held(session, info.study, info.year).cases else []
    if clearing.is_deletable(session, info):
        keys.append("delete")
    return tuple(clearing_of(session, info.study, info.year, key) for key in keys)


def _cases(n: int) -> str:
    return translate_plural("%(n)s test case with all its answers.", "%(n)s test cases with all their answers.", n)


def _addresses(n: int) -> tuple[str, ...]:
    if not n:
        return ()
    return (
        translate_plural(
            "%(n)s address that a tester left for the report.", "%(n)s addresses that testers left for the report.", n
        ),
    )
