"""The steps of an open wave go at the closing, unless somebody who was known took answers back."""

from __future__ import annotations

import uuid

import pytest

from surveyapp import clock
from surveyapp.storage import cases, publication
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.storage.test_changes import _row


@pytest.mark.parametrize("who", ["nobody", "published", "reserved"])
def test_steps_stay_after_closing_only_to_hold_it_against_them(database: Database, who: str) -> None:
    running_wave(database, small_instrument())
    rows = [_row(case_id=uuid.UUID(int=number + 1), state="complete") for number in range(4)]
    with database.write() as session:
        cases.insert_cases(session, rows)
        first, second, reserved, late = (row["case_id"] for row in rows)
        publication.add_step(session, STUDY, YEAR, 1, clock.now(), [first, second], [reserved])
        if who != "nobody":
            gone = first if who == "published" else reserved
            cases.change(session, STUDY, gone, {"state": "withdrawn", "answers": {}})
        publication.close(session, STUDY, YEAR, clock.now())
        steps = [(step.step, step.is_whole, step.has_lost) for step in publication.steps(session, STUDY, YEAR)]
        known = publication.cases(session, STUDY, YEAR)
    if who == "nobody":
        assert (steps, known) == ([], {})
    elif who == "published":
        assert steps == [(1, False, False), (2, True, True)]
        assert known == {first: (1, None), second: (1, 1), reserved: (2, 2), late: (2, 2)}
    else:
        assert steps == [(1, False, False), (2, True, False)]
        assert known == {first: (1, 1), second: (1, 1), reserved: (1, None), late: (2, 2)}
