"""One code, or any number of codes: what is ticked.

Text typed beside "other" without choosing it means that it was meant: when nothing else is chosen (one code), or when
it does not clash with "none of these" (several), "other" is chosen by it. Beside another choice it is kept and does not
count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from surveyapp.engine.answers import Answers, Form, field_name
from surveyapp.engine.people import LOGIT_SCALE, TICK, Answering, Fields, Person, drawn_by, level, sentence, shared
from surveyapp.engine.profile import AnswerProfile
from surveyapp.engine.shapes.base import (
    Handler,
    PlannedQuestion,
    Reading,
    category_words,
    every,
    first,
    too_long_other,
)
from surveyapp.instrument.model import Category, Question, Variable

OTHER = ("iets anders", "something else")


class Codes(Handler):
    """One code."""

    def read(self, planned: PlannedQuestion, form: Form, language: str) -> Reading:
        given = first(form, planned.fields[0])
        other, fault = planned.other_text(form)
        if fault is not None:
            return fault
        if not given:
            return Reading(planned.other_code if other else None, other)
        return Reading(planned.code(given), other)

    def typed(self, variable: Variable, value: int, language: str) -> Fields:
        return {field_name(variable.name): (str(value),)}

    def words(self, variable: Variable, value: int, answers: Answers, language: str) -> str:
        return category_words(variable, int(value), answers, language)

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        return too_long_other(question)

    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        categories = [category for category in variable.categories if not category.retired]
        if answers.mean is not None and answers.shares is None and not is_flat:
            return _ordered(variable, categories, answers)
        return _by_share(variable, categories, answers)


class Choices(Handler):
    """Any number of codes."""

    may_repeat = True

    def read(self, planned: PlannedQuestion, form: Form, language: str) -> Reading:
        variable = planned.question.variable
        chosen = {planned.code(text) for text in every(form, planned.fields[0]) if text}
        other, fault = planned.other_text(form)
        if fault is not None:
            return fault
        alone = {category.code for category in variable.categories if category.exclusive}
        alone |= {code for code in chosen if code < 0}
        if other and planned.other_code is not None and not chosen & alone:
            chosen.add(planned.other_code)
        if not chosen:
            return Reading()
        clash = sorted(chosen & alone)
        if clash and len(chosen) > 1:
            return planned.problem("exclusive", exclusive=clash[0], chosen=tuple(sorted(chosen)))
        if clash and clash[0] < 0:
            return Reading(clash[0], other)
        if variable.maximum_choices is not None and len(chosen) > variable.maximum_choices:
            return planned.problem("too_many", maximum=variable.maximum_choices, chosen=len(chosen))
        if len(chosen) < variable.minimum_choices and not clash:
            return planned.problem("too_few", minimum=variable.minimum_choices, chosen=len(chosen))
        return Reading([code for code in variable.codes if code in chosen], other)

    def typed(self, variable: Variable, value: list[int], language: str) -> Fields:
        return {field_name(variable.name): tuple(str(code) for code in value)}

    def words(self, variable: Variable, value: list[int], answers: Answers, language: str) -> str:
        return "; ".join(category_words(variable, code, answers, language) for code in value)

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        variable, base = question.variable, field_name(question.name)
        offered = [category for category in variable.categories if not category.retired]
        plain = [str(category.code) for category in offered if not category.exclusive]
        if variable.maximum_choices is not None and len(plain) > variable.maximum_choices:
            yield {base: tuple(plain[: variable.maximum_choices + 1])}
        if variable.minimum_choices > 1:
            yield {base: tuple(plain[:1])}
        alone = [str(category.code) for category in offered if category.exclusive]
        alone += [str(missing.code) for missing in question.missing]
        if alone and plain:
            yield {base: (plain[0], alone[0])}
        yield from too_long_other(question)

    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        categories = [category for category in variable.categories if not category.retired]
        shares = answers.shares or {}
        together = [category for category in categories if not category.exclusive]
        alone = [category for category in categories if category.exclusive]
        most = variable.maximum_choices or len(together)
        least = max(variable.minimum_choices, 1)
        chances = {category.code: min(shares.get(category.code, TICK), 1.0) for category in together}
        chance_alone = [shares.get(category.code, 0.08) for category in alone]

        def answer(person: Person, language: str) -> Fields:
            random = person.random
            for category, chance in zip(alone, chance_alone, strict=True):
                if random.random() < chance:
                    return {field_name(variable.name): (str(category.code),)}
            ticked = [category for category in together if random.random() < chances[category.code]]
            if len(ticked) > most:
                ticked = random.sample(ticked, most)
            while len(ticked) < min(least, len(together)):
                ticked.append(random.choice([category for category in together if category not in ticked]))
            return _chosen(variable, ticked, person, answers, language)

        return answer


def _ordered(variable: Variable, categories: Sequence[Category], answers: AnswerProfile) -> Answering:
    low, high = categories[0].code, categories[-1].code
    drawn, mean, sd = level(answers, variable), answers.mean or 0.0, answers.sd or 1.0
    offered = {category.code for category in categories}

    def answer(person: Person, language: str) -> Fields:
        code = min(max(round(mean + sd * drawn(person)), low), high)
        return {field_name(variable.name): (str(code),)} if code in offered else {}

    return answer


def _by_share(variable: Variable, categories: Sequence[Category], answers: AnswerProfile) -> Answering:
    shares = answers.shares
    weights = [1.0 if shares is None else shares.get(category.code, 0.0) for category in categories]
    draw, rest = drawn_by(weights), drawn_by(weights[1:])
    first_share = weights[0] / sum(weights) if sum(weights) else 0.0
    # With a load the first code, "yes", comes more often the higher the factors: a shift on the logit scale.
    is_pulled = bool(answers.load) and 0 < first_share < 1
    logit = math.log(first_share / (1 - first_share)) if is_pulled else 0.0
    pull, _ = shared(answers, variable)

    def answer(person: Person, language: str) -> Fields:
        if is_pulled:
            chance = 1 / (1 + math.exp(-(logit + LOGIT_SCALE * pull(person))))
            index = 0 if person.random.random() < chance else 1 + rest(person)
        else:
            index = draw(person)
        return _chosen(variable, [categories[index]], person, answers, language)

    return answer


def _chosen(
    variable: Variable, chosen: Sequence[Category], person: Person, answers: AnswerProfile, language: str
) -> Fields:
    fields: Fields = {field_name(variable.name): tuple(str(category.code) for category in chosen)}
    if any(category.other for category in chosen):
        fields[field_name(variable.name, "other")] = (sentence(person, answers, language, OTHER),)
    return fields
