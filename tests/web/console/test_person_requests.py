"""A person's request is answered while it can be, and the page says why where it cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.fieldwork import contacts, link_cutting, personal_links, unsubscribing, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.storage import contacts as stored
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database, Session
from surveyapp.storage.tables import AuditRow, CaseRow, ContactRow
from surveyapp.web.passwords import password_hash
from tests.web.conftest import KINDS, put_wave
from tests.web.console.people import PASSWORD, Person
from tests.web.respondent.test_personal_links import LIST, confidential

__all__ = ["confidential"]
HERE = "/admin/people"


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database, confidential: object) -> Flask:
    put_wave(sqlite_database, confidential)  # type: ignore[arg-type]
    with sqlite_database.write() as session:
        add_user(session, "admin@example.org", password_hash(PASSWORD), "admin", "en")
    return make_app(second_step_roles="none")


def answered(database: Database, instrument: object, salt: str) -> str:
    """Jan's link; he began and gave an answer."""
    with database.write() as session:
        contacts.import_contacts(session, instrument, contacts.read_contacts(LIST, instrument))  # type: ignore[arg-type]
        made = personal_links.make_links(session, KINDS, 2026, salt=salt)
        (jan,) = (link for link in made if link.email.startswith("jan"))
        begun = personal_links.begin(session, instrument, jan.token, "contractor", "nl", salt=salt)  # type: ignore[arg-type]
        assert begun is not None
        case = session.exec(select(CaseRow)).one()
        case.answers = {"k_elig": 1, "k_mark": 7}
    return jan.token


def entered(site: Flask) -> Person:
    person = Person(site.test_client())
    person.sign_in("admin@example.org")
    return person


def noted(session: Session, deed: str) -> list[dict[str, object]]:
    return [row.details for row in session.exec(select(AuditRow).where(AuditRow.action == deed))]


def test_somebody_is_found_by_address_or_link_and_gets_what_is_kept_of_them(
    site: Flask, sqlite_database: Database, confidential: object
) -> None:
    salt = str(site.config["SECRET_KEY"])
    token = answered(sqlite_database, confidential, salt)
    admin = entered(site)
    with sqlite_database.read() as session:
        jan = session.exec(select(ContactRow).where(ContactRow.email == "jan@example.org")).one()
    signed = unsubscribing.address("https://survey.example.org", jan.contact_id, "nl", salt=salt)
    for who in ("Jan@Example.org", f"https://survey.example.org/i/{token}", signed):
        page = admin.post(HERE, who=who).text
        assert "have answers that are known to be theirs" in page
    file = f"{HERE}/{KINDS}/2026/{jan.contact_id}/file"
    assert admin.post(file, reason="").status_code == 422
    kept = admin.post(file, reason="asked by mail").text
    assert "jan@example.org" in kept
    assert "Uw antwoorden" in kept
    assert "7" in kept
    with sqlite_database.read() as session:
        assert noted(session, "person.file") == [{"contact": str(jan.contact_id), "reason": "asked by mail"}]
        assert noted(session, "person.search") == [{"waves": 1}] * 3
    for who, said in (("geen adres", "Type a whole e-mail address"), ("/i/" + "x" * 22, "Nobody has this link")):
        refused = admin.post(HERE, who=who)
        assert refused.status_code == 422
        assert said in refused.text
    assert "Nothing is kept under this address" in admin.post(HERE, who="piet@example.org").text


def test_after_the_cut_the_page_says_why_nothing_can_be_shown(
    site: Flask, sqlite_database: Database, confidential: object, monkeypatch: pytest.MonkeyPatch
) -> None:

    answered(sqlite_database, confidential, str(site.config["SECRET_KEY"]))
    with sqlite_database.write() as session:
        waves.close_wave(session, KINDS, 2026)
    with sqlite_database.write() as session:
        library = InstrumentLibrary(sqlite_database)
        link_cutting.cut_links(
            session, KINDS, 2026, "admin@example.org", instrument=library.of_wave(session, KINDS, 2026)
        )
        jan = stored.by_address(session, KINDS, 2026, "jan@example.org")
    assert jan is not None
    admin = entered(site)
    page = admin.post(HERE, who="jan@example.org").text
    assert "nobody can tell which are theirs" in page
    assert "Download what is kept" not in page
    assert admin.post(f"{HERE}/{KINDS}/2026/{jan.contact_id}/file", reason="x").status_code == 409
