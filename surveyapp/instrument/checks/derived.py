"""E: a derived variable can be made of what it names, and every answer has one place in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.references import items_known, unknown
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.derived_definition import BandEntry, DerivedEntry
from surveyapp.instrument.derived_variables import sources_of, unfit
from surveyapp.instrument.mentions import Mention
from surveyapp.instrument.registry import OTHER_SUFFIX
from surveyapp.instrument.system_variables import FORMER_NAMES, SYSTEM_VARIABLES
from surveyapp.instrument.variables import Variable


def _known(context: Context, use: Mention) -> Collection[str]:
    if use.entry.get("score") is not None:
        return [construct.id for construct in context.study.constructs]
    return {*items_known(context, use), *context.derived}


check(
    "R034",
    "A derived variable is made of something that does not exist.",
    "'%(name)s' is made of '%(value)s', but there is none.",
    "Name a variable, or of a score a construct with items.",
)(unknown("source", _known))


@check(
    "R035",
    "A derived variable has the name of another.",
    "There is a variable '%(name)s' already.",
    "Give the derived variable a name of its own.",
)
def name_taken(context: Context) -> Iterator[Found]:
    """Names of derived variables are no variable's, no text's beside "other", and none the platform gives."""
    beside = {
        name + OTHER_SUFFIX
        for name, entry in context.registry.items()
        if any(one.other for one in getattr(context.codes_of(entry), "categories", ()))
    }
    taken = {*context.registry, *beside, *SYSTEM_VARIABLES, *FORMER_NAMES}
    prefix = context.mapping.prefix if context.mapping else None
    taken |= {f"{prefix}{column}" for column in context.columns}
    for name, entry in context.derived.items():
        if name in taken:
            yield Found(entry.at(), name)


@check(
    "R036",
    "Derived variables are made of each other.",
    "'%(name)s' is made of itself: %(way)s.",
    "Begin with a variable that people are asked.",
)
def made_of_itself(context: Context) -> Iterator[Found]:
    """Whoever goes back along the sources comes to an end."""
    for name, entry in context.derived.items():
        way = [name]
        while way[-1] in context.derived and context.derived[way[-1]].score is None and len(way) == len(set(way)):
            way.append(context.derived[way[-1]].source)
        if len(way) > 1 and way[-1] == name:
            yield Found(entry.at("from"), name, way=" ← ".join(way))


def _made_of(context: Context) -> Iterator[tuple[str, DerivedEntry, Sequence[Variable]]]:
    """Every derived variable with what it is made of, as far as that is known here."""
    constructs = {entry.id: entry for entry in context.study.constructs}
    known = {**context.book.variables, **context.variables}
    for name, entry in context.derived.items():
        yield name, entry, sources_of(entry, constructs, known)


@check(
    "E001",
    "A derived variable cannot be made in its way.",
    "'%(name)s' has not exactly one of bands, merge, nets and score.",
    "Use bands for numbers and years, merge for one code, nets for codes of a choice, score for a construct of steps.",
)
def made_in_no_way(context: Context) -> Iterator[Found]:
    """One way, that goes with the kind of answer."""
    for name, entry, sources in _made_of(context):
        why = unfit(entry, sources) if sources else None
        if why is not None:
            key = (
                "label" if len(entry.ways) != 1 else "age" if entry.age and entry.ways[0] != "bands" else entry.ways[0]
            )
            yield Found(entry.at(key), name, why.text, source=str(why.values.get("source", "")))
        elif entry.score is not None and not sources and not context.has_unread_imports:
            said = "'%(name)s' is the score of '%(source)s', which has fewer than two items."
            yield Found(entry.at("from"), name, said, source=entry.source)


@check(
    "E002",
    "A derived variable names a code that does not exist.",
    "'%(source)s' has no code %(code)s.",
    "Name codes of the list of what it is made of.",
)
def code_not_in_list(context: Context) -> Iterator[Found]:
    """Merged codes and nets are of codes in the list."""
    for name, entry, sources in _made_of(context):
        if not sources or unfit(entry, sources) is not None:
            continue
        for way in ("merge", "nets"):
            for index, group in enumerate(getattr(entry, way)):
                for place, code in enumerate(group.codes):
                    if code not in sources[0].codes:
                        found = entry.at(way, index, "codes", place)
                        yield Found(found, name, source=sources[0].name, code=code)


@check(
    "E003",
    "Two categories of a derived variable overlap.",
    "In '%(name)s' %(what)s belongs to '%(first)s' and to '%(second)s'.",
    "Let each number and each merged code belong to one; use nets where several may hold.",
)
def overlapping(context: Context) -> Iterator[Found]:
    """Bands follow each other from low to high, and a code is merged once."""
    for name, entry in context.derived.items():
        for (_, before), (index, band) in pairwise(enumerate(entry.bands)):
            if before.below is None or band.low is None or band.low < before.below:
                key = "from" if band.low is not None else "key"
                start = band.low if band.low is not None else before.low or 0.0
                yield Found(entry.at("bands", index, key), name, what=f"{start:g}", first=before.key, second=band.key)
        merged: dict[int, str] = {}
        for index, group in enumerate(entry.merge):
            for place, code in enumerate(group.codes):
                if merged.setdefault(code, group.key) is not group.key:
                    found = entry.at("merge", index, "codes", place)
                    yield Found(found, name, what=str(code), first=merged[code], second=group.key)


@check(
    "E004",
    "A derived variable leaves something out.",
    "In '%(name)s' %(what)s belongs to no category.",
    "Let the bands follow each other with open ends, and merge every code of the list.",
)
def left_out(context: Context) -> Iterator[Found]:
    """Every number that can be given lies in a band, and every code is merged: else people would be lost."""
    for name, entry, sources in _made_of(context):
        if not sources or unfit(entry, sources) is not None:
            continue
        if entry.bands:
            yield from _gaps(context, name, entry, sources[0])
        lacking = set(sources[0].codes) - {code for group in entry.merge for code in group.codes}
        if entry.merge and lacking:
            yield Found(entry.at("merge"), name, what=", ".join(map(str, sorted(lacking))))


def _gaps(context: Context, name: str, entry: DerivedEntry, source: Variable) -> Iterator[Found]:
    low, high = (source.number.minimum, source.number.maximum) if source.number else (None, None)
    if entry.age:
        low, high = (None if end is None else context.year - end for end in (high, low))
    first, last = entry.bands[0], entry.bands[-1]
    if first.low is not None and (low is None or low < first.low):
        yield Found(entry.at("bands", 0, "from"), name, what=f"< {first.low:g}")
    for (_, before), (index, band) in pairwise(enumerate(entry.bands)):
        if before.below is not None and band.low is not None and band.low > before.below:
            yield Found(entry.at("bands", index, "from"), name, what=f"{before.below:g} – {band.low:g}")
    if last.below is not None and (high is None or high >= last.below):
        yield Found(entry.at("bands", len(entry.bands) - 1, "below"), name, what=f"≥ {last.below:g}")


@check(
    "E005",
    "A band holds no number.",
    "In '%(name)s' the band '%(key)s' ends where it begins or before.",
    "Let below be more than from.",
)
def empty_band(context: Context) -> Iterator[Found]:
    """``from`` counts in a band and ``below`` does not."""
    for name, entry in context.derived.items():
        for index, band in enumerate(entry.bands):
            if _is_empty(band):
                yield Found(entry.at("bands", index, "below"), name, key=band.key)


def _is_empty(band: BandEntry) -> bool:
    return band.low is not None and band.below is not None and band.low >= band.below
