"""A device sees the answers it gave itself or proved with a code: never those of who came after it, or before.

Each test is an attack by somebody who holds a personal link that was passed on, or who sits down at a shared computer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlmodel import select

from surveyapp import clock
from surveyapp.fieldwork import contacts, personal_links
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.instrument.definitions import patched, write
from tests.jobs.mail_servers import MailBox, mail_server
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import DONE, fill_all

SECRET = "Kanarievogel"
WAVE = "/nl/vragenlijst/kinds-2026"
SHORT, LONG = 11, 12


@pytest.fixture(scope="module")
def confidential(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """A confidential wave whose page *long* repeats what was answered on the page *short*."""
    pipe = {"nl": "Over {k_short.label|uw functie}", "en": "About {k_short.label|your job}"}
    changes = (("study.waves.0.mode", "confidential"), (f"questionnaire.pages.{LONG}.title", pipe))
    return load_instrument(write(tmp_path_factory.mktemp("seen"), patched(*changes, name="kinds")), 2026)


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database, confidential: Instrument, box: MailBox) -> Flask:
    put_wave(sqlite_database, confidential)
    made = make_app(smtp_url=SecretStr(box.url), mail_from="survey@example.org", base_url="http://127.0.0.1:8000")
    made.config["WTF_CSRF_ENABLED"] = False  # an attacker has a token of the own session anyway
    return made


@pytest.fixture
def token(site: Flask, sqlite_database: Database, confidential: Instrument) -> str:
    with sqlite_database.write() as session:
        listed = contacts.read_contacts(b"email;role\njan@example.org;contractor\n", confidential)
        contacts.import_contacts(session, confidential, listed)
        (link,) = personal_links.make_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    return link.token


def arrived(site: Flask, token: str) -> Visitor:
    """Somebody who opened the link and began, and answered nothing."""
    visitor = Visitor(site.test_client()).get(f"/i/{token}").press("next")
    return visitor.press("next", agree="yes") if visitor.url.endswith("toestemming") else visitor


def answered(visitor: Visitor, up_to: str = "statements") -> Visitor:
    """The owner, who gives the secret on the page *short* and text on *long*."""
    while visitor.at != up_to:
        given = {"start": {"q_k_elig": "1"}, "short": {"q_k_short": SECRET}, "long": {"q_k_long": SECRET}}
        visitor.press("next", given.get(visitor.at) or DONE[visitor.at])
    return visitor


def code_on(visitor: Visitor) -> str:
    found = re.search(r'class="code">([A-Z0-9 ]{14})<', visitor.html)
    assert found is not None, visitor.url
    return found[1]


def everything(visitor: Visitor) -> dict[str, str]:
    """What every address of the questionnaire shows this browser, by whichever way, in both languages."""
    seen = {}
    for base, words in (
        (WAVE, ("controle", "mijn-antwoorden", "klaar", "vergelijk", "einde", "bewaard", "afmelden")),
        ("/en/questionnaire/kinds-2026", ("review", "my-answers", "done", "compare", "ended", "saved", "opt-out")),
    ):
        for word in (*words, *(f"p/{page}" for page in ("start", "short", "long", "statements"))):
            seen[f"{base}/{word}"] = visitor.get(f"{base}/{word}").html
    for page in ("short", "long"):
        fields = {
            "client_key": "a" * 22, "expected": "0", "since": "0", "prompted": "", "turn": "1", "drawn": "",
            "q_k_short": "x", "q_k_long": "x",
        }  # fmt: skip
        for end, actions in (
            ("", ("next", "previous", "save", "language", "elsewhere", "clear:k_short")),
            ("/concept", ("next", "recall")),
            ("/zicht", ("next",)),
        ):
            for action in actions:
                response = visitor.client.post(f"{WAVE}/p/{page}{end}", data={**fields, "action": action})
                seen[f"{page}{end} {action}"] = response.get_data(as_text=True)
    return seen


def leaks(visitor: Visitor) -> list[str]:
    return [where for where, html in everything(visitor).items() if SECRET in html]


def only_case(database: Database) -> CaseRow:
    with database.read() as session:
        return session.exec(select(CaseRow)).one()


@pytest.mark.parametrize("is_sent", [False, True], ids=["half filled", "sent"])
def test_who_opened_the_link_first_and_answered_nothing_sees_nothing_of_its_owner(
    site: Flask, sqlite_database: Database, token: str, is_sent: bool
) -> None:
    first = arrived(site, token)
    assert first.at == "start"
    owner = answered(arrived(site, token))
    if is_sent:
        fill_all(owner).press("")
    assert SECRET in owner.get(f"{WAVE}/mijn-antwoorden").html
    assert leaks(first) == []
    assert only_case(sqlite_database).answers["k_short"] == SECRET
    reference = only_case(sqlite_database).reference
    assert reference is None or reference not in first.get(f"{WAVE}/klaar").html


def test_a_page_left_open_on_the_first_device_shows_nothing_when_it_is_sent_in_late(
    site: Flask, sqlite_database: Database, token: str
) -> None:
    first = arrived(site, token)
    answered(first, "short")
    form = dict(first.form.fields)
    owner = Visitor(site.test_client()).get(f"/i/{token}").press("next")
    assert owner.at == "short"
    owner.press("next", q_k_short=SECRET)
    for action in ("next", "previous", "save", "language", "elsewhere"):
        first.post(f"{WAVE}/p/short", {**form, "q_k_short": "anders", "action": action})
        assert SECRET not in first.html, action
    assert only_case(sqlite_database).answers["k_short"] == SECRET
    assert leaks(first) == []


@pytest.mark.parametrize("is_sent", [False, True], ids=["half filled", "sent"])
def test_who_opened_the_link_first_cannot_remove_what_its_owner_answered(
    site: Flask, sqlite_database: Database, token: str, is_sent: bool
) -> None:
    first = arrived(site, token)
    first.get(f"{WAVE}/afmelden")
    asked_before = dict(first.form.fields)  # nothing was answered yet: a plain button
    own_code = code_on(first.get(f"{WAVE}/p/start").press("save"))
    owner = answered(arrived(site, token))
    if is_sent:
        fill_all(owner).press("")
    for fields in (asked_before, {}, {"action": "code", "code": own_code}, {"action": "code", "code": "A" * 12}):
        first.post(f"{WAVE}/afmelden", fields)
        assert only_case(sqlite_database).answers["k_short"] == SECRET, fields
    first.get(f"{WAVE}/afmelden")
    assert "op een ander apparaat gegeven" in first.html
    assert "jan@example.org" not in first.html


def test_the_code_of_the_device_that_answered_shows_and_removes(
    site: Flask, sqlite_database: Database, token: str
) -> None:
    first = arrived(site, token)
    code = code_on(answered(arrived(site, token)).press("save"))
    first.get("/nl/vragenlijst/verder").press("", code=code)
    assert SECRET in first.get(f"{WAVE}/mijn-antwoorden").html
    another = Visitor(site.test_client()).get(f"/i/{token}").press("next")
    assert leaks(another) == []
    another.get(f"{WAVE}/afmelden").press("code", code=code)
    assert another.h1 == "Uw antwoorden zijn gewist"
    assert only_case(sqlite_database).answers == {}


def test_what_a_code_proved_is_what_its_maker_saw_and_nothing_that_came_later(site: Flask, token: str) -> None:
    """A code entered on a shared computer: what its owner goes on to answer at home stays at home."""
    owner = answered(arrived(site, token), "long")
    code = code_on(owner.press("save"))
    library = Visitor(site.test_client()).get("/nl/vragenlijst/verder").press("", code=code)
    assert SECRET in library.get(f"{WAVE}/p/short").html
    owner.go("long").press("next", q_k_long="Pas thuis geschreven")
    assert "Pas thuis" not in "".join(everything(library).values())
    owner.go("short").press("next", q_k_short="Thuis verbeterd")
    assert "Thuis verbeterd" not in "".join(everything(library).values())


def test_a_resume_code_made_on_the_first_device_opens_nothing_its_owner_answered(site: Flask, token: str) -> None:
    first = arrived(site, token)
    owner = answered(arrived(site, token))
    for maker in (first, arrived(site, token)):
        code = code_on(maker.get(f"{WAVE}/bewaard").press(""))
        for browser in (first, Visitor(site.test_client())):  # also where nothing was opened before
            browser.get("/nl/vragenlijst/verder").press("", code=code)
            assert leaks(browser) == []
    assert SECRET in owner.go("short").html


def test_who_holds_the_link_as_well_takes_nobody_the_code(site: Flask, token: str) -> None:
    """Codes made before, between and after on other devices; each device keeps its newest."""
    first = arrived(site, token)
    first.get(f"{WAVE}/bewaard").press("")
    owner = answered(arrived(site, token))
    replaced = code_on(owner.press("save"))
    code = code_on(owner.get(f"{WAVE}/bewaard").press(""))
    for late in (first, arrived(site, token), arrived(site, token)):
        for _ in range(2):
            late.get(f"{WAVE}/bewaard").press("")
    theirs = code_on(late)
    fresh = Visitor(site.test_client()).get("/nl/vragenlijst/verder").press("", code=code)
    assert SECRET in fresh.get(f"{WAVE}/mijn-antwoorden").html
    late.get("/nl/vragenlijst/verder").press("", code=theirs)
    assert leaks(late) == []
    lost = Visitor(site.test_client()).get("/nl/vragenlijst/verder").press("", code=replaced)
    assert lost.status == 422


def test_removal_can_be_confirmed_from_the_mailbox_that_was_invited(
    site: Flask, sqlite_database: Database, token: str, box: MailBox
) -> None:
    first = arrived(site, token)
    answered(arrived(site, token))
    first.get(f"{WAVE}/afmelden").press("mail")
    assert "Er is een e-mail onderweg" in first.html
    (mail,) = box.mails
    assert mail["To"] == "jan@example.org"
    address = re.search(r"http://127\.0\.0\.1:8000(/i/\S+/wissen)", mail.get_content())
    assert address is not None
    assert f"/i/{token}/wissen" != address[1]
    assert Visitor(site.test_client()).get(f"/i/{token}/wissen").status == 404
    mailed = address[1].split("/")[2]
    assert Visitor(site.test_client()).get(f"/i/{mailed}").status == 404
    person = Visitor(site.test_client()).get(address[1])
    assert person.status == 200
    assert only_case(sqlite_database).answers["k_short"] == SECRET  # a mail scanner that opens it removes nothing
    with clock.stopped_at(clock.now() + timedelta(hours=25)):
        assert Visitor(site.test_client()).get(address[1]).status == 404
    person.press("")
    assert person.h1 == "Uw antwoorden zijn gewist"
    assert only_case(sqlite_database).answers == {}


def test_in_an_anonymous_wave_a_shared_computer_shows_nothing_of_what_was_answered_at_home(
    app: Flask,
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    library = Visitor(app.test_client()).begin(KINDS, "contractor")
    code = code_on(library.press("next", {"q_k_elig": "1"}).press("save"))
    home = Visitor(app.test_client()).get("/nl/vragenlijst/verder").press("", code=code)
    assert home.go("start").form.fields["q_k_elig"] == ["1"]
    answered(home.go("single"))
    assert leaks(library) == []
    library.get(f"{WAVE}/afmelden")
    assert "op een ander apparaat gegeven" in library.html
    library.post(f"{WAVE}/afmelden", {})
    assert SECRET in home.go("short").html
