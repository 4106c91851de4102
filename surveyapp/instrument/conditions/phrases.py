"""The words of a spoken condition, per language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveyapp.instrument.conditions.nodes import Operator

Said = Callable[[str, bool], str]
"""(label, negated) → clause."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """How one language says each kind of node; ``negated`` asks for the opposite."""

    asked_if: str
    asked_everyone: str
    asked_nobody: str
    everyone: str
    if_: str
    and_: str
    or_: str
    always: str
    never: str
    is_: Callable[[str, str, bool], str]  # (what is compared, value, negated)
    answer: Callable[[str], str]  # of a label: what is compared
    compared: Callable[[Operator, str], str]  # the value with its comparison: "7 or higher"
    amount: Callable[[Operator, str], str]  # "2 or more"
    counted: Callable[[str, str, bool], str]  # (label, amount, negated)
    chosen: Callable[[str, str, bool, bool], str]  # (label, values, several at once, negated)
    given: Mapping[str, Said]
    drawn: Callable[[str, bool], str]  # (blocks, negated)
    put_to: Callable[[Fraction, str], str]  # (share of people, blocks)


def listed(items: Sequence[str], last: str) -> str:
    """ "a, b or c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def number_text(number: int | float, language: str) -> str:
    """A number with the language's decimal sign; no grouping, so that a year stays a year."""
    text = f"{number:g}" if abs(number) < 10**6 else str(number)
    return text.replace(".", ",") if language == "nl" else text


def _either(wanted: bool, one: str, other: str) -> str:
    return one if wanted else other


_NL_COMPARED = {"==": "{}", "<": "lager dan {}", "<=": "{} of lager", ">": "hoger dan {}", ">=": "{} of hoger"}
_EN_COMPARED = {"==": "{}", "<": "lower than {}", "<=": "{} or lower", ">": "higher than {}", ">=": "{} or higher"}
_NL_AMOUNT = {
    "==": "precies {}",
    "<": "minder dan {}",
    "<=": "ten hoogste {}",
    ">": "meer dan {}",
    ">=": "ten minste {}",
}
_EN_AMOUNT = {"==": "exactly {}", "<": "fewer than {}", "<=": "at most {}", ">": "more than {}", ">=": "at least {}"}


def _nl_chosen(label: str, values: str, several: bool, negated: bool) -> str:
    verb = "gekozen zijn" if several else "gekozen is"
    return f"bij {label} {'niet ' if negated else ''}{values} {verb}"


def _en_chosen(label: str, values: str, several: bool, negated: bool) -> str:
    verb = "were" if several else "was"
    return f"{values} {verb} {'not ' if negated else ''}chosen for {label}"


_NL_SHARES = {
    Fraction(1, 2): "een willekeurige helft",
    Fraction(1, 3): "een willekeurig derde deel",
    Fraction(2, 3): "een willekeurig twee derde deel",
    Fraction(1, 4): "een willekeurig kwart",
    Fraction(3, 4): "een willekeurig drie kwart deel",
    Fraction(1, 5): "een willekeurig vijfde deel",
}
_EN_SHARES = {
    Fraction(1, 2): "a random half",
    Fraction(1, 3): "a random third",
    Fraction(2, 3): "a random two thirds",
    Fraction(1, 4): "a random quarter",
    Fraction(3, 4): "a random three quarters",
    Fraction(1, 5): "a random fifth",
}


def _nl_put_to(share: Fraction, blocks: str) -> str:
    part = _NL_SHARES.get(share, f"willekeurig {share.numerator} op de {share.denominator}")
    return f"voorgelegd aan {part} (blok {blocks})"


def _en_put_to(share: Fraction, blocks: str) -> str:
    part = _EN_SHARES.get(share, f"a random {share.numerator} in {share.denominator}")
    return f"put to {part} (block {blocks})"


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
        is_=lambda subject, value, negated: f"{subject} {'niet ' if negated else ''}{value} is",
        answer=lambda label: f"het antwoord op {label}",
        compared=lambda operator, value: _NL_COMPARED[operator].format(value),
        amount=lambda operator, number: _NL_AMOUNT[operator].format(number),
        counted=lambda label, amount, negated: f"het aantal keuzes bij {label} {'niet ' if negated else ''}{amount} is",
        chosen=_nl_chosen,
        given={
            "answered": lambda label, negated: f"{label} {'niet ' if negated else ''}beantwoord is",
            "valid": lambda label, negated: f"op {label} {_either(negated, 'geen', 'een')} inhoudelijk antwoord kwam",
            "missing": lambda label, negated: f"op {label} {_either(negated, 'een', 'geen')} inhoudelijk antwoord kwam",
        },
        drawn=lambda blocks, negated: f"het blok {blocks} {_either(negated, 'niet ', '')}is getrokken",
        put_to=_nl_put_to,
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
        is_=lambda subject, value, negated: f"{subject} is {'not ' if negated else ''}{value}",
        answer=lambda label: f"the answer to {label}",
        compared=lambda operator, value: _EN_COMPARED[operator].format(value),
        amount=lambda operator, number: _EN_AMOUNT[operator].format(number),
        counted=lambda label, amount, negated: (
            f"the number of choices for {label} is {'not ' if negated else ''}{amount}"
        ),
        chosen=_en_chosen,
        given={
            "answered": lambda label, negated: f"{label} was {'not ' if negated else ''}answered",
            "valid": lambda label, negated: f"{label} has {_either(negated, 'no', 'a')} substantive answer",
            "missing": lambda label, negated: f"{label} has {_either(negated, 'a', 'no')} substantive answer",
        },
        drawn=lambda blocks, negated: f"block {blocks} was {_either(negated, 'not ', '')}drawn",
        put_to=_en_put_to,
    ),
}
