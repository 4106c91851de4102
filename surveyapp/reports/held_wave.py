"""What a process holds of one wave: its cases as columns, of figures and of fieldwork, and what was seen of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import SystemRandom
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.instrument.model import Instrument
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.extract import VersionOf
from surveyapp.reports.kept_columns import Arrays
from surveyapp.reports.line_store import LineStore
from surveyapp.storage.case_feed import CaseFeed, page_seconds
from surveyapp.storage.database import Session


@dataclass(slots=True)
class HeldWave:
    """One wave; not thread-safe by itself, but what its stores give is never changed afterwards."""

    feed: CaseFeed
    store: CaseStore
    lines: LineStore = field(default_factory=LineStore)
    changed: int = 0  # cases, since the wave was put on disk or read from there
    is_broken: bool = False  # a change was taken in by half: the wave has to be read anew

    def take_in(self, session: Session, version_of: VersionOf) -> bool:
        """Take in what changed; whether figures can have changed."""
        look = self.feed.look(session)
        has_changed = False
        if look:
            self.is_broken = True
            has_changed = self.store.take_in((), gone=look.gone)
            self.lines.strike(look.gone)
            for records in look.blocks():
                has_changed |= self.store.take_in(records, version_of)
                spent = page_seconds(session, self.feed.study, [row["case_id"] for row in records])
                self.lines.take_in(records, version_of, spent)
            self.changed += len(look.fresh) + len(look.gone)
        self.feed.keep(look)
        self.is_broken = False
        return has_changed

    def arrays(self, left_out: int) -> Iterator[tuple[str, NDArray[Any]]]:
        """The wave for the disk, as it stands now and without so many cases drawn by lot; one array after the other.

        Whose answers changed since is not in the file either. So that nobody who finds it can tell who they are, they
        are among others of whom chance decided.
        """
        stays = np.ones(len(self.feed.keys), dtype=np.bool_)
        stays[SystemRandom().sample(range(len(stays)), min(left_out, len(stays)))] = False
        keys = self.feed.keys[stays]
        own = (("keys", keys), ("marks", self.feed.marks[stays]))
        return chain(own, _under("store", self.store.arrays(keys)), _under("lines", self.lines.arrays(keys)))

    @classmethod
    def of(cls, arrays: Arrays, study: str, year: int, instrument: Instrument, version_of: VersionOf) -> HeldWave:
        """A wave out of what :meth:`arrays` gave, to be brought up to date by the next :meth:`take_in`."""

        def under(part: str) -> Arrays:
            return {name.removeprefix(part): array for name, array in arrays.items() if name.startswith(part)}

        feed = CaseFeed(study, year, np.ascontiguousarray(arrays["keys"]), arrays["marks"])
        return cls(feed, CaseStore.of(instrument, under("store/"), version_of), LineStore.of(under("lines/")))


def _under(part: str, arrays: Iterator[tuple[str, NDArray[Any]]]) -> Iterator[tuple[str, NDArray[Any]]]:
    return ((f"{part}/{name}", array) for name, array in arrays)
