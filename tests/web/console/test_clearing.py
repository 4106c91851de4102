"""Test cases are removed and a draft is deleted from the console: asked first, said what goes, and on the record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from surveyapp.errors import NotFound
from surveyapp.fieldwork import clearing, waves
from surveyapp.fieldwork.simulate import simulate
from surveyapp.storage import audit
from surveyapp.web.sessions import Services
from tests.web.console.people import BASE, STUDY, Person

DRAFT = f"/console/{STUDY}/2025"


@pytest.fixture
def services(app: Flask) -> Services:
    """The application, with five robots' test cases in its draft of 2025."""
    found: Services = app.extensions["surveyapp"]
    simulate(found.database, found.library, STUDY, 2025, 5, 1)
    return found


def held_in(services: Services, year: int) -> int:
    with services.database.read() as session:
        return clearing.tests_held(session, STUDY, year).cases


def last(services: Services, action: str) -> object:
    with services.database.read() as session:
        entry = audit.last(session, action, f"{STUDY} 2025")
        return (entry.actor, entry.details) if entry else None


def test_test_cases_are_counted_asked_about_and_removed(services: Services, signed_in: Callable[[str], Person]) -> None:
    researcher = signed_in("researcher")
    assert f"{DRAFT}/remove-tests" in researcher.get("/console/").text
    page = researcher.get(f"{DRAFT}/remove-tests").text
    assert "5 test cases with all their answers." in page
    refused = researcher.post(f"{DRAFT}/remove-tests", year_typed="2026")
    assert refused.status_code == 422
    assert "Type 2025." in refused.text
    assert held_in(services, 2025) == 5
    assert researcher.post(f"{DRAFT}/remove-tests", year_typed="2025").status_code == 303
    assert held_in(services, 2025) == 0
    assert last(services, clearing.REMOVE_TESTS) == ("researcher@example.org", {"cases": 5, "addresses": 0})
    assert f"{DRAFT}/remove-tests" not in researcher.get("/console/").text


def test_a_draft_is_deleted_with_what_was_said(services: Services, signed_in: Callable[[str], Person]) -> None:
    researcher = signed_in("researcher")
    page = researcher.get(f"{DRAFT}/delete").text
    assert "5 test cases" in page
    assert "0 invited people" in page
    assert researcher.post(f"{DRAFT}/delete", year_typed="").status_code == 422
    done = researcher.post(f"{DRAFT}/delete", year_typed="2025")
    assert done.location == "/console/"
    assert "The wave of 2025 is deleted." in researcher.get("/console/").text
    with services.database.read() as session, pytest.raises(NotFound):
        waves.wave_info(session, STUDY, 2025)
    assert last(services, clearing.DELETE) == ("researcher@example.org", {"tests": 5, "contacts": 0})


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_draft_is_not_deleted_and_it_says_why(method: str, signed_in: Callable[[str], Person]) -> None:
    researcher = signed_in("researcher")
    assert f"{BASE}/delete" not in researcher.get("/console/").text
    address = f"{BASE}/delete"
    answer = researcher.get(address) if method == "get" else researcher.post(address, year_typed="2026")
    assert answer.status_code == 409
    assert "only a draft that was never open can be deleted" in answer.text


def test_only_researchers_are_offered_it(services: Services, signed_in: Callable[[str], Person]) -> None:
    page = signed_in("editor").get("/console/").text
    assert "/remove-tests" not in page
    assert "/delete" not in page
