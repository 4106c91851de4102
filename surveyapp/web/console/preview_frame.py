"""One page of the preview, in its frame: drawn, answered and left as a respondent would, with nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import LANGUAGES
from surveyapp.engine.answers import Answers, Form, Problem, field_name
from surveyapp.engine.misuse import misuses
from surveyapp.engine.route import ending_of, next_page, previous_page
from surveyapp.engine.validate import merged
from surveyapp.errors import NotFound
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.instrument.model import Instrument
from surveyapp.numerals import whole_number
from surveyapp.web import languages
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.preview_page import fitting, no_page, packed, unpacked, way_to
from surveyapp.web.languages import translate
from surveyapp.web.questionnaire.pages import PageView, changed_slots, page_view

END = "_end"
"""In place of a page: where the questionnaire ends, early or not."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of one role in one language, with the answers that lead to it."""

    wave: WaveFrame
    asked: AskedCase
    page: str

    def address(self, page: str | None = None, answers: Answers | None = None, **more: str) -> str:
        """The address of a page of this preview."""
        return self._url("console.instrument_frame", page or self.page, answers, more)

    def part(self) -> str:
        """Where the parts of this page are asked for that come and go."""
        return self._url("console.instrument_part", self.page, None, {})

    def _url(self, endpoint: str, page: str, answers: Answers | None, more: Mapping[str, str]) -> str:
        values: dict[str, str] = {
            "study": self.wave.study,
            "role": self.asked.questionnaire.role,
            "language": self.asked.language,
            "page": page,
            "a": packed(self.asked.answers if answers is None else answers),
            **more,
        }
        return url_for(endpoint, year=self.wave.year, **values)  # type: ignore[arg-type]


def preview(wave: WaveFrame, instrument: Instrument, role: str, language: str, page: str) -> Preview:
    """The preview an address speaks of.

    Raises
    ------
    NotFound     no such role, language or page, or the address was tampered with
    """
    questionnaire = instrument.questionnaire(role)
    if language not in instrument.languages or language not in LANGUAGES:
        raise NotFound("There is no questionnaire in %(language)s.", language=language[:20])
    if page != END and page not in questionnaire.by_id:
        raise no_page(instrument, role, page)
    state = request.args.get("a")
    if state is None:
        answers = {} if page == END else way_to(instrument, role, page, language)
    else:
        answers = fitting(questionnaire, unpacked(state))
    return Preview(wave, AskedCase.of_nobody(instrument, questionnaire, answers, language), page)


def drawn_page(at: Preview) -> ResponseReturnValue:
    """The page as it is first seen, or in one of its states."""
    if at.page == END:
        return _end(at)
    number = whole_number(request.args.get("show"))
    if number is None and request.args.get("show"):
        raise NotFound("This page has no such state.")
    if number is None:
        return _drawn(at, page_view(at.asked, at.page))
    found = misuses(at.asked.questionnaire, at.page, at.asked.answers, at.asked.language)
    if not 1 <= number <= len(found):
        raise NotFound("This page has no such state.")
    state = found[number - 1]
    return _drawn(at, _view(at, state.form, state.problems, state.prompts))


def taken_in(at: Preview) -> ResponseReturnValue:
    """What the page does with what was filled in: on, back, or again with what is wrong. Nothing is stored."""
    if at.page == END:
        return redirect(at.address(), 303)
    action, form = request.form.get("action", "next"), _form()
    check = at.asked.check(at.page, form)
    if action.startswith("clear:"):
        name = action.removeprefix("clear:")
        gone = tuple(field_name(name, part) for part in ("", "missing", "other"))
        return _drawn(at, _view(at, {field: values for field, values in form.items() if field not in gone}))
    if action == "save":
        return _drawn(at, _view(at, form))
    if action == "previous":
        before = previous_page(at.asked.questionnaire, at.asked.answers, at.asked.language, at.page)
        kept = at.asked.answers if check.problems else merged(at.asked.answers, check)
        return redirect(at.address(before or at.page, kept), 303)
    prompted = request.form.get("prompted", "")[:4000]
    asked = set(prompted.split())
    if check.problems or any(prompt.variable not in asked for prompt in check.prompts):
        return _drawn(at, _view(at, form, check.problems, check.prompts, prompted), 422)
    answers = merged(at.asked.answers, check)
    following = next_page(at.asked.questionnaire, answers, at.asked.language, at.page)
    return redirect(at.address(following or END, answers), 303)


def changed_part(at: Preview) -> ResponseReturnValue:
    """The parts of the page that appear or go with what was just chosen."""
    view = _view(at, _form()) if at.page != END else None
    if view is None:
        raise NotFound("Page %(page)s is not on this path.", page=_title(at))
    blocks = changed_slots(view, request.form.getlist("seen"))
    if not blocks:
        return "", 204
    _speak(at)
    return render_template("respondent/_visible.html", blocks=blocks, address=_addresses(at))


def _form() -> Form:
    return {name: values for name, values in request.form.lists() if name.startswith("q_")}


def _view(
    at: Preview,
    form: Form,
    problems: Sequence[Problem] = (),
    prompts: Sequence[Problem] = (),
    prompted: str = "",
) -> PageView | None:
    _speak(at)
    drafted = at.asked.answers_with(at.page, form)
    return page_view(
        at.asked, at.page, typed=form, drawn_with=drafted, problems=problems, prompts=prompts, prompted=prompted
    )


def _title(at: Preview) -> object:
    return at.page if at.page == END else at.asked.questionnaire.by_id[at.page].title


def _addresses(at: Preview) -> dict[str, str]:
    return {"page": at.address(), "visible": at.part(), "draft": ""}


def _speak(at: Preview) -> None:
    languages.use(at.asked.language, "respondent")


def _drawn(at: Preview, view: PageView | None, status: int = 200) -> ResponseReturnValue:
    if view is None:
        raise NotFound("Page %(page)s is not on this path; start again from the first page.", page=_title(at))
    notice = _own_words(at)
    _speak(at)
    html = render_template(
        "console/instrument/frame.html",
        frame=None,
        words=notice,
        view=view,
        address=_addresses(at),
        client_key="preview",
        expected=0,
        answered=False,
        owner="",
        saves="",
        drawn="",
        since=0,
        then="",
        notice=None,
        prompt_title=notice["prompts"],
        prompt_text="",
        passes=bool(view.prompts) and not view.faults,
    )
    return html, status


def _end(at: Preview) -> ResponseReturnValue:
    ending = ending_of(at.asked.questionnaire, at.asked.answers, at.asked.language)
    notice = _own_words(at)
    _speak(at)
    return render_template(
        "console/instrument/frame_end.html",
        frame=None,
        words=notice,
        title=ending.title[at.asked.language] if ending else notice["end"],
        text=ending.text[at.asked.language] if ending else notice["review"],
        start=at.address(at.asked.questionnaire.pages[0].id, {}),
    )


def _own_words(at: Preview) -> dict[str, str]:
    """The console's words in the language of the frame."""
    languages.use(at.asked.language, "console")
    return {
        "banner": translate("Preview: nothing is stored"),
        "prompts": translate("Asked once; whoever continues passes"),
        "end": translate("The end of the questionnaire"),
        "review": translate("From here people check their answers and send them."),
        "again": translate("Start again"),
    }
