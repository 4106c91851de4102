"""Derived variables: from their entries in variables.yaml to variables of a wave, and who they speak of.

A wave has the derived variables whose sources it has. They come after the others, in the order of the file; one may be
made of another, wherever that stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from surveyapp.errors import Message
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.nodes import Or
from surveyapp.instrument.conditions.parse import condition_of
from surveyapp.instrument.definition import ConstructEntry, StudyFile, VariablesFile
from surveyapp.instrument.derived_definition import BandEntry, DerivedEntry, GroupEntry
from surveyapp.instrument.model import Universe
from surveyapp.instrument.registry import Registry
from surveyapp.instrument.types import Level, NumberRange, Shape, VariableType
from surveyapp.instrument.variables import Category, Derivation, Portion, ScoreItem, Variable, Way

FEWEST_ITEMS = 2
"""A score of one item is that item."""


def derived_variables(
    registry: Registry, file: VariablesFile, study: StudyFile, variables: Mapping[str, Variable]
) -> dict[str, Variable]:
    """The derived variables whose sources are among these; what no check lets through is left out."""
    constructs = {entry.id: entry for entry in study.constructs}
    made: dict[str, Variable] = {}
    waiting = dict(file.derived)
    while waiting:
        known = {**variables, **made}
        ready = {name: entry for name, entry in waiting.items() if sources_of(entry, constructs, known)}
        if not ready:
            break
        for name, entry in ready.items():
            del waiting[name]
            sources = sources_of(entry, constructs, known)
            if unfit(entry, sources) is None:
                made[name] = _variable(name, entry, sources, constructs, registry)
    return {name: made[name] for name in file.derived if name in made}


def derived_names(file: VariablesFile, study: StudyFile, asked: Collection[str]) -> frozenset[str]:
    """The names of the derived variables that a wave which asks these has, whatever their definitions are worth."""
    items = {entry.id: [name for name in entry.items if name in asked] for entry in study.constructs}
    found: set[str] = set()
    while True:
        more = {
            name
            for name, entry in file.derived.items()
            if entry.source in asked or entry.source in found or (entry.score and items.get(entry.source))
        }
        if more <= found:
            return frozenset(found)
        found |= more


def sources_of(
    entry: DerivedEntry, constructs: Mapping[str, ConstructEntry], known: Mapping[str, Variable]
) -> tuple[Variable, ...]:
    """What an entry is made of, as far as it is known; of a score no item alone."""
    if entry.score is None:
        return (known[entry.source],) if entry.source in known else ()
    items = constructs[entry.source].items if entry.source in constructs else []
    found = tuple(known[name] for name in items if name in known)
    return found if len(found) >= FEWEST_ITEMS else ()


def unfit(entry: DerivedEntry, sources: Sequence[Variable]) -> Message | None:
    """Why nothing can be made of these in this way; None where it can."""
    if len(entry.ways) != 1:
        return Message("'%(name)s' has not exactly one of bands, merge, nets and score.")
    source = sources[0]
    traits = source.type.traits
    match Way(entry.ways[0]):
        case Way.BANDS if traits.shape is not Shape.NUMBER or traits.is_month or traits.is_region:
            return Message("'%(name)s' has bands of '%(source)s', which is no number and no year.", source=source.name)
        case Way.MERGE if traits.shape is not Shape.CODE or not source.codes:
            return Message("'%(name)s' merges codes of '%(source)s', which is not one code.", source=source.name)
        case Way.NETS if traits.shape not in (Shape.CODE, Shape.CHOICE, Shape.RANKING) or not source.codes:
            return Message("'%(name)s' has nets of '%(source)s', which has no codes to choose.", source=source.name)
        case Way.SCORE:
            for item in sources:
                if item.type.shape is not Shape.CODE or item.level not in (Level.SCORE, Level.ORDINAL):
                    return Message("'%(name)s' averages '%(source)s', which is no step of a scale.", source=item.name)
    if entry.age and (entry.ways != ("bands",) or not traits.has_years or traits.is_month):
        return Message("'%(name)s' is of an age, and '%(source)s' is no year with bands.", source=source.name)
    return None


def _variable(
    name: str,
    entry: DerivedEntry,
    sources: Sequence[Variable],
    constructs: Mapping[str, ConstructEntry],
    registry: Registry,
) -> Variable:
    way, source = Way(entry.ways[0]), sources[0]
    is_score = way is Way.SCORE
    items = tuple(_score_items(sources, registry)) if is_score else ()
    portions = tuple(map(_portion, entry.portions))
    kind, level = _measured(way, source, portions)
    alike = {one.construct for one in sources}, {one.phase for one in sources}
    construct, phase = (found.pop() if len(found) == 1 else None for found in alike)
    return Variable(
        name=name,
        type=kind,
        level=level,
        label=registry.text(entry.label),
        categories=tuple(
            registry.filled(Category, one, short=registry.text(one.short or one.label), exclusive=False)
            for one in entry.portions
        ),
        number=NumberRange(0, 100) if is_score else None,
        missing=() if is_score else source.missing,
        construct=construct,
        phase=phase,
        use=entry.use or source.use,
        is_sensitive=entry.sensitive or any(one.is_sensitive for one in sources),
        derivation=Derivation(
            way, entry.source, portions, items, year=registry.year if entry.age else None, is_age=entry.age
        ),
        place=entry.origin(),
    )


def _measured(way: Way, source: Variable, portions: Sequence[Portion]) -> tuple[VariableType, Level]:
    if way is Way.SCORE:
        return VariableType.of(Shape.NUMBER), Level.RATIO
    if way is Way.NETS:
        return VariableType.of(Shape.CHOICE), Level.NOMINAL
    if way is Way.BANDS:
        return VariableType.of(Shape.CODE), Level.ORDINAL
    # Merged steps of a scale are steps still where they follow each other as the steps did.
    order = [source.codes.index(code) for portion in portions for code in portion.codes if code in source.codes]
    in_order = source.level is not Level.NOMINAL and order == sorted(order)
    return VariableType.of(Shape.CODE), Level.ORDINAL if in_order else Level.NOMINAL


def _portion(entry: BandEntry | GroupEntry) -> Portion:
    if isinstance(entry, BandEntry):
        return Portion(entry.code, entry.low, entry.below)
    return Portion(entry.code, codes=tuple(entry.codes))


def _score_items(sources: Sequence[Variable], registry: Registry) -> Iterator[ScoreItem]:
    for item in sources:
        ends = min(item.codes), max(item.codes)
        scale = registry.scales.get(item.scale) if item.scale else None
        is_turned = item.is_reversed != (scale is not None and scale.is_descending)
        yield ScoreItem(item.name, *(reversed(ends) if is_turned else ends))


def universes_of(derived: Mapping[str, Variable], universes: Mapping[str, Universe]) -> dict[str, Universe]:
    """Whom a derived variable speaks of: whoever is asked what it is made of, of a score one of its items at least."""
    found: dict[str, Universe] = {}
    waiting = dict(derived)
    while waiting:
        for name, variable in list(waiting.items()):
            sources = variable.derivation.sources if variable.derivation else ()
            if not set(sources) & waiting.keys():
                known = {**universes, **found}
                asked = [known[one] for one in sources if one in known]
                found[name] = _together(asked)
                del waiting[name]
    return {name: found[name] for name in derived}


def _together(universes: Sequence[Universe]) -> Universe:
    roles = dict.fromkeys(role for universe in universes for role in universe.by_role)
    return Universe({role: _either([one.by_role[role] for one in universes if role in one.by_role]) for role in roles})


def _either(conditions: Sequence[Condition | None]) -> Condition | None:
    different = {None if one is None else one.source: one for one in conditions}
    if None in different or len(different) == 1:
        return next(iter(different.values())) if len(different) == 1 else None
    present = [one for one in different.values() if one is not None]
    return condition_of(Or(tuple(one.tree for one in present)), " or ".join(f"({one.source})" for one in present))
