"""huey over the product's own database: jobs are put in by the servers, and done by `surveyapp worker`.

huey takes jobs, runs them in threads and tries again what failed in passing; by itself it forgets a job the moment it
takes it, so a worker that is killed loses what it had in hand. Its storage here is `storage.job_queue`, where a job
stands until it is done (docs/decisions/0030-work-beside-requests.md); servers put it there by `jobs.messages`.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from huey import Huey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import BaseStorage

from surveyapp import clock
from surveyapp.errors import StorageBusy
from surveyapp.jobs import faults
from surveyapp.storage import job_queue
from surveyapp.storage.database import Database

AT_ONCE = 2
"""Jobs of one worker at a time: a small file must not wait for a large one."""
LOOK_SECONDS = 1.0
"""At most so long between two looks for a job."""
ENDLESS = 1800.0
"""Seconds after which a worker lets another have a job of its own: nothing takes this long."""
STOP_SECONDS = 20.0
"""For jobs to be finished when the worker is told to stop; what is not begins anew at another."""
FIELDS = ("id", "name", "args", "retries", "retry_delay")
"""What a message holds: no more of huey's is used."""


class Messages(Serializer):  # type: ignore[misc]  # huey has no types
    """Messages as JSON."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps({name: getattr(data, name) for name in FIELDS}).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(**json.loads(data))


class JobStorage(BaseStorage):  # type: ignore[misc]  # huey has no types
    """What huey asks of a store, said by our table; results, locks and revocations are not used."""

    def __init__(self, name: str, database: Database, worker: str) -> None:
        super().__init__(name)
        self._database, self._worker = database, worker
        self._in_hand: dict[str, float] = {}
        self._lock = threading.Lock()  # no sign of life between the claim of a job and its being in hand

    def dequeue(self) -> bytes | None:
        """Take the next job; it stays where it is until it is done."""
        with self._database.read_primary() as session:
            if not job_queue.is_due(session, self._worker, list(self._in_hand)):
                return None
        with self._lock, self._database.write() as session:
            found = job_queue.claim(session, self._worker, list(self._in_hand))
            if found is None:
                return None
            self._in_hand[found[0]] = time.monotonic()
        return found[1].encode()

    def let_go(self, job_id: str) -> None:
        """A job is in hand no longer: done, put back, or free with the next sign of life."""
        with self._lock:
            self._in_hand.pop(job_id, None)

    def enqueue(self, data: bytes, priority: object = None) -> None:
        """Put a job back for another attempt."""
        self._put_back(data, timedelta())

    def add_to_schedule(self, data: bytes, ts: datetime) -> None:
        """Put a job back for later; huey's moments are UTC and naive."""
        self._put_back(data, ts.replace(tzinfo=UTC) - clock.now())

    def _put_back(self, data: bytes, delay: timedelta) -> None:
        with self._database.write() as session:
            job_queue.put_back(session, json.loads(data)["id"], data.decode(), delay, self._worker)

    def read_schedule(self, ts: object) -> list[bytes]:
        """Nothing: what is due later waits in the queue itself."""
        return []

    def beat(self) -> None:
        """Say that this worker lives and what it has in hand."""
        with self._lock, self._database.write() as session:
            old = time.monotonic() - ENDLESS
            job_queue.beat(session, self._worker, [job for job, since in self._in_hand.items() if since > old])

    def peek_many(self, keys: object) -> dict[bytes, bytes]:
        """No job is ever revoked."""
        return {}

    def delete_data(self, key: object) -> bool:
        """There is none."""
        return False


class Jobs(Huey):  # type: ignore[misc]  # huey has no types
    """The jobs of one worker."""

    def __init__(self, database: Database) -> None:
        self.worker = uuid.uuid4().hex
        self._database = database
        super().__init__(
            "surveyapp", results=False, serializer=Messages(),
            storage_class=JobStorage, database=database, worker=self.worker,
        )  # fmt: skip

    def learn(self, work: Callable[..., None]) -> None:
        """Take up jobs of this kind: messages name the function's module and name."""
        self.task()(work)

    def execute(self, task: Any, timestamp: object = None) -> None:
        """Do a job."""
        try:
            super().execute(task, timestamp)
        finally:
            self.storage.let_go(task.id)

    def once(self) -> int:
        """Do what is due; how many jobs that were."""
        done = 0
        with self._living():
            while (task := self.dequeue()) is not None:
                self.execute(task)
                done += 1
        return done

    @contextmanager
    def going_on(self) -> Iterator[Consumer]:
        """Do jobs in threads of their own meanwhile."""
        with self._living():
            crew = _Crew(
                self, workers=AT_ONCE, periodic=False, max_delay=LOOK_SECONDS,
                scheduler_interval=60, shutdown_timeout=STOP_SECONDS,
            )  # fmt: skip
            crew.start()
            try:
                yield crew
            finally:
                crew.stop(graceful=True)

    @contextmanager
    def _living(self) -> Iterator[None]:
        """Say every few seconds that this worker lives; at the end it has nothing in hand any more."""
        with _passing():  # before anything is claimed: what a worker has that does not live is anybody's
            self.storage.beat()
        is_over = threading.Event()

        def go_on() -> None:
            while not is_over.wait(job_queue.BEAT):
                with _passing():
                    self.storage.beat()

        thread = threading.Thread(target=go_on, name="sign-of-life", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
            with _passing(), self._database.write() as session:
                job_queue.leave(session, self.worker)


@contextmanager
def _passing() -> Iterator[None]:
    """What the database being away for a moment keeps from being done is left."""
    try:
        yield
    except StorageBusy as error:
        faults.tell_away(error)


class _Crew(Consumer):  # type: ignore[misc]  # huey has no types
    """huey's threads; the process that has them is the worker's, and so are its signals."""

    def _set_signal_handlers(self) -> None:
        """Leave them as they are."""
