"""Who took part how far: known through the link in a confidential wave, and never in an anonymous one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlmodel import Session

from surveyapp import clock
from surveyapp.fieldwork import arrivals, continuing, interviews, link_cutting, personal_links, waves
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.fieldwork.dispositions import State
from surveyapp.fieldwork.participation import Participation, participation
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.storage import contacts as stored
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument

SALT = "a secret of the application, long enough for a test"
INSTRUMENT = small_instrument(mode="confidential", pages=4)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
PEOPLE = ("none", "opens", "begins", "half", "sends", "not-of-us", "opts-out", "takes-back", "out-midway")


def invite(session: Session, study: str = STUDY) -> None:
    rows = [
        {
            "study_id": study, "contact_id": uuid4(), "year": YEAR, "email": f"{name}@example.org", "name": None,
            "role": None, "language": "nl", "source": "bureau", "segment": "north", "organisation": "Acme",
        }
        for name in PEOPLE
    ]  # fmt: skip
    stored.add(session, rows)
    arrivals.declare_sources(session, study, YEAR, ["bureau"])


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def saved(database: Database, case: CaseState, pages: Sequence[str]) -> CaseState:
    for page in pages:
        with database.write() as session:
            case = interviews.save_page(
                session, case, page, {f"v{page[1:]}": 1}, expected_seq=0, client_key=f"{page:0>12}", language="en"
            ).case
    return case


@pytest.fixture
def wave(database: Database) -> WaveInfo:
    """A confidential wave of four pages in which each person does what they are called after, on a Monday."""
    info = running_wave(database, INSTRUMENT)
    with clock.stopped_at(on(MONDAY)):
        with database.write() as session:
            invite(session)
            links = personal_links.make_links(session, STUDY, YEAR, salt=SALT)
        for link in links:
            act(database, link.email.partition("@")[0], link.token)
    return info


def act(database: Database, name: str, token: str) -> None:
    if name == "none":
        return
    with database.write() as session:
        mine = personal_links.invitation(session, token, salt=SALT)
        assert mine is not None
        if name in ("opts-out", "out-midway"):
            stored.set_opted_out(session, STUDY, mine.contact_id, MONDAY)
        if name != "opts-out":
            personal_links.note_opened(session, mine)
        if name in ("opens", "opts-out"):
            return
        begun = personal_links.begin(session, INSTRUMENT, token, "manager", "en", "phone", salt=SALT)
        assert begun is not None
    case = saved(database, begun[0], [f"p{n}" for n in range(1, {"half": 3, "sends": 5}.get(name, 2))])
    with database.write() as session:
        match name:
            case "sends":
                interviews.send(session, case)
            case "not-of-us":
                interviews.screen_out(session, case)
            case "takes-back":
                continuing.withdraw(session, case)


def records(database: Database) -> tuple[Participation, ...]:
    with database.read() as session:
        return participation(session, wave_info(session, STUDY, YEAR), INSTRUMENT)


def by_name(database: Database) -> dict[str, Participation]:
    with database.read() as session:
        names = {row.contact_id: row.email.partition("@")[0] for row in stored.listed(session, STUDY, YEAR)}
    return {names[one.contact_id]: one for one in records(database) if one.contact_id is not None}


def test_a_link_tells_how_far_each_person_got(database: Database, wave: WaveInfo) -> None:
    found = by_name(database)
    assert {name: str(one.state) for name, one in found.items()} == {
        "none": "not_started",
        "opens": "opened",
        "begins": "begun",
        "half": "partial",  # two of four questions: half of them, which is enough
        "sends": "complete",
        "not-of-us": "not_eligible",
        "opts-out": "refused",
        "takes-back": "withdrawn",
        "out-midway": "refused",
    }
    assert len(records(database)) == len(PEOPLE)
    assert {name for name, one in found.items() if one.may_be_reminded} == {"none", "opens", "begins", "half"}
    half = found["half"]
    assert (half.role, half.language, half.device, half.source) == ("manager", "en", "phone", "bureau")
    assert (half.last_page, half.pages, half.first_on, half.last_on) == ("p2", {"p1", "p2"}, MONDAY, MONDAY)
    assert (found["none"].role, found["none"].language, found["none"].first_on) == (None, "nl", None)
    assert {one.segment for one in found.values()} == {"north"}
    assert "Acme" not in repr(half)
    assert str(half.case_id) not in repr(half)


def test_what_is_taken_back_keeps_role_and_state_and_nothing_of_the_case(database: Database, wave: WaveInfo) -> None:
    gone = by_name(database)["takes-back"]
    assert (gone.role, gone.language, gone.device, gone.started_on) == ("manager", "nl", "unknown", None)


def test_when_the_wave_is_over_who_did_not_finish_broke_off(database: Database, wave: WaveInfo) -> None:
    with clock.stopped_at(on(TUESDAY)), database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    found = by_name(database)
    assert found["opens"].state is State.LEFT_INTRODUCTION
    assert found["begins"].state is State.LEFT_QUESTIONNAIRE
    assert found["half"].state is State.PARTIAL
    assert not [
        one for one in found.values() if one.may_be_reminded and one.state is not State.PARTIAL and one.first_on
    ]


def test_once_the_link_is_cut_nothing_is_known_of_a_contact(database: Database, wave: WaveInfo) -> None:
    with clock.stopped_at(on(TUESDAY)), database.write() as session:
        waves.close_wave(session, STUDY, YEAR)
        link_cutting.cut_links(session, STUDY, YEAR, "system", instrument=INSTRUMENT)
    found = records(database)
    invited = [one for one in found if one.is_invited]
    others = [one for one in found if not one.is_invited]
    assert {one.state for one in invited} == {State.NOT_KNOWN}
    assert {(one.case_id, one.opened_on, one.started_on, one.sent_on) for one in invited} == {(None,) * 4}
    assert len(others) == 6
    assert {(one.contact_id, one.segment, one.organisation) for one in others} == {(None, None, None)}
    assert not any(one.may_be_reminded for one in found)


def test_in_an_anonymous_wave_a_contact_is_never_known_and_a_case_is_by_its_open_link(database: Database) -> None:
    instrument = small_instrument(pages=4)
    info = running_wave(database, instrument)
    with database.write() as session:
        invite(session)
        begun, _ = interviews.begin(session, info, instrument, "contractor", "nl", "bureau")
        interviews.begin(session, info, instrument, "contractor", "nl", "flyer")
    with database.write() as session:
        interviews.send(session, begun)
    with database.read() as session:
        found = participation(session, info, instrument)
    assert [one.state for one in found if one.is_invited] == [State.NOT_KNOWN] * len(PEOPLE)
    assert sorted((str(one.state), one.source, one.is_by_link) for one in found if not one.is_invited) == [
        ("begun", "open", False),
        ("complete", "bureau", False),
    ]
    assert {one.first_on for one in found} == {None}


def test_a_test_case_is_nobodys_in_a_wave_that_is_open(database: Database) -> None:
    info = running_wave(database, INSTRUMENT, "test")
    with database.write() as session:
        invite(session)
        (link, *_) = personal_links.make_links(session, STUDY, YEAR, salt=SALT)
        mine = personal_links.invitation(session, link.token, salt=SALT)
        assert mine is not None
        personal_links.note_opened(session, mine)
        personal_links.begin(session, INSTRUMENT, link.token, "manager", "nl", salt=SALT)
    with database.read() as session:
        tried = participation(session, info, INSTRUMENT)
        is_open = WaveInfo(**{**{name: getattr(info, name) for name in info.__slots__}, "state": "open"})
        found = participation(session, is_open, INSTRUMENT)
    assert sum(one.state is State.BEGUN for one in tried) == 1
    assert {one.state for one in found} == {State.NOT_STARTED}
    assert {one.opened_on for one in found} == {None}
