"""The fieldwork page: every count is the length of the list behind it, and it moves only when figures do."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.fieldwork import case_lines, continuing, interviews, waves
from surveyapp.fieldwork.arrivals import count_arrival, declare_sources
from surveyapp.fieldwork.waves import wave_info
from surveyapp.reports.alerts import Alert
from surveyapp.storage import audit
from tests.web.console.people import BASE, STUDY, Person

WAVE = f"{STUDY} 2026"
PART = {"headers": {"HX-Request": "true"}}


def links(text: str) -> list[tuple[int, str]]:
    """Every count of a page with the address behind it."""
    found = re.findall(r'<a href="([^"]*/fieldwork/cases[^"]*)">([\d.,]+)', text)
    return [(int(re.sub(r"\D", "", shown)), html.unescape(address)) for address, shown in found]


def test_every_count_equals_the_number_of_cases_behind_it(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    counts = links(person.get(f"{BASE}/fieldwork").text)
    assert len(counts) > 60
    seen: dict[str, int] = {}
    for shown, address in counts:
        if address not in seen:
            heading = re.search(r"<h1>([\d.,]+) case", person.get(address).text)
            assert heading is not None
            seen[address] = int(re.sub(r"\D", "", heading.group(1)))
        assert seen[address] == shown, address


def test_a_limited_page_carries_its_limits_into_every_list(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")

    counts = links(person.get(f"{BASE}/fieldwork?role=manager").text)

    assert counts
    assert all("role=manager" in address for _, address in counts)


def version(person: Person) -> str:
    found = re.search(r'hx-get="([^"]+)"', person.get(f"{BASE}/fieldwork").text)
    assert found is not None
    return html.unescape(found.group(1))


def begin(app: Flask) -> None:
    services = app.extensions["surveyapp"]
    with services.database.write() as session:
        wave = wave_info(session, STUDY, 2026)
        instrument = services.library.of_wave(session, STUDY, 2026)
        declare_sources(session, STUDY, 2026, ("panel",))
        interviews.begin(session, wave, instrument, "manager", "en", "panel", "tablet")


def test_of_answers_that_were_taken_back_the_list_shows_a_role_and_no_more(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    services = app.extensions["surveyapp"]
    with services.database.write() as session:
        wave = wave_info(session, STUDY, 2026)
        instrument = services.library.of_wave(session, STUDY, 2026)
        declare_sources(session, STUDY, 2026, ("panel",))
        case, _ = interviews.begin(session, wave, instrument, "manager", "en", "panel", "tablet")
        continuing.withdraw(session, case)
    person = signed_in("researcher")
    short = case_lines.short_id(case.case_id)
    for address in ("state=withdrawn&role=manager", "language=unknown", "source=unknown&device=unknown"):
        row = next(
            row for row in re.findall(r"<tr.*?</tr>", person.get(f"{BASE}/fieldwork/cases?{address}").text, re.DOTALL)
            if short in row
        )  # fmt: skip
        assert row.count(">unknown<") == 3, row
        assert not re.search("panel|tablet|English", row)


def test_nothing_is_sent_when_nothing_changed_and_everything_when_something_did(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    address = version(person)

    unchanged = person.get(address, **PART)
    begin(app)
    changed = person.get(address, **PART)

    assert (unchanged.status_code, unchanged.data) == (204, b"")
    assert re.fullmatch(r"\d\d:\d\d", unchanged.headers["X-Stand"])
    assert changed.status_code == 200
    assert changed.text.count('id="figures"') == 1
    assert "<html" not in changed.text


def test_an_arrival_alone_moves_the_page_too(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    address = version(person)
    with app.extensions["surveyapp"].database.write() as session:
        count_arrival(session, STUDY, 2026, "role_chosen", "manager", "nl", None)

    assert person.get(address, **PART).status_code == 200


def test_a_person_who_opens_the_address_of_a_part_gets_the_whole_page(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")

    assert "<html" in person.get(version(person)).text


def test_two_processes_name_the_same_figures_alike(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from surveyapp.app import create_app

    services = app.extensions["surveyapp"]
    other = Person(create_app(services.settings).test_client())
    other.sign_in("researcher@example.org")

    assert version(other) == version(signed_in("researcher"))


def test_in_an_anonymous_wave_nobody_can_tell_who_is_busy_from_who_left(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")

    def heading(address: str) -> str:
        found = re.search(r"<h1>([^<]+)</h1>", person.get(address).text)
        assert found is not None
        return found.group(1)

    begin(app)
    assert heading(f"{BASE}/fieldwork/cases?source=panel&state=in_progress") == "0 cases"
    assert heading(f"{BASE}/fieldwork/cases?source=panel&state=left&page=start") == "1 case"
    listed = person.get(f"{BASE}/fieldwork/cases").text
    assert not {"Begun", "Sent"} & set(re.findall(r'data-name="([^"]+)"', listed))
    assert not re.search(r">(Begun|Sent)<", listed.split("<tbody>")[0])
    assert "a case keeps no day" in listed
    page = person.get(f"{BASE}/fieldwork").text
    assert "this wave keeps no days" in page
    assert "in progress</" not in page.split('id="card-introduction"')[0]
    counts = page.split('id="heading-counts"')[1].split("</table>")[0]
    in_progress = [re.findall(r"<td.*?</td>", row)[1] for row in re.findall("<tr><th scope=.row.*?</tr>", counts, re.S)]
    assert set(in_progress) == {'<td class="number">–</td>'}
    sent = re.search(r"([\d,]+) of the ([\d,]+) who sent or broke off \(", page)
    assert sent is not None
    review = re.search(r"<th[^>]*>Check and send</th>\s*<td[^>]*>(?:<a[^>]*>)?([\d,]+)", page)
    assert review is not None
    assert int(review[1]) > 1, "who sent came by the review"
    with clock.stopped_at(clock.now() + timedelta(minutes=20)):
        person.get("/console/account")
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        person.sign_in("researcher@example.org")
        assert heading(f"{BASE}/fieldwork/cases?source=panel&state=in_progress") == "0 cases"
        assert heading(f"{BASE}/fieldwork/cases?source=panel&state=left&page=start") == "1 case"


def test_an_open_link_has_no_response_rate_and_the_reason_stands_beside_it(
    signed_in: Callable[[str], Person],
) -> None:
    card = signed_in("researcher").get(f"{BASE}/fieldwork").text.split('id="card-response-rate"')[1].split("</li>")[0]

    assert "n.a." in card
    assert "%" not in card
    assert "how many people were asked" in card


def test_a_test_case_never_counts_in_an_open_wave(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from sqlalchemy import select

    from surveyapp.storage import cases
    from surveyapp.storage.changes import CASES

    person = signed_in("researcher")
    begin(app)
    with app.extensions["surveyapp"].database.write() as session:
        found = select(CASES.c.study_id, CASES.c.case_id).where(CASES.c.source == "panel")
        for study, case_id in session.execute(found).all():
            cases.change(session, study, case_id, {"is_test": True})

    assert "0 cases" in person.get(f"{BASE}/fieldwork/cases?source=panel").text


def test_the_list_is_cut_in_fifties_and_the_parts_hold_every_case_once(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    names: list[str] = []
    address = f"{BASE}/fieldwork/cases"
    while True:
        page = person.get(address).text
        names += re.findall(r'<th scope="row"><a[^>]*><code>([^<]+)</code>', page)
        onward = re.search(r'<a href="([^"]+)" rel="next"', page)
        if onward is None:
            break
        address = html.unescape(onward.group(1))

    assert len(names) == len(set(names)) == 160


def test_a_list_never_shows_the_key_of_a_case(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from sqlalchemy import select

    from surveyapp.storage.changes import CASES

    with app.extensions["surveyapp"].database.read() as session:
        keys = [str(key) for key in session.execute(select(CASES.c.case_id)).scalars()]
    page = signed_in("researcher").get(f"{BASE}/fieldwork/cases").text

    assert not any(key in page or key.replace("-", "") in page for key in keys)


@pytest.mark.parametrize("query", ["role=nobody", "state=lost", "started=yesterday", "sent=2026-13-40"])
def test_a_choice_that_cannot_be_is_refused_in_words(signed_in: Callable[[str], Person], query: str) -> None:
    answer = signed_in("researcher").get(f"{BASE}/fieldwork/cases?{query}")

    assert answer.status_code == 400
    assert "is not" in answer.text


def test_a_part_of_the_list_that_is_gone_gives_the_first_with_a_notice(signed_in: Callable[[str], Person]) -> None:
    answer = signed_in("researcher").get(f"{BASE}/fieldwork/cases?part=99")

    assert answer.status_code == 200
    assert "no longer there" in answer.text


def test_a_wave_that_does_not_exist_is_not_found_in_the_staff_frame(signed_in: Callable[[str], Person]) -> None:
    answer = signed_in("researcher").get(f"/console/{STUDY}/1999/fieldwork")

    assert answer.status_code == 404
    assert "console-header" in answer.text


def test_before_anybody_began_the_targets_stand_there_with_noughts(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get(f"/console/{STUDY}/2025/fieldwork").text

    assert "Nobody can begin yet" in page
    assert "to go" in page


@pytest.mark.parametrize("role", ["viewer", "researcher"])
def test_nothing_is_to_go_in_a_wave_that_is_over(signed_in: Callable[[str], Person], app: Flask, role: str) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        waves.close_wave(session, STUDY, 2026)

    page = signed_in(role).get(f"{BASE}/fieldwork").text

    assert "to go" not in page
    assert "Days left" not in page
    assert ("short of the target" in page) == (role == "researcher"), "a reader is told no small difference"


@pytest.mark.parametrize("column", ["role", "state", "minutes", "device", "language", "source", "case"])
def test_cases_are_sorted_by_a_column_both_ways_and_keep_the_choice(
    signed_in: Callable[[str], Person], column: str
) -> None:
    person = signed_in("researcher")
    address = f"{BASE}/fieldwork/cases?role=manager"
    link = next(
        html.unescape(found)
        for found in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', person.get(address).text)
        if re.search(rf"sort=-?{column}\b", found)
    )
    assert "role=manager" in link
    for sort, order in ((column, "ascending"), (f"-{column}", "descending")):
        page = person.get(f"{address}&sort={sort}").text
        assert len(re.findall("aria-sort", page)) == 1
        label = {"case": "Case", "role": "Role", "state": "Status"}.get(column, column.title())
        assert re.search(rf'aria-sort="{order}"><a href="[^"]*">{label}<', page)
        cells = re.findall(rf'data-name="{label}">([^<]*)<', page) if column != "case" else codes(page)
        shown = [cell for cell in cells if cell != "–"]
        if column == "minutes":
            values: list[object] = [float(one) for one in shown]
        else:
            values = [one.casefold() for one in shown]
        assert values == sorted(values, reverse=order == "descending")  # type: ignore[type-var]
        assert [cell == "–" for cell in cells] == sorted(cell == "–" for cell in cells), "what is not there stands last"


def codes(page: str) -> list[str]:
    """The codes of the cases on a page, from top to bottom."""
    return re.findall(r'<th scope="row"><a[^>]*><code>([^<]+)</code>', page)


def test_cases_that_are_alike_stand_by_their_code_which_tells_nothing(signed_in: Callable[[str], Person]) -> None:
    """Nor does the order of pages move: the second goes on where the first ends."""
    person = signed_in("researcher")
    for sort in ("role", "-role"):
        listed = [
            code
            for part in (1, 2)
            for code in codes(person.get(f"{BASE}/fieldwork/cases?role=contractor&sort={sort}&part={part}").text)
        ]
        assert listed == sorted(set(listed))
    assert person.get(f"{BASE}/fieldwork/cases?sort=changed").status_code == 400


@pytest.mark.parametrize(("page", "part"), [("fieldwork", "figures"), ("exports", "runs")])
def test_a_part_is_for_htmx_alone_and_says_so(page: str, part: str, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    address = f"{BASE}/{page}?_part={part}"
    whole, piece = person.get(address), person.get(address, **PART)
    assert ("<html" in whole.text, "<html" in piece.text) == (True, False)
    assert "HX-Request" in whole.vary
    assert "HX-Request" in piece.vary


def test_who_has_seen_an_alert_is_told_and_one_put_aside_stays_so_until_it_is_brought_back(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Alert("behind:manager", {"nl": "Loopt achter.", "en": "Lags behind."}, "role-manager")
    monkeypatch.setattr("surveyapp.reports.alert_gathering.pace_alerts", lambda *_: (said,))
    person = signed_in("researcher")

    def note(act: str, key: str = said.key) -> str:
        answer = person.post(f"{BASE}/fieldwork/alerts", key=key, act=act)
        assert answer.status_code == 303
        return person.get(answer.location).text

    assert "Lags behind." in person.get(f"{BASE}/fieldwork").text
    assert "not seen by anybody yet" in person.get(f"{BASE}/fieldwork/alerts").text
    seen = note("seen")
    assert "seen by researcher@example.org" in " ".join(seen.split())
    assert "I have seen this" not in seen
    assert "seen by 1 person" in person.get(f"{BASE}/fieldwork").text
    assert "put aside by researcher@example.org" in note("aside")
    page = person.get(f"{BASE}/fieldwork").text
    assert "Lags behind." not in page
    assert "1 alert was put aside" in page
    note("back")
    assert "Lags behind." in person.get(f"{BASE}/fieldwork").text
    note("seen", key="behind:nobody")
    with app.extensions["surveyapp"].database.read() as session:
        noted = [one for act in ("seen", "aside", "back") for one in audit.details_of(session, f"alert.{act}", WAVE)]
    assert noted == [{"alert": said.key}] * 3, "of what is no alert nothing is noted"
