"""Whatever shows a wave of made-up people says so, in one sentence: every page, mail, book and file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import text

from surveyapp.exports.registry import EXPORTS, gather, write
from surveyapp.fieldwork.made_up import SENTENCE
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs.mail import TEMPLATES, Letter, written
from surveyapp.web.sessions import Services
from tests.web.console.people import BASE, INSTRUMENTS, STUDY, Person
from tests.web.console.test_every_address import addresses, rules

FIGURES = f"{BASE}/results/gr_assign.json"


def services(app: Flask) -> Services:
    found: Services = app.extensions["surveyapp"]
    return found


def without_the_mark(app: Flask) -> None:
    with services(app).database.write() as session:
        session.execute(text("UPDATE wave SET is_demonstration = false"))


def pages(app: Flask, person: Person) -> dict[str, str]:
    """Every whole page that an address answers with, faults included."""
    found = {}
    for rule in rules(app):
        for address in addresses(rule):
            answer = person.get(address)
            if answer.mimetype == "text/html" and 'id="main"' in answer.text:
                found[address] = answer.text
    return found


def is_framed(address: str) -> bool:
    """Whether this page only ever stands inside a page of the console, which says it already."""
    return "/instrument/preview/" in address


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_says_that_its_people_are_made_up(
    language: str, app: Flask, signed_in: Callable[[str], Person]
) -> None:
    admin = signed_in("admin")
    admin.post("/console/language", language=language, next="/console/")
    assert admin.get(FIGURES).json["made_up"] is True
    found = pages(app, admin)
    assert len(found) > 40
    for address, page in found.items():
        spoken = re.search(r'<html lang="(\w\w)"', page)
        assert spoken is not None
        assert page.count(SENTENCE[spoken[1]]) == (0 if is_framed(address) else 1), address


def test_no_page_of_real_people_says_so(app: Flask, signed_in: Callable[[str], Person]) -> None:
    without_the_mark(app)
    admin = signed_in("admin")
    assert admin.get(FIGURES).json["made_up"] is False
    for address, page in pages(app, admin).items():
        assert not any(sentence in page for sentence in SENTENCE.values()), address


def seen(path: Path) -> str:
    """Everything a reader of a file may find in it."""
    raw = path.read_bytes()
    if path.suffix == ".json":
        return SENTENCE["nl"] if json.loads(raw)["is_made_up"] else ""
    if path.suffix in (".html", ".xml"):
        return raw.decode()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize(
    ("kind", "is_marked"), [*((kind, True) for kind in sorted(EXPORTS)), ("codebook", False), ("codebook-json", False)]
)
def test_every_file_says_it(kind: str, is_marked: bool, app: Flask, tmp_path: Path) -> None:
    if not is_marked:
        without_the_mark(app)
    held = services(app)
    path = tmp_path / f"made{EXPORTS[kind].suffix}"
    write(kind, gather(held.database, held.live, STUDY, 2026), path, "nl")
    assert (SENTENCE["nl"] in seen(path)) is is_marked
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        assert (book.properties.description == SENTENCE["nl"]) is is_marked
        assert {sheet.oddHeader.center.text for sheet in book} == {SENTENCE["nl"] if is_marked else None}


@pytest.mark.parametrize("kind", sorted(path.stem for path in TEMPLATES.glob("[a-z]*.txt")))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_mail_says_it(kind: str, language: str) -> None:
    organisation = load_instrument(INSTRUMENTS / STUDY, 2026).study.organisation
    values = {"title": "T", "code": "A" * 12, "address": "http://localhost/", "closes": None, "hours": 24}
    values |= {"waves": (), "account": "http://localhost/console/account"}
    for is_made_up in (True, False):
        _, said = written(Letter(kind, "a@example.org", language, organisation, values, "", is_made_up))
        assert (SENTENCE[language] in said) is is_made_up
