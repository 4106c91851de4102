"""After sending: the receipt and one's own answers."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.engine.route import ending_of, turning_point
from surveyapp.fieldwork import continuing, editions
from surveyapp.storage.cases import ANSWERABLE
from surveyapp.web import languages
from surveyapp.web.respondent import report_address, visits
from surveyapp.web.respondent.address_form import AddressForm, answered
from surveyapp.web.respondent.addresses import WaveName, address
from surveyapp.web.respondent.interview import ended, found
from surveyapp.web.respondent.overview import overview
from surveyapp.web.sessions import reading_primary, writing


# ----------------------------------------------------------------------------------------------------------- receipt
def done() -> ResponseReturnValue:
    """Thanks, with the receipt; and a separate form for an address."""
    return _address_left() if request.method == "POST" else _receipt()


def _receipt(form: AddressForm | None = None) -> ResponseReturnValue:
    with reading_primary() as database:
        interview = ended(database, "complete")
        beside = editions.beside(database, interview.case.study, interview.case.year)
    if interview.is_anothers:
        wave = interview.instrument.wave
        return render_template("respondent/link_done.html", frame=interview.frame("done"), wave=wave)
    page = render_template(
        "respondent/done.html",
        frame=interview.frame("done"),
        reference=interview.case.reference,
        code=visits.shown_code(),
        where=visits.where_codes_go(),
        is_open=interview.case.wave_state in ANSWERABLE,
        is_shared=visits.is_shared(),
        wave=interview.instrument.wave,
        offer=report_address.offer(interview, address("done"), form),
        answers=address("answers"),
        compare=address("compare") if beside is not None else "",
        landing=address("landing", wave=WaveName(interview.case.study, interview.case.year)),
    )
    return answered(page, form)


def _address_left() -> ResponseReturnValue:
    with reading_primary() as database:
        interview = ended(database, "complete")
    taken = report_address.left(interview, address("done"))
    return _receipt(taken) if isinstance(taken, AddressForm) else taken


def screened_out() -> ResponseReturnValue:
    """Thanks for someone to whom the questions do not apply; or back to the answer that said so."""
    if request.method == "POST":
        return _reopened()
    with reading_primary() as database:
        interview = ended(database, "screened_out")
    ending = ending_of(interview.questionnaire, interview.case.answers, languages.current())
    mistake = turning_point(interview.questionnaire, interview.case.answers, languages.current())
    language = languages.current()
    return render_template(
        "respondent/ended.html",
        frame=interview.frame("ended"),
        title=ending.title[language] if ending else "",
        text=ending.text[language] if ending else "",
        reopen=address("ended") if interview.case.can_reopen and mistake and mistake[0] not in interview.hidden else "",
        landing=address("landing", wave=WaveName(interview.case.study, interview.case.year)),
    )


def _reopened() -> ResponseReturnValue:
    language = languages.current()
    with writing() as database:
        interview = ended(database, "screened_out")
        mistake = turning_point(interview.questionnaire, interview.case.answers, language)
        if mistake is None or mistake[0] in interview.hidden:
            return redirect(address("ended"), 303)
        page, names = mistake
        continuing.reopen(database, interview.case, page, names, language)
    return redirect(address("page", page=page), 303)


def my_answers() -> ResponseReturnValue:
    """One's own answers, to read, print and keep."""
    with reading_primary() as database:
        interview = found(database)
    if interview is None or interview.case.state not in ("started", "complete"):
        return redirect(address("resume"), 303)
    return render_template(
        "respondent/answers.html",
        frame=interview.frame("answers"),
        overview=overview(interview, is_sent=interview.case.state == "complete"),
        is_partial=bool(interview.hidden),
        reference=interview.case.reference,
        is_sent=interview.case.state == "complete",
        sent_on=interview.case.sent_on,
        back=interview.going_on() if interview.case.is_open else address("done"),
    )
