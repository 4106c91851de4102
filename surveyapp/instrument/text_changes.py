"""Texts of a variable that read otherwise in a later wave or version, role by role, old beside new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveyapp.instrument.model import Instrument
from surveyapp.instrument.questions import Question, QuestionSet


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text before and after. ``role`` is empty for what all roles share; ``part`` names the text in nl and en."""

    role: str
    part: Mapping[str, str]
    old: Mapping[str, str]
    new: Mapping[str, str]


QUESTION = {"nl": "vraag", "en": "question"}
HINT = {"nl": "toelichting", "en": "hint"}
INTRODUCTION = {"nl": "inleiding van het blok", "en": "introduction of the set"}


def asked_in_both(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, Question, Question]]:
    """The question of each role that is put to it in both waves."""
    for role, questionnaire in later.questionnaires.items():
        before = earlier.questionnaires.get(role)
        if before is not None and name in before.questions and name in questionnaire.questions:
            yield role, before.questions[name], questionnaire.questions[name]


def set_of(instrument: Instrument, role: str, name: str) -> QuestionSet | None:
    """The set of statements in which this role meets the question; None when it stands alone."""
    questionnaire = instrument.questionnaires[role]
    for item in questionnaire.by_id[questionnaire.page_of[name]].items:
        if isinstance(item, QuestionSet) and any(question.name == name for question in item.questions):
            return item
    return None


def text_changes(name: str, earlier: Instrument, later: Instrument) -> Iterator[TextChange]:
    """Every text of one variable of both waves that differs: labels of codes, the question, its hint, its set."""
    old, new = earlier.variables[name], later.variables[name]
    before = {category.code: category for category in old.categories}
    for category in new.categories:
        was = before.get(category.code)
        if was is not None and dict(was.label) != dict(category.label):
            part = {"nl": f"label van code {category.code}", "en": f"label of code {category.code}"}
            yield TextChange("", part, was.label, category.label)
    for role, here, there in asked_in_both(name, earlier, later):
        if dict(here.text) != dict(there.text):
            yield TextChange(role, QUESTION, here.text, there.text)
        if dict(here.hint or {}) != dict(there.hint or {}):
            yield TextChange(role, HINT, here.hint or {}, there.hint or {})
        around, now = set_of(earlier, role, name), set_of(later, role, name)
        if around is not None and now is not None and dict(around.text) != dict(now.text):
            yield TextChange(role, INTRODUCTION, around.text, now.text)
