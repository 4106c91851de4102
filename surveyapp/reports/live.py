"""The figures' data of every wave somebody looks at, kept in the process and fed only with what changed.

No figure is a query: the database is asked for the cases that changed since the last look (`storage.changes` never
misses one), and everything else is arithmetic on columns. A process that starts reads a wave once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from sqlmodel import Session

from surveyapp import clock
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.extract import Record
from surveyapp.reports.publishing import Standing, advance, published, standing
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.changes import CaseFeed
from surveyapp.storage.database import Database

__all__ = ["LiveWaves", "WaveData"]


@dataclass
class _Wave:
    """What a process holds of one wave."""

    lock: Lock = field(default_factory=Lock)
    store: CaseStore | None = None
    feed: CaseFeed | None = None
    version: int = 0
    latest: WaveData | None = None
    publishing: Lock = field(default_factory=Lock)
    standing: Standing | None = None
    published: WaveData | None = None
    made_of: tuple[object, ...] = ()  # what the published data were made of
    tried: int = -1  # the version of the data at which the last step was tried


class LiveWaves:
    """The data of all waves, shared by the threads of a process."""

    def __init__(self, database: Database, library: InstrumentLibrary) -> None:
        self.database = database
        self.library = library
        self._waves: dict[tuple[str, int], _Wave] = {}
        self._lock = Lock()

    def data(self, study: str, year: int) -> WaveData:
        """The data of a wave as they stand now.

        Raises
        ------
        NotFound        there is no such wave
        StorageBusy     the database is locked or away
        """
        with self._lock:
            wave = self._waves.setdefault((study, year), _Wave())
        try:
            with wave.lock:
                return self._look(wave, study, year)
        finally:
            if wave.latest is None:  # no such wave: keep nothing under a name somebody made up
                with self._lock:
                    self._waves.pop((study, year), None)

    def published(self, study: str, year: int) -> WaveData:
        """The data of a wave as far as they are published to those who may not see its cases.

        Raises
        ------
        NotFound        there is no such wave
        StorageBusy     the database is locked or away
        """
        data = self.data(study, year)
        with self.database.read() as session:
            info = wave_info(session, study, year)
        if info.state not in ("open", "closed", "archived") or data.is_imported:
            return data
        is_open = info.state == "open"
        with self._lock:
            wave = self._waves.setdefault((study, year), _Wave())
        with wave.publishing:
            wave.standing = standing(self.database, study, year, wave.standing)
            if not is_open and not wave.standing.steps:
                return data
            if is_open and wave.tried != data.version and advance(self.database, data, wave.standing):
                wave.standing = standing(self.database, study, year)
            wave.tried = data.version
            made_of = (data.version, data.instrument, wave.standing, is_open)
            if wave.published is None or wave.made_of != made_of:
                found = published(data, wave.standing, is_over=not is_open)
                if wave.published is None or not _is_same(wave.published, found):
                    wave.published = found
                wave.made_of = made_of
            return wave.published

    def _look(self, wave: _Wave, study: str, year: int) -> WaveData:
        now = clock.now()
        with self.database.read() as session:
            info = wave_info(session, study, year)
            instrument = self.library.of_wave(session, study, year)
            is_made_up = made_up.is_made_up(session, study, year)
            is_other = wave.store is None or wave.store.instrument.hash != instrument.hash
            store = CaseStore(instrument) if is_other or wave.store is None else wave.store
            feed = CaseFeed(study, year) if is_other or wave.feed is None else wave.feed
            look = feed.look(session)
            versions = self._versions(session, study, look.rows, instrument)
        stand = info.closed_at or now if info.is_settled else now
        has_changed = store.take_in(look.rows, versions.__getitem__, gone=look.gone)
        feed.keep(look)
        wave.store, wave.feed = store, feed
        if has_changed or is_other or wave.latest is None:
            wave.version += 1
            wave.latest = WaveData(
                instrument, store.dataset(), stand, wave.version, store.earlier(), is_made_up=is_made_up
            )
        else:
            wave.latest = _at(wave.latest, stand)
        return wave.latest

    def _versions(
        self, session: Session, study: str, rows: Sequence[Record], instrument: Instrument
    ) -> dict[str, Instrument]:
        """The versions these cases began with."""
        hashes = {row["instrument_hash"] for row in rows} - {instrument.hash}
        return {hash_: self.library.get(session, study, hash_) for hash_ in hashes}


def _is_same(kept: WaveData, found: WaveData) -> bool:
    """Whether nothing of what is published has changed, so that what was worked out of it still holds."""
    known, fresh = kept.publication, found.publication
    return (
        kept.version == found.version
        and kept.instrument is found.instrument
        and known is not None
        and fresh is not None
        and known.steps == fresh.steps
        and known.known.n == fresh.known.n
        and known.is_over == fresh.is_over
    )


def _at(data: WaveData, stand: datetime) -> WaveData:
    """The same data, seen to be unchanged at a later moment."""
    return replace(data, stand=stand)
