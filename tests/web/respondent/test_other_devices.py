"""One questionnaire on two devices of a confidential wave: the second shows nothing of the first, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.fieldwork import contacts, personal_links
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import DraftRow
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import DONE, fill_all

SHORT, LONG, STATEMENTS = 11, 12, 13


def _quoting(wave: dict[str, object], name: str) -> dict[str, object]:
    """The study of every kind, whose later pages repeat what was answered on the page *short*."""
    pipe = {"nl": "{k_short.label|uw functie}", "en": "{k_short.label|your job}"}
    at = f"questionnaire.pages.{LONG}"
    return patched(
        *((f"study.waves.0.{key}", value) for key, value in wave.items()),
        (f"{at}.title", {"nl": f"Over {pipe['nl']}", "en": f"About {pipe['en']}"}),
        (f"{at}.items.0.text", {"nl": f"Wat vindt u van {pipe['nl']}?", "en": f"What about {pipe['en']}?"}),
        (f"{at}.items.0.hint", {"nl": f"Denk aan {pipe['nl']}.", "en": f"Think of {pipe['en']}."}),
        (
            f"questionnaire.pages.{STATEMENTS}.items.0.rows.0.text",
            {"nl": f"Als {pipe['nl']} past het.", "en": f"As {pipe['en']} it fits."},
        ),
        name=name,
    )


@pytest.fixture(scope="module", params=["hidden", "shown"])
def instrument(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    wave = {"mode": "confidential", "earlier_answers": request.param}
    return load_instrument(write(tmp_path_factory.mktemp("quoting"), _quoting(wave, "kinds")), 2026)


@pytest.fixture
def is_hidden(instrument: Instrument) -> bool:
    return instrument.wave.earlier_answers == "hidden"


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database, instrument: Instrument) -> Flask:
    put_wave(sqlite_database, instrument)
    return make_app()


@pytest.fixture
def token(site: Flask, sqlite_database: Database, instrument: Instrument) -> str:
    """The link of one person."""
    with sqlite_database.write() as session:
        listed = contacts.read_contacts(b"email;role\njan@example.org;contractor\n", instrument)
        contacts.import_contacts(session, instrument, listed)
        (link,) = personal_links.make_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    return link.token


def begun(site: Flask, token: str, up_to: str, **answers: str) -> Visitor:
    """Someone who came by the link and answered every page before this one."""
    visitor = Visitor(site.test_client()).get(f"/i/{token}").press("next").press("next", agree="yes")
    visitor.press("next", {"q_k_elig": "1"})
    while visitor.at != up_to:
        visitor.press("next", {**DONE[visitor.at], **{n: v for n, v in answers.items() if n in visitor.form.fields}})
    return visitor


def taken_over(site: Flask, token: str) -> Visitor:
    """The same link on another device."""
    return Visitor(site.test_client()).get(f"/i/{token}").press("next")


def test_a_text_that_repeats_an_earlier_answer_says_something_neutral_on_another_device(
    site: Flask, token: str, is_hidden: bool
) -> None:
    phone = begun(site, token, "long", q_k_short="Kanarievogel")
    assert "Over Kanarievogel" in phone.html
    laptop = taken_over(site, token)
    assert laptop.at == "long"
    assert ("Kanarievogel" in laptop.html) is not is_hidden
    if is_hidden:
        assert "Wat vindt u van uw functie?" in laptop.html
        assert "Denk aan uw functie." in laptop.html
    seen = [laptop.press("next", q_k_long="x" * 201).html]  # a mistake: its summary names the question
    assert laptop.is_asked
    seen.append(laptop.press("language").html)
    laptop.press("language").press("next", q_k_long="")
    assert laptop.at == "statements"
    seen += [laptop.html, laptop.press("next").html]  # skipped: so does the prompt
    assert laptop.is_asked
    assert laptop.html.count("Als uw functie past het." if is_hidden else "Als Kanarievogel past het.") > 1
    fill_all(laptop)
    seen += [laptop.html, laptop.get("/nl/vragenlijst/kinds-2026/mijn-antwoorden").html]
    for html in seen:
        assert ("Kanarievogel" in html) is not is_hidden
    assert "Kanarievogel" in phone.go("short").html


def test_two_texts_for_one_page_are_laid_side_by_side_without_the_answer_of_the_other_device(
    site: Flask, token: str, is_hidden: bool
) -> None:
    begun(site, token, "long", q_k_short="Kanarievogel")
    laptop = taken_over(site, token)
    form = {name: list(values) for name, values in laptop.form.fields.items()}
    laptop.press("next", q_k_long="eerste").go("long")
    laptop.post("/nl/vragenlijst/kinds-2026/p/long", {**form, "q_k_long": "tweede", "action": "next"})
    assert laptop.is_asked
    assert "eerste" in laptop.html
    assert "tweede" in laptop.html
    assert ("Kanarievogel" in laptop.html) is not is_hidden


def test_what_the_first_device_goes_on_to_answer_is_not_shown_on_the_second_either(
    site: Flask, token: str, is_hidden: bool
) -> None:
    phone = begun(site, token, "short")
    laptop = taken_over(site, token).press("next", q_k_short="Van de laptop")
    assert laptop.at == "long"
    phone.go("long").press("next", q_k_long="Kanariegeel")
    assert ("Kanariegeel" in laptop.go("long").html) is not is_hidden
    assert laptop.go("short").form.fields["q_k_short"] == ["Van de laptop"]
    fill_all(laptop.go("statements"))
    review = laptop.get("/nl/vragenlijst/kinds-2026/controle").html
    assert ("Kanariegeel" in review) is not is_hidden
    assert "Van de laptop" in review
    assert "Kanariegeel" in phone.go("long").html
    assert ("Van de laptop" in phone.go("short").html) is not is_hidden  # the device that came first is no exception


def test_a_page_answered_on_the_other_device_while_it_was_open_here_gives_its_text_back(
    site: Flask, token: str, is_hidden: bool
) -> None:
    phone = begun(site, token, "long")
    laptop = taken_over(site, token)
    phone.press("next", q_k_long="Kanariegeel")
    laptop.press("next", q_k_long="Op de laptop")
    if is_hidden:
        assert laptop.status == 409
        assert laptop.h1 == "Deze pagina is elders gewijzigd"
        assert "Kanariegeel" not in laptop.html
        assert ("/nl/vragenlijst/kinds-2026/p/statements", "Verder waar u gebleven was") in laptop.page.links
    else:
        assert laptop.is_asked
        assert "Kanariegeel" in laptop.html
    assert "Op de laptop" in laptop.html
    if is_hidden:
        assert phone.go("long").form.fields["q_k_long"] == ["Kanariegeel"]


def typed(visitor: Visitor, **answers: str) -> None:
    """What the page's script does while somebody types."""
    fields = {**visitor.form.fields, **answers}
    response = visitor.client.post(f"/nl/vragenlijst/kinds-2026/p/{visitor.at}/concept", data=fields)
    assert response.status_code == 204


