"""Two waves side by side, variable by variable: what changed, and what that does to the trend.

Identity is the variable's name: it outlives wording, order and layout. What would make two years look comparable that
are not is found by :mod:`surveyapp.instrument.identity`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.nodes import Node
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.identity import identity_findings
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.rotations import without_draws
from surveyapp.instrument.text_changes import HINT, TextChange, asked_in_both, set_of, text_changes
from surveyapp.instrument.variables import Draw, TrendEffect, Variable, VariableType


class Change(StrEnum):
    """What may have happened to a variable between two waves."""

    UNCHANGED = "unchanged"
    TEXT = "text changed"
    CODES = "codes changed"
    LAYOUT = "layout changed"
    ROUTING = "routing changed"
    ROTATION = "rotation changed"
    NEW = "new"
    GONE = "gone"
    BACK = "back"
    MEASURED = "measured otherwise"


EFFECT_OF: Mapping[Change, TrendEffect] = {
    Change.UNCHANGED: TrendEffect.CONTINUE,
    Change.LAYOUT: TrendEffect.CONTINUE,
    Change.ROUTING: TrendEffect.INDICATIVE,
    Change.ROTATION: TrendEffect.CONTINUE,
    Change.TEXT: TrendEffect.INDICATIVE,
    Change.CODES: TrendEffect.RECODE,
    Change.NEW: TrendEffect.BREAK,
    Change.GONE: TrendEffect.BREAK,
    Change.BACK: TrendEffect.CONTINUE,
    Change.MEASURED: TrendEffect.RECODE,
}
"""The mildest effect a change can have; a linked wave's own effect may be stricter."""
REASON_OF: Mapping[Change, Mapping[str, str]] = {
    Change.UNCHANGED: {"nl": "Vraag en codes zijn gelijk.", "en": "Question and codes are the same."},
    Change.LAYOUT: {
        "nl": "Alleen de opmaak is anders; codes en woorden zijn gelijk.",
        "en": "Only the layout differs; codes and words are the same.",
    },
    Change.ROUTING: {
        "nl": "De vraag gaat naar een andere groep; vergelijk op de groep die beide keren is gevraagd.",
        "en": "The question goes to another group; compare over the group asked both times.",
    },
    Change.ROTATION: {
        "nl": "Een ander deel van de mensen kreeg de vraag, door het lot gekozen: vergelijkbaar, op een andere basis.",
        "en": "Another part of the people, chosen at random, was asked: comparable, on another base.",
    },
    Change.TEXT: {
        "nl": "De vraag is anders gesteld: toon het verschil met een voorbehoud en toets het niet.",
        "en": "The question is worded differently: show the difference with a reservation and do not test it.",
    },
    Change.CODES: {
        "nl": "De antwoorden verschillen: tel samen wat in beide jaren bestaat.",
        "en": "The answers differ: combine what exists in both years.",
    },
    Change.NEW: {"nl": "Er is nog niets om mee te vergelijken.", "en": "There is nothing to compare with yet."},
    Change.GONE: {"nl": "De reeks eindigt hier.", "en": "The series ends here."},
    Change.BACK: {
        "nl": "De vraag is terug; de reeks heeft een gat.",
        "en": "The question is back; the series has a gap.",
    },
    Change.MEASURED: {
        "nl": "In die meting is dit anders gemeten.",
        "en": "This was measured otherwise in that wave.",
    },
}
"""Why a change has its effect."""
_NOT_ONE_SCALE = {
    "nl": "Het meetniveau of het soort antwoord is anders; de jaren zijn niet te vergelijken.",
    "en": "The level of measurement or kind of answer differs; the years cannot be compared.",
}
_STRICTNESS = [TrendEffect.CONTINUE, TrendEffect.RECODE, TrendEffect.INDICATIVE, TrendEffect.BREAK]


@dataclass(frozen=True, slots=True)
class Difference:
    """One variable in two waves.

    ``changes`` holds every kind of change that was found, or UNCHANGED alone. ``details`` say in nl and en what exactly
    differs, ``texts`` hold each changed text old and new. ``effect`` is what may be said of the trend, ``reasons`` why,
    in nl and en.
    """

    name: str
    changes: tuple[Change, ...]
    effect: TrendEffect
    details: tuple[Mapping[str, str], ...]
    texts: tuple[TextChange, ...] = ()
    reasons: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two waves, in the later wave's codebook order, gone variables last."""

    earlier: int
    later: int
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]

    def changed(self) -> tuple[Difference, ...]:
        """The variables to which something happened."""
        return tuple(found for found in self.differences if found.changes != (Change.UNCHANGED,))


