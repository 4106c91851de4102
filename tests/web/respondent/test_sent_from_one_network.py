"""What is sent from one network is counted, and a test answer is not."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from surveyapp.storage.database import Database
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS
from tests.web.respondent.test_flow import fill_all


@pytest.mark.parametrize(("state", "counted"), [("open", [2]), ("test", [])])
def test_each_that_is_sent_counts_for_its_network_and_no_test_does(
    app: Flask, sqlite_database: Database, state: str, counted: list[int]
) -> None:
    with sqlite_database.write() as session:
        session.execute(text("UPDATE wave SET state = :state"), {"state": state})
    for _ in range(2):
        visitor = Visitor(app.test_client()).begin(KINDS, "contractor").press("next", q_k_elig="1")
        assert fill_all(visitor).press("").h1 == "Dank u wel"
    with sqlite_database.read() as session:
        found = session.execute(text("SELECT attempts FROM throttle WHERE door = 'sent'")).scalars().all()
    assert list(found) == counted
