"""Names and codes that came to mean something else than in a wave that was published before.

``surveyapp check --against`` asks this of one earlier wave; before a wave opens, and before a version is put beside
another, it is asked of all of them. Earlier waves are compared as they were published, for their files say of them
what they say today.
"""

from __future__ import annotations

from surveyapp.fieldwork.wave_moves import FIELDED
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.identity import identity_findings
from surveyapp.instrument.model import Instrument
from surveyapp.storage import waves
from surveyapp.storage.database import Session


def lost_meanings(session: Session, instrument: Instrument) -> tuple[tuple[int, Finding], ...]:
    """Every error in which this instrument contradicts an earlier wave of its study, with that wave's year."""
    # Only here: the parser of definitions has no place in a respondent's process.
    from surveyapp.instrument.loader import instrument_from_documents

    found: list[tuple[int, Finding]] = []
    for row in waves.every(session, instrument.study.id):
        if row.year >= instrument.wave.year or row.state not in FIELDED:
            continue
        documents = waves.version(session, row.study_id, row.instrument_hash)
        if documents is not None:
            earlier = instrument_from_documents(documents)
            found += [(row.year, each) for each in identity_findings(earlier, instrument) if each.level == "error"]
    return tuple(found)
