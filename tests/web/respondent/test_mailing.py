"""Mail a respondent asks for, page by page: with a mail server, without one, and when it does not answer."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import text

from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.mail import Letter
from surveyapp.jobs.post import Post, post_office
from surveyapp.jobs.worker import Worker
from surveyapp.storage import report_requests
from surveyapp.storage.database import Database
from surveyapp.storage.report_requests import LeftAddress
from surveyapp.web.respondent import address_form, link_asked
from tests.instrument.definitions import patched, write
from tests.jobs.mail_servers import MailBox, mail_server
from tests.web.browsing import Visitor, cookies_of
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import DONE as DONE_PAGES

SAVED, RESUME = "/nl/vragenlijst/kinds-2026/bewaard", "/nl/vragenlijst/verder"
DONE, COMPARE = "/nl/vragenlijst/kinds-2026/klaar", "/nl/vragenlijst/kinds-2026/vergelijk"
LANDING = "/nl/onderzoek/kinds-2026"
WRONG = "Vul een volledig e-mailadres in, bijvoorbeeld naam@example.org."
FORMS = {"mail": "Mail mij deze code", "link": "Mail mij mijn link", "notify": "Mail mij als het zover is"}


@dataclass
class Site:
    """An application with a mail server."""

    app: Flask
    box: MailBox
    database: Database

    def person(self) -> Visitor:
        return Visitor(self.app.test_client())

    def work(self) -> None:
        """What the worker does beside it."""
        services = self.app.extensions["surveyapp"]
        salt = self.app.config["SECRET_KEY"]
        Worker(self.database, InstrumentLibrary(self.database), post_office(services.settings), salt=salt).once()

    def rows(self) -> str:
        """Everything the database holds, as text."""
        with self.database.read() as session:
            names = session.connection().dialect.get_table_names(session.connection())
            return repr([session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names])


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database) -> Iterator[Site]:
    with mail_server() as box:
        made = make_app(smtp_url=SecretStr(box.url), mail_from="survey@example.org", base_url="http://127.0.0.1:8000")
        yield Site(made, box, sqlite_database)


@pytest.fixture
def mute(make_app: Callable[..., Flask]) -> Flask:
    """The application in production without a mail server."""
    return make_app(environment="production")


@pytest.fixture(scope="session")
def confidential(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    return load_instrument(write(tmp_path_factory.mktemp("confidential"), documents), 2026)


def invite(database: Database, instrument: Instrument, salt: str) -> dict[str, str]:
    """Two people with a link each."""
    given = b"email;language\njan@example.org;nl\nels@example.org;en\n"
    with database.write() as session:
        contacts.import_contacts(session, instrument, contacts.read_contacts(given, instrument))
        made = personal_links.make_links(session, KINDS, 2026, salt=salt)
    return {link.email.partition("@")[0]: link.token for link in made}


def offers(visitor: Visitor, action: str) -> bool:
    """Whether the page has a form with this button."""
    return any(value == action for form in visitor.page.forms.values() for _, value, _ in form.buttons)


def forged(visitor: Visitor, url: str, **fields: str) -> Visitor:
    """Send a form that no page offers, with a token that fits the session."""
    token = visitor.get(RESUME).form.fields["csrf_token"]
    return visitor.post(url, {"csrf_token": token, **fields})


def half_way(visitor: Visitor) -> Visitor:
    """Somebody who saves to go on later."""
    return visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"}).press("save")


def sent(visitor: Visitor, *, wishes: bool = False) -> Visitor:
    """Somebody at the receipt, who ticked the report or nothing."""
    visitor.begin(KINDS, "contractor")
    while visitor.at:
        answers = dict({"q_k_elig": "1"} if visitor.at == "start" else DONE_PAGES[visitor.at])
        if not wishes:
            answers.pop("q_k_contact", None)
        before = visitor.at
        visitor.press("next", answers)
        if visitor.at == before:  # asked once about what was skipped
            visitor.press("next")
    return visitor.press("")


def code_on(visitor: Visitor) -> str:
    found = re.search(r'class="code">([A-Z2-9 ]{14})<', visitor.html)
    assert found is not None
    return found[1]


# --------------------------------------------------------------------------------------------------------- no server
def test_without_a_mail_server_no_page_offers_a_mail(mute: Flask, sqlite_database: Database, kinds: Instrument) -> None:
    put_wave(sqlite_database, kinds, "draft")
    visitor = Visitor(mute.test_client())
    assert not offers(visitor.get(LANDING), "notify")
    assert forged(visitor, "/nl/onderzoek/kinds-2026/bericht", email="jan@example.org").statuses == [303, 200]
    with sqlite_database.read() as session:
        assert session.execute(text("SELECT count(*) FROM opening_request")).scalar() == 0


def test_without_a_mail_server_the_code_and_the_receipt_stand_alone(
    mute: Flask, sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds)
    visitor = half_way(Visitor(mute.test_client()))
    assert code_on(visitor)
    assert not offers(visitor, "mail")
    forged(visitor, SAVED, action="mail", email="jan@example.org")
    assert visitor.statuses == [303, 200]
    assert not offers(visitor.get(RESUME), "link")
    assert sent(Visitor(mute.test_client())).url.endswith(DONE)
    visitor = sent(Visitor(mute.test_client()))
    assert not offers(visitor, "keep")
    assert not offers(visitor.get(COMPARE), "keep")
    for page in ("/nl/privacy", "/en/privacy"):
        assert "e-mail gekregen" not in visitor.get(page).html
        assert "per e-mail krijgen" not in visitor.html


def test_a_wish_ticked_in_the_questionnaire_is_taken_without_a_mail_server(
    mute: Flask, sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds)
    for where in (DONE, COMPARE):
        visitor = sent(Visitor(mute.test_client()), wishes=True).get(where)
        assert "Stuur mij het rapport" in visitor.html
        visitor.press("keep", email="jan@example.org")
        assert "los van uw antwoorden" in visitor.html
    with sqlite_database.read() as session:
        assert report_requests.listed(session, KINDS, 2026) == [LeftAddress("jan@example.org", "nl", (1,), False)]


def test_who_wants_no_address_kept_is_not_asked_again(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = sent(site.person(), wishes=True).press("no")
    for where in (DONE, COMPARE):
        assert not offers(visitor.get(where), "keep")
    assert "jan@" not in site.rows()


# ------------------------------------------------------------------------------------------------------------ the code
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_code_is_mailed_once_and_nothing_of_the_address_is_kept(
    site: Site, kinds: Instrument, language: str
) -> None:
    put_wave(site.database, kinds)
    visitor = site.person().begin(KINDS, "contractor", language).press("next", {"q_k_elig": "1"}).press("save")
    code = code_on(visitor)
    before = site.rows()
    visitor.press("mail", email="  Jan@Example.org ")
    assert visitor.statuses == [303, 200]
    assert code_on(visitor) == code
    assert {"nl": "is onderweg", "en": "on its way"}[language] in visitor.html
    assert "jan@" not in visitor.html.lower()
    assert site.box.envelopes == [("survey@example.org", ("jan@example.org",))]
    (said,) = site.box.texts
    assert code in said
    where = {"nl": "/nl/vragenlijst/verder", "en": "/en/questionnaire/resume"}[language]
    assert f"http://127.0.0.1:8000{where}" in said
    assert site.box.mails[0]["Content-Language"] == language
    after = site.rows()
    assert "jan@" not in after.lower()
    assert len(after) - len(before) < 600  # two counts of attempts, and nothing else
    elsewhere = site.person().get(RESUME).press("", code=code)
    assert elsewhere.at
    assert "is onderweg" not in visitor.get(SAVED).html


def test_two_presses_send_one_mail(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = half_way(site.person())
    form = visitor.form_with("mail")
    fields = {**form.fields, "email": ["jan@example.org"], "action": ["mail"]}
    for _ in range(2):
        visitor.post(form.action, fields)
        assert "is onderweg" in visitor.html
    assert len(site.box.mails) == 1
    visitor.press("mail", email="jan@example.org")
    assert len(site.box.mails) == 2


@pytest.mark.parametrize("goes", [True, False])
def test_a_second_press_says_that_the_mail_went_only_when_it_did(
    site: Site, kinds: Instrument, monkeypatch: pytest.MonkeyPatch, goes: bool
) -> None:
    put_wave(site.database, kinds)
    visitor = half_way(site.person())
    form = visitor.form_with("mail")
    fields = {**form.fields, "email": ["jan@example.org"], "action": ["mail"]}
    real, said = Post.send_now, []

    def slow(post: Post, letter: Letter) -> None:
        said.append(visitor.post(form.action, fields).html)  # while the first press waits for the mail server
        site.box.on_recipient = "250 OK" if goes else "451 later"
        real(post, letter)

    with monkeypatch.context() as patch:
        patch.setattr(Post, "send_now", slow)
        visitor.post(form.action, fields)
    (meanwhile,) = said
    assert "is onderweg" not in meanwhile
    assert "Wij versturen de e-mail met uw code." in meanwhile
    assert "Wij versturen de e-mail" not in visitor.html
    assert ("is onderweg" in visitor.html) is goes
    assert len(site.box.mails) == int(goes)
    site.box.on_recipient = "250 OK"
    visitor.post(form.action, fields)
    assert "is onderweg" in visitor.html
    assert len(site.box.mails) == 1


def test_a_mistyped_address_comes_back_as_it_was_typed(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = half_way(site.person())
    code = code_on(visitor)
    for typed in (
        "jan@",
        "",
        "jan @example.org",
        "jan@example.org\r\nBcc: els@example.org",
        "x" * 300 + "@example.org",
    ):
        visitor.press("mail", email=typed)
        assert visitor.status == 422
        assert WRONG in visitor.html
        assert visitor.page.title.startswith("Fout: ")
        assert "summary" in visitor.page.ids
        assert code_on(visitor) == code
        assert visitor.form_with("mail").fields["email"] == [typed[:255]] or "\n" in typed
    assert site.box.mails == []


def test_when_the_mail_does_not_go_the_page_says_so_and_still_shows_the_code(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = half_way(site.person())
    code = code_on(visitor)
    site.box.on_recipient = "451 later"
    visitor.press("mail", email="jan@example.org")
    assert visitor.status == 503
    assert int(visitor.response.headers["Retry-After"]) > 0
    assert "kon niet worden verstuurd" in visitor.html
    assert code_on(visitor) == code
    assert visitor.form_with("mail").fields["email"] == ["jan@example.org"]
    site.box.on_recipient = "250 OK"
    visitor.press("mail")
    assert "is onderweg" in visitor.html
    assert len(site.box.mails) == 1
    assert "jan@" not in site.rows()


def test_many_mails_from_one_network_wait(site: Site, kinds: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_form, "ATTEMPTS", 2)
    put_wave(site.database, kinds)
    visitor = half_way(site.person())
    for _ in range(2):
        visitor.press("mail", email="jan@example.org")
        assert visitor.status == 200
    visitor.press("mail", email="jan@example.org")
    assert visitor.status == 429
    assert "Wacht" in visitor.html
    assert code_on(visitor)
    assert int(visitor.response.headers["Retry-After"]) > 0
    assert len(site.box.mails) == 2


def test_a_code_that_is_not_shown_any_more_is_not_mailed(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = half_way(site.person())
    form = visitor.form_with("mail")
    visitor.go("single").press("next", {"q_k_single": "2"})
    visitor.post(SAVED, {**form.fields, "email": "jan@example.org", "action": "mail"})
    assert visitor.statuses == [303, 200]
    assert site.box.mails == []


# ------------------------------------------------------------------------------------------------------------ the link
def test_the_link_is_offered_only_where_somebody_can_have_lost_one(
    site: Site, kinds: Instrument, confidential: Instrument
) -> None:
    put_wave(site.database, kinds)
    assert not offers(site.person().get(RESUME), "link")
    visitor = forged(site.person(), RESUME, action="link", email="jan@example.org")
    assert visitor.statuses == [303, 200]
    with site.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM outbox")).scalar() == 0


def test_asking_for_the_link_looks_the_same_whoever_asks_about_whomever(site: Site, confidential: Instrument) -> None:
    put_wave(site.database, confidential)
    tokens = invite(site.database, confidential, site.app.config["SECRET_KEY"])
    answers = []
    for name in ("jan", "vreemd"):
        visitor = site.person().get(RESUME)
        visitor.press("link", email=f"{name.title()}@example.org")
        assert visitor.statuses == [303, 200]
        answers.append((re.sub(r'value="[^"]{40,}"', "", visitor.html), visitor.response.headers["Content-Length"]))
        assert f"{name}@" not in visitor.html.lower()
    assert answers[0] == answers[1]
    assert "Is dit adres uitgenodigd?" in answers[0][0]
    assert "Wat u typte, verwijderen wij zodra de e-mail weg is." in answers[0][0]
    assert "vreemd@" in site.rows()
    site.work()
    assert [mail["To"] for mail in site.box.mails] == ["jan@example.org"]
    assert "vreemd@" not in site.rows()
    found = re.search(r"http://127\.0\.0\.1:8000(/i/\S+)", site.box.texts[0])
    assert found is not None
    for way in (found[1], f"/i/{tokens['jan']}"):
        jan = site.person().get(way)
        assert jan.status == 200
        assert jan.press("next").url.endswith(("/nl/vragenlijst/kinds-2026/toestemming", LANDING))


def test_who_comes_without_a_link_or_with_an_unknown_code_is_led_to_asking_for_it(
    site: Site, confidential: Instrument
) -> None:
    put_wave(site.database, confidential)
    assert "opnieuw sturen" not in site.person().get(LANDING).html  # nobody was invited yet
    invite(site.database, confidential, site.app.config["SECRET_KEY"])
    visitor = site.person().get(LANDING)
    assert (f"{RESUME}#email", "Laat uw link opnieuw sturen") in visitor.page.links
    visitor.get(RESUME).press("", code="ABCD 2345 EFGH")
    assert "Of vraag hieronder uw link aan." in visitor.html
    assert "email" in visitor.page.ids


def test_a_link_sent_again_opens_the_same_questionnaire_and_ends_nobodys_session(
    site: Site, confidential: Instrument
) -> None:
    put_wave(site.database, confidential)
    tokens = invite(site.database, confidential, site.app.config["SECRET_KEY"])
    phone = site.person().get(f"/i/{tokens['jan']}").press("next").press("next", role="contractor")
    phone.press("next", agree="yes").press("next", {"q_k_elig": "1"})
    assert phone.at == "single"
    site.person().get(RESUME).press("link", email="jan@example.org")
    site.work()
    (again,) = re.findall(r"/i/\S+", site.box.texts[-1])
    laptop = site.person().get(again)
    assert "U bent al begonnen" in laptop.html
    laptop.press("next")
    assert laptop.at == "single"
    phone.press("next", {"q_k_single": "2"})
    assert phone.status == 200
    assert phone.at == "multiple"
    old = site.person().get(f"/i/{tokens['jan']}").press("next")
    assert old.at == "multiple"
    with site.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM cases")).scalar() == 1


def test_one_address_gets_few_links_and_asking_on_looks_the_same(
    site: Site, confidential: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_asked, "PER_ADDRESS", 1)
    put_wave(site.database, confidential)
    invite(site.database, confidential, site.app.config["SECRET_KEY"])
    for _ in range(2):
        visitor = site.person().get(RESUME).press("link", email="jan@example.org")
        assert "Is dit adres uitgenodigd?" in visitor.html
        site.work()
    assert len(site.box.mails) == 1


def test_a_mistyped_address_and_too_many_questions_keep_the_field_for_a_code(
    site: Site, confidential: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_form, "ATTEMPTS", 1)
    put_wave(site.database, confidential)
    invite(site.database, confidential, site.app.config["SECRET_KEY"])
    visitor = site.person().get(RESUME).press("link", email="jan")
    assert visitor.status == 422
    assert WRONG in visitor.html
    assert visitor.page.title.startswith("Fout: ")
    visitor.press("link", email="jan@example.org")
    assert visitor.status == 200
    visitor.press("link", email="els@example.org")
    assert visitor.status == 429
    assert "code" in {name for form in visitor.page.forms.values() for name in form.fields}
    assert "veel aanvragen vanaf uw netwerk" in visitor.html


# --------------------------------------------------------------------------------------------------------- the opening
def test_who_left_an_address_is_told_when_the_wave_opens(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds, "draft")
    visitor = site.person().get(LANDING).press("notify", email="jan")
    assert visitor.status == 422
    assert visitor.form_with("notify").fields["email"] == ["jan"]
    for typed in ("jan@example.org", "JAN@example.org"):
        visitor = site.person().get(LANDING).press("notify", email=typed)
        assert visitor.url.endswith(LANDING)
        assert "U krijgt één e-mail" in visitor.html
        assert not offers(visitor, "notify")
    assert offers(visitor.get(LANDING), "notify")
    site.work()
    assert site.box.mails == []
    with site.database.write() as session:
        waves.open_wave(session, KINDS, 2026)
    site.work()
    assert [mail["To"] for mail in site.box.mails] == ["jan@example.org"]
    assert "jan@" not in site.rows()
    late = forged(site.person(), "/nl/onderzoek/kinds-2026/bericht", email="els@example.org")
    assert late.statuses == [303, 200]
    assert late.url.endswith(LANDING)
    assert "els@" not in site.rows()
    assert site.person().get("/nl/onderzoek/kinds-2026/bericht").url.endswith(LANDING)


def test_a_closed_wave_takes_no_address(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds, "closed")
    visitor = site.person().get(LANDING)
    assert not offers(visitor, "notify")
    assert forged(visitor, "/nl/onderzoek/kinds-2026/bericht", email="els@example.org").statuses == [303, 200]
    assert "els@" not in site.rows()


# ---------------------------------------------------------------------------------------------------------- the report
@pytest.mark.parametrize("where", [DONE, COMPARE])
def test_an_address_for_the_report_is_asked_once_and_kept_apart(site: Site, kinds: Instrument, where: str) -> None:
    put_wave(site.database, kinds)
    visitor = sent(site.person())
    visitor.get(where).press("keep", email="jan@")
    assert visitor.status == 422
    assert visitor.form_with("keep").fields["email"] == ["jan@"]
    assert visitor.page.title.startswith("Fout: ")
    form = visitor.form_with("keep")
    visitor.press("keep", email="jan@example.org")
    assert visitor.url.endswith(where)
    assert "los van uw antwoorden" in visitor.html
    visitor.post(form.action, {**form.fields, "email": "jan@example.org", "action": "keep"})
    with site.database.read() as session:
        assert [each.email for each in report_requests.listed(session, KINDS, 2026)] == ["jan@example.org"]
    for page in (DONE, COMPARE):
        assert not offers(visitor.get(page), "keep")


def test_a_new_questionnaire_on_the_same_device_asks_anew(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = sent(site.person()).press("keep", email="jan@example.org")
    visitor.press("fresh").press("")
    sent(visitor)
    assert offers(visitor, "keep")


@pytest.mark.parametrize(("path", "expected"), [(SAVED, "mail"), (RESUME, "link"), (LANDING, "notify")])
def test_every_form_can_be_switched_to_the_other_language(
    site: Site, confidential: Instrument, path: str, expected: str
) -> None:
    put_wave(site.database, confidential, "draft" if path == LANDING else "open")
    tokens = {} if path == LANDING else invite(site.database, confidential, site.app.config["SECRET_KEY"])
    visitor = site.person()
    if path == SAVED:
        visitor.get(f"/i/{tokens['jan']}").press("next")
        if not visitor.url.endswith("toestemming"):
            visitor.press("next", role="contractor")
        visitor.press("next", agree="yes").press("next", {"q_k_elig": "1"}).press("save")
    else:
        visitor.get(path)
    assert FORMS[expected] in visitor.html
    (other,) = [href for href, label in visitor.page.links if label == "English"]
    assert offers(visitor.get(other), expected)
    assert FORMS[expected] not in visitor.html


def test_no_log_line_holds_an_address_a_code_or_a_link(
    make_app: Callable[..., Flask],
    sqlite_database: Database,
    confidential: Instrument,
    kinds: Instrument,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with mail_server() as box:
        app = make_app(smtp_url=SecretStr(box.url), mail_from="survey@example.org", log_level="DEBUG")
        site = Site(app, box, sqlite_database)
        put_wave(sqlite_database, confidential)
        invite(sqlite_database, confidential, app.config["SECRET_KEY"])
        visitor = site.person().get(f"/i/{token_of(sqlite_database, app, confidential)}").press("next")
        visitor.press("next", role="contractor") if "role" in visitor.form.offered else None
        visitor.press("next", agree="yes").press("next", {"q_k_elig": "1"}).press("save")
        code = code_on(visitor)
        for answer in ("250 OK", "451 jan@example.org later", "550 no jan@example.org"):
            box.on_recipient = answer
            visitor.press("mail", email="jan@example.org")
        box.on_recipient = "250 OK"
        site.person().get(RESUME).press("link", email="jan@example.org")
        site.work()
        (link,) = re.findall(r"/i/(\S+)", box.texts[-1])
    said = "".join(capfd.readouterr())
    assert '"outcome": "not sent"' in said
    assert '"outcome": "sent"' in said
    for secret in ("jan@", "example.org", code, code.replace(" ", ""), link):
        assert secret not in said


def token_of(database: Database, app: Flask, instrument: Instrument) -> str:
    """A new link of the first contact."""
    with database.write() as session:
        made = personal_links.renew_links(session, KINDS, 2026, salt=app.config["SECRET_KEY"])
    return made[0].token


# ------------------------------------------------------------------------------------------- an address to be mended
def unpacked(cookie: str) -> str:
    """What anybody who has it can read in a signed cookie."""
    is_small, body = cookie.startswith("."), cookie.lstrip(".").partition(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return (zlib.decompress(raw) if is_small else raw).decode()


@pytest.mark.parametrize("where", [DONE, COMPARE])
def test_a_mistyped_address_is_shown_and_put_right_by_who_left_it(site: Site, kinds: Instrument, where: str) -> None:
    """Whole where it was just typed, masked from then on; the wish it was left for goes along."""
    put_wave(site.database, kinds)
    visitor = sent(site.person(), wishes=True).get(where).press("keep", email="jansen@exmaple.org")
    assert "jansen@exmaple.org" in visitor.html
    visitor.get(where)
    assert "jansen@" not in visitor.html
    assert "j\u2060…\u2060n@exmaple.org" in visitor.html
    visitor.press("change", email="jansen")
    assert (visitor.status, visitor.form_with("change").fields["email"]) == (422, ["jansen"])
    assert visitor.page.title.startswith("Fout: ")
    visitor.press("change", email="jansen@example.org")
    assert "jansen@example.org" in visitor.html
    with site.database.read() as session:
        assert report_requests.listed(session, KINDS, 2026) == [LeftAddress("jansen@example.org", "nl", (1,), False)]


def test_who_left_an_address_takes_it_back_and_nobody_elses(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    other = sent(site.person()).press("keep", email="jan@example.org")
    visitor = sent(site.person()).press("keep", email="jan@example.org").press("withdraw")
    assert "Uw e-mailadres is verwijderd." in visitor.html
    for page in (DONE, COMPARE):
        assert not offers(visitor.get(page), "change")
        assert "Wilt u toch horen wanneer het rapport er is?" in visitor.html
    assert "j\u2060…\u2060n@example.org" in other.get(DONE).html
    with site.database.read() as session:
        assert len(report_requests.listed(session, KINDS, 2026)) == 1
    assert forged(visitor, DONE, action="change", email="els@example.org").status == 200
    assert "els@" not in site.rows()


def test_two_presses_of_one_form_leave_one_address_which_can_be_taken_back(site: Site, kinds: Instrument) -> None:
    """Both bring the cookie of before: neither knows of the other."""
    put_wave(site.database, kinds)
    visitor = sent(site.person(), wishes=True)
    form = visitor.get(DONE).form_with("keep")
    fields = {**form.fields, "action": ["keep"]}
    before = cookies_of(visitor.client)
    for email in ("jan@exmaple.org", "jan@example.org"):
        for name, value in before.items():
            visitor.client.set_cookie(name, value)
        assert visitor.client.post(form.action or DONE, data={**fields, "email": [email]}).status_code == 303
    with site.database.read() as session:
        assert report_requests.listed(session, KINDS, 2026) == [LeftAddress("jan@example.org", "nl", (1,), False)]
    visitor.get(DONE).press("withdraw")
    assert "example.org" not in site.rows()


def test_who_deleted_an_address_can_leave_one_anew_and_is_not_told_that_it_stays(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = sent(site.person()).press("keep", email="jan@example.org").press("withdraw")
    leave = "/nl/vragenlijst/kinds-2026/afmelden"
    assert "e-mailadres" not in visitor.get(leave).html.replace("‑", "-")
    visitor.get(DONE).press("keep", email="els@example.org")
    assert "els@example.org" in visitor.html
    visitor.press("withdraw").get(leave).press("")
    assert "Uw antwoorden zijn gewist" in visitor.html
    assert "e-mailadres" not in visitor.html.replace("‑", "-")


def test_no_other_device_sees_an_address_and_no_table_leads_to_it(site: Site, kinds: Instrument) -> None:
    """The way from the person to the address is a secret in their own cookie; the key in the table is only its hash."""
    put_wave(site.database, kinds)
    visitor = sent(site.person()).press("keep", email="jan@example.org")
    code = code_on(visitor)
    cookie = unpacked(cookies_of(visitor.client)[f"survey-{KINDS}-2026"])
    secret = re.search(r'"address_key":"([\w-]{22})"', cookie)
    assert secret is not None
    assert secret[1] not in site.rows()
    assert "jan" not in cookie
    elsewhere = site.person().get(RESUME).press("", code=code).get(DONE)
    assert "example.org</strong>" not in elsewhere.html
    assert not offers(elsewhere, "change")


def test_after_closing_addresses_are_mixed_and_the_page_says_whom_to_ask(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = sent(site.person()).press("keep", email="jan@example.org")
    with site.database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    visitor.get(DONE)
    assert not offers(visitor, "change")
    assert "U heeft een e-mailadres achtergelaten." in visitor.html
    assert "Vraag het aan" in visitor.html


def test_who_removes_their_answers_is_led_to_the_address_they_left(site: Site, kinds: Instrument) -> None:
    put_wave(site.database, kinds)
    visitor = sent(site.person()).press("keep", email="jan@example.org")
    visitor.get("/nl/vragenlijst/kinds-2026/afmelden")
    assert "Verwijder het eerst" in visitor.html
    visitor.get(DONE).press("withdraw").get("/nl/vragenlijst/kinds-2026/afmelden")
    assert "Verwijder het eerst" not in visitor.html
