"""Proofs by enumeration: can a condition be true, can it be false, in the questionnaire of one role?

Only the variables that matter are tried (those the condition reads, those that decide whether these are asked, and so
on), each with the answers that can make a difference, in the order of the questionnaire. A variable whose own condition
is not true has not been asked. The work is bounded; what would take more than ``MAXIMUM_STEPS`` is left unproved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.nodes import Audience, Chosen, Comparison, Leaf, Membership, leaves, system_names
from surveyapp.instrument.questions import Question, Questionnaire
from surveyapp.instrument.rotations import as_stored
from surveyapp.instrument.types import Shape
from surveyapp.instrument.variables import NOT_ASKED, SKIPPED, Variable

MAXIMUM_STEPS = 20_000
MAXIMUM_SUBSETS = 256


@dataclass(frozen=True, slots=True)
class Proof:
    """What enumeration found; ``is_complete`` tells whether everything was tried."""

    can_be_true: bool
    can_be_otherwise: bool  # false or unknown
    is_complete: bool


def proof(
    condition: Condition,
    questionnaire: Questionnaire,
    asked: Mapping[str, Condition | None],
    languages: Sequence[str],
    *,
    given: Condition | None = None,
) -> Proof:
    """Whether ``condition`` can be true and can be otherwise, among the people for whom ``given`` is true.

    ``asked`` holds per variable when this role is asked it (:func:`surveyapp.instrument.layout.asked_when`).
    """
    search = _Search(condition, questionnaire, asked, given)
    for language in languages if search.reads_language else languages[:1]:
        search.run(language)
    is_told = search.can_be_true and search.can_be_otherwise
    is_complete = is_told or (search.is_whole and search.steps <= MAXIMUM_STEPS)
    return Proof(search.can_be_true, search.can_be_otherwise, is_complete)


def tried_answers(question: Question, conditions: Sequence[Condition]) -> tuple[tuple[Any, ...], bool]:
    """The answers to a question that can make a difference to these conditions, and whether they are all of those."""
    values = tuple(_answers(question, conditions)) or (SKIPPED,)  # nothing is offered: L009 speaks of that
    return values, not (question.variable.type.shape.is_several and len(values) >= MAXIMUM_SUBSETS)


def drawn_answers(questionnaire: Questionnaire, name: str) -> tuple[Any, ...]:
    """What may be drawn for a variable of a rotation; nothing for a variable this role is not asked at all."""
    return tuple(value for each in questionnaire.rotations if each.name == name for value in _draws(each))


class _Search:
    def __init__(
        self,
        condition: Condition,
        questionnaire: Questionnaire,
        asked: Mapping[str, Condition | None],
        given: Condition | None,
    ) -> None:
        self.condition, self.given, self.asked = condition, given, asked
        self.role = questionnaire.role
        self.can_be_true = self.can_be_otherwise = False
        self.steps = 0
        conditions = [condition, *([given] if given else [])]
        names = _closure(conditions, asked)
        for name in names:
            found = asked.get(name)
            if found is not None:
                conditions.append(found)
        self.reads_language = any("language" in system_names(one.tree) for one in conditions)
        # A variable this role is never asked has no answer at all: leaving it out says just that.
        order = [name for name in questionnaire.questions if name in names]
        self.domains: list[tuple[str, tuple[Any, ...]]] = [
            (variable.name, tuple(_draws(variable))) for variable in questionnaire.rotations if variable.name in names
        ]
        self.is_whole = True
        for name in order:
            values, is_whole = tried_answers(questionnaire.questions[name], conditions)
            self.domains.append((name, values))
            self.is_whole = self.is_whole and is_whole

    def run(self, language: str) -> None:
        self._assign(0, {}, language)

    def _assign(self, depth: int, answers: dict[str, Any], language: str) -> None:
        if (self.can_be_true and self.can_be_otherwise) or self.steps > MAXIMUM_STEPS:
            return
        if depth == len(self.domains):
            self.steps += 1
            if self.given is None or self.given.evaluate(answers, role=self.role, language=language):
                if self.condition.evaluate(answers, role=self.role, language=language):
                    self.can_be_true = True
                else:
                    self.can_be_otherwise = True
            return
        name, domain = self.domains[depth]
        when = self.asked.get(name)  # what is drawn is drawn for everyone
        is_asked = when is None or when.evaluate(answers, role=self.role, language=language) is True
        for value in domain if is_asked else (NOT_ASKED,):
            answers[name] = value
            self._assign(depth + 1, answers, language)
        answers.pop(name, None)


def _closure(conditions: Sequence[Condition], asked: Mapping[str, Condition | None]) -> frozenset[str]:
    names: set[str] = set()
    waiting = [name for condition in conditions for name in condition.names]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            when = asked.get(name)
            waiting.extend(when.names if when else ())
    return frozenset(names)


def _draws(variable: Variable) -> Iterator[Any]:
    return (as_stored(variable, codes) for codes in (variable.draw.drawn() if variable.draw else ()))


def _answers(question: Question, conditions: Sequence[Condition]) -> Iterator[Any]:
    """The answers to this question that can make a difference to these conditions."""
    variable = question.variable
    read = [
        leaf
        for condition in conditions
        for leaf in leaves(condition.tree)
        if not isinstance(leaf, Audience) and leaf.name == variable.name
    ]
    yield from _valid(variable, read)
    yield from (code.code for code in question.missing)
    if not question.is_required:
        yield SKIPPED


def _valid(variable: Variable, read: Sequence[Leaf]) -> Iterator[Any]:
    if variable.type.shape is Shape.NUMBER:
        yield from _numbers(variable, read)
    elif variable.type.shape is Shape.CODE:
        yield from _codes(variable, read)
    elif variable.type.shape.is_list:
        yield from _choices(variable, read)
    else:
        yield "text"


def _mentioned(read: Sequence[Leaf]) -> set[float]:
    found: set[float] = set()
    for leaf in read:
        if isinstance(leaf, Comparison):
            found.add(leaf.number)
        elif isinstance(leaf, Membership):
            found.update(leaf.numbers)
        elif isinstance(leaf, Chosen):
            found.update(leaf.codes)
    return found


def _codes(variable: Variable, read: Sequence[Leaf]) -> Iterator[int]:
    codes = [category.code for category in variable.categories if not category.retired]
    if any(isinstance(leaf, Comparison) and leaf.operator != "==" for leaf in read):
        yield from codes
        return
    mentioned = _mentioned(read)
    yield from (code for code in codes if code in mentioned)
    yield from [code for code in codes if code not in mentioned][:1]  # all others behave alike


def _numbers(variable: Variable, read: Sequence[Leaf]) -> Iterator[float]:
    bounds = variable.number
    low = (bounds.minimum if bounds else None) or 0
    high = bounds.maximum if bounds and bounds.maximum is not None else float("inf")
    step = 10.0 ** -(bounds.decimals if bounds else 0)
    mentioned = _mentioned(read)
    if variable.type.traits.is_month:
        yield from _months(mentioned, int(low) or 1900, 2200 if high == float("inf") else int(high))
        return
    around = {value for number in mentioned for value in (number - step, number, number + step)}
    candidates = around | {low} | ({high} if high != float("inf") else {max([low, *around]) + step})
    yield from sorted(value for value in candidates if low <= value <= high)


def _months(mentioned: set[float], first: int, last: int) -> Iterator[float]:
    """Limits are whole years; a month is year * 100 + month, and January follows December."""
    months = {divmod(int(number), 100) for number in mentioned}
    places = {year * 12 + month - 1 for year, month in months}
    tried = {place + step for place in places for step in (-1, 0, 1)} | {first * 12, last * 12 + 11}
    for place in sorted(place for place in tried if first * 12 <= place <= last * 12 + 11):
        yield place // 12 * 100 + place % 12 + 1


def _choices(variable: Variable, read: Sequence[Leaf]) -> Iterator[list[int]]:
    usable = [category for category in variable.categories if not category.retired]
    exclusive = {category.code for category in usable if category.exclusive}
    codes = [category.code for category in usable]
    mentioned = [code for code in codes if code in _mentioned(read)]
    others = [code for code in codes if code not in mentioned and code not in exclusive]
    most = variable.maximum_choices or variable.ranks or len(codes)
    least = max(variable.minimum_choices, 1)
    given = 0
    for size in range(len(mentioned) + 1):
        for chosen in combinations(mentioned, size):
            if len(chosen) > 1 and exclusive & set(chosen):
                continue
            spare = [] if exclusive & set(chosen) else others
            for extra in range(len(spare) + 1):
                if least <= size + extra <= most and given < MAXIMUM_SUBSETS:
                    given += 1
                    picked = {*chosen, *spare[:extra]}
                    yield [code for code in codes if code in picked]
