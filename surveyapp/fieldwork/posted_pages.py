"""What becomes of a page that is sent in: one function, whose outcomes are the classes above it.

| outcome               | when                                                            | what is kept             |
|-----------------------|-----------------------------------------------------------------|--------------------------|
| `Saved`               | everything on it can be stored, and was asked about at most once | the page                |
| `Left`                | *previous*, or *save*: the person may go whatever stands on it  | what parses; a draft     |
| `AskedBack`           | a mistake; something skipped or unlikely, the first time        | a draft, if one holds it |
| `Conflict`            | the page was saved elsewhere, with other answers                | a draft, if one holds it |
| `Staying`             | the language, one answer taken back, the answers of elsewhere   | a draft                  |
| `Ended`               | its answers end the questionnaire, or it is over already        | the page; nothing        |
| `Closed`              | no answers come in any more, or not from this browser           | nothing                  |
| `Gone`                | nobody is asked this page, or no page of ours sends such a form | nothing                  |

Whatever is not kept here stands in the outcome's answer, to be read and copied: nothing typed is lost without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from surveyapp.engine.answers import Answers, PageCheck, Problem, Value, field_name
from surveyapp.engine.plan import plan
from surveyapp.engine.route import next_page, previous_page, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.errors import AnswersRefused
from surveyapp.fieldwork import case_state, continuing, givers, interviews, page_drafts, resume_codes
from surveyapp.fieldwork.asked_case import AskedCase, LostAnswer, Typed
from surveyapp.fieldwork.case_state import CaseState, PostedPage
from surveyapp.fieldwork.continuing import LONGEST_DRAFT_TEXT
from surveyapp.instrument.model import SKIPPED
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """What became of it."""

    apart: Mapping[str, Value] = field(default_factory=dict)  # must not stand beside answers: the browser keeps it
    case: CaseState | None = None  # as it is now; absent: as it was read
    is_draft: bool = False  # a draft holds it, so that the page itself shows it, with what is to be said of it


@dataclass(frozen=True, slots=True)
class Saved(PageOutcome):
    """The page is saved; the person goes to this page, or to the review."""

    page: str | None


@dataclass(frozen=True, slots=True)
class Left(PageOutcome):
    """The person goes back to this page, or later on with this code."""

    page: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class AskedBack(PageOutcome):
    """Something needs attention."""

    form: PostedPage
    problems: tuple[Problem, ...] = ()
    prompts: tuple[Problem, ...] = ()
    no_switch: bool = False  # why it stays: its text would take the place of another tab's on the way to a language


@dataclass(frozen=True, slots=True)
class Conflict(PageOutcome):
    """Another tab saved the page: the person says which of both counts."""

    check: PageCheck


@dataclass(frozen=True, slots=True)
class Staying(PageOutcome):
    """The page stays before the person: in this language, or with this question's answer taken back."""

    language: str | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Ended(PageOutcome):
    """The questionnaire is over: ``complete`` or ``screened_out``."""

    state: str


