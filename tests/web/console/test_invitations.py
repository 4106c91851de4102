"""Mailings on the console: worded in two languages, looked at, addressed, confirmed by number, followed and stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.fieldwork import arrivals, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs.post import files_office, post_office
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit, contacts
from surveyapp.web.sessions import Services
from tests.instrument.definitions import patched, write
from tests.jobs.mail_servers import MailBox, mail_server
from tests.jobs.mailings import office
from tests.web.console.people import Person

STUDY, YEAR = "kinds", 2026
MAILINGS = f"/console/{STUDY}/{YEAR}/invitations"
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PEOPLE = (("jan", "Jan Jansen", "nl"), ("els", None, "nl"), ("ann", "Ann Smith", "en"))


@pytest.fixture(autouse=True)
def _working_day() -> Iterator[None]:
    with clock.stopped_at(TUESDAY):
        yield


@pytest.fixture
def services(app: Flask, tmp_path: Path) -> Services:
    """The application with an open confidential wave and three contacts."""
    found: Services = app.extensions["surveyapp"]
    confidential = patched(("study.waves.0.mode", "confidential"), name="kinds")
    instrument = load_instrument(write(tmp_path / "kinds", confidential), YEAR)
    with found.database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)
        contacts.add(
            session,
            [
                {
                    "study_id": STUDY, "contact_id": uuid4(), "year": YEAR, "email": f"{who}@example.org", "name": name,
                    "role": None, "language": language, "source": "bureau", "segment": None, "organisation": None,
                }
                for who, name, language in PEOPLE
            ],
        )  # fmt: skip
        arrivals.declare_sources(session, STUDY, YEAR, ["bureau"])
    return found


@pytest.fixture
def researcher(services: Services, signed_in: Callable[[str], Person]) -> Person:
    return signed_in("researcher")


def work(services: Services, salt: str) -> None:
    post, files = post_office(services.settings), files_office(services.settings)
    Worker(services.database, services.library, post, salt=salt, files=files, keeps_days=False).once()


def texts(person: Person, number: int = 1) -> dict[str, str]:
    """What the form of the texts holds."""
    page = person.get(f"{MAILINGS}/{number}/text").text
    subjects = dict(re.findall(r'id="(subject_\w\w)"[^>]* value="([^"]*)"', page))
    bodies = dict(re.findall(r'<textarea id="(text_\w\w)"[^>]*>\n?(.*?)</textarea>', page, re.S))
    assert len(subjects) == len(bodies) == 2
    return {**subjects, **bodies}


def begin(person: Person, kind: str = "invitation", contact: str = "") -> None:
    answer = person.post(MAILINGS, kind=kind, contact=contact)
    assert answer.status_code == 303
    assert answer.location.endswith("/text")


def test_a_researcher_writes_looks_addresses_confirms_and_follows_a_mailing(
    app: Flask, services: Services, researcher: Person
) -> None:
    assert "Nothing was sent yet" in researcher.get(MAILINGS).text
    begin(researcher)
    typed = texts(researcher)
    typed["text_nl"] = typed["text_nl"].replace("Geachte", "Beste")
    assert researcher.post(f"{MAILINGS}/1/text", **typed).location.endswith("/preview")
    preview = researcher.get(f"{MAILINGS}/1/preview?language=nl").text
    assert "Beste Jan Jansen," in preview
    assert "uw-persoonlijke-link--" in preview
    assert "Without a name in the list: 1 of 2." in preview
    assert "j•••@example.org" in preview
    shown = researcher.get(f"{MAILINGS}/1/preview.html?language=nl")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "Beste Jan Jansen," in shown.text
    chosen = researcher.get(f"{MAILINGS}/1/recipients?language=en&_part=chosen", headers={"HX-Request": "true"}).text
    assert "1 person" in chosen
    assert "<html" not in chosen
    assert researcher.post(f"{MAILINGS}/1/recipients", language="nl").location.endswith("/when")
    assert researcher.post(f"{MAILINGS}/1/when", moment="now").location.endswith("/send")
    last_look = researcher.get(f"{MAILINGS}/1/send").text
    assert "2 people" in last_look
    assert "nobody gets a mail" in last_look
    refused = researcher.post(f"{MAILINGS}/1/send", count="3")
    assert refused.status_code == 422
    assert "goes to 2; you typed 3" in refused.text
    assert researcher.post(f"{MAILINGS}/1/send", count="2").location.endswith("/invitations/1")
    going = researcher.get(f"{MAILINGS}/1").text
    assert "0 of 2 messages settled" in going
    part = re.search(r'hx-get="([^"]+)"', going)
    assert part is not None
    same = part.group(1).replace("&amp;", "&")
    assert researcher.get(same, headers={"HX-Request": "true"}).status_code == 204
    work(services, app.config["SECRET_KEY"])
    assert "2 of 2 messages settled" in researcher.get(same, headers={"HX-Request": "true"}).text
    messages = researcher.get(f"{MAILINGS}/1/messages?state=sent").text
    assert "2 messages" in messages
    assert "jan@example.org" not in messages
    assert researcher.get(f"{MAILINGS}/1/messages?state=eaten").status_code == 400
    folder = services.settings.mail_folder
    assert folder is not None
    sent = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    assert {mail["To"] for mail in sent} == {"jan@example.org", "els@example.org"}
    with services.database.read() as session:
        (details,) = audit.details_of(session, "invitation.send", f"{STUDY} {YEAR}")
        assert "@" not in repr(audit.details_of(session, "invitation.create", f"{STUDY} {YEAR}"))
    assert details["messages"] == 2


def test_an_english_text_without_the_link_is_refused_and_the_placeholder_named(researcher: Person) -> None:
    begin(researcher)
    typed = texts(researcher)
    typed["text_en"] = typed["text_en"].replace("{link}", "").replace("{name}", "{nmae}")
    refused = researcher.post(f"{MAILINGS}/1/text", **typed)
    assert refused.status_code == 422
    assert "The placeholder {link} is missing" in refused.text
    assert "There is no placeholder {nmae}; use {name}." in refused.text
    assert 'href="#text_en"' in refused.text
    assert "{nmae}" not in researcher.get(f"{MAILINGS}/1/text").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"moment": "at", "day": "2026-12-25", "hour": "10:00"}, "Nothing is sent on Christmas Day"),
        ({"moment": "at", "day": "2026-11-23", "hour": "10:00"}, "This day is over"),
        ({"moment": "at", "day": "morgen", "hour": "10:00"}, "Type a day"),
        ({"moment": "at", "day": "2026-12-08", "hour": "25:00"}, "Type an hour"),
    ],
)
def test_a_day_on_which_nothing_can_go_is_refused(researcher: Person, typed: dict[str, str], said: str) -> None:
    begin(researcher)
    suggested = researcher.get(f"{MAILINGS}/1/when").text
    assert 'value="2026-11-25"' in suggested  # Wednesday: this Tuesday's ten o'clock is now
    assert 'value="10:00"' in suggested
    refused = researcher.post(f"{MAILINGS}/1/when", **typed)
    assert refused.status_code == 422
    assert said in refused.text


def test_a_third_reminder_warns_and_may_go_all_the_same(researcher: Person) -> None:
    for _ in range(3):
        begin(researcher, "reminder")
    warning = "A third reminder usually adds little"
    assert warning not in researcher.get(f"{MAILINGS}/2/when").text
    assert warning in researcher.get(f"{MAILINGS}/3/when").text
    assert warning in researcher.get(f"{MAILINGS}/3/send").text


def test_a_mailing_is_stopped_and_goes_on_and_one_contact_is_invited_alone(
    app: Flask, services: Services, researcher: Person
) -> None:
    with services.database.read() as session:
        jan = contacts.by_address(session, STUDY, YEAR, "jan@example.org")
    assert jan is not None
    begin(researcher, contact=str(jan.contact_id))
    researcher.post(f"{MAILINGS}/1/when", moment="now")
    researcher.post(f"{MAILINGS}/1/send", count="1")
    assert researcher.post(f"{MAILINGS}/1/stop").status_code == 303
    work(services, app.config["SECRET_KEY"])
    assert "0 of 1 messages settled" in researcher.get(f"{MAILINGS}/1").text
    researcher.post(f"{MAILINGS}/1/go-on")
    work(services, app.config["SECRET_KEY"])
    assert "1 of 1 messages settled" in researcher.get(f"{MAILINGS}/1").text
    again = researcher.post(f"{MAILINGS}/1/text", **{**texts(researcher), "subject_nl": "Anders"})
    assert again.status_code == 409


def test_a_mailing_that_stopped_by_itself_says_why_and_goes_on_either_way(
    app: Flask, services: Services, researcher: Person
) -> None:
    begin(researcher)
    researcher.post(f"{MAILINGS}/1/when", moment="now")
    researcher.post(f"{MAILINGS}/1/send", count="3")
    salt = app.config["SECRET_KEY"]
    with mail_server(MailBox(on_data="554 5.7.1 not from you")) as box:
        Worker(services.database, services.library, None, salt=salt, files=office(box.url), keeps_days=False).once()
    stopped = researcher.get(f"{MAILINGS}/1").text
    assert "stopped by itself" in stopped
    assert "SMTPDataError 554" in stopped
    assert "0 of 3 messages settled" in stopped
    assert "Go on without the 3 people who were refused" in stopped
    assert "stopped by itself" in researcher.get(MAILINGS).text
    assert researcher.post(f"{MAILINGS}/1/without").status_code == 303
    work(services, salt)
    assert "3 of 3 messages settled" in researcher.get(f"{MAILINGS}/1").text


def test_on_a_holiday_the_page_of_a_mailing_names_the_day_it_waits_for(
    services: Services, signed_in: Callable[[str], Person]
) -> None:
    with clock.stopped_at(datetime(2026, 12, 24, 22, 55, tzinfo=UTC)):
        researcher = signed_in("researcher")
        begin(researcher)
        researcher.post(f"{MAILINGS}/1/when", moment="now")
        researcher.post(f"{MAILINGS}/1/send", count="3")
    with clock.stopped_at(datetime(2026, 12, 24, 23, 15, tzinfo=UTC)):  # past midnight on the study's clock
        page = researcher.get(f"{MAILINGS}/1").text
    assert "Today is Christmas Day: nothing is sent." in page
    assert "quarter of an hour" not in page


def test_a_test_message_goes_to_who_asks_and_its_link_leads_nowhere(services: Services, researcher: Person) -> None:
    begin(researcher)
    assert researcher.post(f"{MAILINGS}/1/test", language="en").status_code == 303
    folder = services.settings.mail_folder
    assert folder is not None
    (path,) = folder.glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert mail["To"] == "researcher@example.org"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "/i/your-personal-link----" in body.get_content()


def test_only_an_admin_reads_mails_that_became_files_and_that_is_noted(
    services: Services, researcher: Person, signed_in: Callable[[str], Person]
) -> None:
    begin(researcher)
    researcher.post(f"{MAILINGS}/1/test", language="nl")
    assert researcher.get("/admin/mail").status_code == 403
    admin = signed_in("admin")
    listed = admin.get("/admin/mail").text
    assert "r•••@example.org" in listed
    (name,) = re.findall(r"/admin/mail/([^\"]+\.eml)", listed)
    assert "Geachte" in admin.post(f"/admin/mail/{name}").text
    assert admin.post("/admin/mail/..%2Fsurveyapp.sqlite3").status_code == 404
    with services.database.read() as session:
        assert audit.last(session, "mail.read", name) is not None


def test_an_anonymous_wave_says_that_everybody_gets_every_mailing(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get("/console/goed-opdrachtgeverschap/2026/invitations").text
    assert "everybody gets every mailing" in page
    assert "keeps no addresses" in page
