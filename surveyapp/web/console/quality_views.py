"""The addresses of a wave's quality: the rules at a look, the queue, one case, many at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork.quality import UNDO, decide
from surveyapp.jobs import quality_runs
from surveyapp.web.accounts import SEES_CASES, actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.console.quality_forms import TAKES, DecisionForm
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading_primary, writing


@blueprint.get("/<study>/<int:year>/quality")
@requires(SEES_CASES)
def quality(study: str, year: int) -> ResponseReturnValue:
    """What the rules say, what waits, and what leaving out does."""
    from surveyapp.web.console.quality_page import quality_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = quality_page(database, frame)
    return render_template("console/quality/page.html", wave=frame, page=page)


@blueprint.post("/<study>/<int:year>/quality/check")
@requires(SEES_CASES)
def quality_check(study: str, year: int) -> ResponseReturnValue:
    """Let the rules be gone through again."""
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
    with writing() as database:
        quality_runs.ask(database, study, year)
    flash(translate("The rules are gone through again; load this page anew in a moment."), "info")
    return redirect(frame.address("console.quality"), 303)


@blueprint.get("/<study>/<int:year>/quality/cases")
@requires(SEES_CASES, takes=TAKES)
def quality_cases(study: str, year: int) -> ResponseReturnValue:
    """The flagged questionnaires of a choice."""
    from surveyapp.web.console.quality_list import quality_list

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = quality_list(database, frame)
    return render_template("console/quality/cases.html", wave=frame, page=page)


@blueprint.route("/<study>/<int:year>/quality/cases/<code>", methods=["GET", "POST"])
@requires(SEES_CASES, takes=TAKES)
def quality_case(study: str, year: int, code: str) -> ResponseReturnValue:
    """One questionnaire, to be decided on."""
    from surveyapp.web.console.quality_case import quality_case_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = quality_case_page(database, frame, code)
    form = DecisionForm(is_over=frame.info.is_settled)
    if request.method == "GET" or not form.validate():
        shown = render_template("console/quality/case.html", wave=frame, page=page, form=form)
        return shown, 200 if request.method == "GET" else 422
    with writing() as database:
        decide(database, study, year, [page.case_id], form.act.data, actor(), form.reason.data)
    flash(page.done(form.act.data), "success")
    return redirect(page.here if form.act.data == UNDO else page.next or page.list, 303)


@blueprint.route("/<study>/<int:year>/quality/many/<any(exclude, keep, undo):way>", methods=["GET", "POST"])
@requires(SEES_CASES, takes=TAKES)
def quality_many(study: str, year: int, way: str) -> ResponseReturnValue:
    """All questionnaires of a choice at once: first what that means, then the deed."""
    from surveyapp.web.console.quality_many import many_done, many_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = many_page(database, frame, way)
    form = DecisionForm(is_over=frame.info.is_settled)
    is_other = request.method == "POST" and form.expected.data != page.count
    if request.method == "GET" or not form.validate() or is_other:
        shown = render_template("console/quality/many.html", wave=frame, page=page, form=form, is_other=is_other)
        return shown, 200 if request.method == "GET" else 422
    with writing() as database:
        done = decide(database, study, year, page.cases, way, actor(), form.reason.data)
    flash(many_done(done), "success")
    return redirect(page.back, 303)
