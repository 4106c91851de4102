"""The case lines of every wave somebody looks at, kept in the process and fed only with what changed.

Where somebody stopped is a question to the engine (the first page on the path that was not saved), so it is asked once
per change of a case and not once per look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select
from sqlmodel import Session

from surveyapp import clock
from surveyapp.engine.route import resume_page
from surveyapp.errors import NotFound
from surveyapp.fieldwork.case_lines import CaseChoice, CaseLine, DayCount, WaveCases
from surveyapp.fieldwork.figures import Arrivals
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import arrivals as stored_arrivals
from surveyapp.storage.changes import CaseFeed, days_of_wave
from surveyapp.storage.tables import PageSaveRow

REVIEW = "_review"
"""Where someone stopped who saved every page and did not send."""
AT_ONCE = 500
SAVES: Any = PageSaveRow.__table__  # type: ignore[attr-defined]


@dataclass
class _Kept:
    """One wave's lines and what was seen of its cases."""

    feed: CaseFeed
    lines: dict[UUID, CaseLine] = field(default_factory=dict)
    tests: dict[UUID, CaseLine] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


class LiveCases:
    """The lines of all waves, shared by the requests of a process."""

    def __init__(self, library: InstrumentLibrary) -> None:
        self._library = library
        self._waves: dict[tuple[str, int], _Kept] = {}
        self._lock = Lock()

    def of_wave(self, session: Session, study: str, year: int) -> WaveCases:
        """Every case of a wave as it stands in this session's picture of the database.

        Raises
        ------
        NotFound     there is no such wave
        """
        wave = wave_info(session, study, year)
        with self._lock:
            kept = self._waves.setdefault((study, year), _Kept(CaseFeed(study, year)))
        with kept.lock:
            self._feed(session, wave, kept)
            is_test = wave.state == "test"
            counted = kept.tests if is_test else kept.lines
            # By key: the order in which this process came to know them is the order in which they came.
            lines = tuple(counted[case_id] for case_id in sorted(counted))
        days = tuple(DayCount(*day) for day in days_of_wave(session, study, year, is_test=is_test))
        return WaveCases(lines, clock.today(), wave.is_answerable, days)

    def _feed(self, session: Session, wave: WaveInfo, kept: _Kept) -> None:
        look = kept.feed.look(session)
        spent = _seconds(session, wave.study, [row["case_id"] for row in look.rows])
        for case_id in look.gone:
            kept.lines.pop(case_id, None)
            kept.tests.pop(case_id, None)
        for row in look.rows:
            lines = kept.tests if row["is_test"] else kept.lines
            if row["state"] == "erased":
                lines.pop(row["case_id"], None)
                continue
            instrument = self._library.get(session, wave.study, row["instrument_hash"])
            lines[row["case_id"]] = _line(row, instrument, spent.get(row["case_id"], {}))
        kept.feed.keep(look)


def _line(row: RowMapping, instrument: Instrument, spent: Mapping[str, int]) -> CaseLine:
    return CaseLine(
        case_id=row["case_id"],
        role=row["role"],
        language=row["language"],
        source=row["source"],
        device=row["device"],
        state=row["state"],
        started_on=row["started_on"],
        sent_on=row["sent_on"],
        seconds=row["seconds"],
        stopped_at=_stopped_at(row, instrument) if row["state"] == "started" else None,
        page_seconds=spent,
    )


def _stopped_at(row: RowMapping, instrument: Instrument) -> str | None:
    try:
        questionnaire = instrument.questionnaire(row["role"])
    except NotFound:  # a wave that came in as a file asks nothing
        return None
    return resume_page(questionnaire, row["answers"], row["language"], row["pages"]) or REVIEW


def _seconds(session: Session, study: str, cases: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
    """Seconds per case and saved page; a page saved twice counts both times."""
    found: dict[UUID, dict[str, int]] = {}
    for chunk in _chunks(cases):
        rows = session.execute(
            select(SAVES.c.case_id, SAVES.c.page, func.sum(SAVES.c.seconds))
            .where(SAVES.c.study_id == study, SAVES.c.case_id.in_(chunk))
            .group_by(SAVES.c.case_id, SAVES.c.page)
        )
        for case_id, page, seconds in rows:
            found.setdefault(case_id, {})[page] = int(seconds)
    return found


def _chunks(cases: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    for start in range(0, len(cases), AT_ONCE):
        yield cases[start : start + AT_ONCE]


def arrivals(session: Session, study: str, year: int, choice: CaseChoice, *, is_test: bool = False) -> Arrivals | None:
    """People before consent, limited to a choice; None when the choice speaks of what is only known of cases."""
    if set(choice.parts()) - {"role", "language", "source"}:
        return None
    return Arrivals(**stored_arrivals.counts(session, study, year, choice.parts(), is_test=is_test))
