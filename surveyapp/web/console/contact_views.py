"""The addresses of single contacts: the list, one contact's data, opting out and in, removal."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import told
from surveyapp.errors import WrongState
from surveyapp.fieldwork import sample_contacts as deeds
from surveyapp.web.accounts import SEES_CASES, actor, note, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.console.sample_forms import TAKES, ContactForm, ReasonForm
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading_primary, writing

DEEDS = {
    "opt-out": deeds.opt_out,
    "opt-in": deeds.opt_in,
    "mail-anyway": deeds.mail_anyway,
    "remove": deeds.remove,
}


@blueprint.route("/<study>/<int:year>/sample/contacts", methods=["GET", "POST"])
@requires(SEES_CASES, takes=TAKES)
def sample_contacts(study: str, year: int) -> ResponseReturnValue:
    """The contacts of a wave; sent in, the page shows the addresses, and that is noted."""
    from surveyapp.web.console.contact_list import contact_list

    reveals = request.method == "POST"
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        found = contact_list(database, frame, reveals=reveals)
    if reveals and found.lines:
        note(deeds.REVEAL, f"{study} {year}", contacts=len(found.lines))
    return render_template("console/sample/contacts.html", wave=frame, list=found)


@blueprint.route("/<study>/<int:year>/sample/contacts/<uuid:contact>", methods=["GET", "POST"])
@requires(SEES_CASES)
def sample_contact(study: str, year: int, contact: uuid.UUID) -> ResponseReturnValue:
    """One contact's data, to be corrected; that they were looked at is noted."""
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        row = deeds.contact(database, study, year, contact)
    form = ContactForm(frame, row)
    if request.method == "POST" and form.validate():
        try:
            with writing() as database:
                deeds.correct(database, study, year, contact, form.values(), actor())
        except WrongState as refused:
            form.email.errors = [told(refused, current())]
        else:
            flash(translate("The contact is saved."), "success")
            return redirect(url_for("console.sample_contacts", study=study, year=year), 303)
    note(deeds.REVEAL, f"{study} {year}", contact=str(contact))
    page = render_template("console/sample/contact.html", wave=frame, contact=row, form=form)
    return page, 200 if request.method == "GET" else 422


@blueprint.route(
    "/<study>/<int:year>/sample/contacts/<uuid:contact>/<any('opt-out', 'opt-in', 'mail-anyway', remove):act>",
    methods=["GET", "POST"],
)
@requires(SEES_CASES)
def sample_contact_act(study: str, year: int, contact: uuid.UUID, act: str) -> ResponseReturnValue:
    """Ask why a contact is opted out, in again, or removed, and do it."""
    from surveyapp.web.console.contact_acts import act_of

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        asked = act_of(frame, deeds.contact(database, study, year, contact), act)
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        page = render_template("console/sample/act.html", wave=frame, act=asked, form=form)
        return page, 200 if request.method == "GET" else 422
    with writing() as database:
        DEEDS[act](database, study, year, contact, form.reason.data, actor())
    flash(asked.done, "success")
    return redirect(url_for("console.sample_contacts", study=study, year=year), 303)
