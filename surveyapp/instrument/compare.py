"""Two waves side by side, variable by variable: what changed, and what that does to the trend.

Identity is the variable's name: it outlives wording, order and layout. What would make two years look comparable that
are not is found by :mod:`surveyapp.instrument.identity`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveyapp.instrument.findings import Finding
from surveyapp.instrument.identity import identity_findings
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.questions import Question, QuestionSet
from surveyapp.instrument.variables import NUMBER_TYPES, TrendEffect, Variable


class Change(StrEnum):
    """What may have happened to a variable between two waves."""

    UNCHANGED = "unchanged"
    TEXT = "text changed"
    CODES = "codes changed"
    LAYOUT = "layout changed"
    ROUTING = "routing changed"
    NEW = "new"
    GONE = "gone"
    BACK = "back"


EFFECT_OF: Mapping[Change, TrendEffect] = {
    Change.UNCHANGED: TrendEffect.CONTINUE,
    Change.LAYOUT: TrendEffect.CONTINUE,
    Change.ROUTING: TrendEffect.INDICATIVE,
    Change.TEXT: TrendEffect.INDICATIVE,
    Change.CODES: TrendEffect.RECODE,
    Change.NEW: TrendEffect.BREAK,
    Change.GONE: TrendEffect.BREAK,
    Change.BACK: TrendEffect.CONTINUE,
}
"""The mildest effect a change can have; a linked wave's own effect may be stricter."""
_STRICTNESS = [TrendEffect.CONTINUE, TrendEffect.RECODE, TrendEffect.INDICATIVE, TrendEffect.BREAK]


@dataclass(frozen=True, slots=True)
class Difference:
    """One variable in two waves.

    ``changes`` holds every kind of change that was found, or UNCHANGED alone. ``details`` say in nl and en what exactly
    differs. ``effect`` is what may be said of the trend.
    """

    name: str
    changes: tuple[Change, ...]
    effect: TrendEffect
    details: tuple[Mapping[str, str], ...]


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


def _difference(name: str, earlier: Instrument, later: Instrument, known: set[str]) -> Difference:
    old, new = earlier.variables.get(name), later.variables.get(name)
    if old is None or new is None:
        change = Change.GONE if new is None else Change.BACK if name in known else Change.NEW
        return Difference(name, (change,), EFFECT_OF[change], ())
    changes: list[Change] = []
    details: list[Mapping[str, str]] = []
    for change, found in (
        (Change.CODES, list(_code_details(old, new))),
        (Change.TEXT, list(_text_details(name, earlier, later))),
        (Change.LAYOUT, list(_layout_details(name, earlier, later))),
        (Change.ROUTING, list(_routing_details(name, earlier, later))),
    ):
        if found:
            changes.append(change)
            details.extend({"nl": nl, "en": en} for nl, en in found)
    if not changes:
        changes.append(Change.UNCHANGED)
    effects = [EFFECT_OF[change] for change in changes]
    effects.extend(_linked_effect(new, earlier))
    if (old.type in NUMBER_TYPES) != (new.type in NUMBER_TYPES) or old.level != new.level:
        effects.append(TrendEffect.BREAK)
    return Difference(name, tuple(changes), max(effects, key=_STRICTNESS.index), tuple(details))


def _linked_effect(variable: Variable, earlier: Instrument) -> Iterator[TrendEffect]:
    """What the registry itself says of this variable and an imported wave."""
    yield from (link.effect for link in variable.trend if link.series == earlier.wave.imported_series)


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


def _text_details(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, str]]:
    old, new = earlier.variables[name], later.variables[name]
    before = {category.code: dict(category.label) for category in old.categories}
    for category in new.categories:
        if category.code in before and before[category.code] != dict(category.label):
            was = before[category.code]
            yield (
                f"label van code {category.code}: {was.get('nl', '')} → {category.label['nl']}",
                f"label of code {category.code}: {was.get('en', '')} → {category.label['en']}",
            )
    for role, here, there in _asked_in_both(name, earlier, later):
        if dict(here.text) != dict(there.text):
            yield (
                f"{role}: {here.text['nl']} → {there.text['nl']}",
                f"{role}: {here.text['en']} → {there.text['en']}",
            )
        if dict(here.hint or {}) != dict(there.hint or {}):
            yield f"{role}: toelichting gewijzigd", f"{role}: hint changed"


def _layout_details(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, str]]:
    for role, here, there in _asked_in_both(name, earlier, later):
        if here.is_randomised != there.is_randomised:
            yield f"{role}: volgorde van de antwoorden", f"{role}: order of the answers"
        if _set_of(earlier, role, name) != _set_of(later, role, name):
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
        elif was[role] != now[role]:
            yield f"{role}: voorwaarde gewijzigd", f"{role}: condition changed"


def _asked_in_both(name: str, earlier: Instrument, later: Instrument) -> Iterator[tuple[str, Question, Question]]:
    for role, questionnaire in later.questionnaires.items():
        before = earlier.questionnaires.get(role)
        if before is not None and name in before.questions and name in questionnaire.questions:
            yield role, before.questions[name], questionnaire.questions[name]


def _set_of(instrument: Instrument, role: str, name: str) -> bool:
    page = instrument.questionnaires[role].by_id[instrument.questionnaires[role].page_of[name]]
    return any(
        isinstance(item, QuestionSet) and any(question.name == name for question in item.questions)
        for item in page.items
    )
