"""One simulated answer: what a robot puts into a question's form fields."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from random import Random

from surveyapp.engine.numbers import spell_number
from surveyapp.engine.profile import LOAD_OF_CONSTRUCT, AnswerProfile, Profile
from surveyapp.instrument.model import (
    CHOICE_TYPES,
    CODED_TYPES,
    NUMBER_TYPES,
    TEXT_TYPES,
    Category,
    Question,
    Variable,
    VariableType,
)

Fields = dict[str, tuple[str, ...]]
SENTENCES: Mapping[str, tuple[str, ...]] = {
    "nl": ("Heldere afspraken vooraf en tussentijds overleg.", "Meer tijd nemen voor de afronding.", "Gaat goed zo."),
    "en": ("Clear agreements beforehand and regular contact.", "Take more time for the closing.", "Fine as it is."),
}
"""Open answers where the profile has none of its own; another language gets the English ones."""
TICK = 0.35
"""Chance of each tick where the profile gives none."""
ENDING_SHARE = 0.06
"""Weight of a code that ends the questionnaire, against 1 for any other."""
LOGIT_SCALE = 1.7
"""A logistic curve looks like a normal one on 1.7 times its scale."""


class Person:
    """One simulated case: a stream of chance and a value on each factor."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - simulated answers must be reproducible, not secret
        self._factors: dict[str, float] = {}

    def factor(self, name: str) -> float:
        """This case's value of a factor: standard normal, drawn once."""
        found = self._factors.get(name)
        if found is None:
            found = self._factors[name] = self.random.gauss(0, 1)
        return found


Answering = Callable[[Person, str], Fields]


def answering(question: Question, profile: Profile, role: str, ends: Collection[int] = ()) -> Answering:
    """How this question is answered: a function from a person and a language to form fields; empty for a skip.

    ``ends`` are codes after which the questionnaire stops: without a profile that says otherwise few people give them.
    """
    variable = question.variable
    answers = profile.of(question, role)
    if ends and answers.shares is None and not profile.is_flat:
        answers = replace(answers, shares={code: ENDING_SHARE if code in ends else 1.0 for code in variable.codes})
    valid = _valid(question, answers, is_flat=profile.is_flat)
    base = f"q_{variable.name}"
    takes_codes = variable.type in CODED_TYPES or variable.type is VariableType.MULTIPLE
    missing_field = base if takes_codes else f"{base}__missing"
    thresholds = list(itertools.accumulate(answers.missing.get(each.key, 0.0) for each in question.missing))
    codes = [str(each.code) for each in question.missing]
    # A routing question is never skipped: the page would only come back.
    skipped = (thresholds[-1] if thresholds else 0.0) + (0.0 if question.is_required else answers.skip)

    def answer(person: Person, language: str) -> Fields:
        drawn = person.random.random()
        if drawn < skipped:
            place = bisect.bisect_right(thresholds, drawn)
            return {missing_field: (codes[place],)} if place < len(codes) else {}
        return valid(person, language)

    return answer


def _valid(question: Question, answers: AnswerProfile, *, is_flat: bool) -> Answering:
    variable = question.variable
    categories = [category for category in variable.categories if not category.retired]
    if not categories and variable.type in CODED_TYPES | CHOICE_TYPES:
        return _nothing  # every category was retired: the question stands there with nothing to choose
    if variable.type in CODED_TYPES:
        if answers.mean is not None and answers.shares is None and not is_flat:
            return _ordered(variable, categories, answers)
        return _single(variable, categories, answers)
    if variable.type is VariableType.MULTIPLE:
        return _multiple(variable, categories, answers)
    if variable.type is VariableType.RANKING:
        return _ranking(variable, categories, answers)
    if variable.type is VariableType.ALLOCATION:
        return _allocation(variable, categories)
    if variable.type in NUMBER_TYPES:
        return _number(variable, answers, is_flat=is_flat)
    if variable.type in TEXT_TYPES:
        return _text(variable, answers)
    raise TypeError(f"No robot answers a question of type {variable.type}.")


