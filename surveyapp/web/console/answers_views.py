"""The addresses of open answers: the questions, who may read them, their answers, quotations.

Reading is a right of its own, on top of the role: who has not got it is led to where it says whom to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import told
from surveyapp.errors import WrongState
from surveyapp.web.accounts import SEES_CASES, actor, note, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import WaveFrame, wave_frame
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading, reading_primary, services, writing

P = ParamSpec("P")
READ = "answers.read"
"""What the audit log calls it."""


def reads_answers(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let only accounts through that were given the right to read the open answers of the study."""

    @wraps(view)
    def guarded(*arguments: P.args, **named: P.kwargs) -> ResponseReturnValue:
        from surveyapp.web.console.answers_page import may_read_here

        study, year = str(named["study"]), named["year"]
        with reading_primary() as database:
            frame = wave_frame(database, study, int(str(year)))
            if not may_read_here(database, study):
                flash(translate("Reading open answers is a right of its own; an administrator can give it."), "info")
                return redirect(frame.address("console.answers"), 303)
        return view(*arguments, **named)

    return guarded


@blueprint.get("/<study>/<int:year>/answers")
@requires(SEES_CASES)
def answers(study: str, year: int) -> ResponseReturnValue:
    """The open questions of the wave, how far each is coded, and who may read."""
    from surveyapp.web.console.answers_page import answers_page

    data = services().live.data(study, year)
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = answers_page(database, frame, data)
    return render_template("console/answers/page.html", wave=frame, page=page)


@blueprint.post("/<study>/<int:year>/answers/readers")
@requires("admin")
def answers_readers(study: str, year: int) -> ResponseReturnValue:
    """Say which accounts may read."""
    from surveyapp.fieldwork.coding import set_readers
    from surveyapp.web.console.answers_forms import ReadersForm
    from surveyapp.web.console.answers_page import possible_readers

    form = ReadersForm()
    with writing() as database:
        frame = wave_frame(database, study, year)
        could = {email for email, _ in possible_readers(database, study)}
        if form.validate():
            set_readers(database, study, [one for one in form.accounts() if one in could], actor())
    flash(translate("Who may read open answers is saved; each change is in the audit log."), "success")
    return redirect(frame.address("console.answers", _anchor="readers"), 303)


@blueprint.get("/<study>/<int:year>/answers/<question>")
@requires(SEES_CASES, takes=("q", "role", "language", "filter", "part"))
@reads_answers
def answers_read(study: str, year: int, question: str) -> ResponseReturnValue:
    """The answers to one question, searched and filtered; each page that is looked at is noted."""
    from surveyapp.web.console.answers_reading import reader_page

    data = services().live.data(study, year)
    with reading() as database:
        frame = wave_frame(database, study, year)
    page = reader_page(frame, data, question)
    if page.lines:
        choice = page.choice
        asked = {"role": choice.role, "language": choice.language, "filter": choice.filter, "page": page.page}
        said = {name: value for name, value in asked.items() if value}
        note(READ, f"{study} {year}", question=question, is_searched=bool(choice.search), **said)
    return render_template("console/answers/reader.html", wave=frame, page=page)


@blueprint.get("/<study>/<int:year>/answers/<question>/quotations")
@requires(SEES_CASES)
@reads_answers
def answers_quotations(study: str, year: int, question: str) -> ResponseReturnValue:
    """The quotations of a question that were released."""
    from surveyapp.reports.open_answers import open_question
    from surveyapp.reports.quotations import quotations

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        listed = quotations(database, study, year, question)
    variable = open_question(frame.instrument, question)
    return render_template("console/answers/quotations.html", wave=frame, quotations=listed, variable=variable)


@blueprint.post("/<study>/<int:year>/answers/<question>/quotations/<quotation>/withdraw")
@requires(SEES_CASES)
@reads_answers
def answers_unquote(study: str, year: int, question: str, quotation: str) -> ResponseReturnValue:
    """Take a quotation back."""
    from surveyapp.reports.quotations import withdraw_quotation

    with writing() as database:
        frame = wave_frame(database, study, year)
        withdraw_quotation(database, study, year, quotation, actor=actor())
    flash(translate("The quotation is taken back. Books that were made before still hold it."), "success")
    return redirect(frame.address("console.answers_quotations", question=question), 303)


@blueprint.route("/<study>/<int:year>/answers/<question>/quote/<answer>", methods=["GET", "POST"])
@requires(SEES_CASES)
@reads_answers
def answers_quote(study: str, year: int, question: str, answer: str) -> ResponseReturnValue:
    """An answer with what may name somebody pointed out, and the words to release."""
    from surveyapp.web.console.answers_quoting import QuoteForm, quote_page, release

    data = services().live.data(study, year)
    form = QuoteForm()
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = quote_page(database, frame, data, question, answer)
    if request.method == "POST" and form.validate():
        try:
            release(frame, question, page, form.words.data)
        except WrongState as refused:
            form.words.errors = [told(refused, current())]
        else:
            flash(translate("The quotation is released: it stands with the figures of its code."), "success")
            return redirect(frame.address("console.answers_quotations", question=question), 303)
    words = form.words.data if request.method == "POST" else page.masked
    status = 422 if request.method == "POST" else 200
    return render_template("console/answers/quote.html", wave=frame, page=page, form=form, words=words), status


def to_coding(frame: WaveFrame, question: str) -> ResponseReturnValue:
    """Back to the page about the coding of a question."""
    return redirect(frame.address("console.answers_coding", question=question), 303)
