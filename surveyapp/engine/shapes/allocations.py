"""A number for each code, together 100: a field for each code."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal

from surveyapp.engine import numbers
from surveyapp.engine.answers import Answers, field_name
from surveyapp.engine.people import Answering, Fields, Person
from surveyapp.engine.profile import AnswerProfile
from surveyapp.engine.shapes.base import (
    FilledIn,
    PlannedQuestion,
    Reading,
    beside_missing,
    category_words,
    offered_codes,
)
from surveyapp.engine.shapes.numbers import exact, limits_of
from surveyapp.instrument.model import Question, Variable

TOTAL = 100


class Allocation(FilledIn):
    """Parts of a hundred."""

    is_spelled = True

    def fields(self, variable: Variable) -> tuple[str, ...]:
        return tuple(field_name(variable.name, code) for code in offered_codes(variable))

    def value(self, planned: PlannedQuestion, given: Mapping[str, str], language: str) -> Reading:
        decimals = limits_of(planned.question.variable).decimals
        example = numbers.spell_number(12.5, language) if decimals else "25"
        parts: dict[str, float] = {}
        total = Decimal(0)
        for text, code in planned.codes.items():
            name = field_name(planned.name, text)
            value = exact(planned, name, given.get(name, "0"), language, decimals, frozenset({"%"}), example)
            if isinstance(value, Reading):
                return value
            if not 0 <= value <= TOTAL:
                return planned.problem("out_of_range", name, minimum=0, maximum=TOTAL)
            parts[str(code)] = numbers.as_stored(value)
            total += value
        if total != TOTAL:
            return planned.problem("allocation_sum", sum=numbers.as_stored(total), total=TOTAL)
        return Reading(parts)

    def typed(self, variable: Variable, value: Mapping[str, float], language: str) -> Fields:
        spelled = {code: numbers.spell_number(part, language) for code, part in value.items()}
        return {field_name(variable.name, code): (part,) for code, part in spelled.items()}

    def words(self, variable: Variable, value: Mapping[str, float], answers: Answers, language: str) -> str:
        parts = (
            f"{category_words(variable, int(code), answers, language)}: {numbers.spell_number(part, language)}%"
            for code, part in value.items()
            if part
        )
        return "; ".join(parts)

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        for name in self.fields(question.variable)[:1]:
            yield {name: ("60",)}
            yield {name: ("veel" if language == "nl" else "a lot",)}
            yield {name: ("120",)}
            yield from beside_missing(question, {name: ("100",)})

    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        fields = self.fields(variable)

        def answer(person: Person, language: str) -> Fields:
            cuts = sorted(5 * person.random.randint(0, 20) for _ in range(len(fields) - 1))
            parts = [high - low for low, high in itertools.pairwise([0, *cuts, TOTAL])]
            return {name: (str(part),) for name, part in zip(fields, parts, strict=True)}

        return answer
