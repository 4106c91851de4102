"""The people robots play: a stream of chance, factors their answers share, and words of their own."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from random import Random

from surveyapp.engine.profile import LOAD_OF_CONSTRUCT, AnswerProfile
from surveyapp.instrument.model import Variable

Fields = dict[str, tuple[str, ...]]
SENTENCES: Mapping[str, tuple[str, ...]] = {
    "nl": ("Heldere afspraken vooraf en tussentijds overleg.", "Meer tijd nemen voor de afronding.", "Gaat goed zo."),
    "en": ("Clear agreements beforehand and regular contact.", "Take more time for the closing.", "Fine as it is."),
}
"""Open answers where the profile has none of its own; another language gets the English ones."""
TICK = 0.35
"""Chance of each tick where the profile gives none."""
LOGIT_SCALE = 1.7
"""A logistic curve looks like a normal one on 1.7 times its scale."""


class Person:
    """One simulated case: a stream of chance and a value on each factor."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - simulated answers must be reproducible, not secret
        # What is said around a text moves no other answer, and no time: those were guessed without it.
        self.wording = Random(f"wording {seed}")  # noqa: S311
        self.besides = 0
        self._factors: dict[str, float] = {}

    def factor(self, name: str) -> float:
        """This case's value of a factor: standard normal, drawn once."""
        found = self._factors.get(name)
        if found is None:
            found = self._factors[name] = self.random.gauss(0, 1)
        return found


Answering = Callable[[Person, str], Fields]


def shared(answers: AnswerProfile, variable: Variable) -> tuple[Callable[[Person], float], float]:
    """What a case's factors make of this variable, and how much of the variance that leaves to chance."""
    load, factor = answers.load, answers.factor
    construct = variable.construct if load else None
    inner = LOAD_OF_CONSTRUCT * math.sqrt(1 - load * load) if construct else 0.0
    if variable.is_reversed:
        load, inner = -load, -inner

    def common(person: Person) -> float:
        if not load:
            return 0.0
        return load * person.factor(factor) + (inner * person.factor(construct) if construct else 0.0)

    return common, max(0.0, 1 - load * load - inner * inner)


def level(answers: AnswerProfile, variable: Variable) -> Callable[[Person], float]:
    """A standard normal value that hangs together with the case's factors as the profile says."""
    common, left = shared(answers, variable)
    own = math.sqrt(left)

    def drawn(person: Person) -> float:
        return own * person.random.gauss(0, 1) + common(person)

    return drawn


def drawn_by(weights: Sequence[float]) -> Callable[[Person], int]:
    """An index, as often as its weight says."""
    totals = list(itertools.accumulate(weights))
    if not totals or totals[-1] <= 0:
        totals = list(range(1, len(weights) + 1))

    def draw(person: Person) -> int:
        return min(bisect.bisect_right(totals, person.random.random() * totals[-1]), len(totals) - 1)

    return draw


def sentence(person: Person, answers: AnswerProfile, language: str, short: tuple[str, str] | None) -> str:
    """A text of the profile's own; otherwise the short one in Dutch or English, or a whole sentence."""
    own = answers.texts.get(language)
    if own:
        text = person.random.choice(own)
        if short is not None or language not in answers.asides:
            return text
        said = answers.asides[language].around(text, person.wording)
        person.besides += len(said) - len(text)
        return said
    if short is not None:
        return short[0] if language == "nl" else short[1]
    return person.random.choice(SENTENCES.get(language, SENTENCES["en"]))
