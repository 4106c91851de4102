"""What is kept of how somebody answered: enough to mend a page, nothing that tells who it was."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlmodel import SQLModel, select

from surveyapp import clock
from surveyapp.exports.registry import gather, write
from surveyapp.fieldwork.interviews import TRAPPED
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.steps import steps
from surveyapp.storage.database import Database
from surveyapp.storage.tables import PageSaveRow
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import only_case

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Kanarievogel/1.0 Mobile"
ADDRESS = "203.0.113.77"


def test_seconds_device_languages_prompts_and_changes_are_kept_and_no_address_or_browser(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.client.environ_base.update(HTTP_USER_AGENT=AGENT, REMOTE_ADDR=ADDRESS)
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    visitor.go("mark").press("next")  # skipped: asked about once
    visitor.press("next")
    visitor.go("mark").press("language")
    visitor.press("next", q_k_mark="8")
    with sqlite_database.read() as session:
        rows = session.exec(select(PageSaveRow).order_by(PageSaveRow.seq)).all()  # type: ignore[arg-type]
        kept = [(row.language, row.prompts, row.answers["k_mark"]) for row in rows if row.page == "mark"]
        everything = "".join(
            str(tuple(row))
            for table in SQLModel.metadata.tables
            for row in session.execute(text(f"SELECT * FROM {table}"))
        )
    assert kept == [("nl", 1, -9), ("en", 0, 8)]  # answered anew in another language
    assert all(0 <= row.seconds <= 3600 for row in rows)
    assert only_case(sqlite_database).device == "phone"
    assert "k_mark" in everything
    assert ADDRESS not in everything
    assert "Kanarievogel" not in everything


def test_a_field_that_nobody_sees_marks_who_fills_it_in_and_keeps_nobody_out(
    visitor: Visitor, sqlite_database: Database
) -> None:
    visitor.get(f"/nl/onderzoek/{KINDS}-2026").press("next", role="contractor")
    visitor.press("next", agree="yes", website="https://example.org")
    assert visitor.at
    assert only_case(sqlite_database).flags[TRAPPED] == 1


def exported(database: Database, folder: Path, dialect: str = "international") -> list[dict[str, str]]:
    """The steps in the file a researcher downloads."""
    source = gather(database, LiveWaves(database, InstrumentLibrary(database)), KINDS, 2026)
    write("csv", source, folder / "made.zip", "nl")
    with zipfile.ZipFile(folder / "made.zip") as archive:
        text = archive.read(f"steps-{dialect}.csv").decode("utf-8-sig")
        assert "language_switches" in archive.read("readme.txt").decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if dialect == "nl-excel" else ","))


def test_all_that_is_kept_goes_from_the_browser_to_the_file(
    visitor: Visitor, sqlite_database: Database, tmp_path: Path
) -> None:
    visitor.client.environ_base.update(HTTP_USER_AGENT=AGENT, REMOTE_ADDR=ADDRESS)
    began = clock.now()
    with clock.stopped_at(began):
        visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("mark")
    with clock.stopped_at(began + timedelta(seconds=40)):
        visitor.press("next")  # skipped: asked about
    with clock.stopped_at(began + timedelta(seconds=70)):
        visitor.press("next").go("mark")
    with clock.stopped_at(began + timedelta(seconds=75)):
        visitor.press("language").press("language").press("language")  # and back, and there again: one save of it
    with clock.stopped_at(began + timedelta(seconds=90)):
        visitor.press("next", q_k_mark="8").go("score", "en")
        visitor.press("language").go("single")  # switched and left: no save tells of it
    for dialect in ("international", "nl-excel"):
        rows = [row for row in exported(sqlite_database, tmp_path, dialect) if row["page"] == "mark"]
        assert [(row["step"], row["language"], row["seconds"], row["prompts"], row["changed"]) for row in rows] == [
            ("2", "nl", "70", "1", ""),
            ("3", "en", "20", "0", "k_mark"),
        ]
        assert {(row["device"], row["language_switches"], row["role"]) for row in rows} == {
            ("phone", "4", "contractor")
        }
    everything = str(exported(sqlite_database, tmp_path))
    assert ADDRESS not in everything
    assert "Kanarievogel" not in everything


def test_what_is_withdrawn_or_was_a_test_stands_in_no_file(
    visitor: Visitor, sqlite_database: Database, tmp_path: Path
) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("mark").press("language")
    assert exported(sqlite_database, tmp_path)
    visitor.get("/nl/vragenlijst/kinds-2026/afmelden").press("")
    assert exported(sqlite_database, tmp_path) == []
    assert only_case(sqlite_database).flags == {}


@pytest.mark.parametrize(
    ("given_out", "sent_in", "seconds"),
    [
        (datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC), timedelta(minutes=1), 60),  # the night the clock goes forward
        (datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC), timedelta(minutes=1), 60),  # and the night it goes back
        (datetime(2026, 11, 23, 12, tzinfo=UTC), timedelta(days=-400), 0),  # the server's clock was set back
        (datetime(2026, 11, 23, 12, tzinfo=UTC), timedelta(days=5), 3600),  # a visit lasts so long
        (datetime(2026, 11, 23, 12, tzinfo=UTC), timedelta(0), 0),
    ],
)
def test_a_wrong_clock_gives_no_impossible_time(
    visitor: Visitor, sqlite_database: Database, given_out: datetime, sent_in: timedelta, seconds: int
) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    with clock.stopped_at(given_out):
        visitor.go("mark")
    with clock.stopped_at(given_out + sent_in):
        visitor.press("next", q_k_mark="7")
    with sqlite_database.read() as session:
        spent = [row.seconds for row in session.exec(select(PageSaveRow)) if row.page == "mark"]
    assert spent == [seconds]
    assert only_case(sqlite_database).seconds <= 3600 + 60


def test_a_forged_moment_gives_no_impossible_time(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    for since in ("1", "99999999999"):
        visitor.go("mark").tamper(since=since, q_k_mark="7", client_key=f"forged-{since:0>12}")
    with sqlite_database.read() as session:
        spent = [row.seconds for row in session.exec(select(PageSaveRow)) if row.page == "mark"]
    assert spent == [3600, 0]


def test_steps_of_all_cases_come_with_as_many_questions_to_the_database_as_those_of_one(
    client: FlaskClient, sqlite_database: Database
) -> None:
    asked: list[str] = []
    event.listen(sqlite_database._reader, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for people in (1, 2):
        one, two = (Visitor(client.application.test_client()).begin(KINDS, "contractor") for _ in "ab")
        one.press("next", q_k_elig="1")
        two.press("next", q_k_elig="1")
        one.press("next", q_k_single="1")
        two.press("next", q_k_single="2")
        del asked[:]
        with sqlite_database.read() as session:
            told = [(step.case_id, step.number, step.page) for step in steps(session, KINDS, 2026)]
        assert sum("page_save" in each for each in asked) == 1
        ids = sorted({case_id for case_id, _, _ in told})
        assert told == [(id_, n, page) for id_ in ids for n, page in ((1, "start"), (2, "single"))]
        assert len(ids) == 2 * people
