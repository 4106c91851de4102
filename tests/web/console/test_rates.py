"""Rates, the people behind each count, and one case: counts lead to lists of as many, and nothing names anybody."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import select

from surveyapp import clock
from surveyapp.fieldwork import continuing, interviews, link_cutting, personal_links, quality, targets, waves
from surveyapp.fieldwork.case_history import case_by_code
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.fieldwork.consent import give_consent
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.loader import load_instrument
from surveyapp.reports.quality_rules import RULES
from surveyapp.storage import audit, contacts
from surveyapp.storage.tables import CaseRow
from surveyapp.web.sessions import Services
from tests.instrument.definitions import patched, write
from tests.web.console.people import BASE, Person

STUDY, YEAR = "kinds", 2026
FIELDWORK = f"/console/{STUDY}/{YEAR}/fieldwork"
PEOPLE = 9


@pytest.fixture
def services(app: Flask, tmp_path: Path) -> Services:
    """A confidential wave of nine contacts: 0 sent, 1 and 2 began, 3 took it back, 4 looked, 5 said no."""
    found: Services = app.extensions["surveyapp"]
    instrument = load_instrument(
        write(tmp_path / "kinds", patched(("study.waves.0.mode", "confidential"), name="kinds")), YEAR
    )
    people = [uuid4() for _ in range(PEOPLE)]
    with found.database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, STUDY, YEAR)
        contacts.add(session, [row(number, key) for number, key in enumerate(people)])
        links = personal_links.make_links(session, STUDY, YEAR, salt="zout")
    for link in links:
        number = int(link.email[1])
        with found.database.write() as session:
            mine = personal_links.invitation(session, link.token, salt="zout")
            assert mine is not None
            if number <= 4:
                personal_links.note_opened(session, mine)
            if number == 5:
                contacts.set_opted_out(session, STUDY, mine.contact_id, waves.clock.today())
            if number > 3:
                continue
            begun = personal_links.begin(session, instrument, link.token, "manager", "nl", "phone", salt="zout")
            assert begun is not None
            give_consent(session, begun[0], instrument, "nl")
            case = interviews.save_page(
                session, begun[0], "start", {"k_elig": 1}, expected_seq=0, client_key="1" * 12, language="nl", seconds=7
            ).case
            if number == 0:
                interviews.send(session, case)
            if number == 3:
                continuing.withdraw(session, case)
    return found


def row(number: int, key: UUID) -> dict[str, Any]:
    return {
        "study_id": STUDY, "contact_id": key, "year": YEAR, "email": f"p{number}@example.org", "name": "Jan Jansen",
        "role": "manager" if number < 7 else None, "language": "nl", "source": "open",
        "segment": "=north" if number < 6 else None, "organisation": "Gemeente Élst",
    }  # fmt: skip


@pytest.fixture
def researcher(services: Services, signed_in: Callable[[str], Person]) -> Person:
    return signed_in("researcher")


def code_of(services: Services, state: str) -> str:
    """The code of a case in this state."""

    statement = select(CaseRow).where(CaseRow.study_id == STUDY, CaseRow.state == state)
    with services.database.read() as session:
        return short_id(session.exec(statement).all()[0].case_id)


def test_every_count_leads_to_a_list_of_as_many_and_names_nobody(researcher: Person) -> None:
    seen = 0
    for where in ("", "/rates", "/rates?by=segment", "/rates?by=source"):
        page = researcher.get(FIELDWORK + where)
        assert page.status_code == 200
        counts = re.findall(r'<a href="([^"]*/fieldwork/cases\?[^"]*sample=[^"]*)">(\d+)', page.text)
        assert counts, where
        for address, count in counts:
            listed = researcher.get(unescape(address))
            assert re.search(r"<h1>(\d+) ", listed.text).group(1) == count, address  # type: ignore[union-attr]
            assert len(re.findall(r'<tr><th scope="row">', listed.text)) == int(count)
            assert not re.search("example.org|Jansen|Élst", listed.text.replace("researcher@example.org", ""))
            seen += 1
    assert seen > 30
    assert "RR1 11.1%, RR2 11.1%" in page.text  # one of nine
    assert "= 1 / ((1 + 0) + (5 + 0 + 0) + (3 + 0))" in page.text  # two began, one took back, one looked, one said no


def test_the_fieldwork_page_divides_the_invited_by_role_and_segment(services: Services, researcher: Person) -> None:
    """Of seven managers one sent, four began and five looked; six stand in =north. By hand: RR1 = 1 / 7."""
    with services.database.write() as session:
        instrument = services.library.of_wave(session, STUDY, YEAR)
        targets.set_targets(session, instrument, {("manager", ""): 5, ("manager", "=south"): 2}, "someone")
    page = researcher.get(FIELDWORK).text
    table = page.split('id="region-sample"')[1].split("</table>")[0]
    rows = [
        [unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall("<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall("<tr.*?</tr>", table, re.DOTALL)[1:]
    ]
    assert [[text.lstrip("\u2060") for text in row] for row in rows] == [
        ["Hiring manager", "7", "5", "4", "1", "5", "4", "14.3%", "14.3%"],
        ["=north", "6", "5", "4", "1", "–", "–", "16.7%", "16.7%"],
        ["=south", "0", "0", "0", "0", "2", "2", "–", "–"],
        ["segment not known", "1", "0", "0", "0", "–", "–", "0.0%", "0.0%"],
        ["Role not chosen yet", "2", "0", "0", "0", "–", "–", "0.0%", "0.0%"],
        ["All", "9", "5", "4", "1", "5", "4", "11.1%", "11.1%"],
    ]


def test_a_file_says_what_the_list_says_and_holds_codes_or_segments(services: Services, researcher: Person) -> None:
    of_all = researcher.post(f"{FIELDWORK}/cases.csv?sample=invited&sort=role")
    rows = list(csv.DictReader(io.StringIO(of_all.get_data().decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == PEOPLE
    assert "Segment" not in rows[0]
    assert {one["Case"] for one in rows} > {code_of(services, "complete"), ""}
    of_some = researcher.post(f"{FIELDWORK}/cases.xlsx?sample=invited&segment=%3Dnorth")
    book = load_workbook(io.BytesIO(of_some.get_data()))
    heads, *lines = book.active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert "Case" not in heads
    assert [line[heads.index("Segment")] for line in lines] == ["=north"] * 6  # a text, and no formula
    cell = book.active.cell(2, heads.index("Segment") + 1)  # type: ignore[union-attr]
    assert cell.data_type == "s"
    plain = researcher.post(f"{FIELDWORK}/cases.csv?role=manager&state=complete")
    assert len(plain.get_data().decode("utf-8-sig").splitlines()) == 2
    with services.database.read() as session:
        noted = [entry.details for entry in audit.latest(session) if entry.action == "cases.file"]
    assert noted[-1] == {"lines": PEOPLE, "form": "csv"}


def test_a_list_of_people_refuses_what_speaks_of_cases(researcher: Person) -> None:
    for query in ("sample=invited&state=left", "disposition=asleep", "sample=all", "sample=invited&first=gisteren"):
        assert researcher.get(f"{FIELDWORK}/cases?{query}").status_code == 400, query


def test_a_case_shows_its_way_and_its_answers_to_who_asks_which_is_noted(
    services: Services, researcher: Person
) -> None:
    address = f"{FIELDWORK}/cases/{code_of(services, 'complete')}"
    with services.database.write() as session:
        marked = case_by_code(session, wave_info(session, STUDY, YEAR), code_of(services, "complete"))
        flags = [(marked, quality.CaseFlag(next(iter(RULES)), 2))]
        quality.keep_flags(session, STUDY, YEAR, flags, at=clock.now(), version="1", checked=1, not_run={})
    page = researcher.get(address).text
    assert RULES[flags[0][1].rule].title["en"] in page
    assert "=north" in page
    assert not re.search("p0@example.org|Jansen|Élst", page)
    assert "Agreed to take part" in page
    assert "1.1 complete" in page
    assert 'class="answers' not in page
    shown = researcher.post(address).text
    assert 'class="answers' in shown
    assert "looked at the answers" in researcher.get(address).text
    assert researcher.get(f"{FIELDWORK}/cases/AAAA-AAAA").status_code == 404


def test_of_answers_that_were_taken_back_only_role_and_state_are_shown(services: Services, researcher: Person) -> None:
    page = researcher.get(f"{FIELDWORK}/cases/{code_of(services, 'withdrawn')}").text
    assert "are gone" in page
    assert "The way through the questionnaire" not in page


def test_a_decision_moves_the_counts_and_is_taken_back_and_never_stands_over_a_completed_case(
    services: Services, researcher: Person
) -> None:
    address = f"{FIELDWORK}/cases/{code_of(services, 'started')}/disposition"
    assert researcher.post(address, disposition="", reason="").status_code == 422
    assert researcher.post(address, disposition="not_eligible", reason="Jan <jan@example.org>").status_code == 422
    assert researcher.post(address, disposition="not_eligible", reason="rang: is retired").status_code == 303
    assert "<h1>1 person" in researcher.get(f"{FIELDWORK}/cases?sample=invited&disposition=not_eligible").text
    assert "rang: is retired" in researcher.get(address).text
    with services.database.read() as session:
        entry = next(one for one in audit.latest(session) if one.action == "disposition.decide")
    assert entry.details == {"disposition": "not_eligible"}  # the reason goes with the links; the log keeps everything
    assert researcher.post(address, act="revoke").status_code == 303
    assert "<h1>0 people" in researcher.get(f"{FIELDWORK}/cases?sample=invited&disposition=not_eligible").text
    done = f"{FIELDWORK}/cases/{code_of(services, 'complete')}/disposition"
    assert "cannot be decided otherwise" in researcher.get(done).text
    assert researcher.post(done, disposition="duplicate", reason="twice").status_code == 422


def test_a_contact_without_a_case_is_decided_on_the_contacts_page(services: Services, researcher: Person) -> None:
    listed = researcher.get(f"{FIELDWORK}/cases?sample=invited&disposition=no_reply").text
    contact = re.search(r'href="([^"]*/sample/contacts/[^"]+)"', listed)
    assert contact is not None
    assert (
        researcher.post(f"{contact.group(1)}/disposition", disposition="unavailable", reason="on leave").status_code
        == 303
    )
    rates = researcher.get(f"{FIELDWORK}/rates").text
    assert "2.26" in rates


def test_once_links_are_cut_the_counts_stay_coarsely_and_lead_nowhere(services: Services, researcher: Person) -> None:
    with services.database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
        link_cutting.cut_links(session, STUDY, YEAR, "system")
    page = researcher.get(f"{FIELDWORK}/rates?by=segment").text
    assert "RR1 11.1%" in page
    assert "fieldwork/cases?" not in page
    assert "other segments" in page.lower()  # six and three are counted together
    assert "=north" not in page
    assert "Segment" not in researcher.get(f"{FIELDWORK}/cases/{code_of(services, 'complete')}").text


def test_an_open_link_has_no_rate(researcher: Person) -> None:
    page = researcher.get(f"{BASE}/fieldwork/rates").text
    assert "how many people were asked" in page
    assert "RR1" not in page


def test_the_list_of_cases_can_be_limited_to_days_where_they_are_kept(services: Services, researcher: Person) -> None:
    today = clock.today().isoformat()
    page = researcher.get(f"{FIELDWORK}/cases?state=in_progress&since={today}&until={today}").text
    assert re.search(r'name="since" value="' + today, page)
    assert '<input type="hidden" name="state" value="in_progress">' in page
    assert re.search(r"<h1>2 cases</h1>", page)
    assert "or later" in page
    assert "<h1>0 cases</h1>" in researcher.get(f"{FIELDWORK}/cases?until=2020-01-01").text
    assert researcher.get(f"{FIELDWORK}/cases?since=morgen").status_code == 400
    assert 'name="since"' not in researcher.get(f"{BASE}/fieldwork/cases").text, "an anonymous wave keeps no days"
