"""Words of the pages about quality: flags, decisions, effects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp.analysis.careless import STRONG
from surveyapp.fieldwork.quality import CaseFlag
from surveyapp.reports.formatting import SUPPRESSED, mean, printed, share
from surveyapp.reports.quality_effect import Effect
from surveyapp.reports.quality_rules import RULES, Rule
from surveyapp.web.languages import current, translate


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag in words: what strikes, how strongly, and by which number."""

    title: str
    strength: str
    is_strong: bool
    why: str


@dataclass(frozen=True, slots=True)
class EffectView:
    """One headline with and without."""

    label: str
    before: str
    after: str


def strength_name(strength: int) -> str:
    """How strongly a rule strikes."""
    return translate("strong") if strength == STRONG else translate("mild")


def decision_names() -> dict[str, str]:
    """What can have been decided."""
    return {
        "waiting": translate("To decide"),
        "kept": translate("Keeps counting"),
        "excluded": translate("Excluded"),
    }


def flag_views(flags: Iterable[CaseFlag]) -> tuple[FlagView, ...]:
    """The flags of a case in words."""
    return tuple(
        FlagView(
            RULES[flag.rule].title[current()],
            strength_name(flag.strength),
            flag.strength == STRONG,
            RULES[flag.rule].of_case(_value(RULES[flag.rule], flag.value))[current()],
        )
        for flag in flags
    )


def reason_of(flags: Iterable[CaseFlag]) -> str:
    """The reason that stands there before somebody types another: the rules that strike."""
    return "; ".join(RULES[flag.rule].title[current()] for flag in flags)


def effect_views(effects: Iterable[Effect]) -> tuple[EffectView, ...]:
    """Headlines in words; those that are hidden are left out."""
    return tuple(
        EffectView(effect.label[current()], *(_printed(effect, value) for value in (effect.with_all, effect.without)))
        for effect in effects
        if not effect.is_hidden
    )


def _printed(effect: Effect, value: float | None) -> str:
    return SUPPRESSED if value is None else printed(value, effect.unit, current())


def _value(rule: Rule, value: float | None) -> str:
    if value is None:
        return "–"
    if rule.unit == "share":
        return share(value, current())
    return mean(value, current(), 2 if rule.unit == "number" else 0)
