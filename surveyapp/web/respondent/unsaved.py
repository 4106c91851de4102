"""A page that was answered and is not saved: kept as a draft, so that its own address shows how it stands.

Were such a page the answer to its post, the browser's Back and Reload would ask to send the form again, and a lost
browser would take the text with it. What needs attention is therefore kept and the person sent to the page itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from surveyapp.engine.answers import PageCheck
from surveyapp.engine.route import path
from surveyapp.engine.validate import check_page
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.interviews import Draft, Kept
from surveyapp.web import languages
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.drawing import again, conflict_page, split_apart, typed_before
from surveyapp.web.respondent.forms import Posted
from surveyapp.web.respondent.interview import Interview
from surveyapp.web.respondent.overview import UNANSWERED
from surveyapp.web.sessions import writing


def keep_draft(
    session: Session,
    interview: Interview,
    page: str,
    form: Posted,
    typed: Mapping[str, Sequence[str]] | None = None,
    *,
    expected: int | None = None,
    is_asked: bool = False,
) -> Kept:
    """Keep what stands in the page's own fields: a field it does not have was never asked, and is not stored.

    Parameters
    ----------
    typed :    the fields; absent: as the form brought them
    expected : number of the save that the text was typed over; absent: the form's

    Returns
    -------
    whether all of it could be kept, letter by letter, and the text of no other tab stood in its place
    """
    own, _ = split_apart(interview, page, form.answers if typed is None else typed)
    draft = Draft(
        typed=own,
        expected=form.expected if expected is None else expected,
        seconds=form.seconds,
        prompted=form.prompted,
        is_asked=is_asked,
        client_key=form.client_key,
        turn=form.turn,
    )
    return interviews.keep_draft(session, interview.case, page, draft, drawn=form.drawn)


def keep_typing(session: Session, interview: Interview, page: str, form: Posted) -> Kept:
    """Keep a page as it stands while somebody types, or turns to the other language; what was asked stays asked."""
    before = interviews.draft(session, interview.case, page)
    if before is None:
        return keep_draft(session, interview, page, form)
    if before.overtook(form.client_key, form.turn):
        return "whole"  # with what came later
    base = min(before.expected, form.expected)  # a text that another tab's save has not been settled with stays so
    return keep_draft(session, interview, page, form, expected=base, is_asked=before.is_asked)


def let_go(session: Session, interview: Interview, page: str, form: Posted) -> None:
    """Forget the draft that this form brought or was drawn from; the text of another tab stays."""
    newest = interviews.newest(session, interview.case)  # no other tab comes in between
    kept = interviews.draft(session, newest, page)
    if kept is not None and kept.gives_way(form.client_key, form.drawn):
        interviews.forget_draft(session, newest, page)


def put_back(session: Session, before: Interview, after: Interview, page: str, form: Posted, gone: Draft) -> None:
    """Keep a draft that went with a save and is of another tab: it stands beside what was saved when it is opened.

    Parameters
    ----------
    before, after : the interview before this save and after it: a draft that says no more than either is let go
    """
    if gone.gives_way(form.client_key, form.drawn):
        return
    if _says_more(before, page, gone) and _says_more(after, page, gone):
        interviews.keep_draft(session, after.case, page, gone)


def asked_back(interview: Interview, page: str, form: Posted, check: PageCheck) -> ResponseReturnValue:
    """The page once more, with what needs attention."""
    if _is_kept(interview, page, form, check):
        return to_itself(page, form)
    return again(interview, page, form, 422, problems=check.problems, prompts=check.prompts)


def conflicting(interview: Interview, page: str, form: Posted, check: PageCheck) -> ResponseReturnValue:
    """The page once more, beside what another tab saved: its draft says that it was typed over an older save.

    There is one place for such a text: that of a third tab stands on the page that answers it.
    """
    if _is_kept(interview, page, form, check):
        return to_itself(page, form)
    return conflict_page(interview, page, form, check, 409)


def _is_kept(interview: Interview, page: str, form: Posted, check: PageCheck) -> bool:
    """Keep a page that is not saved; False when no draft can hold what was typed, and the answer itself must."""
    if any(is_apart(interview, problem.variable) for problem in check.problems):
        return False
    with writing() as session:
        if keep_draft(session, interview, page, form, is_asked=True) != "whole":
            return False
    for name, value in check.values.items():
        if is_apart(interview, name):
            visits.keep_apart(name, value)
    return True


def waiting(session: Session, interview: Interview) -> tuple[str, ...]:
    """Pages on which something stands in this browser that is not what is stored, in the order of the path."""
    walked = path(interview.questionnaire, interview.answers, languages.current()).pages
    pages = [seen.page.id for seen in walked if seen.page.id not in interview.hidden]
    kept = interviews.drafts(session, interview.case, pages)
    return tuple(page for page in pages if page in kept and _says_more(interview, page, kept[page]))


def settle(session: Session, interview: Interview, page: str) -> None:
    """Let go of a draft that says what is stored."""
    kept = interviews.draft(session, interview.case, page)
    if kept is not None and not _says_more(interview, page, kept):
        interviews.forget_draft(session, interview.case, page)


def _says_more(interview: Interview, page: str, draft: Draft) -> bool:
    typed = typed_before(interview, page, draft.typed)
    try:
        check = check_page(interview.questionnaire, page, interview.answers, typed, languages.current())
    except (AnswersRefused, NotFound):  # a draft is not checked when it is kept
        return False
    stored = interview.answers
    return bool(check.problems) or any(
        (None if value in UNANSWERED else value) != (None if stored.get(name) in UNANSWERED else stored.get(name))
        for name, value in check.values.items()
    )


def to_itself(page: str, form: Posted, language: str | None = None) -> ResponseReturnValue:
    """To the page's own address, in another language where one is given."""
    return redirect(address("page", language, page=page, **({"then": form.then} if form.then else {})), 303)


def is_apart(interview: Interview, name: str) -> bool:
    """Whether a variable is stored apart from the answers."""
    variable = interview.instrument.variables.get(name)
    return variable is not None and variable.is_stored_apart
