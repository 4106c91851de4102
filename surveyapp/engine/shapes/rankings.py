"""The first codes of a list, in order: a field for each place."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.engine.answers import Answers, Form, field_name
from surveyapp.engine.people import Answering, Fields, Person, drawn_by
from surveyapp.engine.profile import AnswerProfile
from surveyapp.engine.shapes.base import (
    Handler,
    PlannedQuestion,
    Reading,
    beside_missing,
    category_words,
    first,
    offered_codes,
)
from surveyapp.instrument.model import Question, Variable


class Ranking(Handler):
    """Codes in order."""

    def fields(self, variable: Variable) -> tuple[str, ...]:
        return tuple(field_name(variable.name, place) for place in range(1, variable.ranks + 1))

    def read(self, planned: PlannedQuestion, form: Form, language: str) -> Reading:
        places = self.fields(planned.question.variable)
        ranked = [planned.code(text) if (text := first(form, place)) else None for place in places]
        other, fault = planned.other_text(form)
        if fault is not None:
            return fault
        if beside := planned.missing_beside(form, is_given=any(code is not None for code in ranked)):
            return beside
        chosen: list[int] = []
        gap: str | None = None
        for place, code in zip(places, ranked, strict=True):
            if code is None:
                gap = gap or place
            elif code in chosen:
                return planned.problem("ranking_duplicate", place, category=code)
            elif gap is not None:
                return planned.problem("ranking_gap", gap, place=places.index(gap) + 1)
            else:
                chosen.append(code)
        return Reading(chosen or None, other)

    def typed(self, variable: Variable, value: list[int], language: str) -> Fields:
        return {field_name(variable.name, place): (str(code),) for place, code in enumerate(value, start=1)}

    def words(self, variable: Variable, value: list[int], answers: Answers, language: str) -> str:
        labels = (category_words(variable, code, answers, language) for code in value)
        return "; ".join(f"{place}. {label}" for place, label in enumerate(labels, start=1))

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        one, two = field_name(question.name, 1), field_name(question.name, 2)
        codes = offered_codes(question.variable)
        if question.variable.ranks > 1 and len(codes) > 1:
            yield {one: (codes[0],), two: (codes[0],)}
            yield {two: (codes[1],)}
        if codes:
            yield from beside_missing(question, {one: (codes[0],)})

    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        shares = answers.shares
        offered = [category.code for category in variable.categories if not category.retired]
        weights = {code: 1.0 if shares is None else shares.get(code, 0.01) for code in offered}

        def answer(person: Person, language: str) -> Fields:
            left = dict(weights)
            # Most people fill every place, some only the first.
            places = variable.ranks if person.random.random() < 0.9 else 1
            ranked: list[int] = []
            for _ in range(min(places, len(left))):
                codes = list(left)
                ranked.append(codes[drawn_by([left[each] for each in codes])(person)])
                del left[ranked[-1]]
            return self.typed(variable, ranked, language)

        return answer
