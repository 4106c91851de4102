"""No more mail, at the address every mail bears for it: a press or a mail program's post, never a look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.fieldwork import contacts, unsubscribing
from surveyapp.instrument.model import Instrument
from surveyapp.storage import contacts as stored
from surveyapp.storage.database import Database
from surveyapp.storage.tables import ContactRow
from surveyapp.web.respondent import personal
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_personal_links import LIST, confidential, everything, opted_out

__all__ = ["confidential"]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database, confidential: Instrument) -> Flask:
    put_wave(sqlite_database, confidential)
    with sqlite_database.write() as session:
        contacts.import_contacts(session, confidential, contacts.read_contacts(LIST, confidential))
    made = make_app()
    made.config["WTF_CSRF_ENABLED"] = True
    return made


def address(site: Flask, database: Database, who: str, language: str = "nl") -> str:
    with database.read() as session:
        row = stored.by_address(session, KINDS, 2026, f"{who}@example.org")
    assert row is not None
    return unsubscribing.address("", row.contact_id, language, salt=site.config["SECRET_KEY"])


@pytest.mark.parametrize(
    ("language", "asked", "out"),
    [
        ("nl", "Geen e-mails meer over dit onderzoek", "U krijgt geen e-mails meer"),
        ("en", "No more e-mails about this study", "You get no more e-mails"),
    ],
)
def test_looking_changes_nothing_a_press_does_and_another_takes_it_back(
    site: Flask, sqlite_database: Database, language: str, asked: str, out: str
) -> None:
    where = address(site, sqlite_database, "jan", language)
    before = everything(sqlite_database)
    for method in ("GET", "HEAD"):
        assert site.test_client().open(where, method=method, headers={"Purpose": "prefetch"}).status_code == 200
    jan = Visitor(site.test_client()).get(where)
    assert jan.h1 == asked
    assert jan.response.headers["Referrer-Policy"] == "strict-origin"
    assert everything(sqlite_database) == before
    assert jan.press("out").h1 == out
    assert opted_out(sqlite_database) == {"jan": True, "els": False}
    assert jan.press("undo").h1 == asked
    assert opted_out(sqlite_database) == {"jan": False, "els": False}


def test_a_mail_program_posts_without_cookie_or_token_and_nothing_else_goes_without(
    site: Flask, sqlite_database: Database
) -> None:
    where = address(site, sqlite_database, "els", "en")
    for fields in ({}, {"action": "out"}, {**ONE_CLICK, "action": "undo"}):
        assert site.test_client().post(where, data=fields).status_code == 400
    assert opted_out(sqlite_database)["els"] is False
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data") * 2:
        done = site.test_client().post(where, data=ONE_CLICK, content_type=content_type)
        assert (done.status_code, done.get_data(), "Set-Cookie" in done.headers) == (200, b"", False)
    assert opted_out(sqlite_database) == {"jan": False, "els": True}


def test_every_address_that_is_not_ours_gets_the_same_answer_and_then_has_to_wait(
    site: Flask, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = address(site, sqlite_database, "jan")
    with sqlite_database.write() as session:
        gone = session.exec(select(ContactRow).where(ContactRow.email == "jan@example.org")).one()
        session.delete(gone)
    wrong = ("/u/x/afmelden", f"/u/{'x' * 43}/afmelden", where)
    for send in ("get", "post"):
        client = site.test_client()
        data = ONE_CLICK if send == "post" else None
        answers = {(got.status_code, got.text) for one in wrong if (got := getattr(client, send)(one, data=data))}
        assert len(answers) == 1
        ((status, said),) = answers
        assert status == 404
        assert "Bij deze link kennen wij geen e-mailadres" in said
    monkeypatch.setattr(personal, "ATTEMPTS", 0)
    assert site.test_client().get(wrong[0]).status_code == 429
    assert site.test_client().get(address(site, sqlite_database, "els")).status_code == 200  # ours always opens
