"""Why people stopped, in their own words, for who may read open answers: of enough people, in no order.

The words stand beside a page or a device only where as many people as the study's threshold gave their words there; and
of an anonymous wave they wait until it is closed, because who looks twice would see whose came in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.reports.ledger import told_count
from surveyapp.reports.open_answers import name_of
from surveyapp.storage import stop_reasons
from surveyapp.storage.database import Session

NAME = "why_stopped"
"""What the question is called in the audit log."""


@dataclass(frozen=True, slots=True)
class StopReason:
    """What one person said; ``page`` and ``device`` are None where too few said something there."""

    words: str
    language: str
    role: str | None  # of the page: one page can stand in two questionnaires
    page: str | None
    device: str | None


@dataclass(frozen=True, slots=True)
class StopReasons:
    """What may be read of a wave; ``why_not`` is ``few`` or ``open`` where nothing may."""

    reasons: tuple[StopReason, ...]
    people: int  # who said something
    why_not: str = ""


def read_stop_reasons(session: Session, info: WaveInfo, threshold: int, *, salt: str) -> StopReasons:
    """What people said, in the order of a keyed hash.

    Parameters
    ----------
    threshold : the study's
    salt :      the application's secret
    """
    rows = stop_reasons.of_wave(session, info.study, info.year)
    if info.state != "test" and info.mode != CONFIDENTIAL and info.state not in OVER:
        return StopReasons((), len(rows), "open")
    if told_count(len(rows), threshold) is None:
        return StopReasons((), len(rows), "few")
    pages, devices = (_told(rows, names, threshold) for names in (("role", "page"), ("device",)))
    named = sorted(rows, key=lambda row: name_of(row.case_id, NAME, salt))
    return StopReasons(
        tuple(
            StopReason(
                row.words,
                row.language,
                row.role if (row.role, row.page) in pages else None,
                row.page if (row.role, row.page) in pages else None,
                row.device if (row.device,) in devices else None,
            )
            for row in named
        ),
        len(rows),
    )


def _told(rows: Sequence[Any], names: Sequence[str], threshold: int) -> frozenset[tuple[str, ...]]:
    """The groups that may stand beside words; none where those left out would be known by it."""
    counts = Counter(tuple(getattr(row, name) for name in names) for row in rows)
    told = {group for group, n in counts.items() if told_count(n, threshold) is not None}
    rest = sum(n for group, n in counts.items() if group not in told)
    if told_count(rest, threshold) is None:
        smallest = min(told, key=lambda group: (counts[group], group), default=None)
        told -= {smallest}
    return frozenset(told)
