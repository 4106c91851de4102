"""What may be said of a difference with an earlier wave, by the words of both definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.compare import Change, difference
from surveyapp.instrument.model import Instrument, TrendEffect
from surveyapp.reports.sentences import both

Words = Mapping[str, str]


def series_effect(name: str, now: Instrument, then: Instrument) -> TrendEffect:
    """What the two definitions allow for one variable; a break where the earlier wave has not got it."""
    return difference(name, then, now).effect


def may_be_compared(name: str, now: Instrument, then: Instrument) -> bool:
    """Whether figures of both waves may stand side by side, and a difference be tested."""
    return series_effect(name, now, then) in (TrendEffect.CONTINUE, TrendEffect.RECODE)


def series_note(name: str, now: Instrument, then: Instrument) -> Words | None:
    """What a reader of a figure of this variable must know before laying it beside the earlier wave's."""
    if name not in now.variables or name not in then.variables:
        return None
    found = difference(name, then, now)
    effect = found.effect
    if effect is TrendEffect.INDICATIVE:
        return both(
            "Put differently or to others in %(year)s: compare with reservation, not tested.", year=str(then.wave.year)
        )
    if effect is TrendEffect.BREAK:
        return both("Not comparable with %(year)s.", year=str(then.wave.year))
    if effect is TrendEffect.RECODE:
        return both("Other answers could be given in %(year)s.", year=str(then.wave.year))
    if Change.ROTATION in found.changes:
        return both(
            "Put to another random part of the people in %(year)s: comparable, on another base.",
            year=str(then.wave.year),
        )
    return None


def items_effect(items: Sequence[str], now: Instrument, then: Instrument) -> tuple[TrendEffect, Words | None]:
    """What a construct allows: one item that was put differently is enough for it to be shown and not tested."""
    effects = {name: series_effect(name, now, then) for name in items}
    if TrendEffect.BREAK in effects.values():
        return TrendEffect.BREAK, both("This construct was measured with other items in the last wave.")
    changed = [name for name, effect in effects.items() if effect is TrendEffect.INDICATIVE]
    if not changed:
        return TrendEffect.CONTINUE, None
    titles = {
        language: ", ".join(f"“{now.variables[name].label[language].rstrip('.')}”" for name in changed)
        for language in LANGUAGES
    }
    return TrendEffect.INDICATIVE, both(
        "Not tested: put differently or to others in the last wave: %(items)s.", items=titles
    )
