"""The exports centre: whole files only, to whom they may go, and every one in the audit log."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from surveyapp.storage import audit
from tests.web.console.people import BASE, STUDY, Person


def made(person: Person) -> list[str]:
    """Addresses of the finished files, waited for at most a minute."""
    for _ in range(240):
        page = person.get(f"{BASE}/exports").text
        if "every 1s" not in page:
            return re.findall(r'href="([^"]+/file)"', page)
        time.sleep(0.25)
    raise AssertionError("the file was not made within a minute")


def test_a_codebook_is_made_noted_and_handed_over_whole(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("editor")

    assert person.post(f"{BASE}/exports/codebook", language="en").status_code == 303
    (address,) = made(person)
    answer = person.get(address, buffered=True)
    answer.close()

    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert f"{STUDY}-2026-codebook-en-v1-" in answer.headers["Content-Disposition"]
    with app.extensions["surveyapp"].database.read() as session:
        newest = [(row.action, row.actor) for row in audit.latest(session, 2)]
    assert newest == [("export.download", "editor@example.org"), ("export.codebook", "editor@example.org")]


def test_every_kind_of_file_but_the_one_for_programs_stands_on_the_page(signed_in: Callable[[str], Person]) -> None:
    from surveyapp.exports.registry import EXPORTS

    page = signed_in("admin").get(f"{BASE}/exports").text
    offered = set(re.findall(rf'action="{BASE}/exports/([a-z-]+)"', page))
    assert offered == EXPORTS.keys() - {"codebook-json"}


def test_what_a_researcher_made_of_single_cases_is_not_shown_to_an_editor(
    signed_in: Callable[[str], Person],
) -> None:
    researcher, editor = signed_in("researcher"), signed_in("editor")
    researcher.post(f"{BASE}/exports/csv", language="nl")
    (address,) = made(researcher)

    assert address not in editor.get(f"{BASE}/exports").text
    assert editor.get(address).status_code == 403


@pytest.mark.parametrize(
    ("language", "reason", "said"),
    [
        ("en", "Two tables of the report have the same id; ids are never reused.", "could not be made."),
        (
            "nl",
            "Twee tabellen van het rapport hebben dezelfde code; een code wordt nooit opnieuw gebruikt.",
            "niet gelukt.",
        ),
    ],
)
def test_a_file_that_failed_is_not_offered_and_the_reason_is_shown_and_announced(
    signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, language: str, reason: str, said: str
) -> None:
    from surveyapp.errors import ExportError
    from surveyapp.exports import registry

    def half(_key: str, _source: object, path: object, _language: str) -> None:
        from pathlib import Path

        Path(str(path)).write_bytes(b"half")
        raise ExportError("Two tables of the report have the same id; ids are never reused.")

    monkeypatch.setattr(registry, "write", half)
    person = signed_in("editor")
    person.post("/console/language", language=language)
    person.post(f"{BASE}/exports/report", language=language)
    end = time.monotonic() + 30
    while "hx-trigger" in (page := person.get(f"{BASE}/exports").text) and time.monotonic() < end:
        time.sleep(0.1)  # under way still, on a busy machine

    assert made(person) == []
    assert reason in page
    announced = re.search(r'<p id="export-said" role="status">([^<]*)</p>', page)
    assert announced is not None
    assert announced.group(1).endswith(said)


def test_an_unknown_kind_or_language_is_refused(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")

    assert person.post(f"{BASE}/exports/everything", language="nl").status_code == 404
    assert person.post(f"{BASE}/exports/report", language="de").status_code == 400


def test_a_file_of_another_wave_is_not_found(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("editor")
    person.post(f"{BASE}/exports/codebook", language="nl")
    (address,) = made(person)

    assert person.get(address.replace("/2026/", "/2025/")).status_code == 404


def test_what_a_restart_cut_off_says_so_and_is_made_again_by_a_press(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    from surveyapp import clock
    from surveyapp.jobs.exports import CUT_OFF, ExportRun
    from surveyapp.web.console.exports_page import shelf

    moment = clock.now()
    run = ExportRun("c" * 32, STUDY, 2026, "codebook", "nl", "codebook.zip", "e@x.org", moment, moment, "failed")
    shelf(app.extensions["surveyapp"].settings)._write(replace(run, reason=CUT_OFF))
    person = signed_in("editor")
    row = person.get(f"{BASE}/exports").text.partition("codebook.zip")[2].partition("</tr>")[0]
    assert "The server was restarted while this file was being made." in row
    (action,), (language,) = re.findall(r'action="([^"]+)"', row), re.findall(r'name="language" value="(\w+)"', row)
    assert person.post(action, language=language).status_code == 303
    assert made(person)
