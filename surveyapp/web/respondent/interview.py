"""The interview this browser is in, or where it belongs instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from flask import abort, redirect, request
from sqlmodel import Session

from surveyapp.engine.answers import Value
from surveyapp.engine.route import path, resume_page
from surveyapp.engine.validate import lenient
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import givers, interviews
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.fieldwork.consent import CONSENT_PAGE
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import SKIPPED, Instrument, Questionnaire
from surveyapp.web import languages
from surveyapp.web.questionnaire.pages import Standing
from surveyapp.web.respondent import addresses, visits
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.frames import Frame, frame
from surveyapp.web.sessions import services

ENDED = {"complete": "done", "screened_out": "ended"}


@dataclass(frozen=True, slots=True)
class Interview:
    """A case with the version of the instrument it began with."""

    case: CaseState
    instrument: Instrument
    questionnaire: Questionnaire
    foreign: frozenset[str] = frozenset()  # saved pages whose answers this browser neither gave nor proved

    @property
    def hidden(self) -> frozenset[str]:
        """The pages whose answers this browser does not show."""
        return frozenset() if self.case.shows_all else self.foreign

    @property
    def is_anothers(self) -> bool:
        """Whether answers were saved and none of them may be shown here."""
        return bool(self.hidden) and self.hidden == frozenset(self.case.pages) - {CONSENT_PAGE}

    @property
    def answers(self) -> dict[str, Value]:
        """The stored answers, with what is stored apart as it was ticked in this session."""
        return {**self.case.answers, **visits.kept_apart()}

    def standing(self) -> Standing:
        """What the view model of a page needs of it."""
        hidden = self.hidden
        unquoted = frozenset(
            question.name for page in self.questionnaire.pages if page.id in hidden for question in page.questions()
        )
        language, seed = languages.current(), self.case.seed
        return Standing(self.instrument, self.questionnaire, self.answers, language, seed, unquoted)

    def with_case(self, case: CaseState) -> Interview:
        """The same interview after a change of its case."""
        return replace(self, case=replace(case, browser=self.case.browser, shows_all=self.case.shows_all))

    def frame(self, endpoint: str = "", **values: object) -> Frame:
        """The frame of one of its pages."""
        can_leave = self.case.state in ("started", "complete", "screened_out")
        is_sent = self.case.state in ENDED
        return frame(
            self.instrument, endpoint, can_leave=can_leave, is_sent=is_sent, is_test=self.case.is_test, **values
        )

    def going_on(self) -> str:
        """The address where this person goes on: the first page not answered yet, or the review."""
        page = resume_page(self.questionnaire, self.case.answers, languages.current(), self.case.pages)
        return address("page", page=page) if page else address("review")

    @property
    def is_ended(self) -> bool:
        """Whether the answers lead to an early ending."""
        return path(self.questionnaire, self.case.answers, languages.current()).ending is not None


def found(session: Session) -> Interview | None:
    """The interview this browser has of the wave of this request, in whatever state; None when it has none.

    A form names the case it was given out for, and so does the link to stopping for good (``of``): one that was begun
    in the same wave since is neither answered by it nor removed.

    Raises
    ------
    NotFound     the address names a wave that does not exist
    """
    mark = form_owner() if request.method == "POST" else request.args.get("of", "")[:64]
    key, wave = visits.key(), visits.wave()
    if key is None or wave is None or not visits.holds(mark):
        if named := addresses.wave():
            wave_info(session, named.study, named.year)  # who has nothing here is led on, unless there is no such wave
        return None
    visits.turn_to(wave)
    case = interviews.load_case(session, wave.study, key)
    if case is None:
        visits.lose(wave)
        return None
    case = replace(case, browser=visits.browser())
    instrument = services().library.get(session, case.study, case.instrument_hash)
    visits.stay(instrument.wave.closes, has_ended=case.state in ENDED)
    case = replace(case, shows_all=instrument.wave.earlier_answers == "shown")
    foreign = givers.foreign_pages(session, case)
    return Interview(case, instrument, instrument.questionnaire(case.role), foreign)


def require_own(session: Session, interview: Interview, page: str) -> None:
    """Refuse a page whose answers another device gave, as it stands now; it may have done so since this request began.

    Raises
    ------
    WrongState     they are not to be shown here
    """
    if page in replace(interview, foreign=givers.foreign_pages(session, interview.case)).hidden:
        raise WrongState("This page was answered on another device, whose answers are not shown here.")


def current(session: Session) -> Interview:
    """The open interview of this browser; anybody else is led to where they belong."""
    interview = found(session)
    if interview is None:
        _lead_back()
    if interview.case.state in ENDED:
        if brings_more(interview):
            raise WrongState("The answers were sent while this page was open.")
        _lead(address(ENDED[interview.case.state]))
    if not interview.case.is_open:
        if request.method == "POST" and interview.case.state == "started":
            interview.case.require_open()  # what was typed is shown once more where that is handled
        _lead(address("landing", wave=WaveName(interview.case.study, interview.case.year)))
    page = (request.view_args or {}).get("page")
    if page is not None and page not in interview.questionnaire.by_id:
        # Before any query with it: an address may hold what one database takes and the other does not (NUL).
        raise NotFound(f"There is no page {page[:40]!a}.")
    if page in interview.hidden:
        if request.method == "POST":  # answered on the other device while it was open here: the text is shown once more
            raise WrongState("This page was answered on another device, whose answers are not shown here.")
        _lead(interview.going_on())
    return interview


def form_owner() -> str:
    """The mark of the case that the form of this request was given out for; empty when it names none."""
    return request.form.get("owner", "")[:64]


def is_page() -> bool:
    """Whether this request sends in a page of questions."""
    return request.endpoint == "respondent.page" and request.method == "POST"


def _lead_back() -> NoReturn:
    """Lead who has no interview in this browser to a way back to it; what was typed on a page is shown once more."""
    if visits.has_left(form_owner()):
        _lead(address("left"))
    if is_page():
        raise WrongState("This browser does not hold the questionnaire of this form any more.")
    _lead(address("resume"))


def brings_more(interview: Interview) -> bool:
    """Whether a page that is sent in says something else than what was sent of it with the whole."""
    page = (request.view_args or {}).get("page", "")
    if interview.case.state != "complete" or not is_page() or page not in interview.questionnaire.by_id:
        return False
    typed = {name: values for name, values in request.form.lists() if name.startswith("q_")}
    read = lenient(interview.questionnaire, page, interview.answers, typed, languages.current())
    return _given(read) != _given(interview.answers)


def _given(answers: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in answers.items() if value != SKIPPED}


def ended(session: Session, *states: str) -> Interview:
    """The interview of this browser when it is in one of these states; anybody else is led elsewhere."""
    interview = found(session)
    if interview is None:
        _lead(address("resume"))
    if interview.case.state not in states:
        if interview.case.is_open:
            _lead(interview.going_on())
        if interview.case.state in ENDED:
            _lead(address(ENDED[interview.case.state]))
        _lead(address("landing", wave=WaveName(interview.case.study, interview.case.year)))  # it says what became of it
    return interview


def _lead(where: str) -> NoReturn:
    abort(redirect(where, 303))
