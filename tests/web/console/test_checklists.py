"""Before a wave opens or closes a list says what is missing and where it is mended; what was tried is seen apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from surveyapp.clock import stopped_at
from surveyapp.fieldwork import checklists, waves
from surveyapp.fieldwork.checklists import Checked
from surveyapp.fieldwork.simulate import simulate
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import clearing
from surveyapp.storage.changes import CASES
from surveyapp.web.console.checklist_words import lines
from surveyapp.web.console.frame import wave_frame
from tests.web.console.people import BASE, INSTRUMENTS, Person

STUDY = "cursusevaluatie"
AT = f"/console/{STUDY}/2026"
BEFORE = datetime(2026, 10, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def courses(app: Flask) -> None:
    """The small study has a draft."""
    with app.extensions["surveyapp"].database.write() as session:
        waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2026))


def state(app: Flask) -> str:
    with app.extensions["surveyapp"].database.read() as session:
        return waves.wave_info(session, STUDY, 2026).state


def listed(page: str) -> dict[str, list[str]]:
    """The lines of the checklist by their state."""
    found: dict[str, list[str]] = {}
    for kind, words in re.findall(r'<li class="(missing|look|done)">.*?<span>(.*?)</span></li>', page, re.DOTALL):
        found.setdefault(kind, []).append(words)
    return found


def test_a_wave_opens_once_nothing_is_missing_and_its_tests_are_seen_apart_until_then(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    services = app.extensions["surveyapp"]
    with stopped_at(BEFORE):
        person = signed_in("researcher")
        asked = person.get(f"{AT}/open").text
        assert [line.split(" <a")[0] for line in listed(asked)["missing"]] == [
            "Nobody has tried the questionnaire to the end in this language: Dutch, English."
        ]
        assert f'href="{AT}/test"' in asked, "where it is put right"
        refused = person.post(f"{AT}/open")
        assert (refused.status_code, state(app)) == (422, "draft")
        assert refused.text.count("<title>Error:") == 1

        person.post(f"{AT}/test")
        simulate(services.database, services.library, STUDY, 2026, 40, 5)
        with services.database.read() as session:
            assert clearing.tried_languages(session, STUDY, 2026) == {"nl"}
        assert "in this language: English." in listed(person.get(f"{AT}/open").text)["missing"][0]
        with services.database.write() as session:  # as if every other robot had read English
            odd = update(CASES).where(CASES.c.study_id == STUDY, CASES.c.role == "trainer").values(language="en")
            session.connection().execute(odd)
        results = person.get(f"{AT}/results/v_mark").text
        assert "test-banner" in results
        assert "These are test answers: they never count" in results
        sent = person.get(f"{AT}/results/v_mark.json").get_json()
        assert sum(column["n"] for column in sent["columns"][:1]) > 10
        assert "These are test answers" in str(sent["notes"])
        assert "no figures" not in results
        seen_by_others = signed_in("viewer").get(f"{AT}/results/v_mark.json").get_json()
        assert not any(column["n"] for column in seen_by_others["columns"])

        ready = person.get(f"{AT}/open").text
        assert "missing" not in listed(ready)
        assert "they leave the results when the wave opens" in ready
        assert person.post(f"{AT}/open").status_code == 303
        assert state(app) == "open"
        after = person.get(f"{AT}/results/v_mark.json").get_json()
        assert not any(column["n"] for column in after["columns"])
        assert "These are test answers" not in person.get(f"{AT}/results/v_mark").text


def test_closing_says_what_it_does_and_stops_nobody(signed_in: Callable[[str], Person]) -> None:
    with stopped_at(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        page = signed_in("researcher").get(f"{BASE}/close").text

    found = listed(page)
    assert "missing" not in found
    assert any("closing day that respondents read is still to come" in line for line in found["look"])
    assert any("began and did not send" in line for line in found["look"])
    assert '<button class="button">Close</button>' in page


@pytest.mark.parametrize("checks", [checklists.OPENING, checklists.CLOSING])
def test_every_check_has_words_for_each_outcome_and_a_place(app: Flask, checks: list[checklists.Check]) -> None:
    keys = {name for check in checks for name in re.findall(r"\w[\w-]*", str(check.__code__.co_consts)) if name}
    services = app.extensions["surveyapp"]
    with app.test_request_context(), services.database.read() as session:
        from surveyapp.web import languages

        languages.use("nl", "console")
        frame = wave_frame(session, STUDY, 2026)
        known = [
            "errors", "translations", "meanings", "privacy", "dates", "closing-day", "targets", "sample", "mail",
            "years", "tried", "early", "answering", "sending",
        ]  # fmt: skip
        for key in (key for key in known if key in keys):
            for kind in ("done", "missing", "look"):
                (line,) = lines(frame, [Checked(key, kind, 2, ("nl",))])  # type: ignore[arg-type]
                assert line.words
                assert bool(line.address) == (kind != "done")
    assert len([key for key in known if key in keys]) >= len(checks) - 1
