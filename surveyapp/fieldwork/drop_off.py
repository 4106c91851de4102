"""Where people leave: per role and page how many were shown it, how many stopped there, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

import numpy as np

from surveyapp.fieldwork.case_lines import CaseChoice, Standing
from surveyapp.fieldwork.figures import median
from surveyapp.fieldwork.wave_cases import WaveCases

LEAST_REACHED = 30
"""A page shown to fewer people is never marked: one leaver more or less would decide."""
LEAST_LEFT = 5
"""A page that fewer people left on is never marked: they are hardly anybody, however small the other pages' share."""
MARKED = 3
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class PageDropOff:
    """One page of one role. ``rank`` is 1, 2 or 3 for the pages that most people left, where that is no chance."""

    role: str
    page: str
    reached: int
    left: int
    seconds: float | None  # median of those who saved the page
    rank: int | None = None

    @property
    def share(self) -> float | None:
        """Of those who were shown the page, the share that left here."""
        return self.left / self.reached if self.reached else None


def drop_off(
    cases: WaveCases, pages: Mapping[str, Sequence[str]], choice: CaseChoice | None = None
) -> Mapping[str, tuple[PageDropOff, ...]]:
    """Count reached and left per page.

    Parameters
    ----------
    cases :  every case of the wave
    pages :  per role the ids of its pages in order
    choice : limits everything to these cases
    """
    choice = choice or CaseChoice()
    asked = {role: tuple(ids) for role, ids in pages.items() if choice.role in (None, role)}
    return cases.once(
        ("drop-off", choice, tuple(asked.items())),
        lambda: _ranked({role: tuple(_of_role(cases, role, ids, choice)) for role, ids in asked.items()}),
    )


def _of_role(cases: WaveCases, role: str, ids: Sequence[str], choice: CaseChoice) -> Iterator[PageDropOff]:
    here = np.flatnonzero(cases.holds(choice.but(role=role)))
    stopped = cases.stopped[here]
    has_left = cases.has(Standing.LEFT)[here]
    nobody = np.zeros(len(here), dtype=np.uint16)
    for page in ids:
        at = cases.pages.index(page) if page in cases.pages else len(cases.pages)
        saved = cases.saved[page][here] if page in cases.saved else nobody
        is_here = stopped == at
        yield PageDropOff(
            role=role,
            page=page,
            reached=int(cases.has_reached(page)[here].sum()),
            left=int((is_here & has_left).sum()),
            seconds=median(saved[saved > 1] - 1),
        )


def _ranked(found: Mapping[str, tuple[PageDropOff, ...]]) -> Mapping[str, tuple[PageDropOff, ...]]:
    """Mark the pages that lose more than the others do, by people; the rule stands in docs/statistics.md."""
    pages = [row for rows in found.values() for row in rows if row.reached]
    left, reached = sum(row.left for row in pages), sum(row.reached for row in pages)
    level = 1 - (1 - LEVEL) / len(pages) if pages else LEVEL  # so many pages are looked at at once (Bonferroni)

    def stands_out(row: PageDropOff) -> bool:
        if row.left < LEAST_LEFT or row.reached < LEAST_REACHED:
            return False
        others = reached - row.reached
        average = (left - row.left) / others if others else 1.0  # the only page stands out from nothing
        return lowest_share(row.left, row.reached, level) > average

    candidates = sorted(filter(stands_out, pages), key=lambda row: (-row.left, -(row.share or 0), row.role, row.page))
    ranks = {(row.role, row.page): place for place, row in enumerate(candidates[:MARKED], start=1)}
    return {role: tuple(replace(row, rank=ranks.get((role, row.page))) for row in rows) for role, rows in found.items()}


def lowest_share(hits: int, base: int, level: float) -> float:
    """The lower end of Wilson's interval of a share, 0..1.

    The fieldwork floor does not see the statistics of answers; a test holds the two against each other.
    """
    z2 = NormalDist().inv_cdf(0.5 + level / 2) ** 2
    return (hits + z2 / 2 - sqrt(z2 * (hits * (base - hits) / base + z2 / 4))) / (base + z2)
