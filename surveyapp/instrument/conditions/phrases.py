"""The words of a spoken condition, per language: texts with blanks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveyapp.instrument.conditions.nodes import Operator

Pair = tuple[str, str]
"""A clause, and its opposite."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """How one language says each kind of node."""

    asked_if: str
    asked_everyone: str
    asked_nobody: str
    everyone: str
    if_: str
    and_: str
    or_: str
    always: str
    never: str
    is_: Pair  # what is compared, and with which value
    answer: str  # what is compared
    compared: Mapping[Operator, str]  # the value with its comparison: "7 or higher"
    amount: Mapping[Operator, str]  # "2 or more"
    counted: Pair
    chosen: Pair
    all_chosen: Pair  # several at once
    given: Mapping[str, Pair]
    drawn: Pair
    put_to: str
    shares: Mapping[Fraction, str]
    share: str  # any other

    def put_to_part(self, share: Fraction, blocks: str) -> str:
        """That a random part of the people is asked these blocks."""
        part = self.shares.get(share) or self.share.format(some=share.numerator, every=share.denominator)
        return self.put_to.format(part=part, blocks=blocks)


def listed(items: Sequence[str], last: str) -> str:
    """ "a, b or c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def number_text(number: int | float, language: str) -> str:
    """A number with the language's decimal sign; no grouping, so that a year stays a year."""
    text = f"{number:g}" if abs(number) < 10**6 else str(number)
    return text.replace(".", ",") if language == "nl" else text


PHRASES: Mapping[str, Phrases] = {
    "nl": Phrases(
        asked_if="gevraagd als",
        asked_everyone="gevraagd aan iedereen",
        asked_nobody="aan niemand gevraagd",
        everyone="iedereen",
        if_="als",
        and_="en",
        or_="of",
        always="altijd",
        never="nooit",
        is_=("{subject} {value} is", "{subject} niet {value} is"),
        answer="het antwoord op {label}",
        compared={"==": "{}", "<": "lager dan {}", "<=": "{} of lager", ">": "hoger dan {}", ">=": "{} of hoger"},
        amount={
            "==": "precies {}",
            "<": "minder dan {}",
            "<=": "ten hoogste {}",
            ">": "meer dan {}",
            ">=": "ten minste {}",
        },
        counted=("het aantal keuzes bij {label} {amount} is", "het aantal keuzes bij {label} niet {amount} is"),
        chosen=("bij {label} {values} gekozen is", "bij {label} niet {values} gekozen is"),
        all_chosen=("bij {label} {values} gekozen zijn", "bij {label} niet {values} gekozen zijn"),
        given={
            "answered": ("{label} beantwoord is", "{label} niet beantwoord is"),
            "valid": ("op {label} een inhoudelijk antwoord kwam", "op {label} geen inhoudelijk antwoord kwam"),
            "missing": ("op {label} geen inhoudelijk antwoord kwam", "op {label} een inhoudelijk antwoord kwam"),
        },
        drawn=("het blok {blocks} is getrokken", "het blok {blocks} niet is getrokken"),
        put_to="voorgelegd aan {part} (blok {blocks})",
        shares={
            Fraction(1, 2): "een willekeurige helft",
            Fraction(1, 3): "een willekeurig derde deel",
            Fraction(2, 3): "een willekeurig twee derde deel",
            Fraction(1, 4): "een willekeurig kwart",
            Fraction(3, 4): "een willekeurig drie kwart deel",
            Fraction(1, 5): "een willekeurig vijfde deel",
        },
        share="willekeurig {some} op de {every}",
    ),
    "en": Phrases(
        asked_if="asked if",
        asked_everyone="asked of everyone",
        asked_nobody="asked of nobody",
        everyone="everyone",
        if_="if",
        and_="and",
        or_="or",
        always="always",
        never="never",
        is_=("{subject} is {value}", "{subject} is not {value}"),
        answer="the answer to {label}",
        compared={"==": "{}", "<": "lower than {}", "<=": "{} or lower", ">": "higher than {}", ">=": "{} or higher"},
        amount={"==": "exactly {}", "<": "fewer than {}", "<=": "at most {}", ">": "more than {}", ">=": "at least {}"},
        counted=("the number of choices for {label} is {amount}", "the number of choices for {label} is not {amount}"),
        chosen=("{values} was chosen for {label}", "{values} was not chosen for {label}"),
        all_chosen=("{values} were chosen for {label}", "{values} were not chosen for {label}"),
        given={
            "answered": ("{label} was answered", "{label} was not answered"),
            "valid": ("{label} has a substantive answer", "{label} has no substantive answer"),
            "missing": ("{label} has no substantive answer", "{label} has a substantive answer"),
        },
        drawn=("block {blocks} was drawn", "block {blocks} was not drawn"),
        put_to="put to {part} (block {blocks})",
        shares={
            Fraction(1, 2): "a random half",
            Fraction(1, 3): "a random third",
            Fraction(2, 3): "a random two thirds",
            Fraction(1, 4): "a random quarter",
            Fraction(3, 4): "a random three quarters",
            Fraction(1, 5): "a random fifth",
        },
        share="a random {some} in {every}",
    ),
}
