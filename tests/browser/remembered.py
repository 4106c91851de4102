"""What axe and our own probes said of a document, kept for one run: documents that are alike are asked once."""

from __future__ import annotations

import json
import os
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path

from tests.browser.probes import Shown


@dataclass(frozen=True, slots=True)
class Answer:
    """What axe said."""

    faults: list[str]
    unsure: int
    """Contrasts that axe left open and that were computed instead."""

    def __add__(self, other: Answer) -> Answer:
        return Answer([*self.faults, *other.faults], self.unsure + other.unsure)


class Remembered:
    """Answers of axe in a folder that all processes of a run share; it goes with the run.

    Two documents are alike when every element, text, class, choice and typed word is the same, as is the place of the
    focus; what is drawn by lot or read off the clock may differ where it is as long: tokens and keys in addresses, data
    and hidden fields, codes, numbers of faults, times. An answer is that to one document in one look: a window and a
    light, or what a group of rules reads in them (`axe.py`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        """How many answers were known."""

    def told(self, document: Shown, look: str) -> Answer | None:
        """The answer to this document in this look, where one was given.

        Parameters
        ----------
        look : whatever else the answer was read from, in any words that are the same for the same look
        """
        file = self._file(document, look)
        if not file.exists():
            return None
        self.count += 1
        return Answer(*json.loads(file.read_text(encoding="utf-8")))

    def keep(self, document: Shown, look: str, answer: Answer) -> None:
        """Remember this answer."""
        file = self._file(document, look)
        part = file.with_suffix(f".{os.getpid()}")  # another process may be at the same document
        part.write_text(json.dumps(astuple(answer)), encoding="utf-8")
        part.replace(file)

    def _file(self, document: Shown, look: str) -> Path:
        return self.folder / sha256(f"{look}\n{document.alike}".encode()).hexdigest()
