"""Two waves side by side, variable by variable: what changed, and what that does to the trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.errors import Message
from surveyapp.instrument.differences import Change, Difference, Words, differences, worded
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.identity import identity_findings
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.variables import TrendEffect

_WEIGHED: Mapping[Change, tuple[TrendEffect, Message]] = {
    Change.UNCHANGED: (TrendEffect.CONTINUE, Message("Question and codes are the same.")),
    Change.LAYOUT: (TrendEffect.CONTINUE, Message("Only the layout differs; codes and words are the same.")),
    Change.ROUTING: (
        TrendEffect.INDICATIVE,
        Message("The question goes to another group; compare over the group asked both times."),
    ),
    Change.ROTATION: (
        TrendEffect.CONTINUE,
        Message("Another part of the people, chosen at random, was asked: comparable, on another base."),
    ),
    Change.TEXT: (
        TrendEffect.INDICATIVE,
        Message("The question is worded differently: show the difference with a reservation and do not test it."),
    ),
    Change.CODES: (TrendEffect.RECODE, Message("The answers differ: combine what exists in both years.")),
    Change.NEW: (TrendEffect.BREAK, Message("There is nothing to compare with yet.")),
    Change.GONE: (TrendEffect.BREAK, Message("The series ends here.")),
    Change.BACK: (TrendEffect.CONTINUE, Message("The question is back; the series has a gap.")),
    Change.MEASURED: (TrendEffect.RECODE, Message("This was measured otherwise in that wave.")),
}
"""The mildest effect a change can have, and why; a linked wave's own effect may be stricter."""
_NOT_ONE_SCALE = Message("The level of measurement or kind of answer differs; the years cannot be compared.")
_STRICTNESS = [TrendEffect.CONTINUE, TrendEffect.RECODE, TrendEffect.INDICATIVE, TrendEffect.BREAK]


@dataclass(frozen=True, slots=True)
class Comparability:
    """One variable in two waves, and so whether they may be compared.

    ``changes`` holds every kind of change that was found, or UNCHANGED alone; ``found`` is what exactly differs,
    ``effect`` what may be said of the trend, ``why`` what gives it that effect.
    """

    name: str
    changes: tuple[Change, ...]
    effect: TrendEffect
    found: tuple[Difference, ...] = ()
    why: tuple[Message | Words, ...] = ()

    @property
    def texts(self) -> tuple[Difference, ...]:
        """The texts that changed, with their old and new words."""
        return tuple(each for each in self.found if each.change is Change.TEXT)

    @property
    def details(self) -> tuple[Words, ...]:
        """What exactly differs, line by line in nl and en."""
        return tuple(each.line for each in self.found)

    @property
    def reasons(self) -> tuple[Words, ...]:
        """Why it has its effect, in nl and en."""
        return tuple(map(worded, self.why))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two waves, in the later wave's codebook order, gone variables last."""

    earlier: int
    later: int
    differences: tuple[Comparability, ...]
    findings: tuple[Finding, ...]

    def changed(self) -> tuple[Comparability, ...]:
        """The variables to which something happened."""
        return tuple(found for found in self.differences if found.changes != (Change.UNCHANGED,))


def compare(earlier: Instrument, later: Instrument, *, before: Sequence[Instrument] = ()) -> Comparison:
    """Compare two waves; ``before`` are still earlier ones, so that a variable can be "back" rather than "new"."""
    found = tuple(comparable(name, earlier, later, before) for name in {**later.variables, **earlier.variables})
    return Comparison(earlier.wave.year, later.wave.year, found, identity_findings(earlier, later))


def comparable(name: str, earlier: Instrument, later: Instrument, before: Sequence[Instrument] = ()) -> Comparability:
    """What happened to one variable between two waves, and so whether they may be compared.

    Everything that lays two waves side by side asks this: the comparison of definitions, notes under tables, key
    figures, and what a respondent gets back.
    """
    old, new = earlier.variables.get(name), later.variables.get(name)
    if old is None or new is None:
        is_known = any(name in instrument.variables for instrument in before)
        change = Change.GONE if new is None else Change.BACK if is_known else Change.NEW
        effect, reason = _WEIGHED[change]
        return Comparability(name, (change,), effect, why=(reason,))
    found = tuple(differences(name, earlier, later))
    changes = list(dict.fromkeys(each.change for each in found))
    linked = [(link.effect, link.reason) for link in new.trend if link.series == earlier.wave.imported_series]
    if any(effect is not TrendEffect.CONTINUE for effect, _ in linked):
        # An imported wave has no questions to lay side by side; the registry says what differs.
        changes.append(Change.MEASURED)
    changes = changes or [Change.UNCHANGED]
    is_said = any(reason for _, reason in linked)
    weighed: list[tuple[TrendEffect, Message | Words | None]] = [
        *(_WEIGHED[change] for change in changes if not (is_said and change is Change.MEASURED)),
        *linked,
    ]
    for source in new.derivation.sources if new.derivation else ():
        if source in earlier.variables and source in later.variables:  # it can be compared no better than these
            of = comparable(source, earlier, later, before)
            weighed += [(of.effect, reason) for reason in of.why]
    is_other_mean = bool(new.type.traits.scale) and set(old.codes) != set(new.codes)
    if old.type != new.type or old.level != new.level or is_other_mean:
        weighed.append((TrendEffect.BREAK, _NOT_ONE_SCALE))
    effect = max((effect for effect, _ in weighed), key=_STRICTNESS.index)
    why = tuple(reason for weight, reason in weighed if weight is effect and reason)
    return Comparability(name, tuple(changes), effect, found, why)
