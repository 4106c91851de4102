"""The pages of the questionnaire, drawn: as stored, as typed, with what is wrong, beside another tab's answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.engine.answers import PageCheck, Problem
from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.plan import plan
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.fieldwork.case_state import CONSENT_PAGE, Draft, PostedPage
from surveyapp.instrument.model import SKIPPED
from surveyapp.web.languages import translate as _
from surveyapp.web.languages import translate_plural
from surveyapp.web.questionnaire.pages import PageView, page_view
from surveyapp.web.rendering import made_up_people
from surveyapp.web.respondent import forms, visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.interview import Interview
from surveyapp.web.respondent.kept_pages import filled_in
from surveyapp.web.respondent.typography import note_unbroken, unbroken
from surveyapp.web.security import form_token


@dataclass(frozen=True, slots=True)
class Difference:
    """One question on which two tabs disagree."""

    question: str
    elsewhere: str
    here: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say above the page."""

    kind: str
    title: str
    text: str
    differences: tuple[Difference, ...] = ()


def drawn(
    interview: Interview,
    view: PageView,
    *,
    status: int = 200,
    expected: int | None = None,
    since: int | None = None,
    then: str | None = None,
    notice: Notice | None = None,
    texts: Collection[str] = (),
) -> ResponseReturnValue:
    """The page as a response; ``texts`` are the drafts and forms whose text it shows."""
    # Whoever is asked whether a number is right has answered, and whoever only meets new questions has skipped none:
    # only those who skipped something go on without an answer.
    skipped = all(prompt.skipped for prompt in view.prompts) and any(not prompt.appeared for prompt in view.prompts)
    frame, answered = interview.frame(), request.method == "POST"
    then = ("review" if forms.is_review() else "") if then is None else then
    own = {
        "csrf_token": form_token(),
        "owner": visits.owner(),
        "client_key": forms.client_key(),
        "expected": interview.case.expected_seq(view.id) if expected is None else expected,
        "since": since or forms.now(),
        "saves": saves_of(interview),
        "drawn": " ".join(texts),
        "leave": frame.leave,
    }

    def page(own: Mapping[str, Any]) -> str:
        made = render_template(
            "respondent/page.html",
            **{**own, "csrf_token": lambda: own["csrf_token"]},
            frame=replace(frame, leave=own["leave"]) if frame.leave else frame,
            view=view,
            address=addresses_of(view.id),
            then=then,
            notice=notice,
            prompt_title=_prompt_title(view),
            prompt_text=_("You can also continue without answering.") if skipped else "",
            passes=skipped and not view.faults,
            answered=answered,
        )
        return unbroken(made)

    note_unbroken()
    if view.is_personal or notice:
        return make_response(page(own), status)
    key = (interview.instrument.hash, made_up_people(), addresses_of(view.id)["page"], view, then, skipped, answered)
    shown = (frame.home, frame.other, frame.other_address, bool(frame.leave), frame.is_sent, frame.is_test)
    return make_response(filled_in((*key, *shown), own, page), status)


def saves_of(interview: Interview) -> str:
    """Which save each page is at, as ``page:number`` with spaces: by it a browser knows what it need not keep."""
    shown = interview.case.pages.keys() - interview.hidden - {CONSENT_PAGE}
    return " ".join(f"{page}:{interview.case.pages[page]}" for page in sorted(shown))


def again(
    interview: Interview,
    form: PostedPage,
    status: int,
    *,
    problems: Sequence[Problem] = (),
    prompts: Sequence[Problem] = (),
    expected: int | None = None,
    notice: Notice | None = None,
) -> ResponseReturnValue:
    """The page once more with everything that was typed; where the person belongs if it is not on the path."""
    view = view_of(interview, form, problems, prompts)
    if view is None:
        return redirect(interview.going_on(), 303)
    expected = form.expected if expected is None else expected
    return drawn(
        interview,
        view,
        status=status,
        expected=expected,
        since=form.since,
        then=form.then,
        notice=notice,
        texts=(*form.drawn, form.client_key) if form.client_key else form.drawn,
    )


