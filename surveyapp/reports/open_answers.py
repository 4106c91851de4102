"""The answers to an open question as people wrote them, for who may read them: of released groups, in no order.

An answer is called by a keyed hash and stands in the order of those, beside the role alone. Which groups may be read,
the release decides, as it does of their figures: there is no other comparison of a count with the threshold.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import Dataset
from surveyapp.errors import BadQuery
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import Instrument, Shape, Variable
from surveyapp.reports.banners import banners
from surveyapp.reports.filters import Filter, read_filter
from surveyapp.reports.release import release_of
from surveyapp.reports.searching import plain
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.case_feed import case_ids
from surveyapp.storage.cases import answers_of
from surveyapp.storage.database import Database

NAME_DIGITS = 16


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """One answer; ``name`` is what it is called outside the platform, ``case_id`` never leaves it."""

    name: str
    case_id: uuid.UUID
    words: str
    role: str
    language: str
    place: int  # among the cases figures rest on


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers somebody wants to read; empty parts leave everybody."""

    role: str = ""
    language: str = ""
    filter: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers that can be read; none where the group is not shown (``is_hidden``)."""

    answers: tuple[OpenAnswer, ...]
    is_hidden: bool
    filter: Filter | None = None


def open_questions(instrument: Instrument) -> tuple[Variable, ...]:
    """The questions answered in people's own words, in the order of the codebook."""
    return tuple(
        variable
        for variable in instrument.variables.values()
        if variable.type.shape is Shape.TEXT and not variable.is_stored_apart
    )


def open_question(instrument: Instrument, name: str) -> Variable:
    """The open question of this name.

    Raises
    ------
    BadQuery     there is none
    """
    found = next((one for one in open_questions(instrument) if one.name == name), None)
    if found is None:
        raise BadQuery("%(name)s is no open question of this wave.", name=name[:40])
    return found


def answering(data: WaveData, question: str) -> tuple[Dataset, Bools]:
    """The cases figures rest on, and who of them answered."""
    cases = data.cases()
    column = cases.columns.get(question)
    return cases, np.zeros(cases.n, dtype=np.bool_) if column is None else column.missing == 0


def cases_answering(data: WaveData, question: str) -> tuple[uuid.UUID, ...]:
    """The keys of those who answered, in the order of keys."""
    cases, answered = answering(data, question)
    return tuple(case_ids(cases.keys[np.flatnonzero(answered)]))


def open_answers(database: Database, data: WaveData, question: str, *, salt: str) -> tuple[OpenAnswer, ...]:
    """Every answer that counts, in the order of its keyed hash.

    Parameters
    ----------
    salt : the application's secret: without it nobody can tell whose answer a name is
    """
    cases, answered = answering(data, question)
    who = np.flatnonzero(answered)
    ids = case_ids(cases.keys[who])
    places = dict(zip(map(str, ids), who.tolist(), strict=True))
    roles, languages = cases.codes("role"), cases.codes("language")
    found: list[OpenAnswer] = []
    with database.read() as session:
        for case, answers in answers_of(session, data.instrument.study.id, list(places)):
            words, at = answers.get(question), places[case]
            if isinstance(words, str) and words.strip():
                role = cases.names["role"][int(roles[at])]
                language = cases.names["language"][int(languages[at])] if languages[at] >= 0 else ""
                case_id = uuid.UUID(case)
                found.append(OpenAnswer(name_of(case_id, question, salt), case_id, words, role, language, at))
    return tuple(sorted(found, key=lambda one: one.name))


def name_of(case_id: uuid.UUID, question: str, salt: str) -> str:
    """What an answer is called outside the platform: it tells nothing of the case to who has not the secret."""
    message = b"open answer|" + question.encode() + b"|" + case_id.bytes
    return hmac.new(salt.encode(), message, hashlib.sha256).hexdigest()[:NAME_DIGITS]


def reading(data: WaveData, question: str, answers: Sequence[OpenAnswer], choice: Choice) -> Reading:
    """The answers of a choice; none of a group that is not shown.

    Raises
    ------
    BadQuery     an unknown role or language, or a filter that cannot be used
    """
    chosen = read_filter(choice.filter or None, data.instrument, data.dataset.names["source"])
    release = release_of(data)
    missing = release.cases.columns[question].missing
    if choice.role or choice.language or chosen is not None:
        total = release.is_counted & _belongs(release.cases, choice, chosen)
        hidden = release.beside(total, ()).hidden(missing)
    else:
        everyone = release.judge(None, ())
        assert everyone is not None
        hidden = everyone.hidden(missing)
    if hidden[0]:
        return Reading((), True, chosen)
    cases = data.cases()
    within = _belongs(cases, choice, chosen)
    words = plain(choice.search).split()
    return Reading(
        tuple(one for one in answers if within[one.place] and all(word in plain(one.words) for word in words)),
        False,
        chosen,
    )


def is_shown(data: WaveData, question: str) -> bool:
    """Whether the release shows what everybody together answered: else nothing of it is read, coded or counted."""
    release = release_of(data)
    everyone = release.judge(None, ())
    column = release.cases.columns.get(question)
    return everyone is not None and column is not None and not everyone.hidden(column.missing)[0]


def shown_roles(data: WaveData, question: str) -> frozenset[str]:
    """The roles whose answers are shown: only they stand beside an answer or a quotation."""
    release = release_of(data)
    judge = release.judge(None, ("role",))
    if judge is None or question not in release.cases.columns:
        return frozenset()
    part = banners(("role",), data.instrument, release.cases)[0]
    hidden = judge.hidden(release.cases.columns[question].missing)[1:]
    return frozenset(
        str(part.key(category)) for category, is_hidden in zip(part.categories, hidden, strict=True) if not is_hidden
    )


def _belongs(cases: Dataset, choice: Choice, chosen: Filter | None) -> Bools:
    within: Bools = np.ones(cases.n, dtype=np.bool_)
    for name, value in (("role", choice.role), ("language", choice.language)):
        if value:
            within &= cases.has(name, value)
    if chosen is not None:
        within &= is_true(chosen.condition, cases)
    return within
