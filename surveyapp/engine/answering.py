"""One simulated answer: what a robot puts into a question's form fields."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Collection
from dataclasses import replace

from surveyapp.engine.people import Answering, Fields, Person
from surveyapp.engine.profile import AnswerProfile, Profile
from surveyapp.engine.shapes import HANDLERS
from surveyapp.engine.shapes.base import missing_field
from surveyapp.instrument.model import Question, Variable

ENDING_SHARE = 0.06
"""Weight of a code that ends the questionnaire, against 1 for any other."""


def answering(question: Question, profile: Profile, role: str, ends: Collection[int] = ()) -> Answering:
    """How this question is answered: a function from a person and a language to form fields; empty for a skip.

    ``ends`` are codes after which the questionnaire stops: without a profile that says otherwise few people give them.
    """
    variable = question.variable
    answers = profile.of(question, role)
    if ends and answers.shares is None and not profile.is_flat:
        answers = replace(answers, shares={code: ENDING_SHARE if code in ends else 1.0 for code in variable.codes})
    valid = _valid(variable, answers, is_flat=profile.is_flat)
    apart = missing_field(variable)
    thresholds = list(itertools.accumulate(answers.missing.get(each.key, 0.0) for each in question.missing))
    codes = [str(each.code) for each in question.missing]
    # A routing question is never skipped: the page would only come back.
    skipped = (thresholds[-1] if thresholds else 0.0) + (0.0 if question.is_required else answers.skip)

    def answer(person: Person, language: str) -> Fields:
        drawn = person.random.random()
        if drawn < skipped:
            place = bisect.bisect_right(thresholds, drawn)
            return {apart: (codes[place],)} if place < len(codes) else {}
        return valid(person, language)

    return answer


def _valid(variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
    if variable.type.shape.has_codes and all(category.retired for category in variable.categories):
        return _nothing  # the question stands there with nothing to choose
    return HANDLERS[variable.type].simulated(variable, answers, is_flat=is_flat)


def _nothing(person: Person, language: str) -> Fields:
    return {}