def compare(earlier: Instrument, later: Instrument, *, before: Sequence[Instrument] = ()) -> Comparison:
    """Compare two waves; ``before`` are still earlier ones, so that a variable can be "back" rather than "new"."""
    known = {name for instrument in before for name in instrument.variables}
    names = [*later.variables, *(name for name in earlier.variables if name not in later.variables)]
    differences = tuple(_difference(name, earlier, later, known) for name in names)
    return Comparison(earlier.wave.year, later.wave.year, differences, identity_findings(earlier, later))


def difference(name: str, earlier: Instrument, later: Instrument) -> Difference:
    """What happened to one variable between two waves, and so whether they may be compared.

    Everything that lays two waves side by side asks this: the comparison of definitions, notes under tables, key
    figures, and what a respondent gets back.
    """
    return _difference(name, earlier, later, set())


def _difference(name: str, earlier: Instrument, later: Instrument, known: set[str]) -> Difference:
    old, new = earlier.variables.get(name), later.variables.get(name)
    if old is None or new is None:
        change = Change.GONE if new is None else Change.BACK if name in known else Change.NEW
        return Difference(name, (change,), EFFECT_OF[change], (), reasons=(REASON_OF[change],))
    texts = tuple(text_changes(name, earlier, later))
    changes: list[Change] = []
    details: list[Mapping[str, str]] = []
    for change, found in (
        (Change.CODES, list(_code_details(old, new))),
        (Change.TEXT, [_in_one_line(change) for change in texts]),
        (Change.LAYOUT, list(_layout_details(name, earlier, later))),
        (Change.ROUTING, list(_routing_details(name, earlier, later))),
        (Change.ROTATION, list(_rotation_details(name, earlier, later))),
    ):
        if found:
            changes.append(change)
            details.extend({"nl": nl, "en": en} for nl, en in found)
    linked = list(_linked(new, earlier))
    if any(effect is not TrendEffect.CONTINUE for effect, _ in linked):
        # An imported wave has no questions to lay side by side; the registry says what differs.
        changes.append(Change.MEASURED)
    if not changes:
        changes.append(Change.UNCHANGED)
    said = any(reason for _, reason in linked)
    weighed = [(EFFECT_OF[change], REASON_OF[change]) for change in changes if not (said and change is Change.MEASURED)]
    weighed.extend(linked)
    if old.type != new.type or old.level != new.level or _is_another_scale(old, new):
        weighed.append((TrendEffect.BREAK, _NOT_ONE_SCALE))
    effect = max((effect for effect, _ in weighed), key=_STRICTNESS.index)
    reasons = tuple(reason for weight, reason in weighed if weight is effect and reason)
    return Difference(name, tuple(changes), effect, tuple(details), texts, reasons)


def _is_another_scale(old: Variable, new: Variable) -> bool:
    """Whether a figure is a mean over codes that were not all there both times."""
    return new.type in (VariableType.MARK, VariableType.RECOMMENDATION) and set(old.codes) != set(new.codes)


def _linked(variable: Variable, earlier: Instrument) -> Iterator[tuple[TrendEffect, Mapping[str, str]]]:
    """What the registry itself says of this variable and an imported wave, and why."""
    for link in variable.trend:
        if link.series == earlier.wave.imported_series:
            yield link.effect, link.reason or {}


def _in_one_line(change: TextChange) -> tuple[str, str]:
    lines = []
    for language in ("nl", "en"):
        opening = change.role or change.part[language]
        if change.part is HINT:
            lines.append(f"{opening}: {'toelichting gewijzigd' if language == 'nl' else 'hint changed'}")
        else:
            lines.append(f"{opening}: {change.old.get(language, '')} → {change.new.get(language, '')}")
    return lines[0], lines[1]


