"""Codes that are suggested for an open answer: of answers alike, in earlier waves and by this coder in this one.

Of earlier waves only what was put into their figures, by the keys of codes, which are the same in every wave; of this
one only what the coder gave, so that nothing shows of the other. Offline, and only codes come out of it, no words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveyapp.analysis.similar_texts import suggested_codes
from surveyapp.fieldwork.coding import Given
from surveyapp.fieldwork.waves import wave_list
from surveyapp.instrument.coding import CANNOT_BE_CODED, Frame, frame_of
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.open_answers import OpenAnswer, open_answers
from surveyapp.storage import coding
from surveyapp.storage.database import Database

MOST_KNOWN = 4000
"""Answers a suggestion looks through; those of the latest waves first."""


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """Words that have codes, in the codes of the frame in force."""

    listed: Sequence[tuple[str, Sequence[int]]]

    def suggest(self, frame: Frame, answer: OpenAnswer) -> tuple[int, ...]:
        """The codes that can be given and that answers alike have."""
        usable = {one.code for one in frame.in_use}
        return tuple(code for code in suggested_codes(answer.words, self.listed) if code in usable)


def known_answers(
    database: Database,
    live: LiveWaves,
    study: str,
    year: int,
    frame: Frame,
    own: Sequence[tuple[OpenAnswer, Given]],
    seat: int,
    *,
    salt: str,
) -> KnownAnswers:
    """What suggestions rest on: this coder's own codes, then earlier waves, the last first."""
    found: list[tuple[str, Sequence[int]]] = []
    for answer, given in own:
        codes = given.counted(frame, seat)
        if codes and CANNOT_BE_CODED not in codes:
            found.append((answer.words, codes))
    for words in _earlier(database, live, study, year, frame, salt):
        if len(found) >= MOST_KNOWN:
            break
        found.append(words)
    return KnownAnswers(found)


def _earlier(
    database: Database, live: LiveWaves, study: str, year: int, frame: Frame, salt: str
) -> Iterator[tuple[str, Sequence[int]]]:
    with database.read() as session:
        years = sorted((one.year for one in wave_list(session, study) if one.year < year), reverse=True)
        editions = {before: coding.editions(session, study, before) for before in years}
    for before in years:
        last = {row.question: row.document for row in editions[before]}.get(frame.question)
        if last is None:
            continue
        then = frame_of(last["frame"])
        with database.read() as session:
            codes = dict(coding.counted(session, study, before).get(frame.question, ()))
        for answer in open_answers(database, live.data(study, before), frame.question, salt=salt):
            now = list(_translated(then, frame, codes.get(answer.case_id, ())))
            if now:
                yield answer.words, now


def _translated(then: Frame, now: Frame, codes: Sequence[int]) -> Iterator[int]:
    """Codes of an earlier frame as those of this one with the same key."""
    for code in codes:
        before = then.find(code)
        found = now.by_key(before.key) if before is not None else None
        counted = now.as_counted([found.code]) if found is not None else None
        yield from counted or ()
