"""Every way a page's form can be filled in wrongly: to show each of its messages before anyone meets them.

The forms are made from the types of the questions and sent through `check_page`, the same door as everybody's; what it
says of them is what a respondent would read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from surveyapp.engine.answers import Answers, Form, Problem
from surveyapp.engine.people import Fields
from surveyapp.engine.route import visible_page
from surveyapp.engine.shapes import HANDLERS
from surveyapp.engine.validate import check_page
from surveyapp.instrument.model import Questionnaire


@dataclass(frozen=True, slots=True)
class Misuse:
    """One form and what comes of it: problems that keep the page, or prompts that ask once."""

    form: Form
    problems: tuple[Problem, ...]
    prompts: tuple[Problem, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The kinds of message it shows, each once."""
        return tuple(dict.fromkeys(each.code for each in (*self.problems, *self.prompts)))


def misuses(questionnaire: Questionnaire, page_id: str, answers: Answers, language: str) -> tuple[Misuse, ...]:
    """Every state of the page in which something is said: first left empty, then each kind of mistake.

    The first mistake of every question stands in one form, the second of every question that has one in the next.

    Raises AnswersRefused: the answers do not lead to it.
    """
    questions = visible_page(questionnaire, page_id, answers, language).questions
    kinds = [list(HANDLERS[question.variable.type].mistakes(question, language)) for question in questions]
    rows = zip_longest(*kinds)
    forms: list[Fields] = [{}]
    forms += [{name: values for fields in row if fields for name, values in fields.items()} for row in rows]
    found = []
    for form in forms:
        check = check_page(questionnaire, page_id, answers, form, language)
        if check.problems or check.prompts:
            found.append(Misuse(form, check.problems, check.prompts))
    return tuple(found)
