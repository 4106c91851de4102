"""The exports centre: whole files only, to whom they may go, and every one in the audit log."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask

from surveyapp.jobs import exports
from surveyapp.storage import audit, job_queue
from surveyapp.storage.job_queue import ATTEMPTS
from tests.web.console.people import BASE, STUDY, Person, work


def made(person: Person) -> list[str]:
    """Addresses of the finished files, once the worker has been at it."""
    work(person.client.application)
    return re.findall(r'href="([^"]+/file)"', person.get(f"{BASE}/exports").text)


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

    assert made(person) == []
    page = person.get(f"{BASE}/exports").text
    assert "hx-trigger" not in page
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


def test_what_failed_each_time_says_so_and_is_made_again_by_a_press(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("editor")
    person.post(f"{BASE}/exports/codebook", language="nl")
    database = app.extensions["surveyapp"].database
    for _ in range(ATTEMPTS):
        with database.write() as session:
            assert job_queue.claim(session, "killed") is not None
            session.connection().execute(job_queue.JOBS.update().values(claim="killed before"))
    exports.tidy(database)
    row = person.get(f"{BASE}/exports").text.partition('<tr><th scope="row">')[2].partition("</tr>")[0]
    assert "Making this file failed each time it was tried." in row
    (action,), (language,) = re.findall(r'action="([^"]+)"', row), re.findall(r'name="language" value="(\w+)"', row)
    assert person.post(action, language=language).status_code == 303
    assert made(person)


def test_no_book_is_made_in_a_process_of_the_server(
    signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request ends before its file is begun: the worker alone gathers and writes."""
    from surveyapp.exports import registry

    begun: list[object] = []
    monkeypatch.setattr(registry, "gather", lambda *_, **__: begun.append("gathered"))
    monkeypatch.setattr(registry, "name_of", lambda *_: "made.xlsx")
    monkeypatch.setattr(registry, "write", lambda _key, _source, path, _language: path.write_bytes(b"whole"))
    person = signed_in("editor")
    person.post(f"{BASE}/exports/report", language="nl")
    page = person.get(f"{BASE}/exports").text
    assert ">waiting<" in page
    assert 'hx-trigger="every 1s"' in page
    assert {thread.name for thread in threading.enumerate() if "Worker" in thread.name} == set()
    assert begun == []
    assert made(person)
    assert begun == ["gathered"]


@pytest.mark.parametrize(("language", "said"), [("en", "No files are being made now"), ("nl", "Er worden nu geen")])
def test_the_page_tells_when_no_worker_lives(
    app: Flask, signed_in: Callable[[str], Person], language: str, said: str
) -> None:
    person = signed_in("editor")
    person.post("/console/language", language=language)
    page = person.get(f"{BASE}/exports").text
    assert said in page
    assert "surveyapp worker" in page
    assert person.get("/readyz").json == {"status": "ready", "worker": "none"}
    with app.extensions["surveyapp"].database.write() as session:
        job_queue.beat(session, "somebody", ())
    assert said not in person.get(f"{BASE}/exports").text
    assert person.get("/readyz").json == {"status": "ready", "worker": "at work"}


def test_a_file_is_handed_over_with_its_length_and_never_kept_on_the_way(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("editor")
    person.post(f"{BASE}/exports/codebook", language="nl")
    (address,) = made(person)
    answer = person.get(address, buffered=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_length == len(answer.data) > 0
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert person.client.head(address).headers["Content-Length"] == str(len(answer.data))
