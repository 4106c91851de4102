"""What may be said of a difference with an earlier wave, by the words of both definitions."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.compare import comparable
from surveyapp.instrument.differences import Change
from surveyapp.instrument.model import Instrument, TrendEffect
from surveyapp.reports.sentences import Words, both


def series_note(name: str, now: Instrument, then: Instrument) -> Words | None:
    """What a reader of a figure of this variable must know before laying it beside the earlier wave's."""
    if name not in now.variables or name not in then.variables:
        return None
    found, year = comparable(name, then, now), str(then.wave.year)
    match found.effect:
        case TrendEffect.INDICATIVE:
            return both("Put differently or to others in %(year)s: compare with reservation, not tested.", year=year)
        case TrendEffect.BREAK:
            return both("Not comparable with %(year)s.", year=year)
        case TrendEffect.RECODE:
            return both("Other answers could be given in %(year)s.", year=year)
    if Change.ROTATION in found.changes:
        return both("Put to another random part of the people in %(year)s: comparable, on another base.", year=year)
    return None


def variable_trend(name: str, now: Instrument, then: Instrument) -> tuple[TrendEffect, Words | None]:
    """What may be said of the difference in a figure of one variable, and why not more."""
    if name not in then.variables:
        return TrendEffect.BREAK, None
    found = comparable(name, then, now)
    if found.effect.is_comparable:
        return found.effect, None
    if found.effect is TrendEffect.BREAK or found.changes == (Change.MEASURED,):
        return found.effect, next(iter(found.reasons), None)
    return found.effect, both("Not tested: put differently or to others in the last wave.")


def construct_trend(
    items: Mapping[str, tuple[int, ...]], before: Mapping[str, tuple[int, ...]], now: Instrument, then: Instrument
) -> tuple[TrendEffect, Words | None]:
    """The same of a construct, by its items with the codes that count now and before.

    One item that was put differently is enough for it to be shown and not tested.
    """
    effects = {name: comparable(name, then, now).effect for name in items}
    if items != before or TrendEffect.BREAK in effects.values():
        return TrendEffect.BREAK, both("This construct was measured with other items in the last wave.")
    changed = [now.variables[name].label for name, effect in effects.items() if effect is TrendEffect.INDICATIVE]
    if not changed:
        return TrendEffect.CONTINUE, None
    titles = {language: ", ".join(f"“{label[language].rstrip('.')}”" for label in changed) for language in LANGUAGES}
    return TrendEffect.INDICATIVE, both(
        "Not tested: put differently or to others in the last wave: %(items)s.", items=titles
    )
