"""The interview this browser is in, or where it belongs instead."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from flask import abort, redirect, request

from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import givers, interviews
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.fieldwork.page_drafts import waiting
from surveyapp.fieldwork.waves import wave_info
from surveyapp.storage.database import Session
from surveyapp.web import languages
from surveyapp.web.respondent import addresses, apart, visits
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.frames import Frame, frame
from surveyapp.web.sessions import services

ENDED = {"complete": "done", "screened_out": "ended"}


class Interview(AskedCase):
    """The same with its addresses and frames, in the language of the request."""

    __slots__ = ()

    def frame(self, endpoint: str = "", **values: object) -> Frame:
        """The frame of one of its pages."""
        can_leave = self.case.state in ("started", "complete", "screened_out")
        is_sent = self.case.state in ENDED
        return frame(
            self.instrument, endpoint, can_leave=can_leave, is_sent=is_sent, is_test=self.case.is_test, **values
        )

    def going_on(self, session: Session | None = None) -> str:
        """The address where this person goes on: the first page not answered yet, or the review.

        Parameters
        ----------
        session : to look first of all for something that is not saved
        """
        new, unsaved = self.new_page, waiting(session, self) if session is not None else ()
        if unsaved:
            return address("page", page=unsaved[0], **({} if new else {"then": "review"}))
        return address("page", page=new) if new else address("review")


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
    case = interviews.load_case(session, wave.study, key, visits.browser())
    if case is None:
        visits.lose(wave)
        return None
    instrument = services().library.get(session, case.study, case.instrument_hash)
    visits.stay(instrument.wave.closes, has_ended=case.state in ENDED)
    if instrument.wave.earlier_answers == "shown":
        case = replace(case, shows_all=True)
    foreign = givers.foreign_pages(session, case)
    questionnaire = instrument.questionnaire(case.role)
    return Interview(case, instrument, questionnaire, languages.current(), dict(apart.kept()), foreign)


def current(session: Session) -> Interview:
    """The open interview of this browser; anybody else is led to where they belong."""
    interview = found(session)
    if interview is None:
        _lead(address("left" if visits.has_left(form_owner()) else "resume"))
    if interview.case.state in ENDED:
        _lead(address(ENDED[interview.case.state]))
    if not interview.case.is_open:
        if request.method == "POST" and interview.case.state == "started":
            interview.case.require_open()  # told where that is handled
        _lead(address("landing", wave=WaveName(interview.case.study, interview.case.year)))
    page = (request.view_args or {}).get("page")
    if page is not None and page not in interview.questionnaire.by_id:
        # Before any query with it: an address may hold what one database takes and the other does not (NUL).
        raise NotFound(f"There is no page {page[:40]!a}.")
    if page in interview.hidden:
        if request.method == "POST":  # answered on the other device while it was open here
            raise WrongState("This page was answered on another device, whose answers are not shown here.")
        _lead(interview.going_on())
    return interview


def form_owner() -> str:
    """The mark of the case that the form of this request was given out for; empty when it names none."""
    return request.form.get("owner", "")[:64]


def is_page() -> bool:
    """Whether this request sends in a page of questions."""
    return request.endpoint == "respondent.page" and request.method == "POST"


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
