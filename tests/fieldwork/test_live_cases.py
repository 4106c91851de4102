"""Case lines follow the database, change by change."""

from __future__ import annotations

import pytest

from surveyapp.errors import NotFound
from surveyapp.fieldwork import case_state, continuing, interviews
from surveyapp.fieldwork.arrival_counts import arrivals_by_role
from surveyapp.fieldwork.arrivals import count_arrival, declare_sources
from surveyapp.fieldwork.case_lines import REVIEW, CaseChoice
from surveyapp.fieldwork.figures import Arrivals
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.fieldwork.lines import lines_of


class OneInstrument(InstrumentLibrary):
    """A library that holds just this one."""

    def get(self, session: object, study: str, hash_: str):  # type: ignore[no-untyped-def]
        return small_instrument()


def save(session: object, case: case_state.CaseState, page: str, seq: int) -> case_state.CaseState:
    return interviews.save_page(
        session,  # type: ignore[arg-type]
        case,
        page,
        {f"v{page[1:]}": 1},
        expected_seq=0,
        client_key=f"{page}-{seq}-key-of-the-browser",
        language="nl",
        seconds=10 * seq,
        prompts=0,
    ).case


def test_a_line_follows_its_case_from_consent_to_review(database: Database) -> None:
    wave = running_wave(database, small_instrument())
    live = LiveWaves(database, OneInstrument(database))

    def stopped_at() -> str | None:
        with database.read() as session:
            (line,) = lines_of(live.cases(session, STUDY, YEAR))
        return line.stopped_at

    with database.write() as session:
        declare_sources(session, STUDY, YEAR, ("panel",))
        case, _ = interviews.begin(session, wave, small_instrument(), "manager", "nl", "panel", "phone")
    assert stopped_at() == "p1"
    for number, page in enumerate(("p1", "p2", "p3"), start=1):
        with database.write() as session:
            case = save(session, case, page, number)
        assert stopped_at() == {"p1": "p2", "p2": "p3", "p3": REVIEW}[page]
    with database.read() as session:
        (line,) = lines_of(live.cases(session, STUDY, YEAR))
    assert dict(line.page_seconds) == {"p1": 10, "p2": 20, "p3": 30}
    assert line.has_reached("p1")
    assert (line.role, line.source, line.device) == ("manager", "panel", "phone")


def test_test_cases_are_kept_apart_and_erased_cases_are_gone(database: Database) -> None:
    wave = running_wave(database, small_instrument(), state="test")
    live = LiveWaves(database, OneInstrument(database))
    with database.write() as session:
        interviews.begin(session, wave, small_instrument(), "manager", "nl", "panel", "phone")
        gone, _ = interviews.begin(session, wave, small_instrument(), "manager", "nl", "panel", "phone")
    with database.read() as session:
        assert len(lines_of(live.cases(session, STUDY, YEAR))) == 2

    with database.write() as session:
        continuing.erase(session, gone)
    with database.read() as session:
        assert len(lines_of(live.cases(session, STUDY, YEAR))) == 1

    from surveyapp.fieldwork.waves import open_wave, publish  # noqa: F401
    from surveyapp.storage.tables import WaveRow

    with database.write() as session:
        row = session.get(WaveRow, (STUDY, YEAR))
        assert row is not None
        row.state = "open"
        session.add(row)
    with database.read() as session:
        assert lines_of(live.cases(session, STUDY, YEAR)) == []


def test_arrivals_answer_to_a_choice_and_are_unknown_by_device(database: Database) -> None:
    running_wave(database, small_instrument())
    with database.write() as session:
        for role, language in (("manager", "nl"), ("manager", "en"), ("contractor", "nl")):
            count_arrival(session, STUDY, YEAR, "role_chosen", role, language, None)
        count_arrival(session, STUDY, YEAR, "consent_given", "manager", "nl", None)

    with database.read() as session:
        roles = ("contractor", "manager")
        assert arrivals_by_role(session, STUDY, YEAR, CaseChoice(), roles) == {
            "": Arrivals(role_chosen=3, consent_given=1),
            "contractor": Arrivals(role_chosen=1),
            "manager": Arrivals(role_chosen=2, consent_given=1),
        }
        chosen = arrivals_by_role(session, STUDY, YEAR, CaseChoice(role="manager", language="en"), roles)
        assert chosen == {"": Arrivals(role_chosen=1), "manager": Arrivals(role_chosen=1)}
        assert set(arrivals_by_role(session, STUDY, YEAR, CaseChoice(device="phone"), roles).values()) == {None}


def test_an_unknown_wave_is_not_found(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound):
        LiveWaves(database, OneInstrument(database)).cases(session, STUDY, 1999)
