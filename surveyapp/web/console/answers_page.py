"""The open questions of a wave and how far their coding is, as view models."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask_login import current_user

from surveyapp.errors import BadQuery
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import FrameVersion
from surveyapp.instrument.coding import IN_USE, MERGED, RETIRED, SPLIT, Frame
from surveyapp.reports.coding_state import CodingState, codes_of, coding_state, label_of_code
from surveyapp.reports.formatting import mean, share
from surveyapp.reports.open_answers import cases_answering, is_shown, open_questions
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import coding, team
from surveyapp.storage.accounts import ROLES
from surveyapp.storage.database import Session
from surveyapp.web.accounts import SEES_CASES, actor, may
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One open question in the list."""

    name: str
    label: str
    answers: int
    is_shown: bool
    state: str
    read: str
    coding: str
    quotations: str
    quoted: int


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """The open questions of a wave."""

    lines: tuple[QuestionLine, ...]
    may_read: bool
    may_code: bool  # the wave is closed
    readers: tuple[tuple[str, bool], ...]  # for who manages accounts: each that could, and whether it may


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One code with the agreement on it."""

    code: int
    label: str
    kappa: str
    interval: str


@dataclass(frozen=True, slots=True)
class CodingPage:
    """The coding of one question: coders, agreement, what waits, what is in the figures."""

    question: str
    label: str
    variable: str
    frame: FrameVersion
    answers: int
    seats: tuple[tuple[int, str, int, bool], ...]  # number, account, answers coded, whether it is one's own
    own: int | None
    left: int  # of one's own place
    twice: int
    disputed: int
    alone: int
    settled: int
    may_settle: bool
    agreement: str
    identical: str
    codes: tuple[CodeLine, ...]
    suggestions: str
    counted: tuple[tuple[int, object, str, str], ...]  # number, moment, account, reason; newest first
    is_counted: bool  # the codes as they stand are in the figures


def answers_page(session: Session, wave: WaveFrame, data: WaveData) -> AnswersPage:
    """Every open question, with the coding of those that are coded."""
    study, year = wave.study, wave.year
    frames = deeds.frames(session, study, year)
    quoted = [row.question for row in coding.quotations(session, study, year)]
    may_read = deeds.may_read(session, study, actor())
    lines = []
    for variable in open_questions(data.instrument):
        name = variable.name
        state = coding_state(session, data, name) if name in frames else None
        answers = len(state.answers) if state else len(cases_answering(data, name))
        lines.append(
            QuestionLine(
                name,
                variable.label[current()],
                answers,
                is_shown(data, name),
                _said(state),
                wave.address("console.answers_read", question=name),
                wave.address("console.answers_coding", question=name),
                wave.address("console.answers_quotations", question=name),
                quoted.count(name),
            )
        )
    return AnswersPage(tuple(lines), may_read, wave.state == "closed", possible_readers(session, study))


def _said(state: CodingState | None) -> str:
    if state is None:
        return translate("not coded")
    if state.is_settled:
        return translate("every answer has its codes")
    return translate("%(settled)s of %(all)s settled", settled=len(state.settled), all=len(state.answers))


def possible_readers(session: Session, study: str) -> tuple[tuple[str, bool], ...]:
    """For who manages accounts: each account that could read open answers, and whether it may."""
    if not may("admin"):
        return ()
    held = deeds.readers(session, study)
    order = tuple(ROLES)
    could = [
        one.email
        for one in team.account_list(session)
        if one.is_active and one.role is not None and order.index(one.role) >= order.index(SEES_CASES)
    ]
    return tuple((email, email in held) for email in could)


def may_read_here(session: Session, study: str) -> bool:
    """Whether whoever makes this request was given the right to read open answers."""
    return bool(current_user.is_authenticated) and deeds.may_read(session, study, actor())


def coding_page(session: Session, wave: WaveFrame, data: WaveData, question: str) -> CodingPage:
    """The coding of one question.

    Raises
    ------
    BadQuery     it is no open question
    NotFound     it is not coded
    """
    language = current()
    state = coding_state(session, data, question)
    variable = data.instrument.variables.get(question)
    if variable is None:
        raise BadQuery("%(name)s is no open question of this wave.", name=question[:40])
    own = deeds.seat_of(session, wave.study, wave.year, question, actor())
    left = 0 if own is None else len(state.answers) - state.done(own)
    editions = [row for row in coding.editions(session, wave.study, wave.year) if row.question == question]
    counted = dict(coding.counted(session, wave.study, wave.year).get(question, ()))
    found = state.agreement
    shown, followed = state.suggestions
    return CodingPage(
        question=question,
        label=variable.label[language],
        variable=state.frame.variable,
        frame=state.version,
        answers=len(state.answers),
        seats=tuple(
            (seat, account or "", state.done(seat), seat == own) for seat, account in enumerate(state.coders, 1)
        ),
        own=own,
        left=left,
        twice=state.twice,
        disputed=len(state.disputed),
        alone=len(state.alone),
        settled=len(state.settled),
        may_settle=may_settle(state, own),
        agreement=_kappa(found.kappa, found.low, found.high, language) if found else "",
        identical=share(found.identical, language) if found else "",
        codes=_codes(state, language),
        suggestions=translate(
            "Of %(shown)s codes that were suggested, coders gave %(followed)s (%(share)s).",
            shown=shown,
            followed=followed,
            share=share(followed / shown, language),
        )
        if shown
        else "",
        counted=tuple((row.number, row.at, row.actor, row.reason) for row in reversed(editions)),
        is_counted=bool(editions)
        and editions[-1].document["frame"] == state.frame.as_dict()
        and {case: tuple(codes) for case, codes in counted.items()} == dict(state.settled),
    )


def may_settle(state: CodingState, own: int | None) -> bool:
    """Whether who has this place may see what both gave: only who has nothing left to code, or never coded."""
    return own is None or state.done(own) == len(state.answers)


def _codes(state: CodingState, language: str) -> tuple[CodeLine, ...]:
    found = state.agreement
    if found is None:
        return ()
    pairs = zip(codes_of(state.frame), found.by_code, strict=True)
    return tuple(
        CodeLine(
            code,
            label_of_code(state.frame, code)[language],
            "–" if one.reason else mean(one.kappa, language, 2),
            "" if one.reason else _interval(one.low, one.high, language),
        )
        for code, one in pairs
    )


def _kappa(kappa: float, low: float, high: float, language: str) -> str:
    if math.isnan(kappa):
        return translate("not defined: all codes are the same")
    return f"{mean(kappa, language, 2)} ({_interval(low, high, language)})"


def _interval(low: float, high: float, language: str) -> str:
    return f"{mean(low, language, 2)} – {mean(high, language, 2)}"


@dataclass(frozen=True, slots=True)
class FrameLine:
    """One code of a frame on its page."""

    code: int
    label: dict[str, str]
    description: dict[str, str]
    state: str
    said: str
    is_in_use: bool


def frame_lines(frame: Frame, languages: tuple[str, ...]) -> tuple[FrameLine, ...]:
    """The codes of a frame in their order, with what became of each."""
    return tuple(
        FrameLine(
            one.code,
            {language: one.label[language] for language in languages},
            {language: one.description[language] if one.description else "" for language in languages},
            one.state,
            _became(frame, one.state, one.into),
            one.is_in_use,
        )
        for one in frame.codes
    )


def _became(frame: Frame, state: str, into: tuple[int, ...]) -> str:
    names = ", ".join(f"“{label_of_code(frame, code)[current()]}”" for code in into)
    said = {
        IN_USE: "",
        RETIRED: translate("not given any more"),
        MERGED: translate("counts as %(names)s", names=names),
        SPLIT: translate("split into %(names)s", names=names),
    }
    return said[state]


def act_in_words(act: str) -> str:
    """What was done to make a version of a frame."""
    deed, _, rest = act.partition(" ")
    names = {
        "start": translate("begun"),
        "add": translate("code %(code)s added", code=rest),
        "word": translate("code %(code)s worded otherwise", code=rest),
        "move": translate("code %(code)s moved", code=rest),
        "retire": translate("code %(code)s retired", code=rest),
        "revive": translate("code %(code)s in use again", code=rest),
        "merge": translate("code %(code)s merged", code=rest),
        "split": translate("code %(code)s split", code=rest),
    }
    return names.get(deed, act)
