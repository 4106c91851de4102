"""A wave made of last year's on the console, and everything that is set of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from surveyapp.config import Settings
from surveyapp.errors import DefinitionRefused, WrongState
from surveyapp.fieldwork import clearing, definition_changes, definitions, targets, wave_making, waves
from surveyapp.instrument.compare import compare
from surveyapp.instrument.loader import instrument_from_documents, load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, sources
from surveyapp.storage import waves as stored
from surveyapp.storage.database import Database
from tests.web.console.people import INSTRUMENTS, Person

STUDY = "cursusevaluatie"
BASE = f"/console/{STUDY}/2026"
NEW = f"/console/{STUDY}/new"
SETTINGS = f"/console/{STUDY}/2027/settings"


@pytest.fixture(autouse=True)
def courses(app: Flask) -> None:
    """The small study has an open wave too."""
    with app.extensions["surveyapp"].database.write() as session:
        waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2026))
        waves.open_wave(session, STUDY, 2026)


def in_force(app: Flask, year: int) -> Instrument:
    with app.extensions["surveyapp"].database.read() as session:
        hash_ = waves.wave_info(session, STUDY, year).instrument_hash
        documents = stored.version(session, STUDY, hash_)
    assert documents is not None
    return instrument_from_documents(documents)


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the settings as they stand."""
    found: dict[str, Any] = {
        name: value
        for name, value in re.findall(
            r'<input type="(?:text|date|email|hidden)"[^>]*name="([^"]+)" value="([^"]*)"', page
        )
        if name not in ("csrf_token", "next")
    }
    found |= dict(re.findall(r'<input type="radio"[^>]*name="([^"]+)" value="([^"]+)" checked', page))
    return found


