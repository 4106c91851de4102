"""The addresses of one case, and of what a contact or case counts as."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import deciding
from surveyapp.fieldwork import sample_contacts as contact_deeds
from surveyapp.web.accounts import SEES_ANSWERS, SEES_CASES, actor, is_fresh, may, note, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import WaveFrame, wave_frame
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading_primary, services, writing


@blueprint.get("/<study>/<int:year>/fieldwork/cases/<code>")
@requires(SEES_CASES)
def fieldwork_case(study: str, year: int, code: str) -> ResponseReturnValue:
    """One case without its answers."""
    return _case(study, year, code)


@blueprint.post("/<study>/<int:year>/fieldwork/cases/<code>")
@requires(SEES_ANSWERS)
def fieldwork_case_answers(study: str, year: int, code: str) -> ResponseReturnValue:
    """The same case with its answers; that somebody looked is noted."""
    if not is_fresh():
        flash(translate("Confirm with your password that it is you; then look at the answers."), "info")
        here = url_for("console.fieldwork_case", study=study, year=year, code=code)
        return redirect(url_for("security.verify", next=here), 303)
    return _case(study, year, code, reveals=True)


def _case(study: str, year: int, code: str, *, reveals: bool = False) -> str:
    from surveyapp.web.console.case_answers import case_answers
    from surveyapp.web.console.case_page import ANSWERS, case_page, looked_up

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        history, record = looked_up(database, frame, code)
        page, answers = case_page(database, frame, history, record), None
        if reveals and page.has_answers:
            version = services().library.get(database, study, history.case.instrument_hash)
            answers = case_answers(history.case, version, history.why_stopped)
    if answers is not None:
        note(ANSWERS, deciding.case_subject(frame.info, history.case.case_id))
    may_see = may(SEES_ANSWERS)
    return render_template(
        "console/fieldwork/case.html", wave=frame, page=page, answers=answers, may_see_answers=may_see
    )


@blueprint.route("/<study>/<int:year>/fieldwork/cases/<code>/disposition", methods=["GET", "POST"])
@requires(SEES_CASES)
def fieldwork_case_disposition(study: str, year: int, code: str) -> ResponseReturnValue:
    """Decide what a case counts as, or take that back."""
    from surveyapp.web.console.case_page import looked_up

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        case_id = looked_up(database, frame, code)[0].case.case_id
    here = frame.address("console.fieldwork_case", code=code)
    trail = ((translate("Fieldwork"), frame.address("console.fieldwork")), (code, here))
    return _decide(frame, case_id, here, translate("Back to the case"), trail)


@blueprint.route("/<study>/<int:year>/sample/contacts/<uuid:contact>/disposition", methods=["GET", "POST"])
@requires(SEES_CASES)
def sample_contact_disposition(study: str, year: int, contact: uuid.UUID) -> ResponseReturnValue:
    """Decide what a contact counts as, or take that back."""
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        contact_deeds.contact(database, study, year, contact)  # there is one
    here = frame.address("console.sample_contact", contact=contact)
    trail = ((translate("Sample"), frame.address("console.sample")), (translate("Contact"), here))
    return _decide(frame, contact, here, translate("Back to the contact"), trail)


def _decide(
    frame: WaveFrame, subject: uuid.UUID, back: str, back_name: str, trail: tuple[tuple[str, str | None], ...]
) -> ResponseReturnValue:
    from surveyapp.web.console.case_page import decision_of
    from surveyapp.web.console.disposition_form import DispositionForm, DispositionPage
    from surveyapp.web.console.record_list import disposition_name

    with reading_primary() as database:
        record = deciding.record_of(database, frame.info, frame.instrument, subject)
        decision = decision_of(database, frame, subject, record)
    form = DispositionForm(record)
    if request.method == "POST" and request.form.get("act") == "revoke":
        with writing() as database:
            deciding.revoke(database, frame.info, frame.instrument, subject, actor())
        flash(translate("The decision is taken back."), "success")
        return redirect(back, 303)
    if request.method == "POST" and form.validate():
        with writing() as database:
            said = form.reason.data
            deciding.decide(database, frame.info, frame.instrument, subject, form.chosen, said, actor())
        flash(translate("The decision is noted."), "success")
        return redirect(back, 303)
    may_decide = len(form.disposition.choices) > 1
    page = DispositionPage(disposition_name(record.found), decision, may_decide, back, back_name, trail)
    shown = render_template("console/fieldwork/disposition.html", wave=frame, page=page, form=form)
    return shown, 200 if request.method == "GET" else 422
