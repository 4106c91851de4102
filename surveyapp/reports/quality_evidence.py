"""What the quality rules look at: every finished case of a wave, how long its pages took, and what it had to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import NOT_ASKED, Bools, Floats, Ints, TextColumn
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.open_texts import is_gibberish, is_long, normal_text
from surveyapp.fieldwork.wave_cases import WaveCases
from surveyapp.instrument.minutes import page_words
from surveyapp.instrument.model import Instrument, Question, Questionnaire, QuestionSet
from surveyapp.storage.case_feed import case_ids, places_of
from surveyapp.storage.cases import answers_of
from surveyapp.storage.database import Database, Session

LEAST_STATEMENTS = 4
"""Statements of one scale on one page, from which on equal answers to all say something."""


@dataclass(frozen=True, slots=True)
class Battery:
    """Statements of one page that are answered on one scale."""

    names: tuple[str, ...]
    low: int
    high: int
    has_opposed: bool  # some are worded the other way round, some are not
    is_shuffled: bool


@dataclass(frozen=True, slots=True, eq=False)
class TextFindings:
    """Of each case: how many of its open answers are noise, and how many somebody else wrote too."""

    noise: Ints
    prints: NDArray[np.uint64]
    owners: Ints


@dataclass(frozen=True, eq=False)
class Evidence:
    """The finished cases of one wave, in the order of their keys, the excluded ones among them.

    Parameters
    ----------
    saved :   by page, one more than the seconds spent on it; 0: it was not saved
    trapped : who filled in the field that nobody sees
    texts :   None where nobody read the texts
    """

    instrument: Instrument
    cases: Dataset
    saved: Mapping[str, NDArray[np.uint16]]
    trapped: Bools
    texts: TextFindings | None = None
    kept: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """How many cases there are."""
        return self.cases.n

    def roles(self) -> Iterator[tuple[Questionnaire, Ints]]:
        """Each questionnaire with the places of those it was put to."""
        for role, questionnaire in self.instrument.questionnaires.items():
            here = np.flatnonzero(self.cases.has("role", role))
            if len(here):
                yield questionnaire, here

    @cached_property
    def words(self) -> Floats:
        """How many words of the questionnaire each of them had before the eyes: of saved pages, what was shown."""
        found = np.zeros(self.n)
        for questionnaire, of_role in self.roles():
            for language in self.instrument.languages:
                here = of_role[self.cases.has("language", language)[of_role]]
                if len(here):
                    found[here] = self._read(questionnaire, language, here)
        return found

    def _read(self, questionnaire: Questionnaire, language: str, here: Ints) -> Floats:
        total = np.zeros(len(here))
        for page in questionnaire.pages:
            saved = self.saved.get(page.id)
            if saved is None:
                continue
            words, seen = page_words(page, language), saved[here] > 0
            total += seen * words.always
            for around, questions in words.items:
                is_shown = np.zeros(len(here), dtype=np.bool_)
                for name, many in questions.items():
                    asked = seen & (self.missing(name)[here] != NOT_ASKED)
                    total += asked * many
                    is_shown |= asked
                total += is_shown * around
        return total

    def missing(self, name: str) -> NDArray[np.int16]:
        """The missing code of each case; not asked where the wave has no such column."""
        column = self.cases.columns.get(name)
        return np.full(self.n, NOT_ASKED, dtype=np.int16) if column is None else column.missing

    def scored(self, names: tuple[str, ...], here: Ints) -> Floats:
        """The answers to statements, shape (len(here), statements); NaN where there is none."""
        codes = [self.cases.codes(name)[here].astype(np.float64) for name in names]
        table = np.stack(codes, axis=1) if codes else np.zeros((len(here), 0))
        return np.where(table >= 0, table, np.nan)


def batteries(questionnaire: Questionnaire, instrument: Instrument) -> Iterator[Battery]:
    """The sets of statements of a questionnaire, in order."""
    opposed = {name for construct in instrument.constructs.values() for name in construct.reversed}
    for page in questionnaire.pages:
        by_scale: dict[str, list[Question]] = {}
        shuffled = page.is_randomised
        for item in page.items:
            shuffled = shuffled or (isinstance(item, QuestionSet) and item.is_randomised)
            for question in item.questions:
                variable = question.variable
                if variable.is_scored and variable.scale and len(variable.codes) > 2:
                    by_scale.setdefault(variable.scale, []).append(question)
        for found in by_scale.values():
            if len(found) >= LEAST_STATEMENTS:
                names = tuple(question.name for question in found)
                codes = found[0].variable.codes
                turned = [
                    name in opposed or question.variable.is_reversed
                    for name, question in zip(names, found, strict=True)
                ]
                yield Battery(names, min(codes), max(codes), any(turned) and not all(turned), shuffled)


def evidence(
    instrument: Instrument, finished: Dataset, cases: WaveCases, trapped: Bools, texts: TextFindings | None
) -> Evidence:
    """What is known of the finished cases; ``cases`` are those of the fieldwork, in another order."""
    order = np.argsort(cases.keys, kind="stable")
    places = places_of(finished.keys, cases.keys[order])
    at = order[np.maximum(places, 0)] if len(order) else np.zeros(0, dtype=np.intp)
    there = places >= 0
    saved = {
        page: np.where(there, spent[at], 0).astype(np.uint16) if len(order) else np.zeros(finished.n, dtype=np.uint16)
        for page, spent in cases.saved.items()
    }
    return Evidence(instrument, finished, saved, trapped, texts)


def read_texts(database: Database, study: str, finished: Dataset) -> TextFindings:
    """Look at every open answer of these cases once; none is kept."""
    columns = {name: column for name, column in finished.columns.items() if isinstance(column, TextColumn)}
    wrote: Bools = np.zeros(finished.n, dtype=np.bool_)
    for column in columns.values():
        wrote |= column.missing == 0
    who = np.flatnonzero(wrote)
    places = dict(zip(map(str, case_ids(finished.keys[who])), who.tolist(), strict=True))

    def written(session: Session) -> Iterator[tuple[int, str]]:
        for case, answers in answers_of(session, study, list(places)):
            at = places[case]
            for name, column in columns.items():
                text = answers.get(name)
                if column.missing[at] == 0 and isinstance(text, str):
                    yield at, text

    with database.read() as session:
        return look_at(written(session), finished.n)


def look_at(texts: Iterable[tuple[int, str]], n: int) -> TextFindings:
    """What is to be told of open answers, each with the place of who wrote it among ``n`` cases."""
    noise = np.zeros(n, dtype=np.intp)
    prints: list[int] = []
    owners: list[int] = []
    for at, text in texts:
        noise[at] += is_gibberish(text)
        normal = normal_text(text)
        if is_long(normal):
            prints.append(int.from_bytes(blake2b(normal.encode(), digest_size=8).digest(), "big"))
            owners.append(at)
    return TextFindings(noise, np.array(prints, dtype=np.uint64), np.array(owners, dtype=np.intp))
