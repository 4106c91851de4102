"""What a job is in the queue: JSON that names a task and ids, nothing of which is ever run as code.

A server only puts jobs in. huey, which does them at the worker, brings a database's driver along for a store that is
not used here, 9 MB in each process of a server: so this module does without it.
"""

from __future__ import annotations

import json

from surveyapp.storage import job_queue
from surveyapp.storage.database import Session

AGAIN_SECONDS = 10
"""Before a job that failed in passing is tried again."""


def put(session: Session, task: str, job_id: str, *ids: str) -> None:
    """Put a job in, in the transaction that writes down what it works on."""
    fields = {"id": job_id, "name": task, "args": ids, "retries": job_queue.ATTEMPTS - 1, "retry_delay": AGAIN_SECONDS}
    job_queue.append(session, job_id, json.dumps(fields))


def ids_of(session: Session, job_id: str) -> tuple[str, ...] | None:
    """What a job that is there works on; None where it is not there."""
    found = job_queue.message(session, job_id)
    return None if found is None else tuple(map(str, json.loads(found)["args"]))
