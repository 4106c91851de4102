"""The answers of one case in words, page by page, for who may see them."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.engine.answers import UNANSWERED
from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.route import off_path, on_path, path
from surveyapp.fieldwork.case_state import CaseState
from surveyapp.instrument.model import Instrument
from surveyapp.web.languages import current


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question and what was answered; empty where it was not."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The questions of one page on the way of this case."""

    title: str
    lines: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True)
class CaseAnswers:
    """Everything that was answered; ``left_out`` does not count any more. ``why_stopped`` is no answer and stands
    beside them; empty where nothing was said."""

    pages: tuple[AnswerPage, ...]
    left_out: tuple[AnswerLine, ...]
    why_stopped: str = ""


def case_answers(case: CaseState, instrument: Instrument, why_stopped: str = "") -> CaseAnswers:
    """What was answered in a case, in the language of the request.

    Parameters
    ----------
    instrument :  the version the case began with
    why_stopped : what this person said of why they stopped
    """
    language, answers = current(), case.answers
    questionnaire = instrument.questionnaires[case.role]
    counted = on_path(questionnaire, answers, language)

    def line(name: str) -> AnswerLine:
        question, value = questionnaire.questions[name], answers.get(name)
        said = "" if value in UNANSWERED else answer_in_words(instrument, question, value, answers, language)
        return AnswerLine(piped(question.text[language], instrument, counted, language), said)

    pages = tuple(
        AnswerPage(
            piped(seen.page.title[language], instrument, counted, language),
            tuple(line(question.name) for question in seen.questions),
        )
        for seen in path(questionnaire, answers, language).pages
        if seen.page.id in case.pages and seen.questions
    )
    aside = off_path(questionnaire, answers, language)
    left_out = tuple(
        line(name) for name, value in aside.items() if name in questionnaire.questions and value not in UNANSWERED
    )
    return CaseAnswers(pages, left_out, why_stopped)
