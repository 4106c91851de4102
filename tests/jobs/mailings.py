"""A small confidential wave whose people are written to, for tests and measurements; as a program, a worker that sends.

``python -m tests.jobs.mailings DATABASE SMTP_URL`` sends what is due until it ends or is killed.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import SecretStr

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.fieldwork import arrivals, invitation_rounds
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.recipients import Rule, recipients
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.invitation_queue import InvitationQueue
from surveyapp.jobs.mail import Sender
from surveyapp.jobs.post import Post, post_office
from surveyapp.storage import contacts as stored
from surveyapp.storage import invitation_rounds as stored_rounds
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, small_instrument

SALT = "a secret of the application, long enough for a test"
SITE = "https://survey.example.org"
SENDER = Sender("survey@example.org", "survey.example.org")
INSTRUMENT = small_instrument(mode="confidential", pages=4)
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def invite(database: Database, *names: str, language: str = "nl") -> None:
    with database.write() as session:
        stored.add(
            session,
            [
                {
                    "study_id": STUDY, "contact_id": uuid4(), "year": YEAR, "email": f"{name}@example.org",
                    "name": f"Name of {name}" if name != "nameless" else None, "role": None, "language": language,
                    "source": "bureau", "segment": None, "organisation": None,
                }
                for name in names
            ],
        )  # fmt: skip
        arrivals.declare_sources(session, STUDY, YEAR, ["bureau"])


class Library(InstrumentLibrary):
    """Has the one instrument of these tests, which was made without files."""

    def get(self, *_: object) -> Instrument:
        return INSTRUMENT


def go(database: Database, kind: str = "invitation", *, as_files: bool = False, **rule: str) -> int:
    """A round that was confirmed; its number."""
    with database.write() as session:
        number = invitation_rounds.create(session, INSTRUMENT, kind, "test", rule=Rule(**rule))
        found = recipients(session, wave_info(session, STUDY, YEAR), INSTRUMENT, kind, Rule(**rule), number)
        invitation_rounds.save_moment(session, STUDY, YEAR, number, None)
        invitation_rounds.confirm(session, INSTRUMENT, number, len(found), "test", as_files=as_files)
    return number


def states(database: Database, number: int) -> Counter[str]:
    with database.read() as session:
        rows = stored_rounds.counts(session, STUDY, YEAR, number)
    return Counter({row.state: 0 for row in rows}) + Counter([row.state for row in rows for _ in range(row.n)])


def office(url: str) -> Post:
    made = post_office(Settings(smtp_url=SecretStr(url), mail_from=SENDER.address, base_url=SITE))
    assert made is not None
    return made


def main(path: str, url: str) -> None:
    """Send what is due, on a day on which something may go."""
    database = Database(f"sqlite:///{path}")
    with clock.stopped_at(TUESDAY):
        queue = InvitationQueue(database, Library(database), office(url), salt=SALT)
        while queue.deliver().taken:
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
