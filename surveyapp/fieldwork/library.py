"""Published instruments by their hash, parsed once per process."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from surveyapp.errors import NotFound
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import waves
from surveyapp.storage.database import Database, Session

KEPT = 32


class InstrumentLibrary:
    """Instruments of every wave. A hash names a version for ever, so what is kept never goes stale on any node."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._kept: OrderedDict[tuple[str, str], Instrument] = OrderedDict()
        self._lock = Lock()

    def get(self, session: Session, study: str, hash_: str) -> Instrument:
        """The version with this hash.

        Raises
        ------
        NotFound     no such version was published
        """
        # Only when a version is asked for: the parser of definitions is no part of starting up.
        from surveyapp.instrument.loader import instrument_from_documents

        key = (study, hash_)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        documents = waves.version(session, study, hash_)
        if documents is None:
            raise NotFound("%(study)s has no published version %(version)s.", study=study, version=hash_[:12])
        # Parsed outside the lock: twice at worst, and nobody waits for it.
        made = instrument_from_documents(documents)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def of_wave(self, session: Session, study: str, year: int) -> Instrument:
        """The version a wave runs on."""
        return self.get(session, study, wave_info(session, study, year).instrument_hash)