def view_of(
    interview: Interview,
    form: PostedPage,
    problems: Sequence[Problem] = (),
    prompts: Sequence[Problem] = (),
) -> PageView | None:
    """The page as its form came, with what is wrong with it; None when it is not on this path."""
    return page_view(
        interview,
        form.page,
        typed=form.answers,
        drawn_with=interview.answers_with(form.page, form.answers),
        problems=problems,
        prompts=prompts,
        prompted=form.prompted,
    )


def draft_page(interview: Interview, page: str, draft: Draft) -> ResponseReturnValue:
    """A page that was not saved: as it was typed, with what needs attention or what was saved elsewhere since."""
    form = PostedPage(
        page,
        interview.typed_with_apart(page, draft.typed),
        expected=draft.expected,
        since=forms.now() - draft.seconds,
        prompted=draft.prompted,
        then="review" if forms.is_review() else "",
        drawn=(draft.mark,),
    )
    is_older = draft.expected != interview.case.expected_seq(page)
    if not (draft.is_asked or is_older):
        return again(interview, form, 200)
    try:
        check = interview.check(page, form.answers)
    except (AnswersRefused, NotFound):  # a draft is not checked when it is kept
        return again(interview, form, 200)
    if is_older:
        return conflict_page(interview, form, check, 200)
    return again(interview, form, 200, problems=check.problems, prompts=check.prompts)


def conflict_page(interview: Interview, form: PostedPage, check: PageCheck, status: int) -> ResponseReturnValue:
    """This page was saved in another tab: both texts, and the person says which one counts."""
    differences = tuple(_differences(interview, form, check))
    if not differences:
        problems, prompts = (check.problems, check.prompts) if status == 200 else ((), ())
        expected = interview.case.expected_seq(form.page)
        return again(interview, form, status, problems=problems, prompts=prompts, expected=expected)
    notice = Notice(
        "warning",
        _("This page was changed elsewhere"),
        _("You saved this page in another tab or on another device. Nothing was overwritten. "
          "If you save now, what stands on this page counts."),
        differences,
    )  # fmt: skip
    return again(interview, form, status, expected=interview.case.expected_seq(form.page), notice=notice)


def no_switch() -> Notice:
    """Why a page stays in its language: its text would have to take the place of another tab's on the way."""
    return Notice(
        "warning",
        _("The language was not changed"),
        _("In another tab you typed something else on this page, and that is kept too. Save this page first, then "
          "change the language."),
    )  # fmt: skip


def _differences(interview: Interview, form: PostedPage, check: PageCheck) -> Iterator[Difference]:
    """The visible questions of a page whose answer here is not the stored one; what cannot be read stands as typed."""
    language, instrument = interview.language, interview.instrument
    newest = interview.answers
    fields = {planned.name: planned.fields for planned in plan(interview.questionnaire).page(form.page).questions}
    counted = interview.quotable(newest)
    for name in check.visible:
        question = interview.questionnaire.questions[name]
        elsewhere = answer_in_words(instrument, question, newest.get(name, SKIPPED), newest, language)
        if name in check.values:
            here = answer_in_words(instrument, question, check.values[name], check.values, language)
        else:
            here = ", ".join(text for field in fields[name] for text in form.answers.get(field, ()) if text)
        if here != elsewhere:
            yield Difference(piped(question.text[language], instrument, counted, language), elsewhere, here)


def _prompt_title(view: PageView) -> str:
    skipped = sum(prompt.skipped and not prompt.appeared for prompt in view.prompts)
    if view.prompts and all(prompt.appeared for prompt in view.prompts):
        return translate_plural(
            "%(n)s question came up because of your answer",
            "%(n)s questions came up because of your answer",
            len(view.prompts),
        )
    if not skipped:
        is_other = all(prompt.code == "other_text" for prompt in view.prompts)
        return _("You can still say what you meant") if is_other else _("Is this right?")
    return translate_plural(
        "You skipped %(n)s question. Would you like to answer it?",
        "You skipped %(n)s questions. Would you like to answer them?",
        skipped,
    )


def addresses_of(page: str) -> dict[str, str]:
    """Where this page's form, its live parts and its draft go."""
    return {name: address(name, page=page) for name in ("page", "visible", "draft")}
