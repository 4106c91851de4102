"""Books and files: asked for by a page, made by `surveyapp worker`, kept for a week.

A page writes down what is asked for and puts a job in, in one transaction; it never makes a file. The worker writes the
file in a folder of its own, puts it piece by piece into the database and marks it ready last, so that a half file is
never offered. While it has the job nobody else writes a word of it (`storage.job_queue`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.fieldwork import certificates
from surveyapp.jobs import messages
from surveyapp.journal import structlog
from surveyapp.storage import audit, job_queue, made_files
from surveyapp.storage.database import Database, Session
from surveyapp.storage.keys import uuid7
from surveyapp.storage.made_files import MadeFile

KEPT = timedelta(days=7)
CUT_OFF = "cut off"
"""The reason of a file whose worker ended each time before it was whole."""
TASK = "surveyapp.jobs.export_making.make_file"

log = structlog.get_logger(__name__)


def ask(session: Session, study: str, year: int, kind: str, language: str, actor: str, weight: str = "") -> MadeFile:
    """Ask for a file; a worker takes it up within a second, and names it after the day of the data it finds.

    Its version is one more than the highest that was ever asked for: files go after a week, the audit log keeps names.
    ``weight`` is the weighting of its figures, or none; empty: as the study says of its report.
    """
    from surveyapp.exports import registry

    moment = clock.now()
    kept = [file.name for file in files(session, study, year)]
    noted = [str(details.get("file", "")) for details in audit.details_of(session, f"export.{kind}", f"{study} {year}")]
    asked = kind, study, year, language
    version = 1 + max((registry.version_in(name, *asked, weight) for name in kept + noted), default=0)
    name = registry.file_name(*asked, moment, version, weight)
    file = MadeFile(study, uuid7().hex, year, kind, language, name, version, actor, moment, weight=weight)
    made_files.add(session, file)
    messages.put(session, TASK, file.id, study, file.id)
    return file


def files(session: Session, study: str, year: int) -> tuple[MadeFile, ...]:
    """What was asked for in this wave and is still kept, the newest first."""
    return made_files.of_wave(session, study, year, clock.now() - KEPT)


def file_of(session: Session, study: str, year: int, file_id: str) -> MadeFile:
    """One file.

    Raises
    ------
    NotFound     it was never asked for, or has expired
    """
    found = made_files.one(session, study, file_id)
    if found is None or found.year != year or found.asked_at <= clock.now() - KEPT:
        raise NotFound("This file is no longer kept; make it again.")
    return found


def content(database: Database, file: MadeFile) -> Iterator[bytes]:
    """The finished file, a piece at a time, each read when it is asked for: a slow reader keeps nothing busy.

    Raises
    ------
    NotFound     it is not ready, or was cleared away
    """

    def piece(number: int) -> bytes | None:
        with database.read_primary() as session:
            return made_files.part(session, file.study, file.id, number)

    def pieces(first: bytes) -> Iterator[bytes]:
        yield first
        for number in count(1):
            if (found := piece(number)) is None:
                return
            yield found

    first = piece(0) if file.state == "ready" else None
    if first is None:
        raise NotFound("This file is not ready or no longer kept.")
    return pieces(first)


def tidy(database: Database) -> None:
    """Mark the files that nobody makes any more, and clear away what is kept no longer; for the worker."""
    with database.write() as session:
        job_queue.drop_exhausted(session)
        cut_off = made_files.fail_abandoned(session, CUT_OFF)
        cleared = made_files.clear_before(session, clock.now() - KEPT)
        if cleared:
            certificates.issue(session, "files", cleared, days=KEPT.days, actor="system")
    if cut_off or cleared:
        log.warning("exports", cut_off=cut_off, cleared=cleared)
