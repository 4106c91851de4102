"""Answers to read, to code and to settle, a page at a time or one by one, as view models."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from surveyapp.errors import NotFound
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import NOTHING, THIRD, Given
from surveyapp.instrument.coding import CANNOT_BE_CODED, Frame
from surveyapp.numerals import whole_number
from surveyapp.reports.coding_state import CodingState, coding_state, label_of_code
from surveyapp.reports.coding_suggestions import known_answers
from surveyapp.reports.open_answers import (
    Choice,
    OpenAnswer,
    open_answers,
    open_question,
    reading,
    shown_roles,
)
from surveyapp.reports.released_filters import released_filters
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.wording import question_texts
from surveyapp.storage.database import Session
from surveyapp.web.accounts import actor
from surveyapp.web.console.answers_forms import choices_of
from surveyapp.web.console.choices import one_of
from surveyapp.web.console.frame import WaveFrame, language_name, value_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import whole
from surveyapp.web.sessions import secret, services

PER_PAGE = 25
TAKES = ("q", "role", "language", "filter", "part")


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer: its words, and who wrote it by the role alone, where that is shown."""

    words: str
    role: str
    language: str
    quote: str


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """A page of answers."""

    question: str
    label: str
    heading: str
    choice: Choice
    roles: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, str], ...]
    sentence: str  # the filter in words
    is_hidden: bool
    is_limited: bool
    lines: tuple[AnswerLine, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None
    here: str


def asked_choice() -> Choice:
    """Which answers this request asks for."""
    said = {name: " ".join(request.args.get(name, "").split()) for name in TAKES}
    return Choice(said["role"], said["language"], said["filter"][:500], said["q"][:100])


def reader_page(wave: WaveFrame, data: WaveData, question: str) -> ReaderPage:
    """The answers of the choice in this request's address.

    Raises
    ------
    BadQuery     it is no open question, or the choice cannot be
    """
    variable = open_question(data.instrument, question)
    choice = asked_choice()
    roles = [(role.id, value_name(wave.instrument, "role", role.id)) for role in wave.instrument.roles]
    languages = [(one, language_name(one)) for one in wave.instrument.languages]
    if choice.role:
        one_of("role", choice.role, dict(roles))
    if choice.language:
        one_of("language", choice.language, dict(languages))
    answers = open_answers(services().database, data, question, salt=secret())
    found = reading(data, question, answers, choice)
    pages = max(1, -(-len(found.answers) // PER_PAGE))
    page = whole_number(request.args.get("part") or "1", least=1, most=pages) or 1
    shown = shown_roles(data, question)
    few = found.answers[(page - 1) * PER_PAGE : page * PER_PAGE]

    def to(part: int) -> str:
        return wave.address(
            "console.answers_read",
            question=question,
            q=choice.search or None,
            role=choice.role or None,
            language=choice.language or None,
            filter=choice.filter or None,
            part=part if part > 1 else None,
        )

    return ReaderPage(
        question=question,
        label=variable.label[current()],
        heading=translate_plural(
            "%(count)s answer", "%(count)s answers", len(found.answers), count=whole(len(found.answers))
        ),
        choice=choice,
        roles=(("", translate("all")), *roles),
        languages=(("", translate("all")), *languages),
        filters=tuple((named.id, named.label[current()]) for named in released_filters(data.instrument)),
        sentence=found.filter.sentence[current()] if found.filter else "",
        is_hidden=found.is_hidden,
        is_limited=choice != Choice(),
        lines=tuple(_line(wave, question, one, shown) for one in few),
        page=page,
        pages=pages,
        previous=to(page - 1) if page > 1 else None,
        next=to(page + 1) if page < pages else None,
        here=wave.address("console.answers_read", question=question),
    )


def _line(wave: WaveFrame, question: str, answer: OpenAnswer, shown: frozenset[str]) -> AnswerLine:
    return AnswerLine(
        answer.words,
        value_name(wave.instrument, "role", answer.role) if answer.role in shown else "",
        answer.language,
        wave.address("console.answers_quote", question=question, answer=answer.name),
    )


def found_answer(data: WaveData, question: str, name: str) -> OpenAnswer:
    """The answer of this name; everybody's answers must be shown, as for who codes them.

    Raises
    ------
    NotFound     there is none, or it may not be read
    """
    answers = open_answers(services().database, data, question, salt=secret())
    readable = reading(data, question, answers, Choice()).answers
    found = next((one for one in readable if one.name == name), None)
    if found is None:
        raise NotFound("There is no such answer.")
    return found


@dataclass(frozen=True, slots=True)
class Coders:
    """What one of the coders gave, in words."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoderPage:
    """One answer with the codes to give it."""

    question: str
    label: str
    asked: str
    is_settling: bool
    answer: OpenAnswer | None
    role: str
    codes: tuple[tuple[int, str, str], ...]
    cannot: int
    chosen: frozenset[int]
    suggested: tuple[int, ...]
    given: tuple[Coders, ...]  # only for who settles
    done: int
    all: int
    left: int
    previous: str
    is_hidden: bool
    said: str = ""


def coder_page(
    session: Session,
    wave: WaveFrame,
    data: WaveData,
    question: str,
    seat: int,
    *,
    name: str = "",
    after: str = "",
    said: str = "",
    ticked: Sequence[int] | None = None,
) -> CoderPage:
    """The next answer of a place, or the one of this name; with what the place gave it before.

    Parameters
    ----------
    seat :   one of the coders, whose own codes alone are read; or who settles
    after :  the answer that was just done
    said :   what was wrong with what was sent
    ticked : what was ticked then
    """
    version = deeds.frame_in_force(session, wave.study, wave.year, question)
    frame, settles = version.frame, seat == THIRD
    answers = reading(
        data, question, open_answers(services().database, data, question, salt=secret()), Choice()
    ).answers
    seats = (1, 2, THIRD) if settles else (seat,)
    given = deeds.given(session, wave.study, wave.year, question, seats)
    waits = _waiting(session, data, question, answers, frame, seat, given)
    answer = _chosen(answers, waits, name, after)
    known = () if settles or answer is None else _suggested(wave, frame, answers, given, seat, answer)
    held = given.get(answer.case_id, NOTHING) if answer else NOTHING
    chosen = ticked if ticked is not None else held.counted(frame, seat) or ()
    shown = shown_roles(data, question)
    own = known or held.suggested.get(seat, ())
    return CoderPage(
        question=question,
        label=data.instrument.variables[question].label[current()],
        asked=_asked(data, question, answer),
        is_settling=settles,
        answer=answer,
        role=value_name(wave.instrument, "role", answer.role) if answer and answer.role in shown else "",
        codes=tuple(choices_of(frame, current())),
        cannot=CANNOT_BE_CODED,
        chosen=frozenset(chosen),
        suggested=tuple(own),
        given=_given(frame, held) if settles else (),
        done=len(answers) - len(waits),
        all=len(answers),
        left=len(waits),
        previous=_previous(wave, question, answers, given, frame, seat, answer, settles=settles),
        is_hidden=not answers,
        said=said,
    )


def _waiting(
    session: Session,
    data: WaveData,
    question: str,
    answers: Sequence[OpenAnswer],
    frame: Frame,
    seat: int,
    given: Mapping[uuid.UUID, Given],
) -> list[OpenAnswer]:
    if seat != THIRD:
        return [one for one in answers if given.get(one.case_id, NOTHING).counted(frame, seat) is None]
    state: CodingState = coding_state(session, data, question)
    disputed = set(state.disputed)
    return [one for one in answers if one.case_id in disputed]


def _chosen(answers: Sequence[OpenAnswer], waits: Sequence[OpenAnswer], name: str, after: str) -> OpenAnswer | None:
    if name:
        found = next((one for one in answers if one.name == name), None)
        if found is None:
            raise NotFound("There is no such answer.")
        return found
    later = [one for one in waits if one.name > after]
    return next(iter(later or waits), None)


def _suggested(
    wave: WaveFrame,
    frame: Frame,
    answers: Sequence[OpenAnswer],
    given: Mapping[uuid.UUID, Given],
    seat: int,
    answer: OpenAnswer,
) -> tuple[int, ...]:
    own = [(one, given[one.case_id]) for one in answers if one.case_id in given and one.name != answer.name]
    known = known_answers(services().database, services().live, wave.study, wave.year, frame, own, seat, salt=secret())
    return known.suggest(frame, answer)


def _given(frame: Frame, held: Given) -> tuple[Coders, ...]:
    return tuple(
        Coders(
            translate("Coder %(number)s", number=seat),
            tuple(label_of_code(frame, code)[current()] for code in held.codes.get(seat, ())),
        )
        for seat in (1, 2)
    )


def _previous(
    wave: WaveFrame,
    question: str,
    answers: Sequence[OpenAnswer],
    given: Mapping[uuid.UUID, Given],
    frame: Frame,
    seat: int,
    answer: OpenAnswer | None,
    *,
    settles: bool,
) -> str:
    """The address of the answer before this one that this place has coded."""
    before = [
        one
        for one in answers
        if (answer is None or one.name < answer.name) and seat in given.get(one.case_id, NOTHING).codes
    ]
    endpoint = "console.answers_settle" if settles else "console.answers_code"
    return wave.address(endpoint, question=question, answer=before[-1].name) if before else ""


def _asked(data: WaveData, question: str, answer: OpenAnswer | None) -> str:
    """The question as it was put to this role."""
    texts = question_texts(data.instrument.variables[question], data.instrument)
    text = texts.get(answer.role) if answer else None
    return (text or next(iter(texts.values()), {})).get(current(), "")


def own_seat(session: Session, wave: WaveFrame, question: str) -> int | None:
    """The place of who makes this request among the coders."""
    return deeds.seat_of(session, wave.study, wave.year, question, actor())
