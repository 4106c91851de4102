"""A mail as it is written, and how it leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

import pytest
from pydantic import SecretStr

from surveyapp import clock
from surveyapp.catalogues import LANGUAGES
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, MailNotSent
from surveyapp.instrument.model import Organisation
from surveyapp.jobs import post as post_module
from surveyapp.jobs.mail import Letter, Sender, message, written
from surveyapp.jobs.mail_transport import Folder
from surveyapp.jobs.post import Post, files_office, post_office
from tests.builders import small_instrument
from tests.jobs.mail_servers import PASSWORD, USER, MailBox, guarded_server, mail_server, mute_server

ORGANISATION: Organisation = small_instrument().study.organisation
VALUES = {
    "title": "Het onderzoek",
    "code": "ABCD2345EFGH",
    "address": "https://survey.example.org/x",
    "closes": "2026-12-18",
}
SENDER = Sender("survey@example.org", "survey.example.org")
LONG = 5
"""Seconds: more than ten times what these tests wait for, and far less than the minutes a library waits by itself."""


def letter(kind: str = "code", to: str = "jan@example.org", language: str = "nl", **changes: object) -> Letter:
    return Letter(kind, to, language, ORGANISATION, {**VALUES, **changes})


def office(url: str, **settings: object) -> Post:
    made = post_office(
        Settings(
            smtp_url=SecretStr(url),
            mail_from="survey@example.org",
            base_url="https://survey.example.org",
            **settings,  # type: ignore[arg-type]
        )
    )
    assert made is not None
    return made


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as made:
        yield made


# ------------------------------------------------------------------------------------------------------------ written
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["code", "link", "opened"])
def test_every_mail_is_plain_text_with_a_subject_and_who_wrote_it(kind: str, language: str) -> None:
    subject, text = written(letter(kind, language=language))
    assert subject.endswith("Het onderzoek")
    assert "\n" not in subject
    assert VALUES["address"] in text
    assert ("18 december 2026" if language == "nl" else "18 December 2026") in text
    for said in (ORGANISATION.name, ORGANISATION.contact, ORGANISATION.email, ORGANISATION.telephone):
        assert said in text
    assert "\n\n\n" not in text
    assert not any(sign in text for sign in "<>{}%&")
    _, open_ended = written(letter(kind, language=language, closes=None))
    assert "2026" not in open_ended
    assert "\n\n\n" not in open_ended


def test_the_code_stands_in_the_mail_as_it_stands_on_the_page() -> None:
    assert "\n    ABCD 2345 EFGH\n" in written(letter())[1]


def test_the_headers_say_who_wrote_whom_and_that_no_machine_need_answer() -> None:
    made = message(letter(to="jan@example.org"), SENDER, "f" * 32)
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert read["From"].addresses[0].addr_spec == "survey@example.org"
    assert read["From"].addresses[0].display_name == ORGANISATION.name
    assert read["To"] == "jan@example.org"
    assert read["Reply-To"].addresses[0].addr_spec == ORGANISATION.email
    assert read["Message-ID"] == f"<{'f' * 32}@survey.example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "nl"
    assert read.get_content_type() == "text/plain"
    assert b"\n" not in made.as_bytes().replace(b"\r\n", b"")
    assert message(letter(), SENDER)["Message-ID"] != message(letter(), SENDER)["Message-ID"]


@pytest.mark.parametrize(
    "sign", ["\r", "\n", "\r\nBcc: els@example.org", "\n\nBcc: els@example.org", "\0", "\x85", "\u2028"]
)
def test_a_line_break_in_a_name_or_title_becomes_a_space_and_in_an_address_refuses_it(sign: str) -> None:
    spoilt = replace(ORGANISATION, **{part: f"{getattr(ORGANISATION, part)}{sign}" for part in ("name", "contact")})
    made = message(replace(letter(title=f"Titel{sign}!"), organisation=spoilt), SENDER)
    read = message_from_bytes(made.as_bytes(), policy=default)
    said = " ".join(sign.replace("\0", " ").split())
    assert read["From"].addresses[0].display_name == f"{ORGANISATION.name} {said}".strip()
    assert read["Subject"].endswith(f"Titel {said} !".replace("  ", " ") if not said else f"Titel {said}!")
    assert "Bcc" not in read
    assert "els@example.org" not in read.get_content().split("\n")[0]
    with pytest.raises(MailNotSent) as refused:
        message(letter(to=f"jan@example.org{sign}"), SENDER)
    assert refused.value.is_final


NAMES = [
    "Stichting Goed Opdrachtgeverschap, Onderzoek naar Inhuur, Zelfstandigen en Bemiddelaars, Nederland, Europa",
    "Müller, Universität für angewandte Wissenschaften, Forschungsgruppe Arbeit, Selbständige, Österreich, Nederland",
    'A "quoted" name; with <angle@example.org> and, (a comment) in it',
    "ab@cd.nl, " * 12,
    "back, slash\\ " * 9,
    "=?utf-8?q?not=20encoded?=, Ltd",
    "=?utf-8?q?a=0d=0aBcc:_els=40example.org?=",
    "Studie =?utf-8?b?DQpCY2M6IGVsc0BleGFtcGxlLm9yZw==?= 2026",
    "\u202eomgekeerd\u202c, \u05e2\u05d1\u05e8\u05d9\u05ea, \u0645\u0631\u062d\u0628\u0627",
    "a, " * 400,
    "é" * 200,
    "调查, 研究所, 阿姆斯特丹, " * 9,
]


def whole(name: str) -> str:
    """As every reader sees it; runs of spaces aside, which one reader adds between encoded words."""
    return "".join(name.split())


@pytest.mark.parametrize("name", NAMES)
def test_one_sender_stays_one_sender_however_long_and_odd_the_name(name: str) -> None:
    made = message(replace(letter(), organisation=replace(ORGANISATION, name=name)), SENDER).as_bytes()
    head = made.split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1
    read, older = message_from_bytes(made, policy=default), message_from_bytes(made)
    for header, address in (("From", "survey@example.org"), ("Reply-To", ORGANISATION.email)):
        assert [found.addr_spec for found in read[header].addresses] == [address]
        assert whole(read[header].addresses[0].display_name) == whole(name)
        ((shown, plain),) = getaddresses([older[header]])  # as mail programs read that know no header objects
        assert plain == address
        assert str(make_header(decode_header(shown))) == " ".join(name.split())


@pytest.mark.parametrize("title", NAMES)
def test_a_subject_says_its_title_whole(title: str) -> None:
    made = message(letter(title=title), SENDER).as_bytes()
    assert sorted(message_from_bytes(made).keys()) == sorted(message(letter(), SENDER).keys())  # and brings no header
    assert str(make_header(decode_header(message_from_bytes(made)["Subject"]))).endswith(" ".join(title.split()))


def test_a_domain_in_letters_of_its_own_travels_in_ascii() -> None:
    assert message(letter(to="jan@bücher.example.org"), SENDER)["To"] == "jan@xn--bcher-kva.example.org"


# --------------------------------------------------------------------------------------------------------------- sent
def test_a_mail_reaches_the_server_and_reads_as_it_was_written(box: MailBox) -> None:
    office(box.url).send_now(letter(language="nl"))
    assert box.texts == [written(letter(language="nl"))[1]]
    assert box.envelopes == [("survey@example.org", ("jan@example.org",))]
    assert box.greeted_as[0] == "survey.example.org"


def test_a_name_before_the_at_in_letters_of_its_own_takes_a_server_that_knows_them(box: MailBox) -> None:
    office(box.url).send_now(letter(to="jän@example.org"))
    assert box.envelopes == [("survey@example.org", ("jän@example.org",))]
    with mail_server(enable_SMTPUTF8=False) as older, pytest.raises(MailNotSent) as failed:
        office(older.url).send_now(letter(to="jän@example.org"))
    assert failed.value.is_final


@pytest.mark.parametrize(
    ("on_recipient", "on_data", "is_final"),
    [
        ("550 no jan@example.org here", "250 OK", True),
        ("451 later", "250 OK", False),
        ("250 OK", "554 this looks like spam from jan@example.org", True),
        ("250 OK", "452 full", False),
    ],
)
def test_a_refusal_tells_whether_it_is_for_good_and_repeats_nothing_the_server_said(
    box: MailBox, on_recipient: str, on_data: str, is_final: bool
) -> None:
    box.on_recipient, box.on_data = on_recipient, on_data
    with pytest.raises(MailNotSent) as failed:
        office(box.url).send_now(letter())
    assert failed.value.is_final is is_final
    assert not failed.value.is_server
    assert "jan" not in str(failed.value)
    assert (on_data if on_recipient.startswith("250") else on_recipient)[:3] in str(failed.value)
    assert box.mails == []


def test_a_server_that_hangs_dies_or_is_away_costs_seconds_and_is_told_apart(
    box: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_module, "SECONDS", 0.3)
    box.dies = True
    with mute_server() as mute:
        for url in (mute, box.url, "smtp://127.0.0.1:1?starttls=no"):
            began = time.monotonic()
            with pytest.raises(MailNotSent) as failed:
                office(url).send_now(letter())
            assert failed.value.is_server
            assert time.monotonic() - began < LONG
    box.dies, box.hangs = False, True
    with pytest.raises(MailNotSent) as failed:
        office(box.url).send_now(letter())
    assert failed.value.is_server
    assert box.mails == []


def test_a_server_that_looks_into_a_mail_first_is_waited_for_where_there_is_time(box: MailBox) -> None:
    box.looks = 1.0
    with office(box.url).transport.connection(0.4, 10) as send:
        send(message(letter(), SENDER))
        send(message(letter(), SENDER))
        box.hangs = True  # before it has the mail nothing is worth that long a wait
        began = time.monotonic()
        with pytest.raises(MailNotSent) as failed:
            send(message(letter(), SENDER))
    assert failed.value.is_server
    assert time.monotonic() - began < LONG
    assert len(box.mails) == 2


def test_while_somebody_waits_only_two_mails_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with mute_server() as mute:
        waiting = office(mute)
        assert waiting._places.acquire(blocking=False)
        assert waiting._places.acquire(blocking=False)
        with pytest.raises(MailNotSent, match="at once"):
            waiting.send_now(letter())
        waiting._places.release()
        monkeypatch.setattr(post_module, "SECONDS", 0.2)
        with pytest.raises(MailNotSent, match="SMTP"):
            waiting.send_now(letter())
        assert waiting._places.acquire(blocking=False)  # the place was given back


def test_the_password_travels_over_tls_only_and_to_a_server_whose_certificate_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with guarded_server(tmp_path) as (guarded, certificate):
        url = f"smtp://{USER}:{PASSWORD.replace('@', '%40').replace('/', '%2F')}@127.0.0.1:{guarded.port}"
        with pytest.raises(MailNotSent) as untrusted:
            office(url).send_now(letter())
        assert untrusted.value.is_server
        assert "SSLCertVerificationError" in str(untrusted.value)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        office(url).send_now(letter())
        with pytest.raises(MailNotSent, match=r"SMTPAuthenticationError 535|SMTPServerDisconnected") as wrong:
            office(url.replace("word@", "wort@")).send_now(letter())
        assert wrong.value.is_server
        assert PASSWORD not in str(wrong.value)
    assert len(guarded.mails) == 1


def test_a_server_without_tls_gets_nothing_unless_it_is_asked_for(box: MailBox) -> None:
    with pytest.raises(MailNotSent) as failed:
        office(box.url.removesuffix("?starttls=no")).send_now(letter())
    assert failed.value.is_server
    assert box.mails == []


# ----------------------------------------------------------------------------------------------------------- settings
@pytest.mark.parametrize(
    "url",
    [
        "https://mail.example.org",
        "smtp://",
        "mail.example.org:587",
        "smtp://u:geheim@mail.example.org:haven",
        "smtp://u:geheim@mail.example.org:70000",
        "smtp://u:geheim@mail.example.org/pad",
        "smtp://u:geheim@mail.example.org?tls=no",
        "smtp://u:geheim@mail.example.org?starttls=yes",
        "smtp://u:geheim@mail.example.org?starttls=no",
        "smtp://u:geheim%0d%0a@mail.example.org",
        "smtp://u:geheim@[mail.example.org",
    ],
)
def test_a_wrong_mail_server_is_refused_without_its_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEYAPP_SMTP_URL", url)
    monkeypatch.setenv("SURVEYAPP_MAIL_FROM", "survey@example.org")
    with pytest.raises(ConfigurationError, match="SURVEYAPP_SMTP_URL") as refused:
        Settings()
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("sender", [None, "Jan <jan@example.org>", "jan", "jan@example.org\r\nBcc: els@example.org"])
def test_a_mail_server_needs_one_plain_address_to_write_from(
    sender: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_SMTP_URL", "smtp://mail.example.org")
    if sender is not None:
        monkeypatch.setenv("SURVEYAPP_MAIL_FROM", sender)
    with pytest.raises(ConfigurationError, match="SURVEYAPP_MAIL_FROM"):
        Settings()


def test_the_settings_say_where_mail_goes(tmp_path: Path) -> None:
    secure = Settings(smtp_url=SecretStr("smtps://u%40v:p%3A@mail.example.org"), mail_from="a@example.org").mail_server
    assert secure is not None
    assert (secure.host, secure.port, secure.user, secure.is_tls) == ("mail.example.org", 465, "u@v", True)
    assert secure.password.get_secret_value() == "p:"
    assert "p:" not in repr(secure)
    plain = Settings(smtp_url=SecretStr("smtp://mail.example.org"), mail_from="a@example.org").mail_server
    assert plain is not None
    assert (plain.port, plain.starts_tls) == (587, True)
    assert post_office(Settings(instance=tmp_path)) is None


def test_without_a_mail_server_mailings_become_files_and_nobody_is_offered_mail_in_production(tmp_path: Path) -> None:
    made, other = Settings(instance=tmp_path), "elsewhere"
    assert post_office(made) is None
    files = files_office(made)
    assert files is not None
    with clock.stopped_at(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        files.send_now(letter(to="jan@example.org"))
    (tmp_path / "mail" / other).write_text("not a mail of ours")
    assert isinstance(files.transport, Folder)
    with clock.stopped_at(datetime(2026, 11, 27, 11, tzinfo=UTC)):
        files.transport.forget_old()
        assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with clock.stopped_at(datetime(2026, 11, 27, 13, tzinfo=UTC)):
        files.transport.forget_old()
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [other]
    assert files_office(Settings(smtp_url=SecretStr("smtps://mail.example.org"), mail_from="a@example.org")) is None


def test_in_development_mails_are_files_only_their_owner_reads(tmp_path: Path) -> None:
    made = post_office(Settings(instance=tmp_path, environment="development"))
    assert made is not None
    made.send_now(letter(to="jan@example.org"))
    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert "jan" not in path.name
    assert path.stat().st_mode & 0o077 == 0
    read = message_from_bytes(path.read_bytes(), policy=default)
    assert read["To"] == "jan@example.org"
    assert "ABCD 2345 EFGH" in read.get_content()
