"""Robots without JavaScript complete every role in both languages over HTTP: a person can too.

How they answer is decided by the engine's own robots; what they may fill in is read from the page. A field the page
does not show, or a choice it does not offer, fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.engine.answers import Value
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.engine.route import on_path, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.instrument.model import SKIPPED, Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.web.browsing import Visitor
from tests.web.conftest import STUDY, put_wave

ROLES = ("contractor", "manager", "procurement", "intermediary")


def complete_walk(instrument: Instrument, role: str, language: str, drawn: Mapping[str, Value]) -> RobotWalk:
    """The first robot of this role that gets to the end, asked the blocks that were drawn."""
    crew = Crew(instrument.questionnaire(role))
    for seed in range(1, 60):
        walk = crew.walk(seed, language, drawn=drawn)
        if walk.outcome == "complete":
            return walk
    raise AssertionError(f"no robot of {role} gets to the end")


def answer_page(visitor: Visitor, instrument: Instrument, role: str, walk: RobotWalk, language: str) -> None:
    """Fill in the page as the robot would, and once more when it comes back with questions."""
    page = visitor.at
    seen = visible_page(instrument.questionnaire(role), page, walk.answers, language)
    answers = typed_from(seen, walk.answers, language)
    for _ in range(3):
        offered = {**visitor.form.fields, **dict.fromkeys(visitor.form.offered), **dict.fromkeys(visitor.form.typing)}
        visitor.press("next", {name: list(values) for name, values in answers.items() if name in offered})
        if visitor.at != page:
            return
    raise AssertionError(f"the robot is stuck at {page}: {visitor.html}")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_a_robot_without_javascript_completes_every_role_in_both_languages(
    role: str,
    language: str,
    make_app: Callable[..., Flask],
    sqlite_database: Database,
    real: Instrument,
) -> None:
    put_wave(sqlite_database, real)
    visitor = Visitor(make_app().test_client()).begin(STUDY, role, language)
    with sqlite_database.read() as session:
        given = session.exec(select(CaseRow)).one().answers
    drawn = {each.name: given[each.name] for each in real.questionnaire(role).rotations}
    walk = complete_walk(real, role, language, drawn)
    pages = 0
    while visitor.at:
        assert visitor.page.language == language
        answer_page(visitor, real, role, walk, language)
        pages += 1
    assert pages == len(walk.pages)
    visitor.press("")
    with sqlite_database.read() as session:
        case = session.exec(select(CaseRow)).one()
    assert (case.state, case.role, case.language) == ("complete", role, language)
    questionnaire = real.questionnaire(role)
    wanted = {
        name: value
        for name, value in on_path(questionnaire, walk.answers, language).items()
        if not (name in real.variables and real.variables[name].is_stored_apart)
    }
    given = {name: value for name, value in case.answers.items() if name in wanted or value != SKIPPED}
    given.pop("s_consent")
    assert given == wanted
