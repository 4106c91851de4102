"""The addresses by which a first study comes in: sent, looked at, and made."""

from __future__ import annotations

from contextlib import closing

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.errors import DefinitionRefused
from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.instrument_views import FRAMED
from surveyapp.web.file_reading import reading_file
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading_primary, services, writing


@blueprint.route("/new-study", methods=["GET", "POST"])
@requires("researcher")
def first_study() -> ResponseReturnValue:
    """Send in a spreadsheet form or an archive, which waits until somebody looked at it; nothing else is written."""
    from surveyapp.web.console.first_study_forms import StudyUploadForm
    from surveyapp.web.console.first_study_page import propose
    from surveyapp.web.console.refusals import refusal_lines

    form, refused = StudyUploadForm(), tuple[str, ...]()
    if request.method == "POST" and form.validate():
        try:
            with closing(form.file.data) as sent, reading_file():
                run = propose(form, sent.read(), actor())
            if run is not None:
                return redirect(url_for("console.first_study_look", run=run), 303)
        except DefinitionRefused as error:
            refused = refusal_lines(error)
    page = render_template("console/waves/first_study.html", form=form, refused=refused)
    return page, 200 if request.method == "GET" else 422


@blueprint.route("/new-study/<run>", methods=["GET", "POST"])
@requires("researcher")
def first_study_look(run: str) -> ResponseReturnValue:
    """What was sent in, and making the study of it with its settings."""
    from surveyapp.fieldwork import study_proposals
    from surveyapp.web.console import first_study_page
    from surveyapp.web.console.refusals import refusal_lines

    refused = tuple[str, ...]()
    with reading_primary() as database:
        found = study_proposals.proposal(database, services().settings, run, actor())
        form = first_study_page.settings_form(database, found)
    if request.method == "POST" and form is not None and form.validate():
        try:
            first_study_page.make(found, form, actor())
        except DefinitionRefused as error:
            refused = refusal_lines(error)
        else:
            flash(translate("The study is made; its first wave is a draft."), "success")
            return redirect(url_for("console.settings", study=found.study, year=found.year), 303)
    said = {"page": first_study_page.study_page(found), "form": form, "refused": refused}
    return render_template("console/waves/first_study_look.html", **said), 200 if request.method == "GET" else 422


@blueprint.post("/new-study/<run>/drop")
@requires("researcher")
def first_study_drop(run: str) -> ResponseReturnValue:
    """Let go of what was sent in."""
    from surveyapp.fieldwork import study_proposals

    with writing() as database:
        study_proposals.drop(database, services().settings, run, actor())
    flash(translate("What you sent in was dropped; no study was made."), "success")
    return redirect(url_for("console.studies"), 303)


@blueprint.route("/new-study/<run>/preview/<role>/<language>/<page>", methods=["GET", "POST"])
@requires("researcher", takes=("a", "show"))
def first_study_preview(run: str, role: str, language: str, page: str) -> ResponseReturnValue:
    """One page as it would be; what is filled in leads on, and nothing of it is kept."""
    from surveyapp.web.console import preview_frame
    from surveyapp.web.console.first_study_page import previewed

    at = previewed(run, role, language, page, actor())
    response = make_response(preview_frame.taken_in(at) if request.method == "POST" else preview_frame.drawn_page(at))
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@blueprint.post("/new-study/<run>/preview/<role>/<language>/<page>/part")
@requires("researcher", takes=("a",))
def first_study_part(run: str, role: str, language: str, page: str) -> ResponseReturnValue:
    """The parts of a page that come and go with what is chosen."""
    from surveyapp.web.console import preview_frame
    from surveyapp.web.console.first_study_page import previewed

    return preview_frame.changed_part(previewed(run, role, language, page, actor()))
