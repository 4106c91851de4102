"""Why people stopped, on the console: a right of its own, of enough people, in no order, never beside who it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlmodel import col, select

from surveyapp.fieldwork import coding, waves
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.reports.stop_reasons import StopReasons, read_stop_reasons
from surveyapp.storage import audit, stop_reasons
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.web.console.people import BASE, STUDY, Person

PAGE, THRESHOLD = f"{BASE}/fieldwork/stopped", 10
Said = Callable[[int], list[CaseRow]]


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["surveyapp"].database
    return found


@pytest.fixture
def said(database: Database) -> Said:
    """Let so many of those who have not sent say why: the first ten on one page, all others each on another."""

    def say(people: int) -> list[CaseRow]:
        with database.write() as session:
            statement = select(CaseRow).where(CaseRow.study_id == STUDY, CaseRow.state == "started")
            found = list(session.exec(statement.order_by(col(CaseRow.case_id)).limit(people)))
            assert len(found) == people
            for at, case in enumerate(found):
                page = "same" if at < THRESHOLD else f"p{at}"
                stop_reasons.keep(session, STUDY, 2026, case.case_id, page, "nl", f"Reden {at}")
                case.role, case.device = "contractor", "phone" if at < THRESHOLD else "desktop"
                session.add(case)
        return found

    return say


def read(database: Database, **of_wave: str) -> StopReasons:
    with database.read() as session:
        info = replace(waves.wave_info(session, STUDY, 2026), **of_wave)  # type: ignore[arg-type]
        return read_stop_reasons(session, info, THRESHOLD, salt="zout")


@pytest.mark.parametrize(
    ("mode", "state", "why_not"),
    [("anonymous", "open", "open"), ("anonymous", "closed", ""), ("confidential", "open", "")],
)
def test_of_an_anonymous_wave_words_wait_until_nobody_comes_any_more(
    database: Database, said: Said, mode: str, state: str, why_not: str
) -> None:
    said(THRESHOLD)
    found = read(database, mode=mode, state=state)
    assert (found.people, found.why_not, len(found.reasons)) == (10, why_not, 0 if why_not else 10)


def test_of_fewer_people_than_the_threshold_nothing_is_shown(database: Database, said: Said) -> None:
    said(THRESHOLD - 1)
    assert read(database, mode="confidential") == StopReasons((), 9, "few")


@pytest.mark.parametrize(
    ("people", "told"),
    [(10, {"same"}), (12, {None}), (20, {"same", None})],
    ids=["all on one page", "two others would be known by what is left", "ten others"],
)
def test_a_page_stands_beside_words_only_where_enough_people_spoke(
    database: Database, said: Said, people: int, told: set[str | None]
) -> None:
    said(people)
    found = read(database, mode="confidential").reasons
    assert {one.page for one in found} == told
    assert sorted(one.words for one in found) == sorted(f"Reden {at}" for at in range(people))
    assert [one.words for one in found] != [f"Reden {at}" for at in range(people)]  # not in the order of keys


def test_reading_is_the_right_of_who_reads_open_answers_and_is_noted(
    database: Database, said: Said, signed_in: Callable[[str], Person]
) -> None:
    people, person = said(THRESHOLD), signed_in("researcher")
    refused = person.get(PAGE)
    assert (refused.status_code, refused.location) == (303, f"{BASE}/answers")
    with database.write() as session:
        coding.set_readers(session, STUDY, ["researcher@example.org"], "admin@example.org")
    assert "can be read once it is closed" in person.get(PAGE).text
    assert "What 10 people said of why they stopped" in person.get(f"{BASE}/fieldwork").text
    with database.write() as session:
        waves.close_wave(session, STUDY, 2026)
    page = person.get(PAGE).text
    assert len(set(re.findall(r"Reden \d", page))) == THRESHOLD
    for case in people:
        assert not {str(case.case_id), case.case_id.hex, short_id(case.case_id)} & set(re.split(r"[\s<>\"/]", page))
    with database.read() as session:
        noted = audit.details_of(session, "answers.read", f"{STUDY} 2026")
    assert noted == [{"question": "why_stopped", "page": 1}]


def test_a_case_shows_it_with_its_answers_to_who_asks(
    database: Database, said: Said, signed_in: Callable[[str], Person]
) -> None:
    code, person = short_id(said(1)[0].case_id), signed_in("researcher")
    assert "Reden 0" not in person.get(f"{BASE}/fieldwork/cases/{code}").text
    assert "Reden 0" in person.post(f"{BASE}/fieldwork/cases/{code}").text
