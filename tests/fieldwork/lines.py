"""Cases written out by hand, as the arrays that figures count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from surveyapp.fieldwork.case_lines import STATES, CaseChoice, CaseLine
from surveyapp.fieldwork.wave_cases import Factor, WaveCases, short_numbers
from surveyapp.storage.case_feed import keys_of


def wave_of(lines: Sequence[CaseLine], today: date, *, takes_answers: bool = True) -> WaveCases:
    keys = keys_of([line.case_id for line in lines])
    pages = tuple({page for line in lines for page in (*line.page_seconds, line.stopped_at) if page is not None})
    factors = {}
    for part in ("role", "language", "source", "device"):
        names = tuple({getattr(line, part) for line in lines})
        positions = np.array([names.index(getattr(line, part)) for line in lines], dtype=np.int16)
        factors[part] = Factor(positions, names)
    saved = {page: np.array([line.page_seconds.get(page, -1) + 1 for line in lines], dtype=np.uint16) for page in pages}
    return WaveCases(
        keys=keys,
        names=short_numbers(keys),
        factors=factors,
        state=np.array([STATES.index(line.state) for line in lines], dtype=np.int8),
        started=np.array([_ordinal(line.started_on) for line in lines], dtype=np.int32),
        sent=np.array([_ordinal(line.sent_on) for line in lines], dtype=np.int32),
        seconds=np.array([line.seconds for line in lines], dtype=np.int32),
        stopped=np.array([pages.index(line.stopped_at) if line.stopped_at else -1 for line in lines], dtype=np.int16),
        saved=saved,
        pages=pages,
        today=today,
        takes_answers=takes_answers,
    )


def lines_of(cases: WaveCases, choice: CaseChoice | None = None) -> list[CaseLine]:
    """The cases of a choice, in the order in which the wave gives them."""
    return [cases.line(at) for at in cases.chosen(choice or CaseChoice()).tolist()]


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day is not None else 0
