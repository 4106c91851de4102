"""A site on which every screen of a respondent can be met: waves in each state, invitations, faults on request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask, abort
from sqlmodel import delete, select

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.errors import StorageBusy
from surveyapp.fieldwork import coding, contacts, interviews, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.instrument.coding import Frame, FrameCode
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import SKIPPED, Instrument, Text
from surveyapp.storage import cases, stop_reasons, throttle
from surveyapp.storage import coding as stored_coding
from surveyapp.storage.accounts import ROLES, add_user, user_by_email
from surveyapp.storage.changes import cases_of_wave
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, PageSaveRow
from surveyapp.web.networks import network_of, network_of_respondent
from surveyapp.web.passwords import password_hash
from tests.instrument.definitions import patched, write
from tests.web.conftest import KINDS, REAL, STUDY, put_wave
from tests.web.respondent.comparable import comparable_study, kinds_of, put_cases
from tests.web.serving import served

FIRST, LATER, TRIAL = "first-round", "later", "trial"
"""Studies: without a closed wave, not open yet, in its test."""
ANSWERS = {"s_consent": 1, "k_elig": 1, "k_mark": 8, "k_score": 9, "k_fit": 3, "k_learn": 2, "k_via": 1, "k_route": 1}
LOCAL = "127.0.0.1"
PASSWORD = "vijf gewone woorden achter elkaar"
LONG = ("Meer tijd voor overleg met Piet de Boer", "Een beter tarief")
"""Open answers of a closed wave."""
TEAM = 90
"""Robots in the real study, so that the team has figures to look at."""


class Everywhere:
    """The running site, and what happens behind its back."""

    def __init__(self, address: str, empty: str, database: Database, app: Flask) -> None:
        self.address, self.empty, self.database, self.app = address, empty, database, app
        self.secret = str(app.config["SECRET_KEY"])
        self.count = 0

    def link(self, language: str, study: str = KINDS) -> str:
        """The personal link of somebody new."""
        self.count += 1
        email = f"p{self.count}@example.org"
        line = f"email;role;language\n{email};contractor;{language}\n".encode()
        with self.database.write() as session:
            instrument = InstrumentLibrary(self.database).of_wave(session, study, 2026)
            contacts.import_contacts(session, instrument, contacts.read_contacts(line, instrument))
            made = personal_links.make_links(session, study, 2026, salt=self.secret)
        return next(f"/i/{link.token}" for link in made if link.email == email)

    def change(self, study: str, state: str = "started", **answers: int) -> None:
        """Let every case that was begun have seen each page and hold these answers; sent when its state says so."""
        with self.database.write() as session:
            for row in session.exec(select(CaseRow).where(CaseRow.state == "started", CaseRow.study_id == study)):
                asked = kinds_of(2026).questionnaire("contractor")
                # Which browser gave a page is read off its save: all of them stand on one that this browser made.
                saves = session.exec(select(PageSaveRow).where(PageSaveRow.case_id == row.case_id)).all()
                own = max((save.seq for save in saves if "~" in save.client_key), default=1)
                pages = {page.id: own for page in asked.pages}
                skipped = dict.fromkeys(asked.questions, SKIPPED)
                all_of_them = {**skipped, **ANSWERS, **answers}
                values: dict[str, Any] = {"answers": all_of_them, "pages": {**row.pages, **pages}}
                if state == "complete":
                    sent = {"state": state, "sent_on": row.started_on, "reference": row.case_id.hex[:10].upper()}
                    values |= sent
                cases.change(session, study, row.case_id, values)

    def forget_second_step(self, email: str) -> None:
        """Let this account sign in with its password alone again."""
        with self.database.write() as session:
            row = user_by_email(session, email)
            assert row is not None
            row.tf_primary_method = row.tf_totp_secret = None
            session.add(row)

    def tire(self, door: str) -> None:
        """Let somebody have tried this door too often."""
        with self.database.write() as session:
            for network in (network_of(LOCAL), network_of_respondent(LOCAL)):
                for _ in range(40):
                    throttle.attempt(session, door, network, limit=1, window=timedelta(minutes=10), salt=self.secret)

    def forgive(self) -> None:
        """Open every door again: all people here come from one network."""
        with self.database.write() as session:
            session.execute(delete(throttle.ATTEMPTS))

    @contextmanager
    def full(self) -> Iterator[None]:
        """Nothing can be stored meanwhile."""
        with patch.object(interviews, "save_page", side_effect=StorageBusy("the disk is full")):
            yield


def _people_of_the_team(database: Database) -> None:
    """Accounts of every role in both languages, and robots' answers to look at."""
    hashed = password_hash(PASSWORD)
    with database.write() as session:
        for role in ROLES:
            for language in ("nl", "en"):
                add_user(session, f"{role}-{language}@example.org", hashed, role, language)
    days = [(clock.today() - timedelta(days=back), 1.0) for back in range(9, -1, -1)]
    simulate(database, InstrumentLibrary(database), STUDY, 2026, TEAM, 7, days=days, is_demonstration=True)


