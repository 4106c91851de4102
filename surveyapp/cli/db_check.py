"""What `surveyapp db check` looks at: one line each, whatever the one before found."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from surveyapp import clock
from surveyapp.cli import preflight
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, MailNotSent, StorageBusy, StorageError, SurveyError
from surveyapp.numerals import counted
from surveyapp.storage import audit, backup, job_queue, readiness
from surveyapp.storage.database import Database

LITTLE_ROOM = 200 * 1024 * 1024
"""Bytes: below this a wave may fill the disk within a day."""
MAIL_SECONDS = 8.0
LONG_WAIT = timedelta(minutes=5)
"""A file that waits for longer waits in vain."""

Look = tuple[str, str, bool]
"""What was looked at, what was found, and whether it is well."""


def looks(settings: Settings, *, is_quick: bool) -> Iterator[Look]:
    """Look at everything; the rest of a database is passed over where it cannot be reached or has no tables."""
    yield from _database_looks(settings, is_quick=is_quick)
    yield _look("disk", lambda: _disk(settings))
    yield _look("data folder", lambda: _data_folder(settings))
    yield _look("studies", lambda: _studies(settings))
    yield _look("mail", lambda: _mail(settings))


def _database_looks(settings: Settings, *, is_quick: bool) -> Iterator[Look]:
    try:
        database = Database.of(settings)
    except SurveyError as error:
        yield "settings", str(error), False
        return
    with database:
        for name, work in (("settings", _reached), ("tables", _tables)):
            found = _look(name, partial(work, database))
            yield found
            if not found[2]:
                return
        if database.file is not None and not is_quick:
            yield _look("file", partial(_file, database))
        for name, work in (("writing", _writing), ("replica", _replica), ("clock", _clock), ("worker", _worker)):
            yield _look(name, partial(work, database))
        yield _look("key", partial(_key, settings, database))
        if not is_quick:
            yield _look("audit", partial(_audit, database))


def _look(name: str, work: Callable[[], str]) -> Look:
    try:
        return name, work(), True
    except (SurveyError, OSError) as error:
        return name, str(error), False


def _data_folder(settings: Settings) -> str:
    preflight.require_instance(settings)
    return f"{settings.instance.absolute()} can be written"


def _disk(settings: Settings) -> str:
    places = {settings.instance.absolute()}
    if settings.url.startswith("sqlite:///"):
        places.add(Path(settings.url.removeprefix("sqlite:///")).absolute().parent)
    free = min(
        shutil.disk_usage(next(each for each in (place, *place.parents) if each.exists())).free for place in places
    )
    if free < LITTLE_ROOM:
        raise StorageError(f"{free // 2**20} MB are left; make room before people answer.")
    return f"{free // 2**20:,} MB are left"


def _key(settings: Settings, database: Database) -> str:
    from surveyapp.web.security import configuration, secret_key

    configuration(settings)
    with database.read_primary() as session:
        readiness.require_key(session, secret_key(settings))
    return "set in the environment" if settings.secret_key else f"kept in {settings.instance / 'secret_key'}"


def _studies(settings: Settings) -> str:
    from surveyapp.instrument.loader import studies

    preflight.require_instruments(settings)
    return ", ".join(studies(settings.instruments))


def _mail(settings: Settings) -> str:
    from surveyapp.jobs.mail import Sender
    from surveyapp.jobs.mail_transport import Smtp

    server = settings.mail_server
    if server is None:
        return "no mail server is set; no page offers a mail"
    try:
        with Smtp(server, Sender(settings.mail_from or "", "localhost").greeting).connection(MAIL_SECONDS):
            return f"{server.host}, port {server.port}, takes mail"
    except MailNotSent as error:
        raise ConfigurationError(f"SURVEYAPP_SMTP_URL: {server.host}, port {server.port}: {error}.") from None


def _reached(database: Database) -> str:
    database.require_reachable()
    database.ping()
    return f"safe ({database.url.get_backend_name()})"


def _tables(database: Database) -> str:
    if not database.is_current():
        raise StorageError(preflight.NOT_CURRENT)
    return "of a later version, and this one serves on them" if database.is_newer() else "current"


def _writing(database: Database) -> str:
    try:
        database.require_writable()
    except StorageBusy as error:
        raise StorageError(f"{error} ({error.cause})") from None
    return "a save would be taken"


def _replica(database: Database) -> str:
    if database.read_url == database.url:
        return "none, figures come from the same database"
    database.require_same_study()
    return "holds the same study"


def _clock(database: Database) -> str:
    readiness.require_clock(database)
    return f"{clock.now():%Y-%m-%d %H:%M} UTC, {clock.local(clock.now()):%H:%M} in Amsterdam"


def _worker(database: Database) -> str:
    with database.read_primary() as session:
        alive, wait = job_queue.workers(session), job_queue.longest_wait(session)
    at_work = f"{counted(len(alive), 'worker', 'workers')} at work"
    if wait > LONG_WAIT:
        minutes = counted(int(wait.total_seconds() // 60), "minute", "minutes")
        raise StorageError(f"A file somebody asked for has waited for {minutes}, {at_work}; start: surveyapp worker")
    return at_work if alive else "none at work; no mail goes and no file is made until one is"


def _file(database: Database) -> str:
    backup.require_sound(Path(database.url.database or ""))
    return "sound"


def _audit(database: Database) -> str:
    with database.read() as session:
        verdict = audit.verify(session)
    if not verdict.holds:
        raise StorageError(f"The audit trail is broken at entry {verdict.broken_at}: it was changed from outside.")
    return f"{counted(verdict.entries, 'entry', 'entries')}, last {verdict.last_hash}"