def _nothing(person: Person, language: str) -> Fields:
    return {}


def _shared(answers: AnswerProfile, variable: Variable) -> tuple[Callable[[Person], float], float]:
    """What a case's factors make of this variable, and how much of the variance that leaves to chance."""
    load, factor = answers.load, answers.factor
    construct = variable.construct if load else None
    inner = LOAD_OF_CONSTRUCT * math.sqrt(1 - load * load) if construct else 0.0
    if variable.is_reversed:
        load, inner = -load, -inner

    def shared(person: Person) -> float:
        if not load:
            return 0.0
        return load * person.factor(factor) + (inner * person.factor(construct) if construct else 0.0)

    return shared, max(0.0, 1 - load * load - inner * inner)


def _level(answers: AnswerProfile, variable: Variable) -> Callable[[Person], float]:
    """A standard normal value that hangs together with the case's factors as the profile says."""
    shared, left = _shared(answers, variable)
    own = math.sqrt(left)

    def level(person: Person) -> float:
        return own * person.random.gauss(0, 1) + shared(person)

    return level


def _ordered(variable: Variable, categories: Sequence[Category], answers: AnswerProfile) -> Answering:
    field, low, high = f"q_{variable.name}", categories[0].code, categories[-1].code
    level, mean, sd = _level(answers, variable), answers.mean or 0.0, answers.sd or 1.0
    offered = {category.code for category in categories}

    def answer(person: Person, language: str) -> Fields:
        code = min(max(round(mean + sd * level(person)), low), high)
        return {field: (str(code),)} if code in offered else {}

    return answer


def _drawn_by(weights: Sequence[float]) -> Callable[[Person], int]:
    """An index, as often as its weight says."""
    totals = list(itertools.accumulate(weights))
    if not totals or totals[-1] <= 0:
        totals = list(range(1, len(weights) + 1))

    def draw(person: Person) -> int:
        return min(bisect.bisect_right(totals, person.random.random() * totals[-1]), len(totals) - 1)

    return draw


def _single(variable: Variable, categories: Sequence[Category], answers: AnswerProfile) -> Answering:
    shares = answers.shares
    weights = [1.0 if shares is None else shares.get(category.code, 0.0) for category in categories]
    draw, rest = _drawn_by(weights), _drawn_by(weights[1:])
    field = f"q_{variable.name}"
    first = weights[0] / sum(weights) if sum(weights) else 0.0
    # With a load the first code, "yes", comes more often the higher the factors: a shift on the logit scale.
    is_pulled = bool(answers.load) and 0 < first < 1
    logit = math.log(first / (1 - first)) if is_pulled else 0.0
    shared, _ = _shared(answers, variable)

    def answer(person: Person, language: str) -> Fields:
        if is_pulled:
            chance = 1 / (1 + math.exp(-(logit + LOGIT_SCALE * shared(person))))
            index = 0 if person.random.random() < chance else 1 + rest(person)
        else:
            index = draw(person)
        fields: Fields = {field: (str(categories[index].code),)}
        if categories[index].other:
            fields[f"{field}__other"] = (_sentence(person, answers, language, ("iets anders", "something else")),)
        return fields

    return answer


def _multiple(variable: Variable, categories: Sequence[Category], answers: AnswerProfile) -> Answering:
    shares = answers.shares or {}
    together = [category for category in categories if not category.exclusive]
    alone = [category for category in categories if category.exclusive]
    field = f"q_{variable.name}"
    most = variable.maximum_choices or len(together)
    least = max(variable.minimum_choices, 1)
    chances = {category.code: min(shares.get(category.code, TICK), 1.0) for category in together}
    chance_alone = [shares.get(category.code, 0.08) for category in alone]

    def answer(person: Person, language: str) -> Fields:
        random = person.random
        for category, chance in zip(alone, chance_alone, strict=True):
            if random.random() < chance:
                return {field: (str(category.code),)}
        ticked = [category for category in together if random.random() < chances[category.code]]
        if len(ticked) > most:
            ticked = random.sample(ticked, most)
        while len(ticked) < min(least, len(together)):
            ticked.append(random.choice([category for category in together if category not in ticked]))
        fields: Fields = {field: tuple(str(category.code) for category in ticked)}
        if any(category.other for category in ticked):
            fields[f"{field}__other"] = (_sentence(person, answers, language, ("iets anders", "something else")),)
        return fields

    return answer


