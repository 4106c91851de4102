"""Puts large waves on disk as columns, beside what a process does, and takes them from there at its start."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock, Thread
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from surveyapp.errors import SurveyError
from surveyapp.instrument.model import Instrument
from surveyapp.journal import structlog
from surveyapp.reports import kept_columns
from surveyapp.reports.extract import VersionOf
from surveyapp.reports.held_wave import HeldWave
from surveyapp.storage.case_feed import CaseFeed
from surveyapp.storage.column_files import forget, is_there
from surveyapp.storage.database import Database

AGAIN = 300.0
"""Seconds between two files of a wave by one process: people who take answers back must not keep it busy."""
TAKEN_BACK = frozenset({"withdrawn", "erased"})
log = structlog.get_logger(__name__)


class Keeper:
    """The files of one process; without a folder it keeps nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._began: dict[tuple[str, int], float] = {}
        self._lock = Lock()

    def held(self, study: str, year: int, instrument: Instrument, version_of: VersionOf) -> HeldWave | None:
        """The wave as it was put on disk; None where it was not, or cannot be used."""
        folder = self._database.columns
        arrays = kept_columns.read(folder, study, year, instrument.hash) if folder is not None else None
        if arrays is None:
            return None
        try:
            found = HeldWave.of(arrays, study, year, instrument, version_of)
            found.changed = -kept_columns.left_out(len(found.feed.keys))  # those come first, and changed nothing
            return found
        except (KeyError, ValueError, SurveyError) as fault:
            log.warning("columns_unusable", fault=type(fault).__name__)
            return None

    def keep(self, held: HeldWave) -> None:
        """Put the wave on disk if it is worth it; the writing goes on while others look."""
        folder, feed = self._database.columns, held.feed
        many, wave = len(feed.keys), (feed.study, feed.year)
        if folder is None or many < kept_columns.LEAST:
            return
        left_out = kept_columns.left_out(many)
        # Anew when a third of those who are not in the file are not by chance.
        is_needed = held.changed * 2 > left_out or not is_there(folder, *wave)
        with self._lock:
            if not is_needed or monotonic() - self._began.get(wave, -AGAIN) < AGAIN:
                return
            self._began[wave] = monotonic()
        held.changed = 0
        seen = CaseFeed(feed.study, feed.year, feed.keys, feed.marks, feed.turns)
        Thread(
            target=self._write, args=(seen, held.store.instrument.hash, held.arrays(left_out)), name="columns"
        ).start()

    def _write(self, seen: CaseFeed, instrument: str, arrays: Iterable[tuple[str, NDArray[Any]]]) -> None:
        folder = self._database.columns
        if folder is None:
            return
        try:
            if kept_columns.write(folder, seen.study, seen.year, instrument, arrays) and self._is_outdone(seen):
                forget(folder, seen.study, seen.year)
        except Exception as fault:  # the last of its thread; who looks at figures can go without a file
            forget(folder, seen.study, seen.year)
            log.warning("columns_not_kept", fault=type(fault).__name__)

    def _is_outdone(self, seen: CaseFeed) -> bool:
        """Whether somebody took answers back while the file was made: who did could not remove it yet."""
        with self._database.read_primary() as session:
            look = seen.look(session)
            return bool(len(look.gone)) or any(row["state"] in TAKEN_BACK for block in look.blocks() for row in block)
