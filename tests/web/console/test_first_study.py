"""A first study is made on the console of a form or an archive: looked at first, then whole or not at all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from surveyapp import clock
from surveyapp.clock import stopped_at
from surveyapp.fieldwork import definitions, study_proposals, waves
from surveyapp.instrument.study_archive import archive_bytes
from surveyapp.storage import audit
from surveyapp.storage import definitions as stored
from surveyapp.web.file_reading import reading_file
from tests.web.console.first_forms import ASKED, SET, form_of
from tests.web.console.people import INSTRUMENTS, Person

NEW = "/console/new-study"


def send(person: Person, content: bytes, name: str = "form.xlsx", **fields: str) -> TestResponse:
    named = {"study": "werk-en-tijd", "year": "2027", "language": "nl"} | fields
    return person.post(NEW, file=(io.BytesIO(content), name), **named)


def studies(app: Flask) -> set[str]:
    with app.extensions["surveyapp"].database.read() as session:
        return {info.study for info in waves.wave_list(session)}


def test_a_form_becomes_a_draft_once_its_settings_are_given(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person, services = signed_in("researcher"), app.extensions["surveyapp"]
    assert f'href="{NEW}"' in person.get("/console/").text
    sent = send(person, form_of(*ASKED))
    assert sent.status_code == 303
    look = person.get(sent.location).text
    assert "Over uw werk" in look or "About your work" in look
    there = re.findall(r'href="([^"]+/preview/respondent/en/about)"', look)
    assert "Do you work?" in person.get(there[0]).text
    walked = person.post(there[0], q_works="2", action="next")
    assert walked.status_code == 303
    assert walked.location.startswith(f"{sent.location}/preview/"), "who walks on stays in the preview"
    assert "werk-en-tijd" not in studies(app), "nothing is written before somebody says yes"
    assert signed_in("admin").get(sent.location).status_code == 404, "it is seen by who sent it in"

    lacking = person.post(sent.location, **(SET | {"kept_until": "", "country-en": "", "country-nl": ""}))
    assert lacking.status_code == 422
    assert "until when their answers are kept" in lacking.text
    assert 'value="Bureau Werk"' in lacking.text, "what was typed stands there again"
    assert "werk-en-tijd" not in studies(app)

    done = person.post(sent.location, **SET)
    assert (done.status_code, done.location) == (303, "/console/werk-en-tijd/2027/settings")
    assert person.post(sent.location, **SET).status_code == 404, "a second press makes nothing twice"
    with services.database.read() as session:
        info = waves.wave_info(session, "werk-en-tijd", 2027)
        made = services.library.of_wave(session, "werk-en-tijd", 2027)
        held = definitions.held(session, "werk-en-tijd", 2027)
        entries = [(each.action, each.actor, each.details.get("by")) for each in audit.latest(session, 9)]
    assert (info.state, held is not None) == ("draft", True)
    assert (made.wave.closes, made.wave.kept_until) == ("2027-01-29", 2031)
    assert dict(made.study.introduction) == {"nl": "Wij vragen naar uw werk.", "en": "We ask about your work."}
    assert ("study.create", "researcher@example.org", "form") in entries
    assert "Who pays" in person.get(done.location).text
    assert person.get("/console/werk-en-tijd/2027/open").status_code == 200


def test_what_is_lost_and_what_is_wrong_is_named_by_sheet_and_row_in_the_readers_language(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    rows = (
        *ASKED[:3],
        ("geopoint", "place", "Waar?", "Where?", None),
        ("text", "why", "Waarom {reden}?", "Why?", None),
        ASKED[3],
    )
    sent = send(person, form_of(*rows))

    english = " ".join(person.get(sent.location).text.split())
    person.post("/console/language", language="nl", next="/console/")
    dutch = " ".join(person.get(sent.location).text.split())

    assert "the row of type &#39;geopoint&#39;: there is nothing like it here" in english
    assert "de rij van het type ‘geopoint’: zoiets is er hier niet" in dutch
    assert "sheet survey, row 5" in english
    assert "blad survey, rij 5" in dutch
    assert "sheet survey, row 6 · <code>why</code>" in english, "an error of the check has the row of its question"
    assert "Make the study" not in english, "with an error nothing can be made"
    assert person.post(sent.location, **SET).status_code == 422
    assert "werk-en-tijd" not in studies(app)


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        (form_of(*ASKED), {"study": ""}, "Give the study a short name"),
        (form_of(*ASKED), {"study": "Werk en tijd"}, "Use small letters"),
        (form_of(*ASKED), {"study": "new-study"}, "Use small letters"),
        (form_of(*ASKED), {"study": "goed-opdrachtgeverschap"}, "There is a study goed-opdrachtgeverschap already"),
        (form_of(*ASKED), {"study": "cursusevaluatie"}, "The server has files of a study cursusevaluatie"),
        (form_of(*ASKED), {"year": "soon"}, "Type a year"),
        (form_of(*ASKED[:3]), {}, "The group about is not closed"),
        (form_of(("note", "n", "A", "B", None)), {}, "holds no question that can be carried (it asks none)"),
        (form_of(("=1+1", "a", "b", "c", None)), {}, "Sheet survey, column type: a formula without an outcome"),
        (b"%PDF-1.7", {}, "neither a zip archive nor an Excel workbook"),
    ],
)
def test_what_cannot_become_a_study_is_refused_with_what_to_do(
    signed_in: Callable[[str], Person], content: bytes, fields: dict[str, str], said: str
) -> None:
    answer = send(signed_in("researcher"), content, **fields)

    assert answer.status_code == 422
    assert said in answer.text


def test_an_archive_brings_its_own_name_and_settings(app: Flask, signed_in: Callable[[str], Person]) -> None:
    contents = definitions.folder_contents(INSTRUMENTS / "cursusevaluatie", 2026)
    contents["study.yaml"] = contents["study.yaml"].replace(b"study: cursusevaluatie", b"study: cursus-elders")
    person = signed_in("researcher")
    sent = send(person, archive_bytes(contents, "x"), "x.zip", study="", year="")
    look = person.get(sent.location).text
    typed = dict(re.findall(r'<input type="(?:text|date|email)"[^>]*name="([^"]+)" value="([^"]*)"', look))
    typed |= dict(re.findall(r'<input type="radio"[^>]*name="([^"]+)" value="([^"]+)" checked', look))
    assert typed["closes"] == "11-12-2026"

    assert person.post(sent.location, **typed).location == "/console/cursus-elders/2026/settings"
    with app.extensions["surveyapp"].database.read() as session:
        made = app.extensions["surveyapp"].library.of_wave(session, "cursus-elders", 2026)
    assert made.wave.closes == "2026-12-11"
    assert set(made.questionnaires) == {"participant", "trainer"}


def test_what_was_sent_in_is_dropped_or_goes_after_a_day(app: Flask, signed_in: Callable[[str], Person]) -> None:
    database, person = app.extensions["surveyapp"].database, signed_in("researcher")
    first, second = (send(person, form_of(*ASKED)).location for _ in range(2))
    assert person.post(f"{first}/drop").status_code == 303
    assert person.get(first).status_code == 404
    run = second.rsplit("/", 1)[1]
    with stopped_at(clock.now() + timedelta(days=1, minutes=1)), database.write() as session:
        assert stored.proposed_study(session, run, "researcher@example.org", datetime(2000, 1, 1, tzinfo=UTC))
        assert study_proposals.forget_old(session) == 1
        assert stored.proposed_study(session, run, "researcher@example.org", datetime(2000, 1, 1, tzinfo=UTC)) is None


def test_while_a_file_is_read_the_next_is_told_to_come_again(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    with reading_file():
        answer = send(person, form_of(*ASKED))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Nothing of yours was taken in: send it again in a moment." in answer.text
    assert send(person, form_of(*ASKED)).status_code == 303


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_a_researcher_makes_a_study(signed_in: Callable[[str], Person], role: str) -> None:
    person = signed_in(role)

    assert f'href="{NEW}"' not in person.get("/console/").text
    assert person.get(NEW).status_code == 403
    assert send(person, form_of(*ASKED)).status_code == 403
