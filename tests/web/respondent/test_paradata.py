"""What is kept of how somebody answered: enough to mend a page, nothing that tells who it was."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import SQLModel, select

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


def test_a_forged_moment_gives_no_impossible_time(visitor: Visitor, sqlite_database: Database) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    for since in ("1", "99999999999"):
        visitor.go("mark").tamper(since=since, q_k_mark="7", client_key=f"forged-{since:0>12}")
    with sqlite_database.read() as session:
        spent = [row.seconds for row in session.exec(select(PageSaveRow)) if row.page == "mark"]
    assert spent == [3600, 0]
