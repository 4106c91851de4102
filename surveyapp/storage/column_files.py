"""Where the columns of waves stand on disk, and how they go: `reports.kept_columns` says what is in them.

Whoever takes answers back removes the file of the wave once that is committed (`Database.write`), so this asks for
nothing but the file system: respondents do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from surveyapp.journal import structlog

log = structlog.get_logger(__name__)
WHOLE, PART = ".columns", ".part"


def column_file(folder: Path, study: str, year: int) -> Path:
    """The file of one wave, whether it is there or not."""
    return folder / f"{study}-{year}{WHOLE}"


def is_there(folder: Path, study: str, year: int) -> bool:
    """Whether a wave has a file; whoever may not look into the folder has none."""
    try:
        return column_file(folder, study, year).exists()
    except OSError:
        return False


def forget(folder: Path | None, study: str, year: int) -> None:
    """Remove the file of a wave, if there is one, and what a process left or has of it that is not whole yet.

    What took the answers back is committed by then: a file that cannot be removed is a line for who runs the machine.
    """
    if folder is not None:
        _remove(column_file(folder, study, year).with_suffix(suffix) for suffix in (WHOLE, PART))


def forget_all(folder: Path | None) -> None:
    """Remove the files of every wave."""
    if folder is not None:
        _remove((*folder.glob(f"*{WHOLE}"), *folder.glob(f"*{PART}")))


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as fault:
            log.error("columns_not_removed", file=file.name, fault=type(fault).__name__)
