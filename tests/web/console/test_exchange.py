"""A questionnaire goes out of the console and comes in again: looked at first, then whole or not at all."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from surveyapp.fieldwork import definitions, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.study_archive import archive_bytes, read_archive
from surveyapp.storage import audit
from tests.web.console.people import INSTRUMENTS, Person

STUDY = "cursusevaluatie"
AT = f"/console/{STUDY}/2026/instrument"
PAGES = "2026/questionnaire.yaml"


@pytest.fixture(autouse=True)
def courses(app: Flask) -> None:
    """The small study has a draft."""
    with app.extensions["surveyapp"].database.write() as session:
        waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2026))


def title_in_force(app: Flask) -> str:
    services = app.extensions["surveyapp"]
    with services.database.read() as session:
        made = services.library.of_wave(session, STUDY, 2026)
    return str(made.questionnaires["participant"].pages[0].title["en"])


def send(person: Person, content: bytes, name: str = "x.zip") -> TestResponse:
    return person.post(f"{AT}/proposals", file=(io.BytesIO(content), name))


def archive(person: Person, **changed: tuple[str, str]) -> bytes:
    """The archive as it goes out, with words replaced."""
    contents = dict(read_archive(person.get(f"{AT}/definition.zip").data).contents)
    for old, new in changed.values():
        contents[PAGES] = contents[PAGES].replace(old.encode(), new.encode())
    return archive_bytes(contents, STUDY)


def test_an_archive_is_looked_at_and_taken_in_once(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    sent = send(person, archive(person, title=('en: "Which course"', 'en: "The course you took"')))
    assert sent.status_code == 303

    page = person.get(sent.location).text
    assert "The course you took" in page
    assert title_in_force(app) == "Which course", "nothing is written before somebody says yes"
    there = re.findall(r'href="([^"]+/preview/participant/en/which-course)"', page)
    assert "The course you took" in person.get(there[0]).text
    assert signed_in("admin").get(sent.location).status_code == 404, "it is seen by who sent it in"

    assert person.post(sent.location).status_code == 303
    assert title_in_force(app) == "The course you took"
    assert person.post(sent.location).status_code == 404, "a second press takes nothing in twice"
    with app.extensions["surveyapp"].database.read() as session:
        newest = audit.latest(session, 1)[0]
    assert (newest.action, newest.details["by"]) == ("wave.adopt", "archive")


def test_an_archive_with_an_error_is_shown_with_its_place_and_cannot_be_taken_in(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    sent = send(person, archive(person, condition=('show_if: "v_mark <= 7"', 'show_if: "v_mork <= 7"')))

    page = person.get(sent.location)

    assert page.status_code == 200
    assert "2026/questionnaire.yaml:" in page.text
    assert "v_mork" in page.text
    assert "Take it in" not in page.text
    assert person.post(sent.location).status_code == 422
    assert title_in_force(app) == "Which course"


def test_what_was_sent_in_before_somebody_else_changed_the_questionnaire_is_refused(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    first, second = signed_in("researcher"), signed_in("admin")
    late = send(first, archive(first, title=('en: "Which course"', 'en: "First"')))
    other = send(second, archive(second, title=('en: "Which course"', 'en: "Second"')))
    assert second.post(other.location).status_code == 303

    answer = first.post(late.location)

    assert answer.status_code == 422
    assert "Somebody else changed the definition of 2026" in answer.text
    assert title_in_force(app) == "Second"


def test_what_is_sent_in_and_dropped_is_gone(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    sent = send(person, archive(person, title=('en: "Which course"', 'en: "Never"')))

    assert person.post(f"{sent.location}/drop").status_code == 303
    assert person.get(sent.location).status_code == 404
    assert title_in_force(app) == "Which course"


def book(person: Person, **words: str) -> bytes:
    """The translators' workbook as it goes out, with new words by the end of a key (two underscores for a dot)."""
    opened = openpyxl.load_workbook(io.BytesIO(person.get(f"{AT}/translations/en.xlsx").data))
    sheet = opened["Translations"]
    for row in range(2, sheet.max_row + 1):
        for key, said in words.items():
            if str(sheet.cell(row, 2).value).endswith(key.replace("__", ".").replace("_of_", "-")):
                sheet.cell(row, 6).value = said
    written = io.BytesIO()
    opened.save(written)
    return written.getvalue()


