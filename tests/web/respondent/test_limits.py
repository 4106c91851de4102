"""How often one network may try something, and what does not count as trying."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func
from sqlmodel import select

from surveyapp.fieldwork import interviews
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, ReportRequestRow
from surveyapp.web.respondent import report_address
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.respondent.returning import RESUME_ATTEMPTS
from surveyapp.web.respondent.visit_cookies import visit_of
from tests.web.browsing import Visitor, cookies_of, lend
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import fill_all

RESUME = "/nl/vragenlijst/verder"


def kept(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(ReportRequestRow)).one()


def test_one_network_leaves_so_many_addresses_for_the_report_and_no_more(
    visitor: Visitor, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cookie says that the form was sent; who plays an old cookie back is counted all the same."""
    assert report_address.MOST_ADDRESSES < 100
    monkeypatch.setattr(report_address, "MOST_ADDRESSES", 3)
    fill_all(visitor.begin(KINDS, "contractor")).press("")
    form = visitor.form_with("keep")
    cookies = cookies_of(visitor.client)
    statuses = []
    for number in range(5):
        lend(visitor.client, cookies)
        visitor.post(form.action, {**form.fields, "email": f"person{number}@example.org", "action": "keep"})
        statuses.append(visitor.statuses[0])
    assert statuses == [303, 303, 303, 429, 429]
    assert kept(sqlite_database) == 1  # sent again and again, a form leaves one address: the last
    assert visitor.response.headers["Retry-After"]
    assert visitor.form_with("keep").fields["email"] == ["person4@example.org"]


def half_way(visitor: Visitor) -> str:
    """Somebody who stopped and got a code."""
    visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"}).press("save")
    found = re.search(r'class="code">([A-Z2-9 ]{14})<', visitor.html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("ending", [interviews.send, interviews.screen_out, None])
def test_a_code_that_fits_costs_nobody_an_attempt(
    ending: Callable[..., object] | None, app: Flask, visitor: Visitor, sqlite_database: Database
) -> None:
    code = half_way(visitor)
    if ending is not None:
        with sqlite_database.write() as session:
            row = session.exec(select(CaseRow)).one()
            key = visitor_key(visitor)
            case = interviews.load_case(session, row.study_id, key)
            assert case is not None
            ending(session, case)
    for _ in range(RESUME_ATTEMPTS + 2):
        other = Visitor(app.test_client()).get(RESUME).press("", code=code)
        assert other.statuses[0] == 303
        assert other.status == 200
    for _ in range(RESUME_ATTEMPTS):
        assert Visitor(app.test_client()).get(RESUME).press("", code="ABCD EFGH JKLM").status == 422
    assert Visitor(app.test_client()).get(RESUME).press("", code="ABCD EFGH JKLM").status == 429


def visitor_key(visitor: Visitor) -> str:
    held = "; ".join(f"{name}={value}" for name, value in cookies_of(visitor.client).items())
    with visitor.client.application.test_request_context(headers={"Cookie": held}):
        return str(visit_of(WaveName(KINDS, 2026))["key"])
