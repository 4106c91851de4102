"""Whether the process lives, and whether it would take what somebody sends in.

The body says in a coarse word what is wrong, the log says it in full, once when it begins and once when it is over.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from surveyapp.errors import ConfigurationError, StorageBusy, StorageError, SurveyError, UnsafeDatabase
from surveyapp.storage import job_queue, readiness
from surveyapp.web import logs
from surveyapp.web.security import secret_key
from surveyapp.web.sessions import reading_primary, secret, services

blueprint = Blueprint("health", __name__)


class NotReady(SurveyError):
    """A save would not be taken; `word` is what strangers are told."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(reason)
        self.word = word


@dataclass
class _Told:
    """What the log was told last by this process."""

    word: str = "ready"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, word: str, reason: str) -> None:
        with self.lock:
            if word == self.word:
                return
            self.word = word
        if word == "ready":
            logs.log.info("ready", outcome="ready again")
        else:
            logs.log.error("ready", outcome="not ready", word=word, reason=reason)


_told = _Told()


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """Answers as long as the process does."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answers 200 when a save would be taken: database, tables, lock, disk, clock, key; and names the worker."""
    try:
        _require_ready()
    except NotReady as error:
        _told.tell(error.word, str(error))
        return jsonify(status=error.word), 503
    _told.tell("ready", "")
    # Saves are taken without a worker too: who only looks at the status must not take this server away.
    return jsonify(status="ready", worker=_worker()), 200


def _worker() -> str:
    try:
        with reading_primary() as database:
            return "at work" if job_queue.workers(database) else "none"
    except StorageError:
        return "unknown"


def _require_ready() -> None:
    database = services().database
    try:
        database.ping()
        if not database.is_current():
            raise NotReady("database not migrated", "The tables are older than this version; run: surveyapp db upgrade")
        database.require_writable()
        readiness.require_clock(database)
    except StorageBusy as error:
        word = "database away" if error.cause == "unreachable" else f"database: {error.cause}"
        raise NotReady(word, str(error)) from None
    except UnsafeDatabase as error:
        raise NotReady("database unsafe", str(error)) from None
    except readiness.WrongClock as error:
        raise NotReady("clock", str(error)) from None
    except StorageError as error:
        raise NotReady("database not migrated", str(error)) from None
    try:
        with reading_primary() as session:
            readiness.require_key(session, secret())
    except ConfigurationError as error:
        raise NotReady("key", str(error)) from None
    try:
        is_ours = secret_key(services().settings) == secret()
    except (ConfigurationError, OSError) as error:
        raise NotReady("key", f"The secret key cannot be read: {type(error).__name__}.") from None
    if not is_ours:
        raise NotReady("key", "The secret key of the settings is no longer the one this process started with.")