def drafts(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(DraftRow)).all())


@pytest.mark.parametrize("page", ["start", "long"])
def test_what_was_typed_and_not_sent_waits_on_the_device_it_was_typed_on(
    site: Flask, sqlite_database: Database, token: str, is_hidden: bool, page: str
) -> None:
    if page == "start":
        phone = Visitor(site.test_client()).get(f"/i/{token}").press("next").press("next", agree="yes")
        name, first, second = "q_k_elig", "1", "2"
    else:
        phone = begun(site, token, "long")
        name, first, second = "q_k_long", "op de telefoon", "op de laptop"
    typed(phone, **{name: first})
    laptop = taken_over(site, token)
    assert laptop.at == page
    assert laptop.form.fields.get(name, [""]) == ([""] if is_hidden else [first])
    typed(laptop, **{name: second})
    assert laptop.go(page).form.fields[name] == [second]
    assert phone.go(page).form.fields[name] == ([first] if is_hidden else [second])
    assert drafts(sqlite_database) == (2 if is_hidden else 1)
    laptop.press("next", {name: "1" if page == "start" else "nu bewaard"})
    assert laptop.at != page
    assert drafts(sqlite_database) == 0
    if is_hidden:
        assert phone.go(page).at != page
    else:
        assert phone.go(page).form.fields[name] == ["1" if page == "start" else "nu bewaard"]


def test_a_page_with_the_longest_name_keeps_its_drafts_apart_too(
    make_app: Callable[..., Flask],
    sqlite_database: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    long = "a-page-with-a-name-of-forty-letters-long"
    assert len(long) == 40
    documents = patched(("study.waves.0.mode", "confidential"), (f"questionnaire.pages.{LONG}.id", long), name="kinds")
    instrument = load_instrument(write(tmp_path_factory.mktemp("long"), documents), 2026)
    put_wave(sqlite_database, instrument)
    site = make_app()
    with sqlite_database.write() as session:
        contacts.import_contacts(
            session, instrument, contacts.read_contacts(b"email;role\njan@example.org;contractor\n", instrument)
        )
        (link,) = personal_links.make_links(session, KINDS, 2026, salt=site.config["SECRET_KEY"])
    phone = begun(site, link.token, long)
    typed(phone, q_k_long="op de telefoon")
    laptop = taken_over(site, link.token)
    typed(laptop, q_k_long="op de laptop")
    with sqlite_database.read() as session:
        assert all(len(row.page) <= 40 for row in session.exec(select(DraftRow)))
    assert phone.go(long).form.fields["q_k_long"] == ["op de telefoon"]
    phone.press("next")
    assert drafts(sqlite_database) == 0
