"""After the last page: everything to look over once more, and sending it."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.engine.route import on_path
from surveyapp.fieldwork import continuing, interviews, network_counts, resume_codes
from surveyapp.fieldwork.page_drafts import waiting
from surveyapp.web.networks import network_of_respondent
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.drawn_pages import saves_of
from surveyapp.web.respondent.interview import Interview, current, found
from surveyapp.web.respondent.overview import overview, page_titles
from surveyapp.web.sessions import reading_primary, secret, writing


def review() -> ResponseReturnValue:
    """Everything that was answered, to look over; or sent in."""
    if request.method == "POST":
        return _sent()
    with reading_primary() as database:
        interview = current(database)
        unsaved = waiting(database, interview)
    unseen = _unseen(interview)
    if unseen:
        return redirect(unseen, 303)
    return render_template(
        "respondent/review.html",
        frame=interview.frame("review"),
        overview=overview(interview),
        is_partial=bool(interview.hidden),
        is_newer=visits.was_asked("newer"),
        unsaved=unsaved,
        titles=page_titles(interview, unsaved),
        revision=interview.case.revision,
        saves=saves_of(interview),
        owner=visits.owner(),
        page_address=lambda page: address("page", page=page, then="review"),
        last=address("page", page=interview.path_pages()[-1]),
        action=address("review"),
    )


def _unseen(interview: Interview) -> str:
    """The address of the first page that still has something to ask; empty when there is none."""
    page = interview.new_page
    return address("page", page=page, then="review") if page else ""


def _sent() -> ResponseReturnValue:
    """Send what was looked over; whatever is newer than the review in hand is shown first."""
    with writing() as database:
        interview = found(database)
        if interview is None:
            return redirect(address("resume"), 303)
        if interview.case.state != "started":
            return redirect(address("done"), 303)
        interview = interview.with_case(continuing.newest(database, interview.case))
        interview.case.require_open()  # closed in the meantime: told where that is handled
        unseen = _unseen(interview)
        if unseen:
            return redirect(unseen, 303)
        if request.form.get("revision", str(interview.case.revision)) != str(interview.case.revision):
            visits.ask("newer")
            return redirect(address("review"), 303)
        if frozenset(waiting(database, interview)) - frozenset(request.form.get("unsaved", "").split()):
            return redirect(address("review"), 303)
        counted = on_path(interview.questionnaire, interview.case.answers, interview.language)
        interviews.send(database, interview.case, counted)
        if not interview.case.is_test:
            wave, network = interview.instrument.wave, network_of_respondent(request.remote_addr)
            network_counts.note_sent(database, interview.instrument.study.id, wave.year, network, secret())
        visits.show_code(resume_codes.make_resume_code(database, interview.case))  # it stands on the receipt
    return redirect(address("done"), 303)