def test_translations_are_accepted_text_by_text(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    words = {"which_of_course__title": "About the course", "meetings__title": "The meetings"}
    sent = send(person, book(person, **words), "book.xlsx")
    page = person.get(sent.location).text
    assert "2 translations are new or other than before." in page
    for shown in ("De bijeenkomsten", "The sessions", "The meetings"):  # source, before, after
        assert shown in page

    assert person.post(sent.location, without="questionnaire.pages.meetings.title").status_code == 303

    assert title_in_force(app) == "About the course"
    services = app.extensions["surveyapp"]
    with services.database.read() as session:
        made = services.library.of_wave(session, STUDY, 2026)
        folder = definitions.working_folder(session, services.settings, STUDY, 2026)
    assert made.questionnaires["participant"].pages[1].title["en"] == "The sessions"
    assert folder is not None
    lock = (folder / "2026" / "lock.json").read_text()
    assert "questionnaire.pages.which-course.title" in lock
    assert "questionnaire.pages.meetings.title" not in lock


def test_translations_that_stand_there_are_read_and_approved_on_the_page(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    there = f"{AT}/translations/en"
    page = person.get(there).text
    assert "De bijeenkomsten" in page
    assert "The sessions" in page
    waiting = page.count('name="key"')

    assert "Tick at least one text." in person.post(there, revision="0").text
    key = "questionnaire.pages.meetings.title"
    assert person.post(there, revision="0", key=key).status_code == 303

    after = person.get(there).text
    assert after.count('name="key"') == waiting - 1
    assert f'value="{key}"' not in after
    assert "Somebody else changed" in person.post(there, revision="0", key="questionnaire.pages.verdict.title").text


ATTACKS: dict[str, tuple[Callable[[Person], bytes], str]] = {
    "no file of ours": (lambda _: b"%PDF-1.7", "neither a zip archive nor an Excel workbook"),
    "an archive of nothing": (lambda _: _zip(), "none of a study"),
    "a formula": (lambda person: book(person, meetings__title="=1+1"), ": Cell F"),
    "a lost placeholder": (lambda person: book(person, v_mark__text="What mark?"), "is missing."),
    "a workbook of another kind": (lambda _: _workbook("Blad1"), "This is no translators&#39; workbook"),
    "a form": (lambda _: _form(), "This is an XLSForm"),
    "an archive of another study": (
        lambda _: archive_bytes({"study.yaml": b"study: kinds\n", "variables.yaml": b"variables: {}\n"}, "kinds"),
        "holds no files of 2026",
    ),
}


def _zip(*entries: tuple[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, content in entries or (("a.txt", b"x"),):
            made.writestr(name, content)
    return written.getvalue()


def _workbook(name: str, *rows: tuple[str, ...]) -> bytes:
    made = openpyxl.Workbook()
    made.worksheets[0].title = name
    for row in rows:
        made.worksheets[0].append(row)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _form() -> bytes:
    return _workbook("survey", ("type", "name", "label"), ("text", "why", "Why?"))


@pytest.mark.parametrize("kind", ATTACKS)
def test_what_cannot_be_taken_is_refused_in_the_readers_words(signed_in: Callable[[str], Person], kind: str) -> None:
    make, said = ATTACKS[kind]
    person = signed_in("researcher")

    answer = send(person, make(person))

    assert answer.status_code == 422
    assert said in answer.text


def test_an_open_wave_takes_other_words_as_a_correction_with_its_reason(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        waves.open_wave(session, STUDY, 2026)
    person = signed_in("researcher")
    nl, en = ('nl: "Welke cursus"', 'nl: "Om welke cursus gaat het"'), ('en: "Which course"', 'en: "Your course"')
    sent = send(person, archive(person, dutch=nl, english=en))

    assert person.post(sent.location, reason="clearer").status_code == 303

    assert title_in_force(app) == "Your course"
    with app.extensions["surveyapp"].database.read() as session:
        entries = [(each.action, each.details.get("reason")) for each in audit.latest(session, 2)]
    assert ("wave.correct", "clearer") in entries


def test_each_form_of_a_role_goes_out(signed_in: Callable[[str], Person]) -> None:
    made = openpyxl.load_workbook(io.BytesIO(signed_in("researcher").get(f"{AT}/forms/trainer.xlsx").data))

    assert made.sheetnames[0] == "survey"
