"""Quality in the console: the rules, the queue, one questionnaire, many at once, and the way back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask

from surveyapp.cli import main
from surveyapp.fieldwork import quality, waves
from surveyapp.jobs.quality_runs import is_under_way
from tests.web.console.people import BASE, STUDY, Person, work

QUALITY = f"{BASE}/quality"


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def excluded(app: Flask) -> int:
    with app.extensions["surveyapp"].database.read() as session:
        return quality.excluded(session, STUDY, 2026)


def first(page: str) -> str:
    found = re.search(r'<th scope="row"><a href="([^"]+)"', page)
    assert found is not None
    return found.group(1).replace("&amp;", "&")


def test_the_page_says_what_the_command_does(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", str(app.extensions["surveyapp"].database.url))
    page = text(signed_in("researcher").get(QUALITY).text)
    told = json.loads(CliRunner().invoke(main, ["quality", STUDY, "2026", "--json"]).stdout)
    assert f"{told['flagged']} of {told['checked']} finished questionnaires bear a flag" in page
    for rule in told["rules"]:
        assert rule["title"]["en"] in page
        assert rule["rule"]["en"] in page
        if rule["lacking"]:
            assert rule["lacking"]["en"] in page
    dutch = CliRunner().invoke(main, ["quality", STUDY, "2026", "--lang", "nl"]).stdout
    assert "Zeer snel" in dutch
    assert signed_in("editor").get(QUALITY).status_code == 403


def test_one_is_excluded_kept_and_undone_by_buttons_and_the_queue_goes_on(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    here = first(person.get(f"{QUALITY}/cases").text)
    case = person.get(here)
    assert "1 of " in text(case.text)
    code = here.partition("?")[0].rpartition("/")[2]
    assert f'href="{BASE}/fieldwork/cases/{code}"' in case.text
    assert f'href="{BASE}/quality/cases/{code}"' in person.get(f"{BASE}/fieldwork/cases/{code}").text
    refused = person.post(here, act="exclude", reason=" ")
    assert refused.status_code == 422
    assert "Say why" in text(refused.text)
    assert excluded(app) == 0
    answer = person.post(here, act="exclude", reason="as a program")
    assert (answer.status_code, excluded(app)) == (303, 1)
    assert answer.location != here  # on to the next one
    shown = text(person.get(f"{QUALITY}/cases?decision=excluded").text)
    assert "as a program" in shown
    assert "1 questionnaire" in shown
    assert "left out for their quality: fewer than 10." in text(person.get(f"{BASE}/results/gr_assign").text)
    assert person.post(here, act="undo").status_code == 303
    assert excluded(app) == 0
    assert "left out for their quality" not in text(person.get(f"{BASE}/results/gr_assign").text)


def test_many_are_looked_at_before_and_a_choice_that_moved_is_not_done(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    many = f"{QUALITY}/many/exclude?decision=waiting"
    page = person.get(many).text
    count = int(re.search(r'name="expected" value="(\d+)"', page).group(1))  # type: ignore[union-attr]
    assert f"Exclude {count} questionnaires?" in text(page)
    assert "Nothing is deleted" in text(page)
    other = person.post(many, act="exclude", reason="all", expected=str(count + 1))
    assert other.status_code == 422
    assert "Other questionnaires answer to this choice by now" in text(other.text)
    assert excluded(app) == 0
    assert person.post(many, act="exclude", reason="all", expected=str(count)).status_code == 303
    assert excluded(app) == count
    whole = text(person.get(QUALITY).text)
    assert "Headlines with the excluded questionnaires, and without" in whole
    back = f"{QUALITY}/many/undo?decision=excluded"
    assert person.post(back, act="undo", reason="", expected=str(count)).status_code == 303
    assert excluded(app) == 0


def test_a_closed_wave_says_its_price_and_takes_a_reason(app: Flask, signed_in: Callable[[str], Person]) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        waves.close_wave(session, STUDY, 2026)
    person = signed_in("researcher")
    assert "makes a new edition" in text(person.get(f"{QUALITY}/many/exclude?decision=waiting").text)
    here = first(person.get(f"{QUALITY}/cases").text)
    person.post(here, act="exclude", reason="as a program")
    assert "It was decided which questionnaires count" in text(person.get(f"{BASE}/fieldwork").text)
    assert person.post(here, act="undo", reason="").status_code == 422


def test_the_worker_keeps_the_flags_for_who_reads_them_without_the_rules(app: Flask) -> None:
    database = app.extensions["surveyapp"].database
    work(app)
    work(app)
    with database.read() as session:
        run = quality.last_run(session, STUDY, 2026)
        assert run is not None
        assert not run.is_stale
        assert not is_under_way(session, STUDY, 2026)
        flags = quality.flags_of_wave(session, STUDY, 2026)
        assert quality.waiting(session, STUDY, 2026) == len({case for case, _ in flags}) > 0
        assert quality.flags_of_case(session, STUDY, flags[0][0])


def test_a_choice_that_cannot_be_and_a_questionnaire_that_is_not_there_are_refused(
    signed_in: Callable[[str], Person],
) -> None:
    person = signed_in("researcher")
    assert person.get(f"{QUALITY}/cases?rule=nothing").status_code == 400
    assert person.get(f"{QUALITY}/cases/ABCD-EFGH").status_code == 404


def test_the_page_on_fieldwork_says_how_many_wait_and_leads_to_them(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    assert 'id="card-waiting"' not in person.get(f"{BASE}/fieldwork").text, "the rules did not run yet"
    work(app)
    work(app)
    card = person.get(f"{BASE}/fieldwork").text.split('id="card-waiting"')[1].split("</li>")[0]
    found = re.search(r'<a href="([^"]+)">(\d+)</a>', card)
    assert found is not None
    assert re.search(rf"<h1>\D*{found[2]}\b", person.get(found[1].replace("&amp;", "&")).text)
    assert 'id="card-waiting"' not in person.get(f"{BASE}/fieldwork?role=manager").text, "it is of the whole wave"
