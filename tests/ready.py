"""A wave that lacks nothing of what is looked at before it opens, whatever its definition leaves to the team."""

from __future__ import annotations

from surveyapp import clock
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.targets import role_targets, set_targets
from surveyapp.storage import cases, contacts, keys
from surveyapp.storage.database import Database
from surveyapp.storage.waves import find


def make_ready(database: Database, study: str, year: int) -> None:
    """Targets, a contact where it is confidential, and a trial to the end in each language."""
    library = InstrumentLibrary(database)
    with database.write() as session:
        row = find(session, study, year)
        assert row is not None
        instrument = library.get(session, study, row.instrument_hash)
        role = next(iter(instrument.questionnaires))
        if not sum(role_targets(session, instrument).values()):
            set_targets(session, instrument, {(role, ""): 10}, "somebody")
        if row.mode == "confidential":
            invited = {"contact_id": keys.uuid7(), "email": "els@example.org", "role": role, "source": "sample"}
            contacts.add(session, [{"study_id": study, "year": year, "language": "nl", **invited}])
        tried = [
            {
                "study_id": study, "case_id": keys.apart_id(), "year": year, "instrument_hash": instrument.hash,
                "role": role, "language": language, "source": "open", "device": "phone", "state": "complete",
                "is_test": True, "revision": 1, "answers": {}, "pages": {}, "seconds": 60, "seed": 1,
                "consent_version": "1", "started_on": clock.today(), "sent_on": clock.today(),
                "reference": keys.reference(), "flags": {},
            }
            for language in instrument.languages
        ]  # fmt: skip
        cases.insert_cases(session, tried)
