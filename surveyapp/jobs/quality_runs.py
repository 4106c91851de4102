"""Going through the quality rules beside the requests: by the worker after answers came in, or when somebody asks.

Small waves are gone through whenever somebody looks; what is kept of them here is for who reads flags without the
rules, such as the page of a case. One job a wave: asked for twice before it is done, it is done once.
"""

from __future__ import annotations

from hashlib import blake2b

from surveyapp.fieldwork import quality
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.wave_moves import FIELDED
from surveyapp.fieldwork.waves import wave_list
from surveyapp.jobs import messages
from surveyapp.storage import job_queue
from surveyapp.storage.database import Database, Session

TASK = "surveyapp.jobs.quality_runs.go_through_rules"


def _job(study: str, year: int) -> str:
    return blake2b(f"quality {study} {year}".encode(), digest_size=16).hexdigest()


def ask(session: Session, study: str, year: int) -> None:
    """Let a worker go through the rules of a wave."""
    if not job_queue.is_there(session, _job(study, year)):
        messages.put(session, TASK, _job(study, year), study, str(year))


def is_under_way(session: Session, study: str, year: int) -> bool:
    """Whether that was asked for and is not done yet."""
    return job_queue.is_there(session, _job(study, year))


def ask_where_stale(database: Database) -> None:
    """Ask for every wave in which something changed since the last time; for the worker's rounds."""
    with database.read_primary() as session:
        stale = [
            (wave.study, wave.year)
            for wave in wave_list(session)
            if wave.state in FIELDED and quality.is_due(session, wave.study, wave.year)
        ]
    for study, year in stale:
        with database.write() as session:
            ask(session, study, year)


class RuleRunner:
    """Goes through the rules for one worker."""

    def __init__(self, database: Database, library: InstrumentLibrary, worker: str) -> None:
        self._database, self._library, self._worker = database, library, worker

    def go_through_rules(self, study: str, year: str) -> None:
        """Go through the rules of a wave and keep what they say."""
        # Only then: it brings what figures need.
        from surveyapp.reports.live import LiveWaves
        from surveyapp.reports.quality_flags import keep

        keep(self._database, LiveWaves(self._database, self._library), study, int(year))
        with self._database.write() as session:
            if job_queue.holds(session, _job(study, int(year)), self._worker):
                job_queue.finish(session, _job(study, int(year)))
