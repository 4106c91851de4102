"""Whole waves of five weeks, played in the browser by a researcher: real server, real SMTP, real IMAP.

Whatever number a page of the team shows on the way is held against a count of the raw rows (`recount`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import fieldwork_acts as acts
from tests.browser import fieldwork_endings as endings
from tests.browser.fieldwork_people import TRAINERS, Answers, somebody, take_part
from tests.browser.fieldwork_stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path, chromium: Browser) -> Iterator[Stage]:
    with staged(tmp_path, chromium) as made:
        yield made


def test_a_confidential_wave_from_last_years_questionnaire_to_the_certificate_of_its_contacts(stage: Stage) -> None:
    team = acts.Researcher(stage)
    acts.made_of_last_years(team, mode="confidential")
    acts.translated(team)
    acts.tried(team)
    acts.sampled(team)
    acts.opened(team)
    acts.written_to(team, 1, "invitation")
    team.another_day(hours=26)
    for at, name in enumerate(["anna", "bart", "carla", "daan", "eva", "frank", "tom"]):
        role = "trainer" if name in TRAINERS else "participant"
        assert acts.answer(stage, name, somebody(at, role=role, language="en" if name == "daan" else "nl"))
    assert acts.answer(stage, "gita", Answers(seconds=0.4))
    assert not acts.answer(stage, "hugo", somebody(7, stops_at="verdict", language="en"))
    assert not acts.answer(stage, "leo", somebody(8, stops_at="meetings", language="en"))
    acts.one_click(stage, "ilse")
    acts.returned(stage, "jan")
    stage.work()
    team.another_day(minutes=5)
    acts.looked_at_everything(team)
    team.another_day(days=7)
    acts.written_to(team, 2, "reminder")
    stage.later(hours=5)
    assert acts.answer(stage, "hugo", somebody(7, language="en"))
    for at, name in enumerate(["karin", "mia", "toon"], 8):
        assert acts.answer(stage, name, somebody(at, role="trainer" if name in TRAINERS else "participant"))
    stage.work()
    team.another_day(hours=20)
    acts.looked_at_everything(team)
    endings.judged(team)
    endings.closed(team)
    endings.coded(stage)
    endings.cut(team)
    endings.kept(stage)


def test_an_anonymous_wave_from_last_years_questionnaire_to_its_closing(stage: Stage) -> None:
    """Nobody is invited and no day is kept: everybody comes by the open link, and no rate is made of it."""
    team = acts.Researcher(stage)
    acts.made_of_last_years(team, mode="anonymous")
    acts.translated(team)
    acts.tried(team)
    acts.opened(team)
    for at in range(11):
        given = somebody(at, role="trainer" if at % 5 == 4 else "participant", language="en" if at % 4 == 3 else "nl")
        assert take_part(stage, acts.LANDINGS[given.language], given)
    assert take_part(stage, acts.LANDINGS["nl"], Answers(seconds=0.4))
    assert not take_part(stage, acts.LANDINGS["nl"], somebody(11, stops_at="verdict"))
    stage.work()
    team.another_day(minutes=5)
    acts.counted_by_open_link(team)
    endings.judged(team)
    endings.closed(team)
    endings.coded(stage)
