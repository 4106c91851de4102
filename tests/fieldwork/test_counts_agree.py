"""Whatever people do and in whatever order: list, counts, rates and JSON say the same, and so does a recount from the
raw rows that shares no code with them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from surveyapp.errors import SurveyError
from surveyapp.fieldwork import continuing, deciding, interviews, personal_links, sample_contacts
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.case_state import state_of
from surveyapp.fieldwork.dispositions import MOVES, Disposition
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.outcomes import PARTS, counted
from surveyapp.fieldwork.participation import Participation, participation
from surveyapp.fieldwork.record_choice import INVITED, NONE, RecordChoice, chosen
from surveyapp.fieldwork.sample_progress import SampleProgress
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.reports.fieldwork_state import fieldwork_state
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.outcome_rates import rates_as_dict
from surveyapp.storage import cases
from surveyapp.storage import contacts as stored
from surveyapp.storage.changes import touch_people
from surveyapp.storage.database import Database
from tests.builders import STUDY, running_wave, small_instrument

SALT = "a secret of the application, long enough for a test"
INSTRUMENT = small_instrument(mode="confidential", pages=4)
PEOPLE = 6
DEEDS = (
    "open", "begin", "page", "page", "page", "again", "send", "send", "not-of-us", "opt-out", "opt-in", "bounce",
    "take-back", "decide", "revoke", "remove",
)  # fmt: skip
HISTORIES = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, PEOPLE - 1), st.integers(0, 6)), max_size=60)
ROLES, SEGMENTS = (None, "contractor", "manager"), (None, "north", "south")
YEARS = count(1900)
TODAY = date(2026, 11, 23)
NO_ANSWER = frozenset({Disposition.COMPLETE, Disposition.WITHDRAWN, Disposition.NOT_ELIGIBLE})


class OneInstrument(InstrumentLibrary):
    def get(self, session: object, study: str, hash_: str) -> Instrument:
        return self.held

    held = INSTRUMENT


class World:
    """A confidential wave of its own in which a history is played."""

    def __init__(self, database: Database) -> None:
        self.database, year = database, next(YEARS)
        self.instrument = replace(INSTRUMENT, wave=replace(INSTRUMENT.wave, year=year), hash=f"{year:064}")
        self.info: WaveInfo = running_wave(database, self.instrument)
        self.year, self.people = year, [uuid4() for _ in range(PEOPLE)]
        with database.write() as session:
            stored.add(session, [self._row(number, key) for number, key in enumerate(self.people)])
            made = personal_links.make_links(session, STUDY, year, salt=SALT)
        library = type("Held", (OneInstrument,), {"held": self.instrument})
        self.live = LiveWaves(database, library(database))  # as a process holds it: it must notice every change
        self.tokens = {int(link.email[1]): link.token for link in made}

    def _row(self, number: int, key: UUID) -> dict[str, Any]:
        return {
            "study_id": STUDY, "contact_id": key, "year": self.year, "email": f"p{number}@example.org", "name": None,
            "role": ROLES[number % 3], "language": "nl", "source": "open" if number % 2 else "personal",
            "segment": SEGMENTS[number // 2], "organisation": None,
        }  # fmt: skip

    def play(self, deed: str, number: int, which: int) -> None:
        with suppress(SurveyError), self.database.write() as session:
            self._do(session, deed, number, which)

    def _do(self, session: Session, deed: str, number: int, which: int) -> None:
        key, year = self.people[number], self.year
        mine = personal_links.invitation(session, self.tokens[number], salt=SALT)
        if mine is None:
            return
        case_id = stored.case_of(session, STUDY, key)
        row = None if case_id is None else cases.by_id(session, STUDY, case_id)
        case = None if row is None else state_of(row)
        match deed:
            case "open":
                personal_links.note_opened(session, mine)
            case "begin":
                personal_links.begin(session, self.instrument, self.tokens[number], "manager", "en", salt=SALT)
            case "opt-out":
                stored.set_opted_out(session, STUDY, key, TODAY)
            case "opt-in":
                stored.set_opted_out(session, STUDY, key, None)
            case "bounce":
                touch_people(session, STUDY)
                session.connection().execute(
                    stored.CONTACTS.update().where(stored.CONTACTS.c.contact_id == key).values(bounced_on=TODAY)
                )
            case "decide":
                subject = key if which % 2 or case_id is None else case_id
                wanted = tuple(Disposition)[which * 2]
                deciding.decide(session, self.info, self.instrument, subject, wanted, "rang us", "someone")
            case "revoke":
                deciding.revoke(session, self.info, self.instrument, key, "someone")
            case "remove" if which == 0:
                sample_contacts.remove(session, STUDY, year, key, "asked", "someone")
        if case is None:
            return
        match deed:
            case "page" | "again":
                page = f"p{1 + (len(case.pages) if deed == 'page' else which) % 4}"
                interviews.save_page(
                    session, case, page, {f"v{page[1:]}": 1 + which % 2}, expected_seq=case.expected_seq(page),
                    client_key=f"{case.revision:0>12}", language="en", seconds=which,
                )  # fmt: skip
            case "send":
                interviews.send(session, case)
            case "not-of-us":
                interviews.screen_out(session, case)
            case "take-back":
                continuing.withdraw(session, case)


def recount(session: Session, year: int) -> Counter[tuple[str, str, str, str]]:
    """Role, segment, source and disposition of everybody invited, from the rows as they stand in the tables."""

    def rows(statement: str) -> list[dict[str, Any]]:
        return [dict(row) for row in session.connection().execute(text(statement), {"year": year}).mappings()]

    links = {row["contact_id"]: row["case_id"] for row in rows("SELECT contact_id, case_id FROM case_link")}
    interviewed = {row["case_id"]: row for row in rows("SELECT * FROM cases WHERE year = :year")}
    furthest: Counter[Any] = Counter()
    for row in rows("SELECT s.case_id, s.page FROM page_save s"):
        furthest[row["case_id"]] = max(furthest[row["case_id"]], int(row["page"][1:]))
    decided = {row["subject"]: row["disposition"] for row in rows("SELECT * FROM decided_disposition")}
    found: Counter[tuple[str, str, str, str]] = Counter()
    for contact in rows("SELECT * FROM contact WHERE year = :year"):
        case_id = links.get(contact["contact_id"])
        case = interviewed.get(case_id) if case_id is not None else None
        said = _judged(contact, case, furthest[case_id])
        by_hand = decided.get(contact["contact_id"]) or decided.get(case_id)
        if by_hand is not None and Disposition(by_hand) in MOVES.get(Disposition(said), frozenset()):
            said = by_hand
        role = case["role"] if case is not None else contact["role"]
        found[role or "", contact["segment"] or "", contact["source"], said] += 1
    return found


def _judged(contact: dict[str, Any], case: dict[str, Any] | None, furthest: int) -> str:
    if case is None:
        if contact["opted_out_on"] is not None:
            return "refused"
        if contact["opened_on"] is not None:
            return "introduction"
        return "undelivered" if contact["bounced_on"] is not None else "no_reply"
    if case["state"] == "started":
        if furthest >= 2:  # two of four pages of a question each
            return "partial"
        return "refused" if contact["opted_out_on"] is not None else "questionnaire"
    return {"screened_out": "not_eligible", "erased": "withdrawn"}.get(case["state"], case["state"])


def agree(world: World) -> None:
    with world.database.read() as session:
        raw = recount(session, world.year)
        records = participation(session, world.info, world.instrument)
        state = fieldwork_state(session, world.live, world.info, world.instrument)
    seen = state.cases
    assert state.sample is not None
    _hold_sample(state.sample, raw, records)
    found = counted(records, is_confidential=True)
    assert found.invited.total.people == raw.total()
    for part in PARTS:
        told = json.loads(json.dumps(rates_as_dict(found, part, world.instrument)))["invited"]
        of_raw: Counter[tuple[str, str]] = Counter()
        for (role, segment, source, said), times in raw.items():
            of_raw[{"role": role, "segment": segment, "source": source}[part], said] += times
        of_json = {(g["value"], said): n for g in told["groups"] for said, n in g["dispositions"].items() if n}
        of_lists = {
            (value, str(said)): n
            for value in {value for value, _ in of_raw}
            for said in Disposition
            if (n := len(chosen(records, RecordChoice(INVITED, said).but(**{part: value or NONE}))))
        }
        assert dict(of_raw) == of_json == of_lists
        assert told["total"]["people"] == sum(group["people"] for group in told["groups"])
        _hold_rates(told["total"])
    # The page on fieldwork counts cases, by arrays of its own.
    own = [one for one in records if one.case_id is not None]
    assert seen.count(CaseChoice(state="complete")) == sum(one.disposition == Disposition.COMPLETE for one in own)
    assert seen.count(CaseChoice(state="screened_out")) == sum(one.found == Disposition.NOT_ELIGIBLE for one in own)
    on_their_way = sum(one.found not in NO_ANSWER for one in own)
    assert seen.count(CaseChoice(state="in_progress")) + seen.count(CaseChoice(state="left")) == on_their_way


def _hold_sample(
    sample: SampleProgress, raw: Counter[tuple[str, str, str, str]], records: Iterable[Participation]
) -> None:
    """The table of role by segment on the page, against the rows and against the lists it leads to."""
    cells = {(one.role, one.segment): one for role in sample.roles for one in role.segments}
    for said in Disposition:
        of_raw = Counter[tuple[str, str]]()
        for (role, segment, _, what), times in raw.items():
            of_raw[role, segment] += times * (what == said)
        assert {key: one.outcome.of(said) for key, one in cells.items()} == {key: of_raw[key] for key in cells}
        assert (
            sample.total.outcome.of(said) == of_raw.total() == sum(one.total.outcome.of(said) for one in sample.roles)
        )
    for (role, segment), one in cells.items():
        asked = RecordChoice(INVITED, role=role or NONE, segment=segment or NONE)
        assert one.invited == len(chosen(records, asked))
        assert one.opened == len(chosen(records, asked.but(step="opened")))
        assert one.begun == len(chosen(records, asked.but(step="begun")))
        assert one.complete == len(chosen(records, asked.but(disposition="complete")))


def _hold_rates(total: dict[str, Any]) -> None:
    counts, rates = total["dispositions"], total["rates"]
    if rates is None:
        return
    outside = counts["not_eligible"] + counts["quota"] + counts["duplicate"]
    asked = total["people"] - outside
    if asked:
        assert rates["RR1"]["value"] == counts["complete"] / asked
        assert rates["RR2"]["value"] == (counts["complete"] + counts["partial"]) / asked
        known = [rates[name]["value"] for name in ("RR1", "RR3", "RR5") if rates[name]["value"] is not None]
        assert known == sorted(known)
    else:
        assert rates["RR1"]["value"] is None


@settings(max_examples=15, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck))
@given(history=HISTORIES)
def test_every_count_is_the_recount_from_the_rows(database: Database, history: list[tuple[str, int, int]]) -> None:
    world = World(database)
    for at, (deed, number, which) in enumerate(history):
        world.play(deed, number, which)
        if not at % 16:
            agree(world)  # a look half-way: what it keeps must give way to what comes
    agree(world)


def test_the_rates_of_a_hand_made_wave(database: Database) -> None:
    """Six people: one sent, one half-way, one opened, one said no, one unheard of, one not of us.

    By hand: RR1 = 1 / (6 - 1) = 0.2, RR2 = 2 / 5; REF1 = (opened + no) / 5 = 2 / 5; CON3 = 4 / 4, as nobody of whom
    anything is known went unreached.
    """
    world = World(database)
    for number, deeds in enumerate((
        ("begin", "page", "page", "page", "page", "send"), ("begin", "page", "page"), ("open",), ("opt-out",), (),
        ("begin", "not-of-us"),
    )):  # fmt: skip
        for deed in deeds:
            world.play(deed, number, 1)
    agree(world)
    with database.read() as session:
        found = counted(participation(session, world.info, world.instrument), is_confidential=True)
    rates = rates_as_dict(found, "role", world.instrument)["invited"]["total"]["rates"]
    assert {name: rates[name]["value"] for name in ("RR1", "RR2", "REF1", "CON3", "COOP1")} == {
        "RR1": pytest.approx(0.2),
        "RR2": pytest.approx(0.4),
        "REF1": pytest.approx(0.4),
        "CON3": 1,
        "COOP1": pytest.approx(0.25),
    }
    assert rates["RR1"]["filled_in"] == "1 / ((1 + 1) + (2 + 0 + 0) + (1 + 0))"
