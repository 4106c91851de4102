"""What becomes of a page that is sent in: each outcome, without a web and without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from surveyapp.errors import WrongState
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.fieldwork.case_state import PostedPage
from surveyapp.fieldwork.page_drafts import keep_typing, waiting
from surveyapp.fieldwork.posted_pages import (
    AskedBack,
    Closed,
    Conflict,
    Ended,
    Gone,
    Left,
    PageOutcome,
    Saved,
    Staying,
    take_in,
    too_late,
)
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.builders import running_wave
from tests.instrument.definitions import definition, write


class Desk:
    """One person's interview, of which pages are sent in."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.instrument = load_instrument(write(folder, definition("kinds")), 2026)
        wave = running_wave(database, self.instrument)
        with database.write() as session:
            _, self.key = interviews.begin(session, wave, self.instrument, "contractor", "nl", "open")
        self.forms = 0

    def now(self) -> AskedCase:
        """The interview as a request reads it now."""
        with self.database.read() as session:
            case = interviews.load_case(session, self.instrument.study.id, self.key)
        assert case is not None
        return AskedCase(case, self.instrument, self.instrument.questionnaire(case.role), "nl")

    def form(self, page: str, action: str = "next", **answers: str) -> PostedPage:
        """A form that was given out just now."""
        self.forms += 1
        typed = {name: [text] for name, text in answers.items()}
        return PostedPage(page, typed, action, f"form{self.forms:04}", self.now().case.expected_seq(page))

    def send(self, form: PostedPage, interview: AskedCase | None = None, **more: Any) -> PageOutcome:
        interview = replace(interview or self.now(), **more)
        try:
            with self.database.write() as session:
                return take_in(session, interview, form)
        except WrongState:
            with self.database.write() as session:
                return too_late(session, interview, form)

    def waiting(self) -> tuple[str, ...]:
        with self.database.read() as session:
            return waiting(session, self.now())


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A case that may be answered, past its first page."""
    desk = Desk(database, tmp_path)
    assert desk.send(desk.form("start", q_k_elig="1")) == Saved("single")
    return desk


def test_a_page_is_saved_and_the_next_one_follows(desk: Desk) -> None:
    assert desk.send(desk.form("short", q_k_short="Adviseur")) == Saved("long")
    assert desk.now().answers["k_short"] == "Adviseur"


def test_who_came_from_the_review_is_led_by_what_is_new(desk: Desk) -> None:
    assert desk.send(replace(desk.form("short", q_k_short="Adviseur"), then="review")) == Saved("single")


def test_a_mistake_is_asked_back_and_kept_as_a_draft(desk: Desk) -> None:
    outcome = desk.send(desk.form("rate", q_k_rate="veel"))
    assert isinstance(outcome, AskedBack)
    assert outcome.is_draft
    assert [problem.code for problem in outcome.problems] == ["not_a_number"]
    assert desk.waiting() == ("rate",)


def test_what_no_draft_can_hold_is_asked_back_by_the_answer(desk: Desk) -> None:
    outcome = desk.send(desk.form("long", q_k_long="x" * 30_000))
    assert isinstance(outcome, AskedBack)
    assert not outcome.is_draft


def test_an_unlikely_answer_is_asked_about_once(desk: Desk) -> None:
    form = desk.form("rate", q_k_rate="400")
    outcome = desk.send(form)
    assert isinstance(outcome, AskedBack)
    assert [prompt.code for prompt in outcome.prompts] == ["implausible"]
    assert desk.send(replace(form, prompted="k_rate")) == Saved("year")


def test_the_text_of_an_older_tab_stands_beside_what_was_saved(desk: Desk) -> None:
    older, newer = desk.form("short", q_k_short="een"), desk.form("short", q_k_short="twee")
    desk.send(newer)
    outcome = desk.send(older)
    assert isinstance(outcome, Conflict)
    assert outcome.is_draft
    assert (outcome.case or desk.now().case).answers["k_short"] == "twee"
    assert desk.waiting() == ("short",)
    assert desk.send(desk.form("short", "elsewhere")) == Staying()


def test_who_leaves_keeps_what_parses_and_a_draft_of_the_rest(desk: Desk) -> None:
    assert desk.send(desk.form("single", "previous", q_k_single="1")) == Left("start")
    assert desk.now().answers["k_single"] == 1
    later = desk.send(desk.form("rate", "save", q_k_rate="veel"))
    assert isinstance(later, Left)
    assert later.code
    assert desk.waiting() == ("rate",)


def test_the_language_and_one_answer_change_where_the_page_stands(desk: Desk) -> None:
    assert desk.send(desk.form("rate", "language", q_k_rate="85,50")) == Staying("en")
    assert desk.now().case.language == "en"
    assert desk.send(desk.form("single", "clear:k_single", q_k_single="1")) == Staying(question="k_single")


def test_what_is_stored_apart_is_handed_back_and_never_stored(desk: Desk) -> None:
    (name,) = (name for name, variable in desk.instrument.variables.items() if variable.is_stored_apart)
    page = next(
        page.id
        for page in desk.now().questionnaire.pages
        if any(question.name == name for question in page.questions())
    )
    outcome = desk.send(desk.form(page, **{f"q_{name}": "1"}))
    assert outcome.apart.keys() == {name}
    assert name not in desk.now().case.answers


def test_an_answer_that_ends_it_ends_it_once(desk: Desk) -> None:
    form = desk.form("start", q_k_elig="2")
    assert desk.send(form) == Ended("screened_out")
    assert desk.now().case.state == "screened_out"
    assert desk.send(form) == Ended("screened_out")


def test_after_sending_only_something_new_is_told_to_be_late(desk: Desk) -> None:
    same, other = desk.form("start", q_k_elig="1"), desk.form("start", q_k_elig="2")
    with desk.database.write() as session:
        interviews.send(session, desk.now().case)
    assert desk.send(same) == Ended("complete")
    assert desk.send(other) == Closed("sent")


@pytest.mark.parametrize("action", ["next", "previous", "save", "language", "clear:k_short"])
def test_what_was_sent_on_another_connection_meanwhile_is_seen_under_the_lock(desk: Desk, action: str) -> None:
    known, form = desk.now(), desk.form("short", action, q_k_short="te laat")
    with desk.database.write() as session:
        interviews.send(session, known.case)
    outcome = desk.send(form, known)
    assert isinstance(outcome, Closed)
    assert outcome.why == "sent"
    assert "k_short" not in desk.now().answers


def test_a_page_of_another_device_takes_nothing_from_here(desk: Desk) -> None:
    assert desk.send(desk.form("start", q_k_elig="2"), foreign=frozenset({"start"})) == Closed("elsewhere")


def test_a_page_nobody_is_asked_is_gone_with_what_was_filled_in(desk: Desk) -> None:
    assert desk.send(desk.form("nowhere", q_k_short="x")) == Gone("unknown")
    assert desk.send(desk.form("short", q_foreign="x")) == Gone("unread")
    desk.send(desk.form("depending", q_k_via="2"))
    away = desk.send(desk.form("sequel", q_k_route="1"))
    assert isinstance(away, Gone)
    assert [(lost.question, lost.answer) for lost in away.answers] == [("Zou u dat weer doen?", "Ja")]


def test_a_draft_comes_too_late_for_a_page_that_was_saved_since(desk: Desk) -> None:
    late, recalled = desk.form("short", q_k_short="half"), desk.form("short", "recall", q_k_short="half")
    desk.send(desk.form("short", q_k_short="heel"))
    with desk.database.write() as session:
        assert keep_typing(session, desk.now(), late) == "late"
        assert keep_typing(session, desk.now(), recalled) == "whole"
    assert desk.waiting() == ("short",)
