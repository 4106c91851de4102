"""Stopping for good: a device that gave all the answers removes them; any other shows first that they are its owner's.

Proof is the code of a device that gave them, or a link mailed to the address that was invited. Who opened a link that
was passed on has neither.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.fieldwork import continuing, givers, removal, resume_codes
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.fieldwork.personal_links import is_by_link
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.web.languages import translate as _
from surveyapp.web.respondent import apart, report_address, visits
from surveyapp.web.respondent.address_form import can_mail, is_sent, turn_of_network
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.frames import frame
from surveyapp.web.respondent.interview import Interview, form_owner, found
from surveyapp.web.respondent.personal import attempted, guarded, relative_frame, switched, unknown_link
from surveyapp.web.respondent.promises import Facts, takes_addresses
from surveyapp.web.respondent.returning import code_fitted, code_turn, what_is_wrong
from surveyapp.web.sessions import reading_primary, secret, services, writing

MAIL_DOOR = "mail-removal"
REMOVABLE = ("started", "complete", "screened_out")


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of an attempt to show that the answers are one's own."""

    wrong: str = ""  # what is wrong with the code
    typed: str = ""
    wait: int = 0  # seconds until the next attempt
    is_mailed: bool = False
    has_failed: bool = False  # the mail did not go

    @property
    def minutes(self) -> int:
        """The wait, in whole minutes."""
        return clock.whole_minutes(self.wait)

    @property
    def status(self) -> int:
        """The status of the page that says so."""
        return 429 if self.wait else 422 if self.wrong else 503 if self.has_failed else 200


def leave() -> ResponseReturnValue:
    """Stop for good: asked on a page, done by its button; opening the page changes nothing."""
    with reading_primary() as database:
        interview = found(database)
    if interview is None and visits.has_left(form_owner() or request.args.get("of", "")):
        return redirect(address("left"), 303)  # pressed twice, or in another tab
    if interview is None or interview.case.state not in REMOVABLE:
        return redirect(address("resume"), 303)
    if request.method != "POST":
        return _asked(interview, Proof())
    action = request.form.get("action", "")
    if action == "mail":
        return _asked(interview, _mailed(interview))
    proof = _proved(interview) if action == "code" else Proof()
    if proof != Proof() or not _removed(interview):
        return _asked(interview, proof)
    visits.note_left()
    visits.forget(WaveName(interview.case.study, interview.case.year), "address")
    return redirect(address("left"), 303)


def _asked(interview: Interview, proof: Proof) -> ResponseReturnValue:
    case = interview.case
    with reading_primary() as database:
        is_foreign = bool(givers.foreign_pages(database, case))
        is_invited = is_by_link(wave_info(database, case.study, case.year))
    page = render_template(
        "respondent/leave.html",
        frame=interview.frame("leave"),
        action=address("leave"),
        back=interview.going_on() if case.is_open else address("done"),
        has_address=apart.address_left() == "kept",
        address_page=address("done") if report_address.is_found(interview) else "",
        may_have_address=_may_have_address(case, interview.instrument) and not apart.has_no_address(),
        is_foreign=is_foreign,
        can_confirm=is_foreign and is_invited and can_mail(),
        proof=proof,
    )
    return page, proof.status, ({"Retry-After": str(proof.wait)} if proof.wait else {})


def _may_have_address(case: CaseState, instrument: Instrument) -> bool:
    """Whether an address may have been left after sending; which one, nobody can tell."""
    return case.state == "complete" and takes_addresses(Facts(instrument, "", can_mail()))


def _removed(interview: Interview) -> bool:
    """Remove the answers; False when another device gave some of them, perhaps a moment ago."""
    with writing() as database:
        newest = continuing.newest(database, interview.case)
        if givers.foreign_pages(database, newest):
            return False
        continuing.withdraw(database, newest)
    return True


def _proved(interview: Interview) -> Proof:
    """Take a code in: what its maker could see is this browser's own from now on."""
    code = request.form.get("code", "")[:60]
    turn = code_turn()
    if not turn.allowed:
        return Proof(typed=code, wait=turn.retry_after)
    case = interview.case
    with writing() as database:
        opened = resume_codes.resume_anywhere(database, code)
        if opened is None or opened[1].case_id != case.case_id:
            return Proof(typed=code, wrong=what_is_wrong(code))
        givers.prove(database, case, opened[1].browser)
        if givers.foreign_pages(database, continuing.newest(database, case)):
            return Proof(typed=code, wrong=_("This code was made on a device that did not give all of the answers."))
    code_fitted()
    return Proof()


def _mailed(interview: Interview) -> Proof:
    """Mail the question to who was invited, at once."""
    case = interview.case
    with reading_primary() as database:
        is_invited = is_by_link(wave_info(database, case.study, case.year))
    if not can_mail() or not is_invited:
        return Proof()
    turn = turn_of_network(MAIL_DOOR)
    if not turn.allowed:
        return Proof(wait=turn.retry_after)
    with writing() as database:
        asked = removal.ask(database, case, salt=secret())
    if asked is None:
        return Proof(has_failed=True)
    hours, language = int(removal.LASTS.total_seconds()) // 3600, asked.language
    page = address("remove", language, token=asked.token)
    has_gone = is_sent("removal", asked.email, language, interview.instrument, page, hours=hours)
    return Proof(is_mailed=has_gone, has_failed=not has_gone)


def confirm(token: str) -> ResponseReturnValue:
    """The link of the mail: what would be removed, and the button that does it."""
    with reading_primary() as database:
        case = removal.found(database, token, salt=secret())
    if case is None:
        return guarded(unknown_link(attempted().retry_after))
    if request.method == "POST":
        with writing() as database:
            continuing.withdraw(database, continuing.newest(database, case))
        visits.turn_to(WaveName(case.study, case.year))
        return guarded(redirect(address("left"), 303))
    with reading_primary() as database:
        instrument = services().library.get(database, case.study, case.instrument_hash)
    page = render_template(
        "respondent/remove.html",
        frame=relative_frame(switched(), instrument),
        action=address("remove", token=token),
        may_have_address=_may_have_address(case, instrument),
    )
    return guarded(page)


def left() -> ResponseReturnValue:
    """The answers are gone: what is still known, and of whom."""
    here, info, instrument = visits.wave(), None, None
    with reading_primary() as database, suppress(NotFound):
        if here is not None:
            info = wave_info(database, here.study, here.year)
            instrument = services().library.get(database, here.study, info.instrument_hash)
    return render_template(
        "respondent/left.html",
        frame=frame(instrument, "left"),
        home=address("home"),
        is_by_link=info is not None and is_by_link(info),
        is_over=info is not None and info.state in OVER,
        takes_addresses=instrument is not None
        and takes_addresses(Facts(instrument, "", can_mail()))
        and not apart.has_no_address(),
    )
