"""Letting go of what is due at somebody's press, instead of within the hour."""

from __future__ import annotations

from surveyapp.errors import StorageBusy
from surveyapp.fieldwork import retention
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs import faults, messages
from surveyapp.journal import structlog
from surveyapp.storage import audit, job_queue
from surveyapp.storage.database import Database, Session

JOB = "retention"
"""There is one at a time: a second press finds it waiting."""
TASK = "surveyapp.jobs.retention.let_go"
FAILED, PLACE = "retention.failed", "installation"

log = structlog.get_logger(__name__)


def ask(session: Session, actor: str, due: int) -> bool:
    """Let a worker do it now; False when that was asked for already.

    Parameters
    ----------
    due : how many things there are to remove, to tell afterwards how far it is
    """
    if job_queue.waits(session, JOB):
        return False
    messages.put(session, TASK, JOB, actor, str(due))
    return True


def asked(session: Session) -> int | None:
    """How many things there were to remove when it was asked for; None where it was not, or is done."""
    found = messages.ids_of(session, JOB)
    return None if found is None else int(found[1]) if len(found) > 1 else 0


class Retention:
    """Lets go of what is due, for one worker."""

    def __init__(self, database: Database, library: InstrumentLibrary, *, salt: str) -> None:
        self._database, self._library, self._salt = database, library, salt

    def let_go(self, actor: str, _due: str = "0") -> None:
        """Remove what is due; a fault is noted for the page, and the worker's next round tries again."""
        fault = ""
        try:
            retention.run(self._database, self._library, salt=self._salt, actor=actor)
        except StorageBusy:
            raise
        except Exception as error:
            fault = type(error).__name__
            log.error("retention", outcome="fault", kind=fault, where=faults.place(error))
        with self._database.write() as session:
            if fault:
                audit.add(session, "system", FAILED, PLACE, {"fault": fault})
            job_queue.finish(session, JOB)