@dataclass(frozen=True, slots=True)
class Closed(PageOutcome):
    """Nothing comes in any more: ``sent``, ``closed``, ``ended`` (the case is not there any more), ``elsewhere``."""

    why: Literal["sent", "closed", "ended", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Gone(PageOutcome):
    """The page is not one of this questionnaire's, not on this person's path, or cannot be read."""

    why: Literal["unknown", "unasked", "unread"]
    answers: tuple[LostAnswer, ...] = ()


def take_in(session: Session, interview: AskedCase, form: PostedPage) -> PageOutcome:
    """What becomes of a page that is sent in.

    What can be told from the interview as it was read comes first: the session is not used before something is stored.

    Parameters
    ----------
    session : of one transaction, which the caller commits whatever comes out of it

    Raises
    ------
    NotFound       the case is not there any more
    WrongState     it was sent or closed on another connection since it was read: take back what was stored, and ask
                   `too_late`
    """
    over = _over(interview, form)
    if over is not None:
        return over
    if form.page not in interview.questionnaire.by_id:
        return Gone("unknown")
    if form.page in interview.hidden:  # answered on the other device while it was open here
        return Closed("elsewhere")
    try:
        return _taken(session, interview, form)
    except AnswersRefused:
        return unreadable(interview, form.page, form.answers)


def too_late(session: Session, interview: AskedCase, form: PostedPage) -> PageOutcome:
    """What becomes of a page for which the case was not open any more when it was to be stored.

    Raises
    ------
    NotFound     the case is not there any more
    """
    newest = interview.with_case(continuing.newest(session, interview.case))
    return replace(_over(newest, form) or Closed("elsewhere"), case=newest.case)


def unreadable(interview: AskedCase, page: str, typed: Typed) -> Gone:
    """What becomes of a page of which nothing can be stored: its questions are not asked, or it is not ours."""
    answers = () if page in interview.hidden else tuple(interview.lost_answers(page, typed))
    is_away = page in interview.questionnaire.by_id and page not in interview.path_pages()
    return Gone("unasked" if is_away else "unread", answers)


# ------------------------------------------------------------------------------------------------------------ outcomes
def _over(interview: AskedCase, form: PostedPage) -> Ended | Closed | None:
    """How it ends where nothing comes in any more; None while it does."""
    case = interview.case
    if case.is_open:
        return None
    if case.state == "complete" and form.page in interview.questionnaire.by_id:
        read = interview.answers_with(form.page, form.answers)
        if _given(read) != _given(interview.answers):  # it says something else than what was sent of it with the whole
            return Closed("sent")
    if case.state in ("complete", "screened_out"):
        return Ended(case.state)
    return Closed("closed" if case.state == "started" else "ended")


def _given(answers: Answers) -> dict[str, Value]:
    return {name: value for name, value in answers.items() if value != SKIPPED}


def _taken(session: Session, interview: AskedCase, form: PostedPage) -> PageOutcome:
    """How a page ends whose questionnaire is open."""
    if form.action == "elsewhere":  # what stood here is let go, as its owner says
        page_drafts.let_go(session, interview, form)
        return Staying()
    too_long = any(len(text) > LONGEST_DRAFT_TEXT for texts in form.answers.values() for text in texts)
    if too_long and form.action != "next":  # more than a draft can hold: nothing is left before it is shorter
        return _asked_back(session, interview, form, interview.check(form.page, form.answers))
    if form.action == "language":
        return _switched(session, interview, form)
    if form.action.startswith("clear:"):
        return _cleared(session, interview, form)
    check = interview.check(form.page, form.answers)
    if form.action in ("previous", "save"):
        return _left(session, interview, form, check)
    asked = _asked_before(interview, form)
    if check.problems or any(prompt.variable not in asked for prompt in check.prompts):
        return _asked_back(session, interview, form, check)
    result = _save(session, interview, form, check.values)
    if result.outcome == "conflict":
        return _conflict(session, interview.with_case(result.case), form, check, check.values)
    after, apart = interview.with_case(result.case), _apart(interview, check.values)
    if after.is_ended:
        interviews.screen_out(session, result.case)
        return Ended("screened_out", apart=apart)
    if form.then == "review":
        return Saved(after.new_page, apart=apart)
    return Saved(next_page(after.questionnaire, after.case.answers, after.language, form.page), apart=apart)


def _asked_before(interview: AskedCase, form: PostedPage) -> frozenset[str]:
    """The questions of this page that were asked about before; a form can name anything."""
    own = frozenset(question.name for question in interview.questionnaire.by_id[form.page].questions())
    return own & frozenset(form.prompted.split())


def _save(session: Session, interview: AskedCase, form: PostedPage, values: Mapping[str, Value]) -> case_state.PageSave:
    """Save the page's values, but for what is stored apart: that stays in the browser until its own form is sent."""
    result = interviews.save_page(
        session,
        interview.case,
        form.page,
        {name: value for name, value in values.items() if not interview.is_apart(name)},
        expected_seq=form.expected,
        client_key=form.client_key,
        language=interview.language,
        seconds=form.seconds,
        prompts=len(_asked_before(interview, form)),
    )
    if result.let_go is not None:
        page_drafts.put_back(session, interview, interview.with_case(result.case), form, result.let_go)
    return result


def _asked_back(session: Session, interview: AskedCase, form: PostedPage, check: PageCheck) -> AskedBack:
    """The page once more, with what needs attention."""
    is_draft = _is_drafted(session, interview, form, check)
    apart = _apart(interview, check.values) if is_draft else {}
    return AskedBack(form, check.problems, check.prompts, apart=apart, is_draft=is_draft)


def _conflict(
    session: Session, newest: AskedCase, form: PostedPage, check: PageCheck, values: Mapping[str, Value]
) -> Conflict | Closed:
    """The page once more, beside what another tab saved: its draft says that it was typed over an older save.

    There is one place for such a text: that of a third tab stands on the page that answers it.
    """
    apart = _apart(newest, values)
    now = replace(newest.case, may_be_shared=True)  # what was known of it when the request began is over
    if form.page in replace(newest, foreign=givers.foreign_pages(session, now)).hidden:
        return Closed("elsewhere", apart=apart, case=newest.case)
    is_draft = _is_drafted(session, newest, form, check)
    if is_draft:
        apart |= _apart(newest, check.values)
    return Conflict(check, apart=apart, case=newest.case, is_draft=is_draft)


def _is_drafted(session: Session, interview: AskedCase, form: PostedPage, check: PageCheck) -> bool:
    """Keep a page that is not saved; False when no draft can hold what was typed, and the answer itself must."""
    if any(interview.is_apart(problem.variable) for problem in check.problems):
        return False
    return page_drafts.keep(session, interview, form, is_asked=True) == "whole"


def _apart(interview: AskedCase, values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if interview.is_apart(name)}


def _left(session: Session, interview: AskedCase, form: PostedPage, check: PageCheck) -> PageOutcome:
    """Previous, or later: what parses is saved, the rest is kept as a draft; nothing is asked."""
    stored, apart = interview.answers, dict[str, Any]()
    values = {name: value for name, value in check.values.items() if value != SKIPPED or name in stored}
    is_whole = not check.problems and len(values) == len(check.values)
    if values and any(stored.get(name) != value for name, value in values.items()):
        result = _save(session, interview, form, values)
        interview, apart = interview.with_case(result.case), _apart(interview, values)
        if result.outcome == "conflict":
            return _conflict(session, interview, form, check, values)
        form = replace(form, expected=interview.case.expected_seq(form.page))
    is_empty = not any(text for texts in form.answers.values() for text in texts)
    if is_whole or is_empty:  # as it is stored, or emptied: what was typed before is not wanted any more
        page_drafts.let_go(session, interview, form)
    else:  # who comes back after a mistake is told why it was not saved
        is_asked = bool(check.problems) and form.action == "save"
        kept = page_drafts.keep(session, interview, form, is_asked=is_asked)
        if kept == "taken" and check.problems:  # what does not parse has no place: it is mended before one leaves
            return AskedBack(form, check.problems, apart=apart, case=interview.case)
    if form.action == "save":
        return Left(form.page, resume_codes.make_resume_code(session, interview.case), apart=apart)
    before = previous_page(interview.questionnaire, interview.case.answers, interview.language, form.page)
    return Left(before or form.page, apart=apart)


def _switched(session: Session, interview: AskedCase, form: PostedPage) -> PageOutcome:
    """The same page in the other language, with everything on it as it was: kept as a draft, not checked."""
    other = next((each for each in interview.instrument.languages if each != interview.language), None)
    if other is None:
        raise AnswersRefused("This study is in one language.")
    answers = interview.answers_with(form.page, form.answers)
    seen = visible_page(interview.questionnaire, form.page, answers, interview.language)
    if not seen.items:
        return Gone("unknown")
    # A number that was understood is written as the other language writes it; anything else stays as typed.
    typed = dict(form.answers)
    owners = plan(interview.questionnaire).page(form.page).owners
    for name, values in typed_from(seen, answers, other).items():
        if name in typed and owners[name].handler.is_spelled:
            typed[name] = values
    apart = _apart(interview, {each.name: answers[each.name] for each in seen.questions if each.name in answers})
    if page_drafts.keep_as_typed(session, interview, replace(form, answers=typed)) == "taken":
        return AskedBack(form, no_switch=True, apart=apart)
    interviews.switch_language(session, interview.case, other)
    return Staying(other, apart=apart)


def _cleared(session: Session, interview: AskedCase, form: PostedPage) -> PageOutcome:
    """The page with one answer taken back; nothing is saved until the person goes on."""
    if form.page not in interview.path_pages():
        return Gone("unknown")
    name = form.action.removeprefix("clear:")
    gone = tuple(field_name(name, part) for part in ("", "missing", "other"))
    typed = {each: values for each, values in form.answers.items() if each not in gone}
    if page_drafts.keep(session, interview, replace(form, answers={**typed, field_name(name): [""]})) == "taken":
        return AskedBack(replace(form, answers=typed))
    return Staying(question=name)
