"""Books and files made beside the requests, and the shelf they wait on.

A run is one folder entry: a ``.json`` that tells how far it is, and the finished file. The file is written under
another name and moved into place when it is whole, so a half file is never offered; every process of the server sees
the same shelf. A run whose process is gone is cut off: on this machine that shows at once, on another by its silence.
The worker marks it so when it starts and every minute, and clears away what is kept no longer; to look changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from surveyapp import clock
from surveyapp.catalogues import told
from surveyapp.errors import NotFound, SurveyError

KEPT = timedelta(days=7)
SILENCE = timedelta(minutes=10)
"""A run that says nothing for this long is given up: its process is gone."""
AT_ONCE = 2
CUT_OFF = "cut off"
"""The reason of a run whose process ended, by a restart or a fault, before the file was whole."""

Tell = Callable[[float], None]
"""Called by the work with its progress, 0..1."""
Make = Callable[[Path, Tell], None]
"""Writes the file at the path; says how far it is."""

log = structlog.get_logger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class ExportRun:
    """One book or file: asked for, being made, ready, or failed."""

    id: str
    study: str
    year: int
    kind: str
    language: str
    file_name: str
    actor: str
    asked_at: datetime
    told_at: datetime
    state: str = "queued"  # queued · running · ready · failed
    progress: float = 0.0
    reason: str = ""
    size: int = 0
    sha256: str = ""
    maker: str = ""  # the process, as `_this_process` names it

    @property
    def is_under_way(self) -> bool:
        """Whether the page should ask again."""
        return self.state in ("queued", "running")


class ExportShelf:
    """The folder of made files, one subfolder per wave."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def runs(self, study: str, year: int) -> tuple[ExportRun, ...]:
        """What was asked for in this wave and is still kept, the newest first."""
        found = (self._read(path) for path in self._of_wave(study, year).glob("*.json"))
        kept = (run for run in found if run is not None and not _is_expired(run))
        return tuple(sorted(kept, key=lambda run: run.asked_at, reverse=True))

    def tidy(self) -> tuple[int, int]:
        """Mark the runs that were cut off, and clear away what is kept no longer; for the worker.

        Returns
        -------
        cut_off, cleared     how many of each
        """
        cut_off = cleared = 0
        for path in self._folder.glob("*/*.json"):
            run = self._read(path)
            if run is None:
                continue
            if _is_expired(run):
                self._discard(run)
                cleared += 1
            elif run.reason == CUT_OFF and not self._is_told(path):
                self._fail(run, self._unfinished(run), CUT_OFF)
                cut_off += 1
        return cut_off, cleared

    def run(self, study: str, year: int, run_id: str) -> ExportRun:
        """One run.

        Raises
        ------
        NotFound     it was never asked for, or has expired
        """
        for run in self.runs(study, year):
            if run.id == run_id:
                return run
        raise NotFound("This file is no longer kept; make it again.")

    def file(self, run: ExportRun) -> Path:
        """The finished file.

        Raises
        ------
        NotFound     it is not ready, or no longer there
        """
        path = self._of_wave(run.study, run.year) / run.id / run.file_name
        if run.state != "ready" or not path.is_file():
            raise NotFound("This file is not ready or no longer kept.")
        return path

    def start(self, run: ExportRun, make: Make, *, wait: float = 0.0) -> ExportRun:
        """Begin a run in a thread of its own, and wait at most so many seconds for it to end.

        A quick file is ready when this returns; a slow one is followed by asking :meth:`run` again.
        """
        run = replace(run, maker=_this_process())
        self._write(run)
        thread = threading.Thread(target=self._carry_out, args=(run, make), name=f"export-{run.id}", daemon=True)
        thread.start()
        thread.join(wait)
        return self.run(run.study, run.year, run.id)

    def _carry_out(self, run: ExportRun, make: Make) -> None:
        folder = self._of_wave(run.study, run.year) / run.id
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._unfinished(run)

        def tell(progress: float) -> None:
            self._write(replace(run, state="running", progress=min(max(progress, 0.0), 1.0), told_at=clock.now()))

        with _places:
            tell(0.0)
            try:
                make(unfinished, tell)
                size, digest = _measure(unfinished)
                os.replace(unfinished, folder / run.file_name)
            except SurveyError as error:
                self._fail(run, unfinished, told(error, run.language))
            except Exception:  # a thread has nobody above it: what is not told here is never told
                log.exception("export_failed", kind=run.kind, run=run.id)
                self._fail(run, unfinished, "")
            else:
                self._write(replace(run, state="ready", progress=1.0, size=size, sha256=digest, told_at=clock.now()))

    def _fail(self, run: ExportRun, unfinished: Path, reason: str) -> None:
        unfinished.unlink(missing_ok=True)
        self._write(replace(run, state="failed", reason=reason, told_at=clock.now()))

    def _unfinished(self, run: ExportRun) -> Path:
        return self._of_wave(run.study, run.year) / run.id / f".{run.file_name}.part"

    @staticmethod
    def _is_told(path: Path) -> bool:
        """Whether the file itself says that the run was cut off."""
        try:
            return bool(json.loads(path.read_text(encoding="utf-8")).get("state") == "failed")
        except (OSError, ValueError):
            return True

    def _of_wave(self, study: str, year: int) -> Path:
        return self._folder / f"{study}-{year}"

    def _write(self, run: ExportRun) -> None:
        folder = self._of_wave(run.study, run.year)
        folder.mkdir(parents=True, exist_ok=True)
        content = asdict(run) | {"asked_at": run.asked_at.isoformat(), "told_at": run.told_at.isoformat()}
        scratch = folder / f".{run.id}.{threading.get_ident()}"
        scratch.write_text(json.dumps(content), encoding="utf-8")
        os.replace(scratch, folder / f"{run.id}.json")

    def _read(self, path: Path) -> ExportRun | None:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # swept away by another process between listing and reading
            return None
        for moment in ("asked_at", "told_at"):
            content[moment] = datetime.fromisoformat(content[moment])
        run = ExportRun(**content)
        if run.is_under_way and (clock.now() - run.told_at > SILENCE or _is_gone(run.maker)):
            return replace(run, state="failed", reason=CUT_OFF)
        return run

    def _discard(self, run: ExportRun) -> None:
        folder = self._of_wave(run.study, run.year)
        for path in (folder / run.id).glob("*"):
            path.unlink(missing_ok=True)
        if (folder / run.id).is_dir():
            (folder / run.id).rmdir()
        (folder / f"{run.id}.json").unlink(missing_ok=True)


def _is_expired(run: ExportRun) -> bool:
    return clock.now() - run.asked_at > KEPT


def _this_process() -> str:
    """The name of this process: the machine, its number, and when it began, since numbers are used again."""
    return f"{socket.gethostname()} {os.getpid()} {_began(os.getpid())}"


def _began(process: int) -> str:
    """When a process of this machine began, in ticks; empty when there is none, or the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        return told.rpartition(")")[2].split()[19]  # field 22 of proc(5); a name before it may hold blanks
    except (OSError, IndexError):
        return ""


def _is_gone(maker: str) -> bool:
    """Whether this process of this machine has ended; False for another machine's, and where nobody can tell."""
    machine, _, rest = maker.rpartition(" ")[0].rpartition(" ")
    began = maker.rpartition(" ")[2]
    if machine != socket.gethostname() or not rest.isdigit() or not began:
        return False
    return _began(int(rest)) != began


def _measure(path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return path.stat().st_size, digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            yield piece
