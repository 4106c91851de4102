"""The fieldwork report holds what the page and the JSON hold, and no cell of it is a formula."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from openpyxl import load_workbook

from surveyapp.exports.fieldwork_book import fieldwork_book
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.outcomes import outcomes
from surveyapp.reports.fieldwork_json import fieldwork_as_dict
from surveyapp.reports.fieldwork_state import fieldwork_state
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import contacts
from surveyapp.storage.database import Database
from tests.builders import STUDY, running_wave, small_instrument

INSTRUMENT = small_instrument(mode="confidential")
STAND = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_every_sheet_says_what_the_json_says(sqlite_database: Database) -> None:
    """Three managers of a segment that begins like a formula: one sent, one began, one was only invited."""
    info = running_wave(sqlite_database, INSTRUMENT)
    with sqlite_database.write() as session:
        people = [
            {
                "study_id": STUDY, "contact_id": uuid4(), "year": 2026, "email": f"p{number}@example.org",
                "role": "manager", "language": "nl", "source": "open", "segment": "=1+1",
            }
            for number in range(3)
        ]  # fmt: skip
        contacts.add(session, people)
        for number in range(2):
            case, _ = interviews.begin(session, info, INSTRUMENT, "manager", "nl", "open", "phone")
            contacts.link_case(session, STUDY, people[number]["contact_id"], case.case_id)
            if not number:
                interviews.send(session, case)
    library: Any = SimpleNamespace(of_wave=lambda *_: INSTRUMENT, get=lambda *_: INSTRUMENT)
    live = LiveWaves(sqlite_database, library)
    with sqlite_database.read() as session:
        state = fieldwork_state(session, live, info, INSTRUMENT)
        found = outcomes(session, info, INSTRUMENT)
    told = fieldwork_as_dict(state)
    for language, of_sample, all_of_them in (("nl", "Rol en segment", "Allen"), ("en", "Role and segment", "All")):
        book = load_workbook(io.BytesIO(fieldwork_book(state, found, STAND, language)))
        assert book.sheetnames[2] == of_sample
        assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
        sample = [list(row) for row in book[of_sample].iter_rows(min_row=2, values_only=True)]
        assert sample[0][1:6] == ["=1+1", 3, 2, 2, 1]
        total = told["sample"]["total"]
        assert sample[-1][:2] == [all_of_them, all_of_them]
        assert sample[-1][2:6] == [total[name] for name in ("invited", "opened", "begun", "complete")]
        assert sample[-1][8] == total["rates"]["RR1"] == 1 / 3
        days = list(book[book.sheetnames[3]].iter_rows(min_row=2, values_only=True))
        assert [row[1:3] for row in days] == [(one["begun"], one["complete"]) for one in told["days"]]
        pages = list(book[book.sheetnames[4]].iter_rows(min_row=2, values_only=True))
        steps = [page for role in told["funnel"] for page in role["pages"]]
        assert [row[2:4] for row in pages] == [(page["reached"], page["left"]) for page in steps]
        ends = list(book[book.sheetnames[5]].iter_rows(min_row=2, values_only=True))
        assert ends[-1][2] == 3