def _code_details(old: Variable, new: Variable) -> Iterator[tuple[str, str]]:
    if old.type != new.type:
        yield f"type {old.type} → {new.type}", f"type {old.type} → {new.type}"
    before = {category.code: category for category in old.categories}
    after = {category.code: category for category in new.categories}
    for code in sorted(before.keys() | after.keys()):
        was, now = before.get(code), after.get(code)
        if was is None and now is not None:
            yield f"code {code} erbij: {now.label['nl']}", f"code {code} added: {now.label['en']}"
        elif was is not None and now is None:
            yield f"code {code} vervallen: {was.label['nl']}", f"code {code} gone: {was.label['en']}"
        elif was is not None and now is not None and was.key != now.key:
            yield (
                f"code {code}: {was.label['nl']} → {now.label['nl']}",
                f"code {code}: {was.label['en']} → {now.label['en']}",
            )
        elif was is not None and now is not None and was.retired != now.retired:
            yield (
                (f"code {code} niet meer aangeboden", f"code {code} no longer offered")
                if now.retired
                else (f"code {code} weer aangeboden", f"code {code} offered again")
            )
    offered = [[code.code for code in variable.missing] for variable in (old, new)]
    if sorted(offered[0]) != sorted(offered[1]):
        yield f"missende codes {offered[0]} → {offered[1]}", f"missing codes {offered[0]} → {offered[1]}"


def _layout_details(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, str]]:
    for role, here, there in asked_in_both(name, earlier, later):
        if here.is_randomised != there.is_randomised:
            yield f"{role}: volgorde van de antwoorden", f"{role}: order of the answers"
        if (set_of(earlier, role, name) is None) != (set_of(later, role, name) is None):
            yield f"{role}: los of in een blok", f"{role}: alone or in a set"
    if [category.code for category in earlier.variables[name].categories] != [
        category.code for category in later.variables[name].categories
    ] and set(earlier.variables[name].codes) == set(later.variables[name].codes):
        yield "volgorde van de codes", "order of the codes"


def _routing_details(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, str]]:
    if not earlier.questionnaires or not later.questionnaires:
        return
    was, now = earlier.universes[name].by_role, later.universes[name].by_role
    for role in [*now, *(role for role in was if role not in now)]:
        if (role in was) != (role in now):
            yield (
                (f"{role}: nu ook gevraagd", f"{role}: now asked too")
                if role in now
                else (f"{role}: niet meer gevraagd", f"{role}: no longer asked")
            )
        elif _routed(was[role], earlier) != _routed(now[role], later):
            yield f"{role}: voorwaarde gewijzigd", f"{role}: condition changed"


def _routed(condition: Condition | None, instrument: Instrument) -> Node | None:
    """What answers must be for a question to be asked; a draw is no answer."""
    found = without_draws(condition, instrument)
    return None if found is None else found.tree


def _rotation_details(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, str]]:
    """Where another part of the people was asked by chance, and where another number of blocks is drawn."""
    old, new = earlier.variables[name].draw, later.variables[name].draw
    if old != new and (old is not None or new is not None):
        yield f"trekking: {_drawn(old, 'nl')} → {_drawn(new, 'nl')}", f"draw: {_drawn(old, 'en')} → {_drawn(new, 'en')}"
    for role in earlier.questionnaires:
        if role not in later.questionnaires:
            continue
        was, now = (_share(name, role, instrument) for instrument in (earlier, later))
        if was is not None and now is not None and was != now:
            yield (
                f"{role}: voorgelegd aan {_part(was)}, nu {_part(now)}",
                f"{role}: put to {_part(was)}, now {_part(now)}",
            )


def _share(name: str, role: str, instrument: Instrument) -> Fraction | None:
    """The share of a role that chance lets be asked a variable; None where the role is not asked it."""
    questionnaire = instrument.questionnaires[role]
    page = questionnaire.page_of.get(name)
    block = questionnaire.by_id[page].block if page is not None else None
    return None if page is None else Fraction(1) if block is None else block.share


def _part(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _drawn(draw: Draw | None, language: str) -> str:
    if draw is None:
        return {"nl": "geen", "en": "none"}[language]
    blocks = len(draw.codes)
    return {"nl": f"{draw.take} van {blocks} blokken", "en": f"{draw.take} of {blocks} blocks"}[language]
