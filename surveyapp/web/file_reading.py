"""One file at a time: a process of the server reads one that was sent in, and says so to whoever sends the next.

A workbook of 5 MB takes many times that while it is read (docs/operations.md has the figures); four at once, on the
threads of one process, would take from respondents what a process may have. Who is refused is told to send it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from surveyapp.errors import FileBusy

_READING = Lock()


@contextmanager
def reading_file() -> Iterator[None]:
    """Read a file that was sent in, alone in this process.

    Raises
    ------
    FileBusy     somebody else's is being read
    """
    if not _READING.acquire(blocking=False):
        raise FileBusy("Another file is being read just now. Nothing of yours was taken in: send it again in a moment.")
    try:
        yield
    finally:
        _READING.release()
