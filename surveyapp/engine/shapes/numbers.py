"""One number: an amount, and the three that are written otherwise (a year, a month of a year, a postcode's area)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from surveyapp.engine import numbers
from surveyapp.engine.answers import Answers, Problem, field_name
from surveyapp.engine.examples import USUAL_MONTHS_YEAR, example_number, example_year
from surveyapp.engine.people import Answering, Fields, Person, level
from surveyapp.engine.profile import AnswerProfile
from surveyapp.engine.shapes.base import FilledIn, PlannedQuestion, Reading, beside_missing
from surveyapp.instrument.model import NumberRange, Question, Variable

MOST = 10**12
"""No number a person means is larger; keeps every stored number exact."""


class Number(FilledIn):
    """An amount."""

    is_spelled = True

    def value(self, planned: PlannedQuestion, given: Mapping[str, str], language: str) -> Reading:
        variable = planned.question.variable
        limits = limits_of(variable)
        unit = numbers.unit_words(variable.unit[language]) if variable.unit else frozenset[str]()
        name = planned.fields[0]
        found = exact(planned, name, given[name], language, limits.decimals, unit, example_number(limits, language))
        return found if isinstance(found, Reading) else within(planned, found, limits, name)

    def typed(self, variable: Variable, value: float, language: str) -> Fields:
        return {field_name(variable.name): (numbers.spell_amount(value, language, limits_of(variable).decimals),)}

    def words(self, variable: Variable, value: float, answers: Answers, language: str) -> str:
        is_amount = limits_of(variable).decimals == numbers.CENTS and isinstance(value, float)
        pattern = "#,##0.00###" if is_amount else None  # 85,50 euro, as it stands on the page
        number = format_decimal(value, format=pattern, locale=language, decimal_quantization=False)
        if variable.unit is None:
            return number
        unit = variable.unit[language]
        return f"{number}{unit}" if unit.startswith("%") else f"{number} {unit}"

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        base, limits = field_name(question.name), limits_of(question.variable)
        yield {base: ("ongeveer tien" if language == "nl" else "about ten",)}
        sign, other = (",", ".") if language == "nl" else (".", ",")
        yield {base: (f"85{other}50" if limits.decimals else f"1{sign}000",)}  # the sign of the other language
        yield {base: (f"1{sign}{'5' * (limits.decimals + 1)}",)}
        if limits.maximum is not None:
            yield {base: (str(int(limits.maximum) + 1),)}
        if limits.minimum is not None and limits.minimum > 0:
            yield {base: (str(int(limits.minimum) - 1),)}
        if limits.warn_above is not None:
            yield {base: (str(int(limits.warn_above) + 1),)}
        if limits.warn_below is not None:
            yield {base: (str(max(int(limits.warn_below) - 1, 0)),)}
        yield from beside_missing(question, {base: ("10",)})

    def simulated(self, variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
        low, high = self.bounds(variable)
        decimals = limits_of(variable).decimals
        drawn, step = level(answers, variable), answers.step

        def value(person: Person) -> float:
            if is_flat or (answers.mean is None and answers.median is None):
                return person.random.uniform(low, high)
            if answers.median is not None:
                return answers.median * math.exp((answers.spread or 0.5) * drawn(person))
            return (answers.mean or 0.0) + (answers.sd or 1.0) * drawn(person)

        def answer(person: Person, language: str) -> Fields:
            found = min(max(value(person), low), high)
            if step is not None:
                found = min(max(round(found / step) * step, low), high)
            # Amounts with cents are rare among those who may type them.
            whole = not decimals or person.random.random() < 0.9
            typed: float = round(found) if whole else round(found, decimals)
            typed = min(max(typed, math.ceil(low)), math.floor(high))
            return self.answered(variable, typed, person, language)

        return answer

    def bounds(self, variable: Variable) -> tuple[float, float]:
        """Between which numbers people answer."""
        limits = limits_of(variable)
        low = max(limits.minimum or 0, 0)
        return low, max(low, low + 100 if limits.maximum is None else limits.maximum)

    def answered(self, variable: Variable, number: float, person: Person, language: str) -> Fields:
        """A drawn number as somebody types it."""
        return {field_name(variable.name): (numbers.spell_number(number, language),)}


class Year(Number):
    """A year in four digits."""

    is_spelled = False

    def value(self, planned: PlannedQuestion, given: Mapping[str, str], language: str) -> Reading:
        name = planned.fields[0]
        return _year(planned, given[name], limits_of(planned.question.variable), name)

    def words(self, variable: Variable, value: float, answers: Answers, language: str) -> str:
        return str(value)

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        base, limits = field_name(question.name), limits_of(question.variable)
        yield {base: ("'87",)}
        if limits.maximum is not None:
            yield {base: (str(int(limits.maximum) + 1),)}
        yield from beside_missing(question, {base: ("1987",)})

    def bounds(self, variable: Variable) -> tuple[float, float]:
        low, high = super().bounds(variable)
        low = low if low >= 1000 else 1950
        return low, max(low, high, 2020 if limits_of(variable).maximum is None else low)


class Month(Year):
    """A month of a year, stored as year * 100 + month. Its limits are whole years; the month within them is free."""

    def fields(self, variable: Variable) -> tuple[str, ...]:
        return field_name(variable.name, "month"), field_name(variable.name, "year")

    def value(self, planned: PlannedQuestion, given: Mapping[str, str], language: str) -> Reading:
        month_field, year_field = planned.fields[:2]
        limits = limits_of(planned.question.variable)
        if len(given) < 2:
            lacking = year_field if month_field in given else month_field
            return planned.problem("incomplete_month", lacking, example=example_year(limits, USUAL_MONTHS_YEAR))
        month, year = given[month_field], given[year_field]
        if not (month.isascii() and month.isdigit() and len(month) <= 2 and 1 <= int(month) <= 12):
            return planned.problem("not_a_month", month_field)
        found = _year(planned, year, limits, year_field)
        return found if found.problem else Reading(int(year) * 100 + int(month))

    def typed(self, variable: Variable, value: float, language: str) -> Fields:
        year, month = divmod(int(value), 100)
        return dict(zip(self.fields(variable), ((str(month),), (str(year),)), strict=True))

    def words(self, variable: Variable, value: float, answers: Answers, language: str) -> str:
        year, month = divmod(int(value), 100)
        return format_date(date(year, month, 1), "MMMM yyyy", locale=language)

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        month, year = self.fields(question.variable)
        limits = limits_of(question.variable)
        yield {month: ("3",)}
        yield {month: ("3",), year: ("24",)}
        if limits.maximum is not None:
            yield {month: ("3",), year: (str(int(limits.maximum) + 1),)}
        yield from beside_missing(question, {month: ("3",), year: ("2024",)})

    def answered(self, variable: Variable, number: float, person: Person, language: str) -> Fields:
        month, year = self.fields(variable)
        return {month: (str(person.random.randint(1, 12)),), year: (str(int(number)),)}


class Region(Year):
    """The first two digits of a postcode. A whole postcode says them too; no more of it is ever kept."""

    def value(self, planned: PlannedQuestion, given: Mapping[str, str], language: str) -> Reading:
        compact = given[planned.fields[0]].replace(" ", "").replace("\u00a0", "")
        is_postcode = _digits(compact[:4], 4) and (
            len(compact) == 4 or (len(compact) == 6 and compact[4:].isascii() and compact[4:].isalpha())
        )
        if not (_digits(compact, 2) or is_postcode) or compact[0] == "0":
            return planned.problem("not_a_region", minimum=10, maximum=99, example="35")
        return Reading(int(compact[:2]))

    def mistakes(self, question: Question, language: str) -> Iterator[Fields]:
        base = field_name(question.name)
        yield {base: ("Utrecht",)}
        yield from beside_missing(question, {base: ("35",)})

    def bounds(self, variable: Variable) -> tuple[float, float]:
        return 10, 99


def limits_of(variable: Variable) -> NumberRange:
    """Between which numbers it must lie; anything goes where nothing is said."""
    return variable.number or NumberRange()


def exact(
    planned: PlannedQuestion, name: str, text: str, language: str, decimals: int, unit: frozenset[str], example: str
) -> Decimal | Reading:
    """The number that was typed in a field, or why it is none."""
    value = numbers.parse_number(text, language, decimals=decimals, unit=unit)
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or -exponent <= decimals:
            return value
        value = numbers.Fault.TOO_MANY_DECIMALS
    if value is numbers.Fault.TOO_MANY_DECIMALS:
        return planned.problem(value.value, name, decimals=decimals, example=example)
    return planned.problem(value.value, name, example=example)


def within(planned: PlannedQuestion, value: Decimal, limits: NumberRange, name: str) -> Reading:
    """The number as it is stored, if it may be, with a question where it is unlikely."""
    # Negative numbers are missing codes: no question takes one, whatever its range says.
    low = max(limits.minimum or 0, 0)
    high = MOST if limits.maximum is None else limits.maximum
    if not low <= value <= high:
        return planned.problem("out_of_range", name, minimum=low, maximum=limits.maximum)
    stored = numbers.as_stored(value)
    found = Reading(stored)
    if (limits.warn_below is not None and value < limits.warn_below) or (
        limits.warn_above is not None and value > limits.warn_above
    ):
        parameters = {"value": stored, "below": limits.warn_below, "above": limits.warn_above}
        found.implausible = Problem(planned.name, name, "implausible", parameters)
    return found


def _year(planned: PlannedQuestion, text: str, limits: NumberRange, name: str) -> Reading:
    if _digits(text, 4):
        return within(planned, Decimal(text), limits, name)
    return planned.problem(
        "not_a_year", name, minimum=limits.minimum, maximum=limits.maximum, example=example_year(limits)
    )


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
