"""Published instruments by their hash, parsed once per process."""

from __future__ import annotations

from surveyapp.errors import NotFound
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.recent import Recent
from surveyapp.storage import waves
from surveyapp.storage.database import Database, Session

KEPT = 32


class InstrumentLibrary:
    """Instruments of every wave. A hash names a version for ever, so what is kept never goes stale on any node."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._kept: Recent[tuple[str, str], Instrument] = Recent(KEPT)

    def get(self, session: Session, study: str, hash_: str) -> Instrument:
        """The version with this hash.

        Raises
        ------
        NotFound     no such version was published
        """

        def parsed() -> Instrument:
            # Only when a version is asked for: the parser of definitions is no part of starting up.
            from surveyapp.instrument.loader import instrument_from_documents

            documents = waves.version(session, study, hash_)
            if documents is None:
                raise NotFound("%(study)s has no published version %(version)s.", study=study, version=hash_[:12])
            return instrument_from_documents(documents)

        return self._kept.get((study, hash_), parsed)

    def of_wave(self, session: Session, study: str, year: int) -> Instrument:
        """The version a wave runs on."""
        return self.get(session, study, wave_info(session, study, year).instrument_hash)
