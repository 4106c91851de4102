"""What was typed on a page and is not saved, judged by its questionnaire: kept, told from what is stored, let go."""

from __future__ import annotations

from typing import Literal

from surveyapp.engine.answers import UNANSWERED
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.fieldwork import continuing
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.fieldwork.case_state import Draft, PostedPage
from surveyapp.fieldwork.continuing import Kept
from surveyapp.storage.database import Session


def keep(
    session: Session, interview: AskedCase, form: PostedPage, *, expected: int | None = None, is_asked: bool = False
) -> Kept:
    """Keep what stands in the page's own fields: a field it does not have was never asked, and is not stored.

    Parameters
    ----------
    expected : number of the save that the text was typed over; absent: the form's

    Returns
    -------
    whether all of it could be kept, letter by letter, and the text of no other tab stood in its place
    """
    beside, _ = interview.own_fields(form.page, form.answers)
    draft = Draft(
        typed=beside,
        expected=form.expected if expected is None else expected,
        seconds=form.seconds,
        prompted=form.prompted,
        is_asked=is_asked,
        client_key=form.client_key,
        turn=form.turn,
    )
    return continuing.keep_draft(session, interview.case, form.page, draft, drawn=form.drawn)


def keep_as_typed(session: Session, interview: AskedCase, form: PostedPage) -> Kept:
    """Keep a page as it stands while somebody types, or turns to the other language; what was asked stays asked."""
    before = continuing.draft(session, interview.case, form.page)
    if before is None:
        return keep(session, interview, form)
    if before.overtook(form.client_key, form.turn):
        return "whole"  # with what came later
    base = min(before.expected, form.expected)  # a text that another tab's save has not been settled with stays so
    return keep(session, interview, form, expected=base, is_asked=before.is_asked)


def keep_typing(session: Session, interview: AskedCase, form: PostedPage) -> Kept | Literal["late"]:
    """Keep what was typed and not sent in: never checked, never counted.

    What a browser kept while it had no connection and finds again (*recall*) is never too late: the page then shows it
    beside what was saved since, unless it says the same.

    Returns
    -------
    what became of it (`keep`); ``late`` when the page was saved meanwhile

    Raises
    ------
    NotFound     the page is not on this person's path
    """
    if form.page not in interview.path_pages():
        raise NotFound(f"Page {form.page} is not on this path.")
    # A save of this page may be under way on another connection; it is over once the case can be held.
    newest = continuing.newest(session, interview.case)
    if form.action != "recall" and form.expected != newest.expected_seq(form.page):
        return "late"
    kept = keep_as_typed(session, interview, form)
    if form.action == "recall" and kept == "whole":
        _settle(session, interview.with_case(newest), form.page)
    return kept


def let_go(session: Session, interview: AskedCase, form: PostedPage) -> None:
    """Forget the draft that this form brought or was drawn from; the text of another tab stays."""
    newest = continuing.newest(session, interview.case)  # no other tab comes in between
    kept = continuing.draft(session, newest, form.page)
    if kept is not None and kept.gives_way(form.client_key, form.drawn):
        continuing.forget_draft(session, newest, form.page)


def put_back(session: Session, before: AskedCase, after: AskedCase, form: PostedPage, gone: Draft) -> None:
    """Keep a draft that went with a save and is of another tab: it stands beside what was saved when it is opened.

    Parameters
    ----------
    before, after : the interview before this save and after it: a draft that says no more than either is let go
    """
    if gone.gives_way(form.client_key, form.drawn):
        return
    if _says_more(before, form.page, gone) and _says_more(after, form.page, gone):
        continuing.keep_draft(session, after.case, form.page, gone)


def _settle(session: Session, interview: AskedCase, page: str) -> None:
    """Let go of a draft that says what is stored."""
    kept = continuing.draft(session, interview.case, page)
    if kept is not None and not _says_more(interview, page, kept):
        continuing.forget_draft(session, interview.case, page)


def waiting(session: Session, interview: AskedCase) -> tuple[str, ...]:
    """Pages on which something stands in this browser that is not what is stored, in the order of the path."""
    pages = [page for page in interview.path_pages() if page not in interview.hidden]
    kept = continuing.drafts(session, interview.case, pages)
    return tuple(page for page in pages if page in kept and _says_more(interview, page, kept[page]))


def _says_more(interview: AskedCase, page: str, draft: Draft) -> bool:
    try:
        check = interview.check(page, interview.typed_with_apart(page, draft.typed))
    except (AnswersRefused, NotFound):  # a draft is not checked when it is kept
        return False
    stored = interview.answers
    return bool(check.problems) or any(
        (None if value in UNANSWERED else value) != (None if stored.get(name) in UNANSWERED else stored.get(name))
        for name, value in check.values.items()
    )
