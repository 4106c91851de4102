"""What axe said of a document, remembered within one run: documents that are alike are asked once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tests.browser.probes import Shown


class Remembered:
    """Answers of axe in a folder that all processes of a run share; it goes with the run.

    Two documents are alike when every element, text, class, choice and typed word is the same, as is the place of the
    focus; what is drawn by lot or read off the clock may differ where it is as long: tokens and keys in addresses, data
    and hidden fields, codes, numbers of faults, times. An answer is that to one document, window, light and set of
    rules.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        """How many answers were known."""

    def known(self, document: Shown, look: str) -> bool:
        """Whether this was asked before."""
        return self._file(document, look).exists()

    def ask(self, document: Shown, look: str, axe: Callable[[], tuple[list[str], int]]) -> tuple[list[str], int]:
        """The faults and the number of contrasts computed: from memory, else from axe.

        Parameters
        ----------
        look : window, light and rules, in any words that are the same for the same look
        axe : asks axe itself; called only when nothing is remembered
        """
        file = self._file(document, look)
        if file.exists():
            self.count += 1
            faults, unsure = json.loads(file.read_text(encoding="utf-8"))
            return faults, unsure
        answer = axe()
        part = file.with_suffix(f".{os.getpid()}")  # another process may be at the same document
        part.write_text(json.dumps(answer), encoding="utf-8")
        part.replace(file)
        return answer

    def _file(self, document: Shown, look: str) -> Path:
        return self.folder / sha256(f"{look}\n{document.alike}".encode()).hexdigest()
