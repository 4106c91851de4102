"""How the worker makes a file: in a folder of its own, then piece by piece into the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from surveyapp.catalogues import told
from surveyapp.errors import StorageBusy, SurveyError
from surveyapp.exports import registry
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.journal import structlog
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import job_queue, made_files
from surveyapp.storage.database import Database, Session
from surveyapp.storage.made_files import MadeFile

PIECE = 1 << 20
"""Bytes of a part: a row that is written and read in one go."""
GATHERED, WRITTEN = 30, 90
"""Per cent done when the figures are there, and when the file is."""

log = structlog.get_logger(__name__)


class _TakenAway(Exception):
    """Another worker has the job now: this one was away too long."""


class ExportMaker:
    """Makes files for one worker, and keeps the figures' data between them.

    Parameters
    ----------
    worker : whose claims these are
    folder : where files are written before they are whole; what a worker leaves there that was killed is cleared away
    """

    def __init__(self, database: Database, library: InstrumentLibrary, worker: str, folder: Path) -> None:
        self._database, self._worker, self._folder = database, worker, folder
        self._live = LiveWaves(database, library)

    def make_file(self, study: str, file_id: str) -> None:
        """Make a file that was asked for."""
        with self._database.read_primary() as session:
            file = made_files.one(session, study, file_id)
        if file is None or not file.is_under_way:
            with self._database.write() as session:  # cleared away meanwhile, or made by who could not say so
                job_queue.finish(session, file_id)
            return
        with suppress(_TakenAway):
            self._carry_out(file)

    def _carry_out(self, file: MadeFile) -> None:
        self._tell(file, 0)
        try:
            with self._place() as folder:
                source = registry.gather(
                    self._database, self._live, file.study, file.year, version=file.version, weight=file.weight
                )
                self._tell(file, GATHERED)
                path = folder / registry.name_of(file.kind, source, file.language)
                registry.write(file.kind, source, path, file.language)
                self._tell(file, WRITTEN)
                size, digest = self._keep(file, path)
            self._end(file, state="ready", percent=100, name=path.name, size=size, sha256=digest)
        except (StorageBusy, _TakenAway):
            raise
        except SurveyError as error:
            self._end(file, state="failed", reason=told(error, file.language))
        except Exception:
            log.exception("export_failed", kind=file.kind, file=file.id)
            self._end(file, state="failed")

    @contextmanager
    def _place(self) -> Iterator[Path]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(mkdtemp(prefix=f"{self._worker}-", dir=self._folder))
        try:
            yield made
        finally:
            rmtree(made, ignore_errors=True)

    @contextmanager
    def _holding(self, file: MadeFile) -> Iterator[Session]:
        with self._database.write() as session:
            if not job_queue.holds(session, file.id, self._worker):
                raise _TakenAway
            yield session

    def _tell(self, file: MadeFile, percent: int) -> None:
        with self._holding(file) as session:
            made_files.mark(session, file.study, file.id, state="running", percent=percent)

    def _keep(self, file: MadeFile, path: Path) -> tuple[int, str]:
        """Put the file into the database, each piece in a short transaction of its own; its size and checksum."""
        with self._holding(file) as session:
            made_files.drop_parts(session, file.study, file.id)
        digest, size = hashlib.sha256(), 0
        for number, piece in enumerate(_pieces(path)):
            with self._holding(file) as session:
                made_files.add_part(session, file.study, file.id, number, piece)
            digest.update(piece)
            size += len(piece)
        return size, digest.hexdigest()

    def _end(self, file: MadeFile, **values: object) -> None:
        with self._holding(file) as session:
            if values["state"] == "failed":
                made_files.drop_parts(session, file.study, file.id)
            made_files.mark(session, file.study, file.id, **values)
            job_queue.finish(session, file.id)

    def tidy(self) -> None:
        """Clear away what workers that were killed left in the folder."""
        with self._database.read_primary() as session:
            alive = {*job_queue.workers(session), self._worker}
        for left in self._folder.glob("*-*"):
            if left.name.partition("-")[0] not in alive:
                rmtree(left, ignore_errors=True)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
