"""Where people leave: per role and page how many were shown it, how many stopped there, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.fieldwork.case_lines import CaseChoice, Standing, WaveCases
from surveyapp.fieldwork.figures import median

LEAST_REACHED = 30
"""A page shown to fewer people is never marked: one leaver more or less would decide."""
MARKED = 3


@dataclass(frozen=True, slots=True)
class PageDropOff:
    """One page of one role. ``rank`` is 1, 2 or 3 for the pages of the wave that lose the largest share."""

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
    found: dict[str, tuple[PageDropOff, ...]] = {}
    for role, ids in pages.items():
        if choice.role not in (None, role):
            continue
        lines = cases.chosen(choice.but(role=role))
        rows = []
        for page in ids:
            spent = [seconds for line in lines if (seconds := line.page_seconds.get(page))]
            rows.append(
                PageDropOff(
                    role=role,
                    page=page,
                    reached=sum(line.has_reached(page) for line in lines),
                    left=sum(line.stopped_at == page and cases.standing(line) == Standing.LEFT for line in lines),
                    seconds=median(spent),
                )
            )
        found[role] = tuple(rows)
    return _ranked(found)


def _ranked(found: Mapping[str, tuple[PageDropOff, ...]]) -> Mapping[str, tuple[PageDropOff, ...]]:
    candidates = [row for rows in found.values() for row in rows if row.left and row.reached >= LEAST_REACHED]
    candidates.sort(key=lambda row: (-(row.share or 0), -row.left, row.role, row.page))
    ranks = {(row.role, row.page): place for place, row in enumerate(candidates[:MARKED], start=1)}
    return {role: tuple(replace(row, rank=ranks.get((role, row.page))) for row in rows) for role, rows in found.items()}
