"""The sample on the console: a list comes in by a form, is looked at, confirmed; contacts are corrected one by one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import text
from sqlmodel import SQLModel
from werkzeug.test import TestResponse

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.fieldwork import personal_links, staged_lists, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import audit, contacts, samples
from surveyapp.web.sessions import Services
from tests.instrument.definitions import patched, write
from tests.web.console.people import BASE, Person

STUDY, YEAR = "kinds", 2026
SAMPLE = f"/console/{STUDY}/{YEAR}/sample"
LIST = (
    "E-mailadres;Naam;Rol;Taal;Bron;Segment;Organisatie\r\n"
    "Jan@Example.org;Jan Jansen;{role};Nederlands;nieuwsbrief;Rijk;Gemeente Élst\r\n"
    "els@example.org;Els;;en;;Zorg;\r\n"
    "geen adres;Piet;;;;;\r\n"
    "jan@example.org;Jan weer;;;;;\r\n"
    "kees@example.org;Kees;bakker;;;;\r\n"
)


@pytest.fixture
def services(app: Flask, tmp_path: Path) -> Services:
    """The application with a confidential wave of a small study."""
    found: Services = app.extensions["surveyapp"]
    instrument = load_instrument(
        write(tmp_path / "kinds", patched(("study.waves.0.mode", "confidential"), name="kinds")), YEAR
    )
    with found.database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)
    return found


@pytest.fixture
def researcher(services: Services, signed_in: Callable[[str], Person]) -> Person:
    return signed_in("researcher")


def role(services: Services) -> str:
    with services.database.read() as session:
        return next(iter(services.library.of_wave(session, STUDY, YEAR).questionnaires))


def upload(person: Person, data: bytes, name: str = "lijst.csv") -> TestResponse:
    head = '--x\r\nContent-Disposition: form-data; name="'
    body = b"".join(
        (
            f'{head}csrf_token"\r\n\r\n{person.token()}\r\n'.encode(),
            f'{head}file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode(),
            data,
            b"\r\n--x--\r\n",
        )
    )
    return person.client.post(f"{SAMPLE}/lists", data=body, content_type="multipart/form-data; boundary=x")


def sent_in(person: Person, services: Services, words: str = LIST) -> str:
    """The address of the page about a list."""
    answer = upload(person, words.format(role=role(services)).encode())
    assert answer.status_code == 303, re.findall(r'class="message".*', answer.text)
    return str(answer.location)


def confirm(person: Person, page: str) -> TestResponse:
    digest = re.search(r'name="digest" value="(\w+)"', person.get(page).text)
    assert digest is not None
    return person.post(page, digest=digest[1])


def held(services: Services) -> list[tuple[object, ...]]:
    with services.database.read() as session:
        return [
            (row.email, row.name, row.role, row.language, row.source, row.segment, row.organisation)
            for row in contacts.listed(session, STUDY, YEAR)
        ]


def everything(services: Services) -> str:
    with services.database.read() as session:
        return "\n".join(
            repr(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in session.execute(text(f'SELECT * FROM "{table.name}"'))
        )


def test_a_list_is_looked_at_and_then_taken_in(services: Services, researcher: Person) -> None:
    page = sent_in(researcher, services)
    said = researcher.get(page).text
    for name, count in (("New", 2), ("Twice in the list", 1), ("Unknown role", 1), ("Invalid", 1)):
        assert re.search(rf'<th scope="row">{name}</th><td class="number">{count}</td>', said), name
    assert "“geen adres” is no e-mail address." in said
    assert "The same address stands in row 2." in said
    assert "“bakker” is no role of this wave" in said
    assert held(services) == []
    assert "kees@" not in everything(services)
    done = confirm(researcher, page)
    assert done.status_code == 303
    assert "2 contacts were added or changed." in researcher.get(SAMPLE).text
    assert held(services) == [
        ("els@example.org", "Els", None, "en", "personal", "Zorg", None),
        ("jan@example.org", "Jan Jansen", role(services), "nl", "nieuwsbrief", "Rijk", "Gemeente Élst"),
    ]
    with services.database.read() as session:
        entry = audit.last(session, "contact.upload", f"{STUDY} {YEAR}")
    assert entry is not None
    assert (entry.actor, entry.details["new"], entry.details["invalid"]) == ("researcher@example.org", 2, 1)
    assert researcher.get(page).status_code == 404  # taken in once


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_rows_that_are_left_out_come_back_with_their_reason(form: str, services: Services, researcher: Person) -> None:
    answer = researcher.get(f"{sent_in(researcher, services)}/faults.{form}")
    if form == "csv":
        lines = [line.split(";") for line in answer.data.decode("utf-8-sig").splitlines()]
    else:
        sheet = load_workbook(io.BytesIO(answer.data)).active
        assert sheet is not None
        lines = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert lines[0][:4] == ["Row", "Column", "Reason", "E-mailadres"]
    assert [(line[0], line[1]) for line in lines[1:]] == [("4", "E-mailadres"), ("5", "E-mailadres"), ("6", "Rol")]


def test_a_grown_list_keeps_every_link_and_late_contacts_get_one(services: Services, researcher: Person) -> None:
    confirm(researcher, sent_in(researcher, services))
    first = researcher.post(f"{SAMPLE}/links")
    assert first.headers["Content-Disposition"].endswith(f"{STUDY}-{YEAR}-links.csv")
    old = re.findall(r"/i/([\w-]{22});", first.text)
    assert len(old) == 2
    grown = "email;name;segment\njan@example.org;Jan de Jong;\nnieuw@example.org;Nieuw;Zorg\n"
    page = sent_in(researcher, services, grown)
    said = researcher.get(page).text
    assert "Name: Jan de Jong" in said
    confirm(researcher, page)
    assert [row[:2] for row in held(services)] == [
        ("els@example.org", "Els"),
        ("jan@example.org", "Jan de Jong"),
        ("nieuw@example.org", "Nieuw"),
    ]
    assert held(services)[1][5] == "Rijk"  # an empty cell says nothing
    late = researcher.post(f"{SAMPLE}/links")
    assert "nieuw@example.org" in late.text
    assert "jan@example.org" not in late.text
    with services.database.read() as session:
        salt = researcher.client.application.config["SECRET_KEY"]
        assert all(personal_links.invitation(session, token, salt=salt) is not None for token in old)
    assert researcher.post(f"{SAMPLE}/links").status_code == 303
    assert "has a link already" in researcher.get(SAMPLE).text
    assert researcher.post(f"{SAMPLE}/links/anew", year_typed="2025").status_code == 422
    renewed = researcher.post(f"{SAMPLE}/links/anew", year_typed=str(YEAR))
    assert len(re.findall(r"/i/([\w-]{22});", renewed.text)) == 3
    with services.database.read() as session:
        assert [personal_links.invitation(session, token, salt=salt) for token in old] == [None, None]


def test_who_began_keeps_the_role_and_source_they_are_counted_under(services: Services, researcher: Person) -> None:
    confirm(researcher, sent_in(researcher, services))
    begin(services, researcher, "jan@example.org")
    page = sent_in(researcher, services, "email;naam;bron\njan@example.org;Johan;elders\n")
    assert "1 person began to answer" in researcher.get(page).text
    confirm(researcher, page)
    assert held(services)[1] == (
        "jan@example.org", "Johan", role(services), "nl", "nieuwsbrief", "Rijk", "Gemeente Élst",
    )  # fmt: skip


def begin(services: Services, person: Person, email: str) -> None:
    salt = person.client.application.config["SECRET_KEY"]
    with services.database.write() as session:
        instrument = services.library.of_wave(session, STUDY, YEAR)
        links = {link.email: link.token for link in personal_links.renew_links(session, STUDY, YEAR, salt=salt)}
        begun = personal_links.begin(
            session, instrument, links[email], next(iter(instrument.questionnaires)), "nl", salt=salt
        )
        assert begun is not None


def test_a_list_that_somebody_changed_under_it_is_shown_again_and_writes_nothing(
    services: Services, researcher: Person
) -> None:
    page = sent_in(researcher, services)
    digest = re.search(r'name="digest" value="(\w+)"', researcher.get(page).text)
    assert digest is not None
    confirm(researcher, sent_in(researcher, services, "email\nels@example.org\n"))
    answer = researcher.post(page, digest=digest[1])
    assert answer.status_code == 422
    assert "The contacts changed while you looked. Nothing was taken in" in answer.text
    assert [row[0] for row in held(services)] == ["els@example.org"]
    assert confirm(researcher, page).status_code == 303


def test_headings_nobody_knows_are_asked_about(services: Services, researcher: Person) -> None:
    page = sent_in(researcher, services, "Bereikbaar op,Wie,Leeftijd\njan@example.org,Jan,40\n")
    assert page.endswith("/columns")
    assert "jan@example.org" in researcher.get(page).text
    nothing = researcher.post(page, **{"column-1": "name"})
    assert nothing.status_code == 422
    assert "Choose the column that holds the e-mail addresses." in nothing.text
    twice = researcher.post(page, **{"column-0": "email", "column-1": "email"})
    assert "Two columns cannot hold the same" in twice.text
    found = researcher.post(page, **{"column-0": "email", "column-1": "name", "column-2": ""})
    assert found.status_code == 303
    assert "Not read of the list:" in researcher.get(found.location).text
    assert "Leeftijd" in researcher.get(found.location).text
    confirm(researcher, found.location)
    assert [row[:2] for row in held(services)] == [("jan@example.org", "Jan")]


def test_a_list_waits_sealed_for_a_day_and_for_nobody_else(
    services: Services, researcher: Person, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sent_in(researcher, services)
    assert "Jansen" not in everything(services)
    assert signed_in("admin").get(page).status_code == 404
    now, run = clock.now(), page.rpartition("/")[2]
    salt = researcher.client.application.config["SECRET_KEY"]
    with services.database.write() as session:
        mine = staged_lists.staged(session, STUDY, YEAR, run, "researcher@example.org", salt=salt)
        assert mine.listed.rows[2][1] == "Jan Jansen"
        with pytest.raises(NotFound):  # under another secret nobody reads it
            staged_lists.staged(session, STUDY, YEAR, run, "researcher@example.org", salt=salt + "!")
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=25))
        with pytest.raises(NotFound):
            staged_lists.staged(session, STUDY, YEAR, run, "researcher@example.org", salt=salt)
        assert staged_lists.forget_old(session) == 1


def test_a_list_can_be_dropped(services: Services, researcher: Person) -> None:
    page = sent_in(researcher, services)
    assert researcher.post(f"{page}/drop").status_code == 303
    assert researcher.get(page).status_code == 404
    assert held(services) == []


def test_a_contact_is_corrected_opted_out_and_removed_with_what_hangs_on_them(
    services: Services, researcher: Person
) -> None:
    confirm(researcher, sent_in(researcher, services))
    begin(services, researcher, "jan@example.org")
    with services.database.read() as session:
        (jan,) = [row for row in samples.every(session, STUDY, YEAR) if row.email == "jan@example.org"]
    one = f"{SAMPLE}/contacts/{jan.contact_id}"
    assert "Jan Jansen" in researcher.get(one).text
    typed = {"email": "Jan.Jansen@example.org", "name": "J. Jansen", "language": "en", "segment": "Zorg"}
    taken = researcher.post(one, **{**typed, "email": "els@example.org", "role": ""})
    assert taken.status_code == 422
    assert "This address is another contact’s" in taken.text
    assert researcher.post(one, **{**typed, "email": "geen", "role": ""}).status_code == 422
    assert researcher.post(one, **{**typed, "role": ""}).status_code == 303
    assert held(services)[1] == (
        "jan.jansen@example.org", "J. Jansen", role(services), "en", "nieuwsbrief", "Zorg", "Gemeente Élst",
    )  # fmt: skip
    assert "has begun" in researcher.get(f"{SAMPLE}/contacts").text
    assert researcher.post(f"{one}/opt-out", reason="").status_code == 422
    assert "Name no address" in researcher.post(f"{one}/opt-out", reason="jan.jansen@example.org belde").text
    assert researcher.post(f"{one}/opt-out", reason="belde").status_code == 303
    assert "Wants no mail since" in researcher.get(one).text
    assert researcher.post(f"{one}/opt-in", reason="vergissing").status_code == 303
    assert "their answers are removed too" in researcher.get(f"{one}/remove").text
    assert researcher.post(f"{one}/remove", reason="op verzoek").status_code == 303
    assert researcher.get(one).status_code == 404
    left = everything(services)
    assert "jan.jansen@" not in left
    assert "jan@example" not in left.lower()
    with services.database.read() as session:
        states = session.execute(text("SELECT state FROM cases WHERE study_id = 'kinds'")).scalars().all()
        assert list(states) == ["erased"]


def test_addresses_are_masked_until_asked_for_and_that_is_noted(services: Services, researcher: Person) -> None:
    confirm(researcher, sent_in(researcher, services))
    page = researcher.get(f"{SAMPLE}/contacts?q=jans&sort=-name").text
    assert "1 contact" in page
    assert "j•••@example.org" in page
    assert "jan@example.org" not in page
    assert "jan@example.org" in researcher.post(f"{SAMPLE}/contacts?q=jans").text
    with services.database.read() as session:
        entry = audit.last(session, "contact.reveal", f"{STUDY} {YEAR}")
    assert entry is not None
    assert entry.details == {"contacts": 1}


def test_contacts_are_filtered_and_sorted_and_nonsense_is_refused(services: Services, researcher: Person) -> None:
    confirm(researcher, sent_in(researcher, services))
    for query, count in (("segment=Zorg", 1), ("role=none", 1), ("standing=unlinked", 2), ("source=nieuwsbrief", 1)):
        assert f"{count} contact" in researcher.get(f"{SAMPLE}/contacts?{query}").text, query
    assert "0 contacts" in researcher.get(f"{SAMPLE}/contacts?q=%25").text
    for query in ("standing=happy", "sort=password", "rol=x"):
        assert researcher.get(f"{SAMPLE}/contacts?{query}").status_code == 400, query


def test_targets_are_set_per_role_and_segment_and_shown_beside_the_counts(
    services: Services, researcher: Person
) -> None:
    confirm(researcher, sent_in(researcher, services))
    mine = role(services)
    assert researcher.post(f"{SAMPLE}/targets", **{f"wanted:{mine}:": "veel"}).status_code == 422
    done = researcher.post(f"{SAMPLE}/targets", **{f"wanted:{mine}:": "321", f"wanted:{mine}:Rijk": "123"})
    assert done.status_code == 303
    page = researcher.get(SAMPLE).text
    assert '<td class="number">321</td>' in page
    assert '<td class="number">123</td>' in page
    assert "321" in researcher.get(f"/console/{STUDY}/{YEAR}/fieldwork").text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_template_is_a_list_that_comes_in_as_it_is(language: str, services: Services, researcher: Person) -> None:
    researcher.post("/console/speak", language=language, next=SAMPLE)
    made = researcher.get(f"{SAMPLE}/template.xlsx").data
    book = load_workbook(io.BytesIO(made))
    sheet = book.active
    assert sheet is not None
    sheet.append(["jan@example.org", "=1+1", "", "nl", "", "0123", ""])
    buffer = io.BytesIO()
    book.save(buffer)
    answer = upload(researcher, buffer.getvalue(), "lijst.xlsx")
    assert answer.status_code == 303
    assert not answer.location.endswith("columns")
    confirm(researcher, answer.location)
    assert [(row[0], row[5]) for row in held(services)] == [("jan@example.org", "0123")]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="a"/></sheets></workbook>')
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    return buffer.getvalue()


def far_cell() -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "email"
    book.active["XFD1048576"] = "jan@example.org"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"email;naam\n", "has the names of its columns and no rows below them"),
        (b"email;EMAIL\na@example.org;b\n", "The column “EMAIL” stands twice in row 1"),
        (b"\n\na@example.org\n", "The first row is empty"),
        (b"email\na@example.org;b\n\"x\n", "Row 3 cannot be read"),
        (b"email;naam\na@example.org;b;c\n", "Row 2 has something in column 3"),
        (b"%PDF-1.7", "neither an Excel workbook"),
        (b"PK\x03\x04 no zip at all", "The workbook cannot be read"),
        (b"e\0mail\na@example.org\n", "holds signs that no text has"),
        (b"email\n" + b"a" * 2000 + b"\n", "a text of pages in column 1"),
        (b"email\n" + b"a@example.org\n" * 50_001, "more than 50,000 rows"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_in_words(
    data: bytes, said: str, services: Services, researcher: Person
) -> None:
    answer = upload(researcher, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert held(services) == []


def test_a_workbook_that_was_made_to_harm_is_refused_before_it_is_unpacked(
    services: Services, researcher: Person
) -> None:
    assert "unfolds to more" in upload(researcher, bomb(), "a.xlsx").text
    assert "more than 50,000 rows" in upload(researcher, far_cell(), "a.xlsx").text
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", entity)
        archive.writestr("xl/workbook.xml", entity.replace(b"<a>", b'<a><sheet name="a"/>'))
    assert "The workbook cannot be read" in upload(researcher, buffer.getvalue(), "a.xlsx").text


def test_a_body_of_more_than_five_megabytes_is_too_large_and_any_other_form_keeps_its_own_limit(
    services: Services, researcher: Person
) -> None:
    assert upload(researcher, b"email\n" + b"a@example.org\n" * 400_000).status_code == 413
    assert upload(researcher, b"naam;email\n" + b"jan;a@example.org\n" * 40_000).status_code == 303
    assert researcher.post(f"{SAMPLE}/targets", junk="a" * 300_000).status_code == 413


def test_addresses_with_commas_and_line_breaks_are_named_with_their_row(services: Services, researcher: Person) -> None:
    words = 'email\n"a@example.org, b@example.org"\n"c@example.org\nd@example.org"\n"e@exa\nmple.org"\n'
    said = researcher.get(sent_in(researcher, services, words)).text
    assert "“a@example.org, b@example.org” is more than one address" in said
    assert "“c@example.org d@example.org” is more than one address" in said
    assert '<td class="number">3</td>' in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_whatever_a_spreadsheet_saves_is_read(
    encoding: str, separator: str, services: Services, researcher: Person
) -> None:
    words = "e-mail;naam\njan@example.org;Zoë €\n".replace(";", separator)
    answer = upload(researcher, words.encode(encoding))
    assert answer.status_code == 303
    assert "Zoë €" in researcher.get(answer.location).text


def test_an_anonymous_wave_takes_no_list_and_says_why(researcher: Person) -> None:
    page = researcher.get(f"{BASE}/sample").text
    assert "nobody is invited by name" in page
    assert 'type="file"' not in page
    answer = researcher.client.post(
        f"{BASE}/sample/lists",
        data={"csrf_token": researcher.token(), "file": (io.BytesIO(b"email\na@example.org\n"), "a.csv")},
    )
    assert answer.status_code == 409


def test_the_sample_is_for_researchers(services: Services, signed_in: Callable[[str], Person]) -> None:
    editor = signed_in("editor")
    assert f"{SAMPLE}" not in editor.get(f"/console/{STUDY}/{YEAR}/fieldwork").text
    assert editor.get(SAMPLE).status_code == 403
