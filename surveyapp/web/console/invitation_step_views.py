"""The addresses at which a round is made, step by step: texts, preview, recipients, moment, confirmation."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.catalogues import told
from surveyapp.errors import MailNotSent, WrongState
from surveyapp.fieldwork import invitation_rounds
from surveyapp.web import fragments
from surveyapp.web.accounts import SEES_CASES, actor, note, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import WaveFrame, wave_frame
from surveyapp.web.console.invitation_forms import CHOICES, CountForm, PreviewForm, RuleForm, TextForm, WhenForm
from surveyapp.web.languages import current, translate
from surveyapp.web.security import CONTENT_POLICY
from surveyapp.web.sessions import reading_primary, services, writing

FRAMING = f"{CONTENT_POLICY}; frame-src 'self'"
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; sandbox"
"""For the HTML of a mail, shown as a mail program shows it: it bears its own style and may do nothing."""


def _next(frame: WaveFrame, step: str, number: int) -> Response:
    return make_response(redirect(frame.address(f"console.invitations_{step}", number=number), 303))


@blueprint.route("/<study>/<int:year>/invitations/<int:number>/text", methods=["GET", "POST"])
@requires(SEES_CASES)
def invitations_text(study: str, year: int, number: int) -> ResponseReturnValue:
    """The texts of a round, the languages side by side."""
    from surveyapp.web.console.invitation_steps import step_frame

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        step = step_frame(database, frame, number)
    form = TextForm.of(step.round) if request.method == "GET" else TextForm()
    if request.method == "POST" and form.validate():
        with writing() as database:
            faults = invitation_rounds.save_texts(database, frame.instrument, number, form.texts(step.round))
        if not faults:
            return _next(frame, "preview", number)
        form.say(faults)
    page = render_template("console/invitations/text.html", wave=frame, step=step, form=form)
    return page, 200 if request.method == "GET" else 422


@blueprint.get("/<study>/<int:year>/invitations/<int:number>/preview")
@requires(SEES_CASES, takes=("language", "person"))
def invitations_preview(study: str, year: int, number: int) -> ResponseReturnValue:
    """A message as it goes to real contacts, in each language."""
    from surveyapp.web.console.invitation_steps import preview_page, step_frame

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        step = step_frame(database, frame, number)
        page = preview_page(database, frame, step.round)
    made = make_response(render_template("console/invitations/preview.html", wave=frame, step=step, page=page))
    made.headers["Content-Security-Policy"] = FRAMING
    return made


@blueprint.get("/<study>/<int:year>/invitations/<int:number>/preview.html")
@requires(SEES_CASES, takes=("language", "person"))
def invitations_html(study: str, year: int, number: int) -> ResponseReturnValue:
    """The HTML of the message, for its frame."""
    from surveyapp.jobs.invitation_mail import written
    from surveyapp.web.console.invitation_steps import preview_of

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        one = invitation_rounds.round_of(database, study, year, number)
        _, _, said = preview_of(database, frame, one)
    made = Response(written(said)[2], mimetype="text/html")
    made.headers["Content-Security-Policy"] = MAIL_POLICY
    return made


@blueprint.post("/<study>/<int:year>/invitations/<int:number>/preview.eml")
@requires(SEES_CASES)
def invitations_file(study: str, year: int, number: int) -> ResponseReturnValue:
    """The whole message as a file, as it travels; it bears the address of a contact, which is noted."""
    from surveyapp.fieldwork.sample_contacts import REVEAL
    from surveyapp.jobs.invitation_mail import message
    from surveyapp.web.console.invitation_steps import preview_of, sender

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        one = invitation_rounds.round_of(database, study, year, number)
        _, _, said = preview_of(database, frame, one)
    note(REVEAL, f"{study} {year}", contacts=1, round=number)
    answer = Response(message(said, sender()).as_bytes(), mimetype="message/rfc822")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{study}-{year}-{number}.eml")
    return answer


@blueprint.post("/<study>/<int:year>/invitations/<int:number>/test")
@requires(SEES_CASES)
def invitations_test(study: str, year: int, number: int) -> ResponseReturnValue:
    """Send the message to whoever asks for it, in one language."""
    from surveyapp.web.console.invitation_steps import send_test

    form = PreviewForm()
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        one = invitation_rounds.round_of(database, study, year, number)
    language = form.language.data if form.validate() and form.language.data in one.texts else next(iter(one.texts))
    here = url_for("console.invitations_preview", study=study, year=year, number=number, language=language)
    try:
        send_test(frame, one, language, actor())
    except MailNotSent:
        flash(translate("The test message could not be sent now; the mail server did not take it."), "error")
    except WrongState as refused:
        flash(told(refused, current()), "error")
    else:
        flash(translate("The test message went to %(address)s. Its links lead nowhere.", address=actor()), "success")
    return redirect(here, 303)


@blueprint.route("/<study>/<int:year>/invitations/<int:number>/recipients", methods=["GET", "POST"])
@requires(SEES_CASES, takes=(*CHOICES, "_part"))
def invitations_recipients(study: str, year: int, number: int) -> ResponseReturnValue:
    """Who gets a round, counted as it is chosen."""
    from surveyapp.web.console.invitation_steps import asked_rule, recipients_page, step_frame

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        step = step_frame(database, frame, number)
        form = RuleForm()
        rule = asked_rule(step.round) if request.method == "GET" else form.rule(step.round.rule)
        page = recipients_page(database, frame, step.round, rule)
    if request.method == "POST":
        with writing() as database:
            invitation_rounds.save_rule(database, study, year, number, page.rule)
        return _next(frame, "when", number)
    is_part = fragments.is_asked_for("chosen")
    name = "console/invitations/_chosen.html" if is_part else "console/invitations/recipients.html"
    return Response(render_template(name, wave=frame, step=step, page=page))


@blueprint.route("/<study>/<int:year>/invitations/<int:number>/when", methods=["GET", "POST"])
@requires(SEES_CASES)
def invitations_when(study: str, year: int, number: int) -> ResponseReturnValue:
    """When a round goes."""
    from surveyapp.web.console.invitation_steps import step_frame

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        step = step_frame(database, frame, number)
    form = WhenForm.of(step.round) if request.method == "GET" else WhenForm()
    if request.method == "POST" and form.validate():
        with writing() as database:
            invitation_rounds.save_moment(database, study, year, number, form.send_at())
        return _next(frame, "confirm", number)
    pace = services().settings.mails_a_minute
    page = render_template(
        "console/invitations/when.html", wave=frame, step=step, form=form, pace=pace, today=clock.today().isoformat()
    )
    return page, 200 if request.method == "GET" else 422


@blueprint.route("/<study>/<int:year>/invitations/<int:number>/send", methods=["GET", "POST"])
@requires(SEES_CASES)
def invitations_confirm(study: str, year: int, number: int) -> ResponseReturnValue:
    """The last look: the exact number of people, typed by who is sure."""
    from surveyapp.web.console.invitation_page import count_now
    from surveyapp.web.console.invitation_steps import step_frame

    form, as_files = CountForm(), services().settings.mail_server is None
    if request.method == "POST" and form.validate():
        try:
            with writing() as database:
                frame = wave_frame(database, study, year)
                of_form = form.number()
                invitation_rounds.confirm(database, frame.instrument, number, of_form, actor(), as_files=as_files)
        except WrongState as refused:
            form.count.errors = [told(refused, current())]
        else:
            flash(translate("The mailing is on its way."), "success")
            return _next(frame, "round", number)
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        step = step_frame(database, frame, number)
        count = count_now(database, frame, step.round)
    said = {
        "step": step,
        "form": form,
        "count": count,
        "as_files": as_files,
        "pace": services().settings.mails_a_minute,
    }
    page = render_template("console/invitations/confirm.html", wave=frame, **said)
    return page, 200 if request.method == "GET" else 422
