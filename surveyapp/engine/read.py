"""From form fields to one stored value: one reader per question type, in one table.

A reader says what was answered, or why it cannot be stored, or that nothing was given. Whether an answer is required,
prompted for or hidden is the business of `validate`. A code that was never offered is tampering, not a mistake:
`AnswersRefused`.

Text typed beside "other" without choosing it means that it was meant: when nothing else is chosen (single), or when
it does not clash with "none of these" (multiple), "other" is chosen by it. Beside another choice it is kept and does
not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from surveyapp.engine import numbers, texts
from surveyapp.engine.answers import Form, Problem, Value
from surveyapp.engine.examples import USUAL_MONTHS_YEAR, example_number, example_year
from surveyapp.engine.plan import PlannedQuestion
from surveyapp.errors import AnswersRefused
from surveyapp.instrument.model import NumberRange, VariableType

MOST = 10**12
"""No number a person means is larger; keeps every stored number exact."""


@dataclass(slots=True)
class Reading:
    """What became of one question's fields; with a problem there is no value."""

    value: Value | None = None  # None: nothing was given
    other: str | None = None  # what was typed beside "other"
    problem: Problem | None = None
    implausible: Problem | None = None


def read(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    """What a form says about one question.

    Raises
    ------
    AnswersRefused     a code that was never offered here
    """
    reading = READERS[planned.question.variable.type](planned, form, language)
    if reading.problem is None and reading.implausible is None:
        for name, single_line in _typed_texts(planned):
            if texts.loses_characters(first(form, name), single_line=single_line):
                return replace(reading, implausible=Problem(planned.name, name, "characters_removed", {}))
    return reading


def _typed_texts(planned: PlannedQuestion) -> Iterator[tuple[str, bool]]:
    kind = planned.question.variable.type
    if kind in (VariableType.SHORT_TEXT, VariableType.LONG_TEXT):
        yield planned.fields[0], kind is VariableType.SHORT_TEXT
    if planned.other_name is not None:
        yield f"q_{planned.name}__other", True


def first(form: Form, name: str) -> str:
    """The one value of a field, empty when it did not come."""
    values = form.get(name)
    if not values:
        return ""
    return values if isinstance(values, str) else values[0]


def every(form: Form, name: str) -> Sequence[str]:
    """All values of a field."""
    values = form.get(name)
    if not values:
        return ()
    return (values,) if isinstance(values, str) else values


def _code(planned: PlannedQuestion, text: str, codes: Mapping[str, int] | None = None) -> int:
    found = (planned.codes if codes is None else codes).get(text)
    if found is None:
        raise AnswersRefused(
            "%(name)s has no answer “%(text)s”; only what was offered can be stored.", name=planned.name, text=text[:40]
        )
    return found


def _problem(planned: PlannedQuestion, code: str, name: str | None = None, **parameters: object) -> Reading:
    return Reading(problem=Problem(planned.name, name or planned.fields[0], code, parameters))


def _single(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    given = first(form, planned.fields[0])
    other, fault = _other(planned, form)
    if fault is not None:
        return fault
    if not given:
        return Reading(planned.other_code if other else None, other)
    return Reading(_code(planned, given), other)


def _multiple(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    variable = planned.question.variable
    chosen = {_code(planned, text) for text in every(form, planned.fields[0]) if text}
    other, fault = _other(planned, form)
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
        return _problem(planned, "exclusive", exclusive=clash[0], chosen=tuple(sorted(chosen)))
    if clash and clash[0] < 0:
        return Reading(clash[0], other)
    if variable.maximum_choices is not None and len(chosen) > variable.maximum_choices:
        return _problem(planned, "too_many", maximum=variable.maximum_choices, chosen=len(chosen))
    if len(chosen) < variable.minimum_choices and not clash:
        return _problem(planned, "too_few", minimum=variable.minimum_choices, chosen=len(chosen))
    return Reading([code for code in variable.codes if code in chosen], other)


def _number(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    variable = planned.question.variable
    limits = variable.number or NumberRange()
    name = planned.fields[0]
    text = first(form, name).strip()
    if beside := _missing_beside(planned, form, is_given=bool(text)):
        return beside
    if not text:
        return Reading()
    unit = numbers.unit_words(variable.unit[language]) if variable.unit else frozenset[str]()
    value = numbers.parse_number(text, language, decimals=limits.decimals, unit=unit)
    if isinstance(value, numbers.Fault):
        return _no_number(planned, value, example_number(limits, language), limits.decimals)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > limits.decimals:
        return _no_number(planned, numbers.Fault.TOO_MANY_DECIMALS, example_number(limits, language), limits.decimals)
    return _within(planned, value, limits, name)


def _no_number(
    planned: PlannedQuestion, fault: numbers.Fault, example: str, decimals: int, name: str | None = None
) -> Reading:
    if fault is numbers.Fault.TOO_MANY_DECIMALS:
        return _problem(planned, fault.value, name, decimals=decimals, example=example)
    return _problem(planned, fault.value, name, example=example)


def _within(planned: PlannedQuestion, value: Decimal, limits: NumberRange, name: str) -> Reading:
    # Negative numbers are missing codes: no question takes one, whatever its range says.
    low = max(limits.minimum or 0, 0)
    high = MOST if limits.maximum is None else limits.maximum
    if not low <= value <= high:
        return _problem(planned, "out_of_range", name, minimum=low, maximum=limits.maximum)
    implausible = None
    if (limits.warn_below is not None and value < limits.warn_below) or (
        limits.warn_above is not None and value > limits.warn_above
    ):
        parameters = {"value": numbers.as_stored(value), "below": limits.warn_below, "above": limits.warn_above}
        implausible = Problem(planned.name, name, "implausible", parameters)
    return Reading(numbers.as_stored(value), implausible=implausible)


def _year(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    name = planned.fields[0]
    text = first(form, name).strip()
    if beside := _missing_beside(planned, form, is_given=bool(text)):
        return beside
    if not text:
        return Reading()
    limits = planned.question.variable.number or NumberRange()
    if not _digits(text, 4):
        return _not_a_year(planned, limits, name)
    return _within(planned, Decimal(text), limits, name)


def _not_a_year(planned: PlannedQuestion, limits: NumberRange, name: str) -> Reading:
    return _problem(
        planned, "not_a_year", name, minimum=limits.minimum, maximum=limits.maximum, example=example_year(limits)
    )


def _month(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    month_field, year_field = planned.fields[:2]
    month, year = first(form, month_field).strip(), first(form, year_field).strip()
    if beside := _missing_beside(planned, form, is_given=bool(month or year)):
        return beside
    if not month and not year:
        return Reading()
    limits = planned.question.variable.number or NumberRange()
    if not month or not year:
        lacking = year_field if month else month_field
        return _problem(planned, "incomplete_month", lacking, example=example_year(limits, USUAL_MONTHS_YEAR))
    if not (month.isascii() and month.isdigit() and len(month) <= 2 and 1 <= int(month) <= 12):
        return _problem(planned, "not_a_month", month_field)
    if not _digits(year, 4):
        return _not_a_year(planned, limits, year_field)
    # Limits are whole years; the month within them is free.
    within = _within(planned, Decimal(year), NumberRange(limits.minimum, limits.maximum), year_field)
    return within if within.problem else Reading(int(year) * 100 + int(month))


def _region(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    text = first(form, planned.fields[0]).strip()
    if beside := _missing_beside(planned, form, is_given=bool(text)):
        return beside
    if not text:
        return Reading()
    # A whole postcode says the region too; no more of it than two digits is ever kept.
    compact = text.replace(" ", "").replace("\u00a0", "")
    is_postcode = _digits(compact[:4], 4) and (
        len(compact) == 4 or (len(compact) == 6 and compact[4:].isascii() and compact[4:].isalpha())
    )
    if not (_digits(compact, 2) or is_postcode) or compact[0] == "0":
        return _problem(planned, "not_a_region", minimum=10, maximum=99, example="35")
    return Reading(int(compact[:2]))


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _ranking(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    variable = planned.question.variable
    places = planned.fields[: variable.ranks]
    ranked = [_code(planned, text) if (text := first(form, place)) else None for place in places]
    other, fault = _other(planned, form)
    if fault is not None:
        return fault
    if beside := _missing_beside(planned, form, is_given=any(code is not None for code in ranked)):
        return beside
    chosen: list[int] = []
    gap: str | None = None
    for place, code in zip(places, ranked, strict=True):
        if code is None:
            gap = gap or place
        elif code in chosen:
            return _problem(planned, "ranking_duplicate", place, category=code)
        elif gap is not None:
            return _problem(planned, "ranking_gap", gap, place=places.index(gap) + 1)
        else:
            chosen.append(code)
    return Reading(chosen or None, other)


def _allocation(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    variable = planned.question.variable
    limits = variable.number or NumberRange()
    typed = [(code, f"q_{planned.name}__{text}") for text, code in planned.codes.items()]
    given = {code: (name, text) for code, name in typed if (text := first(form, name).strip())}
    other, fault = _other(planned, form)
    if fault is not None:
        return fault
    if beside := _missing_beside(planned, form, is_given=bool(given)):
        return beside
    if not given:
        return Reading()
    parts: dict[str, float] = {}
    total = Decimal(0)
    for code, _ in typed:
        name, text = given.get(code, ("", "0"))
        value = numbers.parse_number(text, language, decimals=limits.decimals, unit=frozenset({"%"}))
        example = numbers.spell_number(12.5, language) if limits.decimals else "25"
        if isinstance(value, numbers.Fault):
            return _no_number(planned, value, example, limits.decimals, name)
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > limits.decimals:
            return _no_number(planned, numbers.Fault.TOO_MANY_DECIMALS, example, limits.decimals, name)
        if not 0 <= value <= 100:
            return _problem(planned, "out_of_range", name, minimum=0, maximum=100)
        parts[str(code)] = numbers.as_stored(value)
        total += value
    if total != 100:
        return _problem(planned, "allocation_sum", sum=numbers.as_stored(total), total=100)
    return Reading(parts, other)


def _short_text(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    return _text(planned, form, single_line=True)


def _long_text(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    return _text(planned, form, single_line=False)


def _text(planned: PlannedQuestion, form: Form, *, single_line: bool) -> Reading:
    name = planned.fields[0]
    longest = planned.question.variable.maximum_characters or texts.DEFAULT_LENGTH
    text, fault = _clean(planned, name, first(form, name), longest, single_line=single_line)
    if fault is not None:
        return fault
    if beside := _missing_beside(planned, form, is_given=bool(text)):
        return beside
    return Reading(text or None)


def _other(planned: PlannedQuestion, form: Form) -> tuple[str | None, Reading | None]:
    if planned.other_name is None:
        return None, None
    name = f"q_{planned.name}__other"
    text, fault = _clean(planned, name, first(form, name), texts.OTHER_LENGTH, single_line=True)
    return text or None, fault


def _clean(
    planned: PlannedQuestion, name: str, text: str, longest: int, *, single_line: bool
) -> tuple[str, Reading | None]:
    if not text:
        return "", None
    longest = min(longest, texts.LONGEST_EVER)
    if texts.has_refused_characters(text):
        return "", _problem(planned, "unusable_characters", name)
    # Cleaning only ever shortens by much what is mostly line ends and spaces; beyond that it is not worth the work.
    length = len(text)
    if length <= 4 * longest + 1000:
        text = texts.clean(text, single_line=single_line)
        length = len(text)
    if length > longest:
        return "", _problem(planned, "too_long", name, maximum=longest, length=length)
    return text, None


def _missing_beside(planned: PlannedQuestion, form: Form, *, is_given: bool) -> Reading | None:
    """The missing code ticked beside a field; a problem when the field holds an answer too."""
    name = f"q_{planned.name}__missing"
    text = first(form, name)
    if not text:
        return None
    code = _code(planned, text, {str(missing.code): missing.code for missing in planned.question.missing})
    return _problem(planned, "missing_and_value", missing=code) if is_given else Reading(code)


READERS: Mapping[VariableType, Callable[[PlannedQuestion, Form, str], Reading]] = {
    VariableType.SINGLE: _single,
    VariableType.MARK: _single,
    VariableType.RECOMMENDATION: _single,
    VariableType.CONSENT: _single,
    VariableType.MULTIPLE: _multiple,
    VariableType.NUMBER: _number,
    VariableType.YEAR: _year,
    VariableType.MONTH: _month,
    VariableType.REGION: _region,
    VariableType.RANKING: _ranking,
    VariableType.ALLOCATION: _allocation,
    VariableType.SHORT_TEXT: _short_text,
    VariableType.LONG_TEXT: _long_text,
}
