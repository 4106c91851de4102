"""The first page of the console, and what can be done with a wave."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from surveyapp.app import create_app
from surveyapp.clock import stopped_at
from surveyapp.config import Settings
from surveyapp.fieldwork.waves import close_wave, create_wave, open_wave, wave_info
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import audit
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.instrument.definitions import patched, write
from tests.web.console.people import BASE, INSTRUMENTS, PASSWORD, STUDY, Person

DRAFT = f"/console/{STUDY}/2025"


def state(app: Flask, year: int) -> str:
    with app.extensions["surveyapp"].database.read() as session:
        return wave_info(session, STUDY, year).state


def test_both_waves_are_shown_with_their_state_and_completes(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from surveyapp.fieldwork.case_lines import CaseChoice

    services = app.extensions["surveyapp"]
    with services.database.read() as session:
        complete = services.live.cases(session, STUDY, 2026).count(CaseChoice(state="complete"))

    page = signed_in("researcher").get("/console/").text

    assert f'<span class="figure">{complete}</span>' in page
    assert ">open</span>" in page
    assert ">draft</span>" in page


def test_who_can_do_something_about_it_reads_that_no_mail_goes_out(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = app.extensions["surveyapp"]
    assert "/mail" in signed_in("researcher").get("/console/").text  # a developer's mails are files
    monkeypatch.setattr(services, "settings", services.settings.model_copy(update={"environment": "production"}))
    assert "SURVEYAPP_SMTP_URL" in signed_in("researcher").get("/console/").text
    assert "SURVEYAPP_SMTP_URL" not in signed_in("viewer").get("/console/").text


def test_a_wave_that_came_in_as_a_file_is_never_offered_for_opening(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2014), state="closed")

    page = signed_in("researcher").get("/console/").text

    assert f"/console/{STUDY}/2014/archive" in page
    assert f"/console/{STUDY}/2014/open" not in page


def test_without_studies_the_page_says_how_to_begin(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write() as session:
        add_user(session, "viewer@example.org", password_hash(PASSWORD), "viewer", "nl")
        add_user(session, "researcher@example.org", password_hash(PASSWORD), "researcher", "nl")
    settings = Settings(instance=tmp_path, environment="development", instruments=INSTRUMENTS)
    person = Person(create_app(settings, database=sqlite_database).test_client())
    person.sign_in("viewer@example.org")

    assert "surveyapp wave create" in person.get("/console/").text
    assert "Een onderzoeker maakt het eerste." in person.get("/console/").text
    person.post("/logout")
    person.sign_in("researcher@example.org")
    assert 'href="/console/new-study">Het eerste onderzoek maken</a>' in person.get("/console/").text


def test_without_accounts_the_sign_in_page_says_how_to_make_one(sqlite_database: Database, tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, environment="development", instruments=INSTRUMENTS)
    client = create_app(settings, database=sqlite_database).test_client()

    assert "surveyapp user add" in client.get("/login").text


def test_closing_asks_to_type_the_year(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")

    wrong = person.post(f"{BASE}/close", year_typed="2025")

    assert wrong.status_code == 422
    assert "Type 2026." in wrong.text
    assert state(app, 2026) == "open"

    assert person.post(f"{BASE}/close", year_typed=" 2026 ").status_code == 303
    assert state(app, 2026) == "closed"
    # The journal would tell commit by commit who answered when; closing empties it.
    file = app.extensions["surveyapp"].database.file
    assert not (journal := file.with_name(file.name + "-wal")).exists() or journal.stat().st_size == 0


def test_looking_at_the_question_changes_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    assert signed_in("researcher").get(f"{BASE}/close").status_code == 200

    assert state(app, 2026) == "open"


def test_a_change_of_state_stands_in_the_audit_log(app: Flask, signed_in: Callable[[str], Person]) -> None:
    signed_in("researcher").post(f"{DRAFT}/test")

    assert state(app, 2025) == "test"
    with app.extensions["surveyapp"].database.read() as session:
        newest = audit.latest(session, 1)[0]
    assert (newest.actor, newest.action, newest.subject) == (
        "researcher@example.org",
        "wave.test",
        f"{STUDY} 2025",
    )
    assert newest.details == {"from": "draft"}


def test_what_cannot_follow_is_refused(app: Flask, signed_in: Callable[[str], Person]) -> None:
    assert signed_in("researcher").post(f"{DRAFT}/archive", year_typed="2025").status_code == 409
    assert state(app, 2025) == "draft"


def test_a_test_wave_carries_a_banner_and_counts_only_test_cases(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    person.post(f"{DRAFT}/test")

    assert "test-banner" in person.get(f"{DRAFT}/fieldwork").text
    assert "test-banner" not in person.get(f"{BASE}/fieldwork").text


def broken_copy(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    shutil.copytree(INSTRUMENTS, folder)
    path = folder / STUDY / "2025" / "questionnaire.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("pages:", "pages: [", 1), encoding="utf-8")
    return folder


def test_a_wave_with_a_broken_definition_cannot_be_opened_and_the_page_shows_the_place(
    filled: Path, tmp_path: Path
) -> None:
    shutil.copyfile(filled, tmp_path / "surveyapp.sqlite3")
    app = create_app(Settings(instance=tmp_path, environment="development", instruments=broken_copy(tmp_path)))
    person = Person(app.test_client())
    person.sign_in("researcher@example.org")

    refused = person.post(f"{DRAFT}/open")
    check = person.get(f"{DRAFT}/instrument")

    assert refused.status_code == 422
    assert "questionnaire.yaml:" in refused.text
    assert state(app, 2025) == "draft"
    assert check.status_code == 200
    assert "The last good version stays in force" in check.text
    assert 'class="excerpt"' in check.text
    assert str(tmp_path) not in check.text + refused.text
    assert person.get(f"{BASE}/fieldwork").status_code == 200


def test_an_error_nobody_foresaw_gives_a_number_in_the_staff_frame_and_no_stack(
    signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveyapp.web.console import waves_page

    def fail(*_given: object) -> None:
        raise ZeroDivisionError("the answer of somebody")

    person = signed_in("viewer")
    monkeypatch.setattr(waves_page, "study_cards", fail)
    answer = person.get("/console/")

    assert answer.status_code == 500
    assert "console-header" in answer.text
    assert re.search(r"Number: [0-9a-f]{10}", answer.text)
    assert "ZeroDivision" not in answer.text
    assert "somebody" not in answer.text


ANOTHER_DAY = '<a href="/console/kinds/2026/settings#closes">Set another closing day</a>'


def on_day_after(app: Flask, folder: Path, mode: str, state: str) -> datetime:
    """A wave of another study in this state, and a moment five days after its closing day."""
    places = [
        ("study.waves.0.mode", mode),
        ("study.waves.0.opens", "2026-11-01"),
        ("study.waves.0.closes", "2026-11-28"),
    ]
    instrument = load_instrument(write(folder, patched(*places, name="kinds")), 2026)
    with app.extensions["surveyapp"].database.write() as session:
        create_wave(session, instrument)
        if state == "closed":
            with stopped_at(datetime(2026, 11, 27, 12, tzinfo=UTC)):
                open_wave(session, "kinds", 2026)
                close_wave(session, "kinds", 2026)
    return datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mode", "state", "said", "way"),
    [
        ("anonymous", "draft", "It stays open until somebody closes it.", ANOTHER_DAY),
        ("anonymous", "closed", "It stays open until somebody closes it.", ANOTHER_DAY),
        ("confidential", "draft", "by itself on 28 December 2026 at the latest", ANOTHER_DAY),
        ("confidential", "closed", "by itself on 27 December 2026 at the latest", "the closing day can be no later"),
    ],
)
def test_before_a_wave_is_opened_after_its_closing_day_the_page_says_when_it_closes_then(
    app: Flask, signed_in: Callable[[str], Person], tmp_path: Path, mode: str, state: str, said: str, way: str
) -> None:
    moment = on_day_after(app, tmp_path / "kinds", mode, state)
    with stopped_at(moment):
        asked = signed_in("researcher").get("/console/kinds/2026/open").text
    assert "The closing day of this wave, 28 November 2026, is over" in asked
    assert said in asked
    assert way in asked
    assert "The closing day of this wave" not in signed_in("researcher").get(f"{DRAFT}/test").text


def test_a_first_opening_whose_link_is_due_is_refused(
    app: Flask, signed_in: Callable[[str], Person], tmp_path: Path
) -> None:
    on_day_after(app, tmp_path / "kinds", "confidential", "draft")
    with stopped_at(datetime(2026, 12, 28, 12, tzinfo=UTC)):
        person = signed_in("researcher")
        assert "within the hour" in person.get("/console/kinds/2026/open").text
        assert person.post("/console/kinds/2026/open").status_code == 409
    with app.extensions["surveyapp"].database.read() as session:
        assert wave_info(session, "kinds", 2026).state == "draft"


def test_a_draft_leads_to_the_preview_and_promises_no_day_that_is_past(
    app: Flask, signed_in: Callable[[str], Person], tmp_path: Path
) -> None:
    late = on_day_after(app, tmp_path / "kinds", "anonymous", "draft")
    with stopped_at(datetime(2026, 10, 31, 12, tzinfo=UTC)):
        page = signed_in("researcher").get("/console/kinds/2026/fieldwork").text
        assert "it is planned to open on 1 November 2026" in page
        assert 'href="/console/kinds/2026/instrument/preview"' in page
        assert "Nobody to count yet." in page
        assert "/kinds-2026" not in page, "the landing page of a draft shows nobody the questionnaire"
    with stopped_at(late):
        page = signed_in("researcher").get("/console/kinds/2026/fieldwork").text
        assert "1 November" not in page
        assert "This wave is a draft: nobody can answer yet." in page