def test_a_new_wave_is_last_years_with_its_dates_on_the_same_days_of_the_week(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    services = app.extensions["surveyapp"]
    with services.database.write() as session:
        sources.add(session, STUDY, 2026, ["newsletter"])
        before = services.library.of_wave(session, STUDY, 2026)
        targets.set_targets(session, before, {("trainer", ""): 7, ("trainer", "zorg"): 3}, "somebody")
    person = signed_in("researcher")
    assert f'href="{NEW}"' in person.get("/console/").text
    assert f'href="{NEW}"' not in signed_in("viewer").get("/console/").text

    answer = person.post(NEW, earlier="2026", year="2027")

    assert answer.status_code == 303
    assert answer.location == SETTINGS
    assert "Nothing of what is asked differs yet." in person.get(SETTINGS).text
    earlier, made = in_force(app, 2026), in_force(app, 2027)
    assert compare(earlier, made).changed() == ()
    assert made.tables == earlier.tables
    # 19 October and 11 December 2026 are a Monday and a Friday; so are 18 October and 10 December 2027.
    assert (made.wave.opens, made.wave.closes, made.wave.report_on) == ("2027-10-18", "2027-12-10", "2028-01")
    assert dict(made.wave.title) == {"nl": "Cursusevaluatie 2027", "en": "Course evaluation 2027"}
    with services.database.read() as session:
        assert waves.wave_info(session, STUDY, 2027).state == "draft"
        assert sources.of_wave(session, STUDY, 2027) == ("newsletter",)
        assert targets.segment_targets(session, made) == {("trainer", "zorg"): 3}
        folder = definitions.working_folder(session, services.settings, STUDY, 2027)
        newest = audit.latest(session, 5)
    assert folder is not None
    assert folder.is_relative_to(services.settings.instance)
    assert ("researcher@example.org", "wave.create") in {(each.actor, each.action) for each in newest}
    assert not (INSTRUMENTS / STUDY / "2027").exists(), "the console writes nothing in the folder of the studies"


@pytest.mark.parametrize(
    ("year", "said"),
    [("2026", "There is a wave of 2026 already."), ("2024", "Choose a year after 2026."), ("later", "Type a year")],
)
def test_a_year_that_cannot_be_is_refused_and_stays_in_the_form(
    signed_in: Callable[[str], Person], year: str, said: str
) -> None:
    answer = signed_in("researcher").post(NEW, earlier="2026", year=year)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{year}"' in answer.text


def test_settings_are_saved_whole(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    person.post(NEW, earlier="2026", year="2027")
    typed = fields_of(person.get(SETTINGS).text)
    assert typed["mode"] == "anonymous"
    typed |= {
        "title-nl": "Cursusevaluatie, tweede ronde",
        "title-en": "Course evaluation, second round",
        "closes": "20-12-2027",
        "report_on": "2-2028",
        "mode": "confidential",
        "target-trainer": "200",
        "telephone": "020 000 00 00",
    }

    assert person.post(SETTINGS, **typed).status_code == 303

    made = in_force(app, 2027)
    assert made.wave.title["nl"] == "Cursusevaluatie, tweede ronde"
    assert (made.wave.closes, made.wave.mode) == ("2027-12-20", "confidential")
    assert dict(made.wave.report_month or {}) == {"nl": "februari 2028", "en": "February 2028"}
    assert made.study.organisation.telephone == "020 000 00 00"
    services = app.extensions["surveyapp"]
    with services.database.read() as session:
        assert waves.wave_info(session, STUDY, 2027).mode == "confidential"
        assert targets.role_targets(session, made)["trainer"] == 200
        folder = definitions.working_folder(session, services.settings, STUDY, 2027)
    assert folder is not None
    page = person.get(SETTINGS).text
    assert "19 January 2028" in page, "thirty days after the last day the link is cut"
    assert "# A small study of another kind" in (folder / "study.yaml").read_text(), "comments stay"


def test_the_days_of_the_link_and_the_minutes_are_set_checked_and_remembered(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    person.post(NEW, earlier="2026", year="2027")
    typed = fields_of(person.get(SETTINGS).text) | {"mode": "confidential", "closes": "10-12-2027"}
    estimate = in_force(app, 2027).questionnaires["trainer"].minutes
    assert (typed["link_days"], typed["minutes-trainer"]) == ("30", "")
    for wrong, said in (
        ({"link_days": "0"}, "Type a number of days from 1 to 90."),
        ({"link_days": "91"}, "Type a number of days from 1 to 90."),
        ({"minutes-trainer": "many"}, "half of what its words take"),
        ({"minutes-trainer": "0"}, "half of what its words take"),
    ):
        refused = person.post(SETTINGS, **(typed | wrong))
        assert (refused.status_code, refused.text.count(said)) == (422, 2), wrong

    promised = str(estimate + 7)
    assert person.post(SETTINGS, **(typed | {"link_days": "14", "minutes-trainer": promised})).status_code == 303

    made = in_force(app, 2027)
    assert (made.wave.link_days, dict(made.wave.minutes)) == (14, {"trainer": estimate + 7})
    page = person.get(SETTINGS).text
    assert "cut on 24 December 2027." in page, "14 days after 10 December"
    assert "30 → 14" in page
    assert f"Promised minutes (trainers): – → {promised}" in page
    services = app.extensions["surveyapp"]
    with services.database.read() as session:
        assert services.minutes.before(session, made).of(made, "trainer") == estimate + 7
        details = audit.latest(session, 1)[0].details
    assert details["changed"]["link_days"] == ["30", "14"]
    assert not any("@" in str(value) for value in details["changed"].values())


def test_an_open_confidential_wave_keeps_its_link_no_longer_than_people_read(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    person.post(NEW, earlier="2026", year="2027")
    typed = fields_of(person.get(SETTINGS).text) | {"mode": "confidential", "link_days": "20"}
    assert person.post(SETTINGS, **typed).status_code == 303
    with app.extensions["surveyapp"].database.write() as session:
        waves.open_wave(session, STUDY, 2027)
    typed = fields_of(person.get(SETTINGS).text) | {"reason": "more corrections"}

    refused = person.post(SETTINGS, **(typed | {"link_days": "21"}))
    assert refused.status_code == 422
    assert "People read when the link with their address goes (20 days after 2027-12-10)" in refused.text
    assert person.post(SETTINGS, **(typed | {"link_days": "10"})).status_code == 303
    assert in_force(app, 2027).wave.link_days == 10


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    person.post(NEW, earlier="2026", year="2027")
    typed = fields_of(person.get(SETTINGS).text)
    wrong = {"title-en": "", "closes": "1/10/2027", "email": "nobody", "target-trainer": "many", "report_on": "spring"}

    answer = person.post(SETTINGS, **(typed | wrong))

    assert answer.status_code == 422
    for said in (
        "Fill this in, in English too.",
        "The closing day lies before the opening day.",
        "Type an e-mail address",
        "Type a whole number",
        "Type a month and a year",
    ):
        assert answer.text.count(said) >= 2, said  # above the form and at the field
    assert 'value="many"' in answer.text
    assert in_force(app, 2027).wave.closes == "2027-12-10"


def test_two_people_at_once_do_not_overwrite_each_other(app: Flask, signed_in: Callable[[str], Person]) -> None:
    first, second = signed_in("researcher"), signed_in("admin")
    first.post(NEW, earlier="2026", year="2027")
    looked_at = fields_of(second.get(SETTINGS).text)
    typed = fields_of(first.get(SETTINGS).text) | {"contact": "Team A"}
    assert first.post(SETTINGS, **typed).status_code == 303

    late = second.post(SETTINGS, **(looked_at | {"contact": "Team B"}))

    assert late.status_code == 422
    assert "Somebody else changed the definition of 2027" in late.text
    assert in_force(app, 2027).study.organisation.contact == "Team A"


def test_a_wave_that_opened_asks_for_a_reason_and_keeps_its_mode(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    typed = fields_of(person.get(f"{BASE}/settings").text) | {"closes": "20-12-2026", "mode": "confidential"}

    assert "Say in a few words why" in person.post(f"{BASE}/settings", **typed).text
    assert person.post(f"{BASE}/settings", **(typed | {"reason": "holidays"})).status_code == 303

    made = in_force(app, 2026)
    assert (made.wave.closes, made.wave.mode) == ("2026-12-20", "anonymous")


def test_the_definition_is_the_same_from_every_process_and_on_both_databases(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here, there = (
        Settings(instance=tmp_path_factory.mktemp(name), environment="development", instruments=INSTRUMENTS)
        for name in ("here", "there")
    )
    with database.write() as session:
        waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2026))
        made = wave_making.new_wave(session, here, STUDY, 2026, 2027, "somebody")
    with database.read_primary() as session:
        folder = definitions.working_folder(session, there, STUDY, 2027)
        assert folder is not None
        assert load_instrument(folder, 2027).hash == made.hash
        contents = definitions.folder_contents(folder, 2027)
    with database.write() as session, pytest.raises(WrongState, match="Somebody else changed"):
        definitions.hold(session, STUDY, 2027, contents, "late", expected=0)
    broken = contents | {"2027/questionnaire.yaml": b"wave: 2027\n"}
    with database.write() as session, pytest.raises(DefinitionRefused, match="holds errors"):
        definition_changes.put_in(session, there, STUDY, 2027, broken, "somebody", expected=1, by="archive")
    with database.write() as session:
        clearing.delete_wave(session, STUDY, 2027, "somebody")
        assert definitions.held(session, STUDY, 2027) is None


def test_open_links_are_made_in_a_form_each_with_its_qr_code(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person, there = signed_in("researcher"), f"{BASE}/settings/links"

    assert "Use small letters" in person.post(there, source="Jan Jansen").text
    assert person.post(there, source="nieuwsbrief").status_code == 303

    page = person.get(there).text
    assert f"/nl/onderzoek/{STUDY}-2026?bron=nieuwsbrief" in page
    assert f"/en/survey/{STUDY}-2026?source=nieuwsbrief" in page
    svg = person.get(f"{there}/nieuwsbrief/nl.svg")
    assert svg.mimetype == "image/svg+xml"
    assert f"/nl/onderzoek/{STUDY}-2026?bron=nieuwsbrief</title>" in svg.text, "the code bears the address it holds"
    assert person.get(f"{there}/open/en.png").data.startswith(b"\x89PNG")
    assert person.get(f"{there}/nobody/nl.svg").status_code == 404
    with app.extensions["surveyapp"].database.read() as session:
        assert sources.of_wave(session, STUDY, 2026) == ("nieuwsbrief",)
        assert audit.latest(session, 1)[0].action == "wave.sources"
