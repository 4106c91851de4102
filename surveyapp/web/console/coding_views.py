"""The addresses of coding: the frame, the two coders, what is settled, what goes into the figures."""

from __future__ import annotations

from contextlib import closing

from flask import Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import told
from surveyapp.errors import ListRefused, WrongState
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import THIRD
from surveyapp.web.accounts import SEES_CASES, actor, may, note, requires
from surveyapp.web.console.answers_views import READ, reads_answers, to_coding
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import whole
from surveyapp.web.sessions import reading_primary, secret, services, writing

BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<study>/<int:year>/answers/<question>/coding")
@requires(SEES_CASES)
def answers_coding(study: str, year: int, question: str) -> ResponseReturnValue:
    """How far the coding of a question is; where it has not begun, how to begin."""
    from surveyapp.web.console.answers_forms import ReasonForm

    return _coding_page(study, year, question, ReasonForm())


def _coding_page(
    study: str, year: int, question: str, form: object, said: str = "", sent: object = None
) -> ResponseReturnValue:
    from surveyapp.reports.open_answers import is_shown, open_question
    from surveyapp.web.console.answers_page import coding_page, may_read_here
    from surveyapp.web.console.answers_starting import offered_frame

    data = services().live.data(study, year)
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        variable = open_question(frame.instrument, question)
        shown = is_shown(data, question)
        is_begun = shown and question in deeds.frames(database, study, year)
        page = coding_page(database, frame, data, question) if is_begun else None
        may_read = may_read_here(database, study)
    offered = None if is_begun else offered_frame(frame, question)
    is_wrong = bool(said) or bool(getattr(form, "errors", {})) or sent is not None
    parts = {"page": page, "variable": variable, "offered": offered, "may_read": may_read, "form": form, "said": said}
    return render_template(
        "console/answers/coding.html", wave=frame, is_shown=shown, sent=sent, **parts
    ), 422 if is_wrong else 200


@blueprint.post("/<study>/<int:year>/answers/<question>/coding/begin")
@requires(SEES_CASES)
def answers_begin(study: str, year: int, question: str) -> ResponseReturnValue:
    """Begin to code a question, by the frame of the study's folder or an empty one."""
    from surveyapp.reports.open_answers import open_question
    from surveyapp.web.console.answers_forms import NewFrameForm
    from surveyapp.web.console.answers_starting import new_frame, offered_frame

    form = NewFrameForm()
    with writing() as database:
        frame = wave_frame(database, study, year)
        open_question(frame.instrument, question)
        begun = offered_frame(frame, question) or new_frame(frame, question)
        if form.csrf_token.errors:
            abort(400)
        deeds.start(database, study, year, begun, actor())
    return redirect(frame.address("console.answers_frame", question=question), 303)


@blueprint.route("/<study>/<int:year>/answers/<question>/frame", methods=["GET", "POST"])
@requires(SEES_CASES)
def answers_frame(study: str, year: int, question: str) -> ResponseReturnValue:
    """The codes of a question, and one change to them."""
    from surveyapp.web.console.answers_forms import FrameForm
    from surveyapp.web.console.answers_page import act_in_words, frame_lines
    from surveyapp.web.console.answers_starting import changed

    said = ""
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
    form = FrameForm(frame.instrument.languages)
    if request.method == "POST" and not form.validate():
        said = " ".join(str(message) for messages in form.errors.values() for message in messages)
    elif request.method == "POST":
        try:
            with writing() as database:
                changed(database, frame, question, form, request.form.get("act", ""))
            flash(translate("The frame is changed; the version before is kept."), "success")
            return redirect(frame.address("console.answers_frame", question=question), 303)
        except WrongState as refused:
            said = told(refused, current())
    with reading_primary() as database:
        version = deeds.frame_in_force(database, study, year, question)
        history = [(one, act_in_words(one.act)) for one in deeds.frame_history(database, study, year, question)]
    lines = frame_lines(version.frame, frame.instrument.languages)
    parts = {"version": version, "lines": lines, "history": history, "said": said, "question": question}
    sent = request.form if request.method == "POST" else {}
    return render_template("console/answers/frame.html", wave=frame, sent=sent, **parts), 422 if sent else 200


@blueprint.post("/<study>/<int:year>/answers/<question>/coding/seat")
@requires(SEES_CASES)
@reads_answers
def answers_seat(study: str, year: int, question: str) -> ResponseReturnValue:
    """Become one of the two coders, or let that place be free again."""
    from surveyapp.web.console.answers_forms import SeatForm

    form = SeatForm()
    if not form.validate():
        abort(400)
    seat, leaves = int(form.seat.data), "leave" in request.form
    with writing() as database:
        frame = wave_frame(database, study, year)
        if leaves:
            if deeds.coders(database, study, year, question)[seat - 1] != actor() and not may("admin"):
                abort(400)
            deeds.hand_over(database, study, year, question, seat, actor())
        else:
            deeds.take_seat(database, study, year, question, seat, actor())
    if leaves:
        return to_coding(frame, question)
    return redirect(frame.address("console.answers_code", question=question), 303)


@blueprint.route("/<study>/<int:year>/answers/<question>/code", methods=["GET", "POST"])
@requires(SEES_CASES, takes=("answer", "after"))
@reads_answers
def answers_code(study: str, year: int, question: str) -> ResponseReturnValue:
    """One answer after the other, for one of the two coders: the other one's codes are not read."""
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        seat = deeds.seat_of(database, study, year, question, actor())
    if seat is None:
        flash(translate("Take one of the two places first."), "info")
        return to_coding(frame, question)
    return _coded(study, year, question, seat)