def _ranking(variable: Variable, categories: Sequence[Category], answers: AnswerProfile) -> Answering:
    shares = answers.shares
    weights = {each.code: 1.0 if shares is None else shares.get(each.code, 0.01) for each in categories}

    def answer(person: Person, language: str) -> Fields:
        left = dict(weights)
        # Most people fill every place, some only the first.
        places = variable.ranks if person.random.random() < 0.9 else 1
        fields: Fields = {}
        for place in range(1, min(places, len(left)) + 1):
            codes = list(left)
            code = codes[_drawn_by([left[each] for each in codes])(person)]
            fields[f"q_{variable.name}__{place}"] = (str(code),)
            del left[code]
        return fields

    return answer


def _allocation(variable: Variable, categories: Sequence[Category]) -> Answering:
    def answer(person: Person, language: str) -> Fields:
        cuts = sorted(5 * person.random.randint(0, 20) for _ in range(len(categories) - 1))
        parts = [high - low for low, high in itertools.pairwise([0, *cuts, 100])]
        return {
            f"q_{variable.name}__{category.code}": (str(part),)
            for category, part in zip(categories, parts, strict=True)
        }

    return answer


def _number(variable: Variable, answers: AnswerProfile, *, is_flat: bool) -> Answering:
    limits = variable.number
    low, high = _bounds(variable)
    decimals = limits.decimals if limits else 0
    level, step = _level(answers, variable), answers.step
    field = f"q_{variable.name}"

    def value(person: Person) -> float:
        if is_flat or (answers.mean is None and answers.median is None):
            return person.random.uniform(low, high)
        if answers.median is not None:
            return answers.median * math.exp((answers.spread or 0.5) * level(person))
        return (answers.mean or 0.0) + (answers.sd or 1.0) * level(person)

    def answer(person: Person, language: str) -> Fields:
        drawn = min(max(value(person), low), high)
        if step is not None:
            drawn = min(max(round(drawn / step) * step, low), high)
        # Amounts with cents are rare among those who may type them.
        whole = not decimals or person.random.random() < 0.9
        typed: float = round(drawn) if whole else round(drawn, decimals)
        typed = min(max(typed, math.ceil(low)), math.floor(high))
        if variable.type is VariableType.MONTH:
            return {f"{field}__month": (str(person.random.randint(1, 12)),), f"{field}__year": (str(int(typed)),)}
        return {field: (spell_number(typed, language),)}

    return answer


def _bounds(variable: Variable) -> tuple[float, float]:
    if variable.type is VariableType.REGION:
        return 10, 99
    limits = variable.number
    years = variable.type in (VariableType.YEAR, VariableType.MONTH)
    low = max(limits.minimum or 0, 0) if limits else 0
    high = limits.maximum if limits and limits.maximum is not None else low + 100
    if years and low < 1000:
        low = 1950
    return low, max(low, high, 2020 if years and (limits is None or limits.maximum is None) else low)


def _text(variable: Variable, answers: AnswerProfile) -> Answering:
    field = f"q_{variable.name}"
    is_single_line = variable.type is VariableType.SHORT_TEXT

    def answer(person: Person, language: str) -> Fields:
        if person.random.random() >= answers.answered:
            return {field: ("",)}
        text = _sentence(person, answers, language, ("kort antwoord", "short answer") if is_single_line else None)
        longest = variable.maximum_characters or len(text)
        return {field: (text[:longest],)}

    return answer


def _sentence(person: Person, answers: AnswerProfile, language: str, short: tuple[str, str] | None) -> str:
    own = answers.texts.get(language)
    if own:
        return person.random.choice(own)
    if short is not None:
        return short[0] if language == "nl" else short[1]
    return person.random.choice(SENTENCES.get(language, SENTENCES["en"]))