def _coded(database: Database) -> None:
    """Open answers of a closed wave, half coded by two people, who sometimes differ."""
    readers = [f"{role}-{language}@example.org" for role in ("researcher", "admin") for language in ("nl", "en")]
    label = Text({"nl": "Toelichting, gecodeerd", "en": "Explanation, coded"})
    names = {1: ("Tijd", "Time"), 2: ("Geld", "Money")}
    codes = tuple(FrameCode(code, f"c{code}", Text({"nl": nl, "en": en})) for code, (nl, en) in names.items())
    with database.write() as session:
        coding.set_readers(session, KINDS, readers, "admin")
        coding.start(session, KINDS, 2025, Frame("k_long", "k_long_code", label, codes), "admin")
        for seat, account in enumerate(readers[:2], 1):
            coding.take_seat(session, KINDS, 2025, "k_long", seat, account)
        frame = coding.frame_in_force(session, KINDS, 2025, "k_long").frame
        wave = cases_of_wave(session, KINDS, 2025)
        for at, case in enumerate(wave[:30]):
            for seat in (1, 2):
                given = [1 if seat == 1 or at % 7 else 2]
                coding.give(session, KINDS, 2025, frame, case["case_id"], seat, given, [1] if at % 3 else [])
        for case in wave[:12]:
            stop_reasons.keep(session, KINDS, 2025, case["case_id"], "long", "nl", "Ik moest weg; het was mij te lang.")
        words = {"language": "nl", "role": None, "actor": readers[0], "on": clock.today()}
        stored_coding.quote(session, KINDS, 2025, "k_long", wave[0]["case_id"], LONG[0], **words)


def _study(folder: Path, name: str) -> Instrument:
    return load_instrument(write(folder / name, patched(("study.study", name), name="kinds")), 2026)


@contextmanager
def everywhere(folder: Path) -> Iterator[Everywhere]:
    """The site, until nobody needs it any more."""
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    database.upgrade()
    put_wave(database, kinds_of(2025))
    given = [
        {"k_mark": 6 + n % 3, "k_score": 7 + n % 4, "k_fit": 1 + n % 3, "k_learn": 3, "k_long": LONG[n % 2]}
        for n in range(60)
    ]
    put_cases(database, kinds_of(2025), "contractor", given)
    with database.write() as session:
        waves.close_wave(session, KINDS, 2025)
    _coded(database)
    put_wave(database, load_instrument(write(folder / KINDS, comparable_study(2026, "confidential")), 2026))
    put_wave(database, _study(folder, FIRST))
    put_wave(database, _study(folder, LATER), "draft")
    put_wave(database, _study(folder, TRIAL), "test")
    put_wave(database, load_instrument(REAL, 2026))
    _people_of_the_team(database)
    app = create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=database)

    def fault(language: str) -> str:
        raise RuntimeError(language)

    def fails(status: int) -> str:
        if status == 500:
            raise RuntimeError("a fault of ours")
        abort(status)

    app.add_url_rule("/console/fails/<int:status>", "console.fails", fails)
    for language in ("nl", "en"):
        app.add_url_rule(
            f"/{language}/fault", f"fault_{language}", fault, defaults={"language": language}, methods=["GET", "POST"]
        )
    nothing = Database(f"sqlite:///{folder / 'nothing.sqlite3'}")
    nothing.upgrade()
    bare = create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=nothing)
    with served(app) as address, served(bare) as empty:
        made = Everywhere(address, empty, database, app)
        made.link("nl")  # somebody was invited, so that anybody may ask for their link
        yield made
    nothing.close()
    database.close()
