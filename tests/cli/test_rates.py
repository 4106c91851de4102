"""What became of everybody, and where they left, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.fieldwork import interviews, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import contacts
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write


@pytest.fixture
def place(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_ENVIRONMENT", "development")
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def fielded(database: Database, folder: Path, mode: str) -> None:
    """Three people invited, or two by open link; one of either sent what they answered on one page."""
    instrument = load_instrument(write(folder, patched(("study.waves.0.mode", mode), name="kinds")), 2026)
    with database.write() as session:
        waves.create_wave(session, instrument)
        info = waves.open_wave(session, "kinds", 2026)
        people = [
            {
                "study_id": "kinds", "contact_id": uuid4(), "year": 2026, "email": f"{n}@example.org",
                "role": "manager", "language": "nl", "source": "open", "segment": "north",
            }
            for n in range(3)
        ]  # fmt: skip
        if mode == "confidential":
            contacts.add(session, people)
        for number in range(2):
            case, _ = interviews.begin(session, info, instrument, "manager", "nl", "open", "phone")
            if mode == "confidential":
                contacts.link_case(session, "kinds", people[number]["contact_id"], case.case_id)
            if not number:
                interviews.save_page(
                    session, case, "start", {"k_elig": 1}, expected_seq=0, client_key="0" * 12, language="nl", seconds=9
                )
                interviews.send(session, case)


def test_an_invited_sample_has_rates_with_their_formulas(sqlite_database: Database, place: Path) -> None:
    fielded(sqlite_database, place, "confidential")
    told = json.loads(run("rates", "kinds", "2026", "--by", "segment", "--json"))
    (north,) = told["invited"]["groups"]
    assert (north["value"], north["people"]) == ("north", 3)
    assert {name: n for name, n in north["dispositions"].items() if n} == {
        "complete": 1, "questionnaire": 1, "not_invited": 1,
    }  # fmt: skip
    assert north["rates"]["RR1"] == {
        "name": "RR1",
        "value": 1 / 3,
        "formula": "I / ((I + P) + (R + NC + O) + (UH + UO))",
        "filled_in": "1 / ((1 + 0) + (1 + 0 + 0) + (1 + 0))",
    }
    said = run("rates", "kinds", "2026", "--lang", "nl")
    assert "afgehaakt in de vragenlijst" in " ".join(said.split())
    assert "33,3%" in said


def test_an_open_link_has_no_rate_and_says_why(sqlite_database: Database, place: Path) -> None:
    fielded(sqlite_database, place, "anonymous")
    told = json.loads(run("rates", "kinds", "2026", "--json"))
    assert told["invited"]["total"]["people"] == 0
    assert (told["open_link"]["total"]["people"], told["open_link"]["total"]["rates"]) == (2, None)
    said = run("rates", "kinds", "2026")
    assert "we don’t know how many people were asked" in said
    assert "%" not in said


def test_the_fieldwork_tells_what_its_page_does(sqlite_database: Database, place: Path) -> None:
    fielded(sqlite_database, place, "confidential")
    told = json.loads(run("fieldwork", "kinds", "2026", "--json"))
    assert (told["total"]["begun"], told["total"]["complete"]) == (2, 1)
    assert told["sample"]["total"] | {"dispositions": None} == {
        "invited": 3, "opened": 2, "begun": 2, "complete": 1, "target": told["sample"]["total"]["target"],
        "gap": told["sample"]["total"]["gap"], "dispositions": None, "rates": {"RR1": 1 / 3, "RR2": 1 / 3},
    }  # fmt: skip
    assert [one["segment"] for role in told["sample"]["roles"] for one in role["segments"]] == ["north"]
    assert told["funnel"] == json.loads(run("funnel", "kinds", "2026", "--json"))["roles"]
    assert (told["alerts"], told["mailings"], told["earlier"]) == ([], [], None)
    assert "at the closing" in run("fieldwork", "kinds", "2026")


def test_a_funnel_tells_each_page_of_each_role_and_device(sqlite_database: Database, place: Path) -> None:
    fielded(sqlite_database, place, "confidential")
    told = json.loads(run("funnel", "kinds", "2026", "--json"))
    manager = next(role for role in told["roles"] if role["role"] == "manager")
    first = manager["pages"][0]
    assert (first["page"], first["reached"], first["seconds"]) == ("start", 2, 9)
    assert first["devices"]["phone"]["reached"] == 2
    assert manager["introduction"] == {"role_chosen": 0, "declined": 0, "consent_given": 0, "share": None}
    assert "by phone" in run("funnel", "kinds", "2026")
