"""Which of the populations that were released stay hidden for one variable, and what was found of it before.

A ledger judges its populations together; those of the ledger before it stay as they were judged there. So what was
shown once counts for ever, and what is asked for later gives way (`surveyapp.reports.release` says in which order).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools, Codes
from surveyapp.analysis.crossings import Crossings, first_columns
from surveyapp.analysis.disclosure import Division, Family, hidden_populations
from surveyapp.analysis.moments import Overlapping
from surveyapp.analysis.published_steps import waiting
from surveyapp.recent import Recent
from surveyapp.reports.wave_data import Extent

KEPT = 1_024
"""Answers that are remembered per state of the data: some hundreds of variables with their derived ones."""
ON_BASE = (1, 2, 3)
"""How far a case must come to be counted on each base: asked, answered, valid."""


@dataclass(frozen=True, eq=False)
class Few:
    """Groups of filters on request that few people are in, or nobody: who asks for a filter chooses whom it is about,
    so a group of nobody must look like one of a few.

    Parameters
    ----------
    populations :  the released ones
    is_requested : which of them are of a filter on request, shape (p,)
    threshold :    people below which they are few
    """

    populations: Crossings
    is_requested: Bools
    threshold: int

    def first(self, many: int) -> Bools:
        """Which of the first populations are hidden whatever is counted of them; none of those behind the released."""
        found: Bools = np.zeros(many, dtype=np.bool_)
        if self.is_requested[:many].any():
            found[: len(self.is_requested)] = self._hidden[:many]
        return found

    @cached_property
    def _hidden(self) -> Bools:
        everybody = np.ones(len(self.populations.filters[0]), dtype=np.bool_)
        found: Bools = self.is_requested & (self.populations.people([everybody])[0] < self.threshold)
        return found


class Ledger:
    """Populations that are judged together, and what was found of the variables so far.

    Parameters
    ----------
    family : the populations, those of the ledger before first
    few :    which are hidden whatever is counted of them
    extent : how far the wave is published
    before : the ledger by which the first of these populations were judged; they stay as they are there
    """

    def __init__(
        self,
        threshold: int,
        family: Family,
        few: Few,
        extent: Extent | None,
        before: Ledger | None = None,
    ) -> None:
        self.threshold, self.family, self.extent, self.before = threshold, family, extent, before
        self._few = few
        self._kept: Recent[bytes, Bools] = Recent(KEPT)

    def hidden(self, missing: Codes) -> Bools:
        """Which populations are hidden, by the missing code of each case; shape (p,)."""
        status = _status(missing)
        key = blake2b(status.tobytes()).digest()  # the statuses of ten variables would be a megabyte
        return self._kept.get(key, lambda: self._judged(missing, status))

    def _judged(self, missing: Codes, status: NDArray[np.int8]) -> Bools:
        known, stays = self._few.first(len(self.family)), np.zeros(len(self.family), dtype=np.bool_)
        if self.before is not None:
            earlier = self.before.hidden(missing)
            known[: len(earlier)], stays[: len(earlier)] = earlier, ~earlier
        moves: list[Bools] = []
        if self.extent is not None:
            bases = [status >= least for least in ON_BASE]
            known |= self._waiting(bases, self.extent, stays)
            moves = [here & kept for kept in self.extent.kept for here in bases]
        return hidden_populations(self.family, self._bases(status), self.threshold, known, stays, moves)

    def smallest(self, missing: Codes) -> int:
        """People of the smallest population that is shown, on any base; 0 where none has anybody."""
        people = self.family.people(self._bases(_status(missing)))[:, ~self.hidden(missing)]
        return int(people[people > 0].min()) if people.any() else 0

    def _bases(self, status: NDArray[np.int8]) -> list[Bools]:
        """Who is counted on each base: asked, answered, valid."""
        bases = [status >= least for least in ON_BASE]
        return bases if self.extent is None else [here & self.extent.counts for here in bases]

    def _waiting(self, bases: Sequence[Bools], extent: Extent, stays: Bools) -> Bools:
        """What waits for a later step of an open wave; everything while nothing at all is shown."""
        if extent.is_waiting:
            return np.ones(len(self.family), dtype=np.bool_)
        least = self.threshold * (2 if extent.is_drawn else 1)
        found: Bools = np.zeros(len(self.family), dtype=np.bool_)
        for kept in extent.kept:
            looks = [(here & extent.counts, here & kept) for here in bases]
            found |= waiting(self.family, looks, least, stays)
        return found


def _status(missing: Codes) -> NDArray[np.int8]:
    """How far each case comes: 1 asked, 2 answered as well, 3 with a valid answer, 0 none of these."""
    is_asked = missing != NOT_ASKED
    is_answered = is_asked & (missing != SKIPPED)
    far: NDArray[np.int8] = is_asked.astype(np.int8) + is_answered + (missing >= 0)
    return far


def told_count(n: int, threshold: int) -> int | None:
    """A plain count of people as everybody may be told it; None: it is not 0 and below the threshold."""
    return n if n == 0 or n >= threshold else None


def hidden_counts(
    parts: Sequence[Sequence[Bools]], bases: Sequence[Bools], threshold: int, hidden: Bools | None = None
) -> Bools:
    """Which plain counts are hidden: that of everyone first, then those of the groups of each part.

    Parameters
    ----------
    parts :  per part its groups, which do not overlap, over the same cases
    bases :  what is counted of each of them; a group is hidden in all or in none
    hidden : groups that are hidden whatever is counted of them
    """
    everyone: Bools = np.ones(len(bases[0]), dtype=np.bool_)
    splits = tuple(Overlapping(np.stack(part, axis=1)) for part in parts if part)
    divisions = [
        Division(0, tuple(range(first, first + split.size)))
        for first, split in zip(first_columns(splits), splits, strict=True)
    ]
    columns = 1 + sum(split.size for split in splits)
    crossings = Crossings((everyone,), splits, tuple((0, column) for column in range(columns)))
    rank = np.array([0] + [1] * (columns - 1))  # everyone matters most
    return hidden_populations(Family(crossings, rank, tuple(divisions)), bases, threshold, hidden)
