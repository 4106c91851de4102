"""A personal link: opened by scanners without harm, followed by one person, on one device after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp import clock
from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.fieldwork.arrivals import declare_sources
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.participation import participation_of
from surveyapp.fieldwork.recipients import Rule, Writing, spared
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import contacts as stored
from surveyapp.storage import keys
from surveyapp.storage.database import Database
from surveyapp.storage.tables import ArrivalRow, CaseLinkRow, CaseRow, ContactRow, PageSaveRow, TokenRow
from surveyapp.web.respondent import personal
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor, questionnaire
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import DONE, fill_all

LIST = b"email;name;role;language;source\njan@example.org;;contractor;nl;nieuwsbrief\nels@example.org;;;en;\n"
KEPT = (ArrivalRow, CaseLinkRow, CaseRow, ContactRow, PageSaveRow, TokenRow)


@pytest.fixture(scope="session")
def confidential(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """The study of every kind of question, with personal links."""
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    return load_instrument(write(tmp_path_factory.mktemp("confidential"), documents), 2026)


@pytest.fixture
def site(make_app: Callable[..., Flask], database: Database, confidential: Instrument) -> Flask:
    """The application on either database, its wave open."""
    put_wave(database, confidential)
    return make_app(database)


@pytest.fixture
def tokens(site: Flask, database: Database, confidential: Instrument) -> dict[str, str]:
    """The links of two people, by the name before the @."""
    with database.write() as session:
        contacts.import_contacts(session, confidential, contacts.read_contacts(LIST, confidential))
        made = personal_links.make_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    return {link.email.partition("@")[0]: link.token for link in made}


def everything(database: Database) -> list[object]:
    """All that is kept of people and answers."""
    with database.read() as session:
        return [[row.model_dump() for row in session.exec(select(table))] for table in KEPT]


def person(site: Flask) -> Visitor:
    return Visitor(site.test_client())


def test_opening_a_link_changes_nothing_and_shows_role_and_language(
    site: Flask, database: Database, tokens: dict[str, str]
) -> None:
    before = everything(database)
    jan = person(site).get(f"/i/{tokens['jan']}")
    assert jan.status == 200
    assert jan.page.language == "nl"
    assert "U vult de vragenlijst in als zelfstandig professional." in jan.html
    assert "Dit klopt niet, ik kies zelf mijn rol" in jan.html
    assert jan.response.headers["Referrer-Policy"] == "strict-origin"
    assert jan.response.headers["Cache-Control"] == "no-store"
    els = person(site).get(f"/i/{tokens['els']}", headers={"Accept-Language": "nl"})
    assert els.page.language == "en"
    assert "You are answering as" not in els.html
    for token in tokens.values():
        assert site.test_client().head(f"/i/{token}").status_code == 200
        for word in ("afmelden", "opt-out"):
            assert site.test_client().get(f"/i/{token}/{word}").status_code == 200
    for purpose in ("prefetch", "prefetch;prerender"):  # a browser or a mail program that loads links ahead
        ahead = site.test_client().get(f"/i/{tokens['jan']}", headers={"Sec-Purpose": purpose, "Purpose": "prefetch"})
        assert ahead.status_code == 200
    assert everything(database) == before


def test_the_first_press_takes_the_link_out_of_the_address(
    site: Flask, database: Database, tokens: dict[str, str]
) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}").press("next")
    assert jan.statuses == [303, 200]
    assert jan.url.endswith("/nl/vragenlijst/kinds-2026/toestemming")
    assert tokens["jan"] not in jan.html
    jan.press("next", agree="yes")
    assert jan.at == "start"
    assert tokens["jan"] not in jan.html
    with database.read() as session:
        case, tie = session.exec(select(CaseRow)).one(), session.exec(select(CaseLinkRow)).one()
        opened = {row.contact_id for row in session.exec(select(ContactRow)) if row.opened_on == case.started_on}
    assert (case.role, case.source, tie.case_id) == ("contractor", "nieuwsbrief", case.case_id)
    assert opened == {tie.contact_id}  # who pressed the button, and nobody whose link was only shown


def test_who_declines_by_a_link_is_a_refusal_until_they_take_part_after_all_and_is_reminded_no_more(
    site: Flask, database: Database, tokens: dict[str, str], confidential: Instrument
) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}").press("next").press("decline")
    assert "Wij noteren bij uw uitnodiging dat u niet meedoet" in jan.html
    with database.read() as session:
        contact, info = stored.by_address(session, KINDS, 2026, "jan@example.org"), wave_info(session, KINDS, 2026)
        assert contact is not None
        assert contact.declined_on == clock.today()
        assert session.exec(select(CaseRow)).all() == []
        who = participation_of(session, info, confidential, contact.contact_id)
        assert who is not None
        assert (who.disposition, who.disposition.code) == (Disposition.REFUSED, "2.111")
        assert spared("reminder", Rule(), who, Writing(is_written_to=True), confidential) == "declined"
    person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    with database.read() as session:
        who = participation_of(session, info, confidential, contact.contact_id)
        assert who is not None
        assert who.disposition is Disposition.QUESTIONNAIRE


def test_who_began_in_the_wrong_role_changes_it_until_something_is_saved(
    site: Flask, database: Database, tokens: dict[str, str]
) -> None:
    landing = f"/nl/onderzoek/{KINDS}-2026"
    jan = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    jan.get(landing).press("fresh").press("next", role="manager").press("next", agree="yes")
    assert jan.at == "start"
    elsewhere = person(site).get(f"/i/{tokens['jan']}").press("next")
    assert elsewhere.at == "start"  # the one questionnaire of the invitation
    with database.read() as session:
        cases = {row.state: row for row in session.exec(select(CaseRow))}
        assert cases.keys() == {"started", "erased"}
        assert (cases["started"].role, cases["started"].source) == ("manager", "nieuwsbrief")
        assert session.exec(select(CaseLinkRow)).one().case_id == cases["started"].case_id
    jan.press("next", {"q_k_elig": "1"}).get(landing)
    assert 'value="fresh"' not in jan.html


@pytest.mark.parametrize(("who", "action"), [("jan", "choose"), ("els", "next")])
def test_who_is_of_another_role_or_of_none_chooses_one(
    site: Flask, database: Database, tokens: dict[str, str], who: str, action: str
) -> None:
    visitor = person(site).get(f"/i/{tokens[who]}").press(action)
    assert urlsplit(visitor.url).path in ("/nl/onderzoek/kinds-2026", "/en/survey/kinds-2026")
    visitor.press("next", role="manager").press("next", agree="yes")
    with database.read() as session:
        assert session.exec(select(CaseRow)).one().role == "manager"
        assert len(session.exec(select(CaseLinkRow)).all()) == 1


def test_the_language_can_be_switched_before_anything_else(site: Flask, tokens: dict[str, str]) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}").press("language")
    assert urlsplit(jan.url).path == "/en/survey/kinds-2026"


def test_another_device_goes_on_where_the_first_stopped_and_sees_no_earlier_answer(
    site: Flask, database: Database, tokens: dict[str, str]
) -> None:
    phone = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    phone.press("next", {"q_k_elig": "1"})
    while phone.at != "long":
        phone.press("next", {"q_k_short": "Kanarievogel"} if phone.at == "short" else DONE[phone.at])
    draft = phone.client.post(
        "/nl/vragenlijst/kinds-2026/p/long/concept", data={**phone.form.fields, "q_k_long": "Kanariegeel"}
    )
    assert draft.status_code == 204
    assert "Kanariegeel" in phone.go("long").html
    laptop = person(site).get(f"/i/{tokens['jan']}")
    assert "U bent al begonnen" in laptop.html
    laptop.press("next")
    assert laptop.at == "long"
    assert "Kanariegeel" not in laptop.html
    for page in ("short", "single", "start"):
        laptop.go(page)
        assert laptop.at == "long"
        response = laptop.client.post(
            f"/nl/vragenlijst/kinds-2026/p/{page}", data={**laptop.form.fields, "q_k_short": "x"}
        )
        assert response.status_code == 409
        assert "Kanarievogel" not in response.get_data(as_text=True)
    fill_all(laptop)
    assert urlsplit(laptop.url).path == "/nl/vragenlijst/kinds-2026/controle"
    assert "Kanarievogel" not in laptop.html
    assert "op een ander apparaat gegeven" in laptop.html
    assert "Een toelichting." in laptop.html
    assert "Kanarievogel" not in laptop.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden").html
    laptop.get("/nl/vragenlijst/kinds-2026/controle").press("")
    assert laptop.h1 == "Dank u wel"
    with database.read() as session:
        case = session.exec(select(CaseRow)).one()
    assert case.state == "complete"
    assert case.answers["k_short"] == "Kanarievogel"
    assert "Kanarievogel" in phone.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden").html


def test_a_newer_link_on_the_same_device_goes_on_with_everything_that_was_answered_there(
    site: Flask, database: Database, tokens: dict[str, str]
) -> None:
    phone = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    phone.press("next", {"q_k_elig": "1"}).press("next", {"q_k_single": "2"})
    with database.write() as session:
        renewed = personal_links.renew_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    (newer,) = (link.token for link in renewed if link.email.startswith("jan"))
    phone.get(f"/i/{newer}").press("next")
    assert phone.at == "multiple"
    assert phone.go("single").form.fields["q_k_single"] == ["2"]
    laptop = person(site).get(f"/i/{newer}").press("next")
    assert laptop.go("single").at == "multiple"


def test_a_resume_code_is_no_way_round_to_earlier_answers(site: Flask, tokens: dict[str, str]) -> None:
    phone = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    phone.press("next", {"q_k_elig": "1"}).press("next", {"q_k_single": "2"})
    laptop = person(site).get(f"/i/{tokens['jan']}").press("next").press("save")
    code = laptop.html.partition('class="code">')[2].partition("<")[0]
    assert len(code.replace(" ", "")) == 12
    for browser in (laptop, person(site)):
        browser.get("/nl/vragenlijst/verder").press("", code=code)
        assert browser.at == "multiple"
        browser.go("single")
        assert browser.at == "multiple"
    phone.get("/nl/vragenlijst/verder").press("", code=code).go("single")
    assert phone.form.fields["q_k_single"] == ["2"]


def test_a_wave_can_show_earlier_answers_on_another_device(
    make_app: Callable[..., Flask], sqlite_database: Database, tmp_path: Path
) -> None:
    documents = patched(
        ("study.waves.0.mode", "confidential"), ("study.waves.0.earlier_answers", "shown"), name="kinds"
    )
    instrument = load_instrument(write(tmp_path / "shown", documents), 2026)
    put_wave(sqlite_database, instrument)
    site = make_app()
    with sqlite_database.write() as session:
        contacts.import_contacts(session, instrument, contacts.read_contacts(LIST, instrument))
        made = personal_links.make_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    token = next(link.token for link in made if link.role)
    phone = person(site).get(f"/i/{token}").press("next").press("next", agree="yes").press("next", {"q_k_elig": "1"})
    phone.press("next", {"q_k_single": "2"})
    laptop = person(site).get(f"/i/{token}")
    assert "uw eerdere antwoorden staan daar niet" not in laptop.html
    laptop.press("next").go("single")
    assert laptop.at == "single"
    assert laptop.form.fields["q_k_single"] == ["2"]


def test_after_sending_the_link_leads_to_thanks_and_never_to_an_empty_form(
    site: Flask, database: Database, tokens: dict[str, str]
) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    fill_all(jan).press("")
    reference = jan.html.partition('class="receipt">')[2].partition("<")[0]
    assert reference
    assert jan.get(f"/i/{tokens['jan']}").url.endswith("/nl/vragenlijst/kinds-2026/klaar")
    elsewhere = person(site).get(f"/i/{tokens['jan']}")
    assert elsewhere.h1 == "Dank u wel"
    assert not elsewhere.page.forms
    assert reference not in elsewhere.html
    with database.read() as session:
        assert len(session.exec(select(CaseRow)).all()) == 1


def test_two_tabs_and_two_devices_make_one_case(site: Flask, database: Database, tokens: dict[str, str]) -> None:
    visitors = [person(site).get(f"/i/{tokens['jan']}").press("next") for _ in range(2)]
    for visitor in visitors:
        visitor.press("next", agree="yes")
        assert visitor.at == "start"
    visitors[0].get("/nl/onderzoek/kinds-2026")
    with database.read() as session:
        assert len(session.exec(select(CaseRow)).all()) == 1
        assert len(session.exec(select(CaseLinkRow)).all()) == 1


def test_unknown_replaced_closed_and_withdrawn_links_get_one_and_the_same_answer(
    site: Flask, database: Database, tokens: dict[str, str], confidential: Instrument
) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    jan.get("/nl/vragenlijst/kinds-2026/afmelden")
    assert "Bij uw uitnodiging staat dat uw antwoorden zijn gewist" in jan.press("").html
    with database.write() as session:
        renewed = personal_links.renew_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    new = {link.email.partition("@")[0]: link.token for link in renewed}
    withdrawn, replaced, unknown = new["jan"], tokens["els"], "x" * 22
    answers = [_answer(site, token) for token in (withdrawn, replaced, unknown, "x", "x" * 300)]
    with database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    answers.append(_answer(site, new["els"]))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 404
    assert "Deze link kennen wij niet" in answers[0][1]


def _answer(site: Flask, token: str) -> tuple[int, str, list[tuple[str, str]]]:
    response = site.test_client().get(f"/i/{token}", headers={"Accept-Language": "nl"})
    return response.status_code, response.get_data(as_text=True), sorted(response.headers)


def test_an_anonymous_wave_refuses_every_personal_link(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds)
    site = make_app()
    with sqlite_database.write() as session:
        stored.add(
            session,
            [
                {
                    "study_id": KINDS,
                    "contact_id": keys.uuid7(),
                    "year": 2026,
                    "email": "jan@example.org",
                    "language": "nl",
                    "source": "personal",
                }
            ],
        )
        (row,) = stored.listed(session, KINDS, 2026)
        hash_ = personal_links.link_hash("t" * 22, site.config["SECRET_KEY"])
        stored.replace_tokens(session, KINDS, {row.contact_id: hash_})
    assert _answer(site, "t" * 22) == _answer(site, "x" * 22)


def test_guessing_links_is_stopped_and_a_known_link_opens_whatever_its_network_tried(
    site: Flask, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "ATTEMPTS", 4)
    client = site.test_client()
    for _ in range(personal.ATTEMPTS):
        assert client.get("/i/" + "x" * 22).status_code == 404
    stopped = client.get("/i/" + "x" * 22)
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    # Before, somebody who tried others shut the whole office out.
    assert client.get(f"/i/{tokens['jan']}").status_code == 200
    # One machine has a /64 of addresses: they count as one.
    for number in range(3):
        answer = client.get("/i/" + "y" * 22, environ_base={"REMOTE_ADDR": f"2001:db8::{number}"})
        assert answer.status_code == 404
    answers = {
        client.get("/i/" + "y" * 22, environ_base={"REMOTE_ADDR": f"2001:db8::9{n}"}).status_code for n in (1, 2)
    }
    assert 429 in answers


@pytest.mark.parametrize(
    ("word", "out", "back"),
    [
        ("afmelden", "U krijgt geen e-mails meer", "Geen e-mails meer over dit onderzoek"),
        ("opt-out", "You get no more e-mails", "No more e-mails about this study"),
    ],
)
def test_opting_out_takes_a_press_and_can_be_undone(
    site: Flask, database: Database, tokens: dict[str, str], word: str, out: str, back: str
) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}/{word}")
    assert jan.h1 == back
    assert opted_out(database) == {"jan": False, "els": False}
    jan.press("out")
    assert jan.h1 == out
    still = (
        "Met uw persoonlijke link kunt u nog wel meedoen" if word == "afmelden" else "With your personal link you can"
    )
    assert still in jan.html
    with database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    assert still not in jan.get(jan.url).html
    assert opted_out(database) == {"jan": True, "els": False}
    jan.press("undo")
    assert jan.h1 == back
    assert opted_out(database) == {"jan": False, "els": False}


def test_a_mail_program_opts_out_with_one_post_and_only_with_that_one(
    make_app: Callable[..., Flask], database: Database, tokens: dict[str, str]
) -> None:
    guarded = make_app(database)
    guarded.config["WTF_CSRF_ENABLED"] = True
    address = f"/i/{tokens['jan']}/afmelden"
    for fields in ({}, {"action": "out"}, {"List-Unsubscribe": "One-Click", "action": "undo"}):
        assert guarded.test_client().post(address, data=fields).status_code == 400
    assert opted_out(database)["jan"] is False
    assert guarded.test_client().post(f"/i/{tokens['jan']}", data={"List-Unsubscribe": "One-Click"}).status_code == 400
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        done = guarded.test_client().post(address, data={"List-Unsubscribe": "One-Click"}, content_type=content_type)
        assert (done.status_code, done.get_data()) == (200, b"")
    assert opted_out(database) == {"jan": True, "els": False}
    unknown = guarded.test_client().post("/i/" + "x" * 22 + "/afmelden", data={"List-Unsubscribe": "One-Click"})
    assert unknown.status_code == 404


def opted_out(database: Database) -> dict[str, bool]:
    with database.read() as session:
        return {row.email.partition("@")[0]: row.opted_out_on is not None for row in session.exec(select(ContactRow))}


def test_a_declared_source_is_kept_and_every_other_counts_as_the_open_link(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds)
    with sqlite_database.write() as session:
        declare_sources(session, "kinds", 2026, ("nieuws-brief",))
    site = make_app()
    for query, expected in (("bron=Nieuws_Brief", "nieuws-brief"), ("source=jan-jansen-pers-nr-00417", "open")):
        visitor = person(site).get(f"/nl/onderzoek/kinds-2026?{query}")
        visitor.press("next", role="contractor").press("next", agree="yes")
        with sqlite_database.read() as session:
            assert expected in {row.source for row in session.exec(select(CaseRow))}
            assert not any("jan" in row.source for row in session.exec(select(ArrivalRow)))


@pytest.mark.parametrize(
    ("language", "landing", "title"),
    [
        ("nl", "/nl/onderzoek/kinds-2026", "U doet mee met uw persoonlijke link"),
        ("en", "/en/survey/kinds-2026", "You take part with your personal link"),
    ],
)
def test_without_a_personal_link_nobody_begins_in_a_confidential_wave(
    site: Flask, database: Database, tokens: dict[str, str], language: str, landing: str, title: str
) -> None:
    """What the wave says of links would not be true of a case that has none."""
    visitor = person(site).get(landing)
    assert ("h2", title) in visitor.page.headings
    assert not visitor.page.forms
    assert [link for link in visitor.page.links if link[0].endswith(("/verder", "/resume"))]
    site.config["WTF_CSRF_ENABLED"] = False  # a form of before, or one made up
    visitor.post(landing, {"role": "contractor", "action": "next"})
    assert ("h2", title) in visitor.page.headings
    visitor.get(f"{questionnaire(visitor.wave, language)}/{'toestemming' if language == 'nl' else 'consent'}")
    assert ("h2", title) in visitor.page.headings
    visitor.post("/nl/vragenlijst/kinds-2026/toestemming", {"agree": "yes", "action": "next"})
    with database.read() as session:
        assert not session.exec(select(CaseRow)).all()
    visitor.get(f"/i/{tokens['els']}").press("next")
    assert urlsplit(visitor.url).path == "/en/survey/kinds-2026"
    assert visitor.page.forms


def test_a_confidential_wave_that_is_tried_out_is_open_to_who_tries_it(
    make_app: Callable[..., Flask], sqlite_database: Database, confidential: Instrument
) -> None:
    put_wave(sqlite_database, confidential, "test")
    visitor = person(make_app()).begin(KINDS, "contractor")
    assert visitor.at == "start"
    with sqlite_database.read() as session:
        assert session.exec(select(CaseRow)).one().is_test


def test_a_link_that_leads_nowhere_can_be_read_in_both_languages(site: Flask, tokens: dict[str, str]) -> None:
    """The switch leads to the same address and names no link, so that all such pages stay the same."""
    for path, other in (("x" * 22, "?language=nl"), ("x" * 22 + "/opt-out", "afmelden")):
        visitor = person(site).get(f"/i/{path}", headers={"Accept-Language": "en"})
        assert visitor.h1 == "We don’t recognise this link"
        assert (other, "Nederlands") in visitor.page.links
        visitor.get(urljoin(visitor.url, other), headers={"Accept-Language": "en"})
        assert visitor.status == 404
        assert visitor.h1 == "Deze link kennen wij niet"
        assert visitor.page.language == "nl"


def test_after_sending_nothing_is_left_to_stop_and_the_used_link_speaks_both_languages(
    site: Flask, tokens: dict[str, str]
) -> None:
    jan = person(site).get(f"/i/{tokens['jan']}").press("next").press("next", agree="yes")
    assert "Stoppen en mijn antwoorden wissen" in jan.html
    fill_all(jan).press("")
    for url in (jan.url, "/nl/vragenlijst/kinds-2026/mijn-antwoorden", "/nl/vragenlijst/kinds-2026/afmelden"):
        jan.get(url)
        assert "Mijn antwoorden wissen" in jan.html
        assert "Stoppen en" not in jan.html
    elsewhere = person(site).get(f"/i/{tokens['jan']}")
    assert (elsewhere.page.language, elsewhere.h1) == ("nl", "Dank u wel")
    elsewhere.get(f"/i/{tokens['jan']}?language=en")
    assert (elsewhere.page.language, elsewhere.h1) == ("en", "Thank you")
    assert ("?language=nl", "Nederlands") in elsewhere.page.links


def test_no_log_line_holds_a_link(
    site: Flask,
    tokens: dict[str, str],
    capfd: pytest.CaptureFixture[str],
    make_app: Callable[..., Flask],
    database: Database,
) -> None:
    talking = make_app(database, log_level="DEBUG")
    talking.test_client().get(f"/i/{tokens['jan']}")
    talking.test_client().get(f"/i/{tokens['jan']}/afmelden")
    served = "".join(capfd.readouterr())
    refused = talking.test_client().post(f"/i/{tokens['jan']}")  # without the form's own token
    said = "".join(capfd.readouterr())

    assert refused.status_code == 400
    assert "/i/" not in served  # what goes well is counted per hour
    talking.extensions["surveyapp.request_counts"].flush()
    said += "".join(capfd.readouterr())
    assert '"refused": "CSRFError"' in said
    assert "/i/" not in said
    assert tokens["jan"] not in served + said