@blueprint.route("/<study>/<int:year>/answers/<question>/settle", methods=["GET", "POST"])
@requires(SEES_CASES, takes=("answer", "after"))
@reads_answers
def answers_settle(study: str, year: int, question: str) -> ResponseReturnValue:
    """The answers two coders gave other codes, one after the other; for who has none left to code."""
    from surveyapp.reports.coding_state import coding_state
    from surveyapp.web.console.answers_page import may_settle

    data = services().live.data(study, year)
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        own = deeds.seat_of(database, study, year, question, actor())
        if not may_settle(coding_state(database, data, question), own):
            flash(translate("You still have answers to code: until then you see nothing of the other coder."), "info")
            return to_coding(frame, question)
    return _coded(study, year, question, THIRD)


def _coded(study: str, year: int, question: str, seat: int) -> ResponseReturnValue:
    from surveyapp.web.console.answers_forms import CodesForm
    from surveyapp.web.console.answers_reading import coder_page, found_answer

    form, said, data = CodesForm(), "", services().live.data(study, year)
    name, ticked = request.args.get("answer", "")[:32], None
    if request.method == "POST" and form.validate():
        name, ticked = form.answer.data or "", form.codes()
        case_id = found_answer(data, question, name).case_id
        try:
            with writing() as database:
                version = deeds.frame_in_force(database, study, year, question)
                deeds.give(database, study, year, version.frame, case_id, seat, ticked, form.shown())
            return redirect(f"{request.path}?after={name}", 303)
        except WrongState as refused:
            said = told(refused, current())
    elif request.method == "GET" and "after" not in request.args:
        note(READ, f"{study} {year}", question=question, coding=seat)
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        after = request.args.get("after", "")[:32]
        page = coder_page(database, frame, data, question, seat, name=name, after=after, said=said, ticked=ticked)
    return render_template("console/answers/coder.html", wave=frame, page=page, seat=seat), 422 if said else 200


@blueprint.post("/<study>/<int:year>/answers/<question>/settle/alone")
@requires(SEES_CASES)
@reads_answers
def answers_take_over(study: str, year: int, question: str) -> ResponseReturnValue:
    """Settle what one coder alone coded as that coder has it."""
    from surveyapp.web.console.answers_starting import take_over

    data = services().live.data(study, year)
    with writing() as database:
        frame = wave_frame(database, study, year)
        taken = take_over(database, frame, data, question)
    flash(
        translate_plural("%(count)s answer was settled.", "%(count)s answers were settled.", taken, count=whole(taken)),
        "success",
    )
    return to_coding(frame, question)


@blueprint.post("/<study>/<int:year>/answers/<question>/coding/figures")
@requires(SEES_CASES)
def answers_count(study: str, year: int, question: str) -> ResponseReturnValue:
    """Put the codes of a question into the figures: the next edition of the wave."""
    from surveyapp.reports.coded_figures import put_into_figures
    from surveyapp.web.console.answers_forms import ReasonForm

    form = ReasonForm()
    if not form.validate():
        return _coding_page(study, year, question, form)
    data = services().live.data(study, year)
    try:
        with writing() as database:
            frame = wave_frame(database, study, year)
            put_into_figures(database, data, question, actor(), form.reason.data)
    except WrongState as refused:
        return _coding_page(study, year, question, form, told(refused, current()))
    flash(translate("The codes are in the figures; the wave has its next edition."), "success")
    return to_coding(frame, question)


@blueprint.get("/<study>/<int:year>/answers/<question>/coding.xlsx")
@requires(SEES_CASES)
@reads_answers
def answers_book(study: str, year: int, question: str) -> ResponseReturnValue:
    """One's own codes as a workbook, to go on with in a spreadsheet."""
    from surveyapp.exports.own_codes import own_book

    data = services().live.data(study, year)
    try:
        book, name = own_book(services().database, data, question, actor(), current(), salt=secret())
    except WrongState as refused:
        flash(told(refused, current()), "info")
        with reading_primary() as database:
            return to_coding(wave_frame(database, study, year), question)
    answer = Response(book, mimetype=BOOK)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.post("/<study>/<int:year>/answers/<question>/coding/book")
@requires(SEES_CASES)
@reads_answers
def answers_take_book(study: str, year: int, question: str) -> ResponseReturnValue:
    """Take one's own codes in from such a workbook: all of it, or nothing where a row is wrong."""
    from surveyapp.exports.own_codes import take_own_codes
    from surveyapp.web.console.answers_forms import CodingFileForm, ReasonForm

    form, data = CodingFileForm(), services().live.data(study, year)
    taken = 0
    if form.validate():
        with closing(form.file.data) as sent:
            content = sent.read()
        try:
            taken = take_own_codes(services().database, data, question, actor(), content, salt=secret())
        except (ListRefused, WrongState) as refused:
            form.file.errors = [told(refused, current())]
    if form.errors or form.file.errors:
        return _coding_page(study, year, question, ReasonForm(formdata=None), sent=form)
    flash(
        translate_plural("%(count)s answer was coded.", "%(count)s answers were coded.", taken, count=whole(taken)),
        "success",
    )
    with reading_primary() as database:
        return to_coding(wave_frame(database, study, year), question)
