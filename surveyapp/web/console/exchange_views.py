"""The addresses by which a definition goes out and comes in."""

from __future__ import annotations

from contextlib import closing

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.errors import DefinitionRefused, NotFound, WrongState
from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.exchange_forms import ApprovalForm, ConfirmForm, DefinitionForm
from surveyapp.web.console.frame import WaveFrame, wave_frame
from surveyapp.web.console.instrument_views import FRAMED
from surveyapp.web.file_reading import reading_file
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.sessions import reading_primary, services, writing

BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _frame(study: str, year: int) -> WaveFrame:
    with reading_primary() as database:
        return wave_frame(database, study, year)


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/<study>/<int:year>/instrument/exchange")
@requires("researcher")
def instrument_exchange(study: str, year: int) -> ResponseReturnValue:
    """What goes out, and where it comes in."""
    return _exchange(study, year, DefinitionForm())


def _exchange(study: str, year: int, form: DefinitionForm, refused: tuple[str, ...] = ()) -> str:
    from surveyapp.web.console.exchange_page import exchange_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = exchange_page(database, frame)
    return render_template("console/instrument/exchange.html", wave=frame, page=page, form=form, refused=refused)


@blueprint.post("/<study>/<int:year>/instrument/proposals")
@requires("researcher")
def instrument_upload(study: str, year: int) -> ResponseReturnValue:
    """Keep what was sent in until somebody looked at it and said yes; nothing else is written."""
    from surveyapp.web.console.exchange_page import propose
    from surveyapp.web.console.refusals import refusal_lines

    form = DefinitionForm()
    if not form.validate():
        return _exchange(study, year, form), 422
    try:
        with closing(form.file.data) as sent, reading_file():
            run = propose(_frame(study, year), sent.read(), actor())
    except DefinitionRefused as refused:
        return _exchange(study, year, form, refusal_lines(refused)), 422
    return redirect(url_for("console.instrument_proposal", study=study, year=year, run=run), 303)


@blueprint.route("/<study>/<int:year>/instrument/proposals/<run>", methods=["GET", "POST"])
@requires("researcher")
def instrument_proposal(study: str, year: int, run: str) -> ResponseReturnValue:
    """What was sent in beside what stands; and taking it in."""
    from surveyapp.fieldwork import proposals
    from surveyapp.web.console.refusals import refusal_lines

    frame, form, refused = _frame(study, year), ConfirmForm(), tuple[str, ...]()
    if request.method == "POST" and form.validate():
        how = {"without": form.left_out(), "reason": form.reason.data}
        try:
            with writing() as database:
                proposals.confirm(database, services().settings, study, year, run, actor(), **how)
        except (DefinitionRefused, WrongState) as error:
            refused = refusal_lines(error)
        else:
            flash(translate("The questionnaire is taken in."), "success")
            return redirect(frame.address("console.instrument_exchange"), 303)
    return _proposal(frame, run, form, refused)


def _proposal(frame: WaveFrame, run: str, form: ConfirmForm, refused: tuple[str, ...]) -> ResponseReturnValue:
    from surveyapp.fieldwork import proposals
    from surveyapp.web.console.exchange_page import proposal_page
    from surveyapp.web.console.refusals import refusal_lines

    where = (services().settings, frame.study, frame.year, run, actor())
    try:
        with reading_primary() as database:
            page = proposal_page(frame, proposals.proposal(database, *where))
    except DefinitionRefused as error:  # what it was made of is not what stands there now
        said = refusal_lines(error)
        return _exchange(frame.study, frame.year, DefinitionForm(), said), 422
    told = {"page": page, "form": form, "refused": refused}
    status = 200 if request.method == "GET" else 422
    return render_template("console/instrument/proposal.html", wave=frame, **told), status


@blueprint.post("/<study>/<int:year>/instrument/proposals/<run>/drop")
@requires("researcher")
def instrument_drop(study: str, year: int, run: str) -> ResponseReturnValue:
    """Let go of what was sent in."""
    from surveyapp.fieldwork import proposals

    frame = _frame(study, year)
    with writing() as database:
        proposals.proposal(database, services().settings, study, year, run, actor())
        proposals.drop(database, study, year, run)
    flash(translate("What you sent in was dropped; nothing changed."), "success")
    return redirect(frame.address("console.instrument_exchange"), 303)


@blueprint.get("/<study>/<int:year>/instrument/proposals/<run>/preview/<role>/<language>/<page>")
@requires("researcher", takes=("a", "show"))
def instrument_proposed(study: str, year: int, run: str, role: str, language: str, page: str) -> ResponseReturnValue:
    """One page as it would be; nothing posted in it is taken."""
    from surveyapp.fieldwork import proposals
    from surveyapp.web.console import preview_frame

    frame = _frame(study, year)
    with reading_primary() as database:
        found = proposals.proposal(database, services().settings, study, year, run, actor())
    if found.instrument is None:
        raise NotFound("This page has no such state.")
    at = preview_frame.preview(frame, found.instrument, role, language, page)
    response = make_response(preview_frame.drawn_page(at))
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@blueprint.route("/<study>/<int:year>/instrument/translations/<language>", methods=["GET", "POST"])
@requires("researcher")
def instrument_translations(study: str, year: int, language: str) -> ResponseReturnValue:
    """The translations that wait for somebody's yes, text by text."""
    from surveyapp.web.console import exchange_page
    from surveyapp.web.console.refusals import refusal_lines

    frame, form, refused = _frame(study, year), ApprovalForm(), tuple[str, ...]()
    if request.method == "POST" and form.validate():
        try:
            n = exchange_page.approve(frame, language, form.approved(), actor(), expected=form.revision.data or 0)
        except (DefinitionRefused, WrongState) as error:
            refused = refusal_lines(error)
        else:
            said = translate_plural("%(count)s translation approved.", "%(count)s translations approved.", n, count=n)
            flash(said, "success")
            return redirect(frame.address("console.instrument_translations", language=language), 303)
    with reading_primary() as database:
        page = exchange_page.approval_page(database, frame, language)
    told = {"page": page, "form": form, "refused": refused}
    made = render_template("console/instrument/translations.html", wave=frame, **told)
    return made, 200 if request.method == "GET" else 422


@blueprint.get("/<study>/<int:year>/instrument/definition.zip")
@requires("researcher")
def instrument_archive(study: str, year: int) -> ResponseReturnValue:
    """The files of the definition."""
    from surveyapp.web.console.exchange_page import archive_of

    return _file(archive_of(_frame(study, year)), "application/zip", f"{study}-{year}.zip")


@blueprint.get("/<study>/<int:year>/instrument/translations/<language>.xlsx")
@requires("researcher", takes=("open",))
def instrument_book(study: str, year: int, language: str) -> ResponseReturnValue:
    """The translators' workbook."""
    from surveyapp.web.console.exchange_page import translators_book_of

    content = translators_book_of(_frame(study, year), language, is_open_only="open" in request.args)
    name = translate("translation")
    return _file(content, BOOK, f"{study}-{year}-{name}-{language}.xlsx")


@blueprint.get("/<study>/<int:year>/instrument/forms/<role>.xlsx")
@requires("researcher")
def instrument_form(study: str, year: int, role: str) -> ResponseReturnValue:
    """The questionnaire of one role as an XLSForm."""
    from surveyapp.web.console.exchange_page import form_of

    return _file(form_of(_frame(study, year), role), BOOK, f"{study}-{year}-{role}-xlsform.xlsx")
