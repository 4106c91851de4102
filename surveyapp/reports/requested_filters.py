"""A filter that an editor asks for: groups of at most three variables, released when nothing tells of a few with it.

Grant or refusal is an answer too. So it never hangs on fewer people than the threshold: what may be asked is told by
its form alone, every part of it must count for many, and nobody and one get the same answer. What is granted counts
from then on with all that is shown (`surveyapp.reports.release`), whoever asks next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from surveyapp.errors import NotReleased
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.conditions.nodes import And, Audience, Comparison, Membership, Node
from surveyapp.instrument.conditions.parse import Condition, condition_of
from surveyapp.instrument.conditions.write import source_of
from surveyapp.instrument.model import Instrument, NamedFilter
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.filter_words import sentences
from surveyapp.reports.filters import read_filter
from surveyapp.reports.plans import EVERYONE
from surveyapp.reports.release import Key, Release, release_of
from surveyapp.reports.released_filters import released_filters
from surveyapp.reports.wave_data import WaveData

Memberships = Mapping[str, frozenset[int | str]]
"""The values of each variable; who has one of them of every variable is in it."""


def memberships_of(tree: Node) -> Memberships | None:
    """What a tree says, None when it says something else or names a variable twice."""
    found: dict[str, frozenset[int | str]] = {}
    values: Collection[int | float | str]
    for part in tree.operands if isinstance(tree, And) else (tree,):
        match part:
            case Audience():
                name, values = part.subject, part.values
            case Membership(missing=()):
                name, values = part.name, part.numbers
            case Comparison(operator="=="):
                name, values = part.name, (part.number,)
            case _:
                return None
        codes = frozenset(value for value in values if isinstance(value, int | str))
        if name in found or not codes or len(codes) < len(values):
            return None
        found[name] = codes
    return found


def within(parts: Memberships, name: str, value: int | str) -> Memberships:
    """One group of a variable among these."""
    return {**parts, name: parts.get(name, frozenset([value])) & {value}}


MOST_REQUESTED = 12
"""Filters on request a wave can have: each hides something of those that come after it."""
MOST_PARTS = 3
"""Variables a filter on request can have; with more, its parts come down to a few."""


def request_filter(data: WaveData, expression: str) -> NamedFilter | Condition:
    """What an expression asks for: a filter that is released already, or a condition that may be.

    Parameters
    ----------
    data : as they are published

    Raises
    ------
    BadQuery        the expression cannot be read or does not fit the codebook
    NotReleased     it is not of the form that can be asked for, or with it, what is shown would speak of a few;
                    ``nearest`` is the expression that would be released
    """
    asked = read_filter(expression, data.instrument, data.dataset.names["source"])
    if asked is None:
        raise NotReleased("Choose first whom the filter is about: a variable, and one or more of its answers.")
    wanted = memberships_of(asked.condition.tree)
    released = released_filters(data.instrument)
    for named in released:
        same = wanted is not None and memberships_of(named.condition.tree) == wanted
        if same or named.condition.tree == asked.condition.tree:
            return named
    if wanted is None or not _can_be_asked(wanted, data.instrument):
        raise NotReleased(
            "A filter on request holds groups of at most %(most)s variables, each ticked in its list; other filters "
            "take the role of researcher.",
            most=MOST_PARTS,
        )
    release = release_of(data)
    # The closing shows more of the plan, which goes first: what is granted must be safe beside that too.
    closed = release if data.extent is None else Release(replace(data, dataset=release.cases, extent=None))

    def is_safe(parts: Memberships) -> bool:
        return _is_safe(release, parts) and (closed is release or _is_safe(closed, parts))

    if release.is_paused:
        raise NotReleased("This wave has no figures yet that a filter could be about.")
    if sum(named.is_requested for named in data.instrument.filters) >= MOST_REQUESTED:
        raise NotReleased(
            "This wave has %(most)s filters on request; more would hide what is shown. A researcher can put a filter "
            "into the plan of the report.",
            most=MOST_REQUESTED,
        )
    if is_safe(wanted):
        return _condition(wanted)
    known = [memberships_of(named.condition.tree) for named in released]
    nearest = next((fewer for fewer in _fewer(wanted) if fewer in known or is_safe(fewer)), None)
    if nearest is None:
        raise NotReleased(
            "With this filter, figures could tell of fewer than %(threshold)s people. Choose larger groups, or others.",
            threshold=release.threshold,
        )
    found = _condition(nearest)
    raise NotReleased(
        "With this filter, figures could tell of fewer than %(threshold)s people. This one can be granted: only if "
        "%(nearest)s.",
        (found.source,),
        threshold=release.threshold,
        nearest=sentences(found, data.instrument),
    )


def can_be_ticked(name: str, instrument: Instrument) -> bool:
    """Whether a filter on request can be about this variable: what the platform knows, and choices of one answer."""
    variable = instrument.variables.get(name)
    if variable is None:
        return name in SYSTEM_VARIABLES
    return variable.type.picks_one and bool(variable.categories) and not variable.is_stored_apart


def _can_be_asked(parts: Memberships, instrument: Instrument) -> bool:
    return len(parts) <= MOST_PARTS and all(can_be_ticked(name, instrument) for name in parts)


def _is_safe(release: Release, parts: Memberships) -> bool:
    """Whether many stand on either side of every part of it, and all that is released stays safe with it.

    Every way to meet and to miss its parts has many people, so that leaving out or turning round any of them moves
    many; and it holds nearly the same people as nothing that is released, unless it says the same.
    """
    masks = [is_true(_condition({name: values}), release.cases) for name, values in parts.items()]
    cell = np.sum([mask.astype(np.intp) << place for place, mask in enumerate(masks)], axis=0)
    if np.bincount(cell[release.is_counted], minlength=1 << len(masks)).min() < release.threshold:
        return False
    here = release.is_counted & np.logical_and.reduce(masks)
    for key, people in release.populations():
        if (people ^ here).sum() < release.threshold and _said_by(release, key) != parts:
            return False
    nobody_missing = np.zeros(release.cases.n, dtype=np.int16)
    return not release.beside(here, ()).hidden(nobody_missing)[0]


def _said_by(release: Release, key: Key) -> Memberships | None:
    """What a released population says by its form; None where that is more than groups of variables."""
    name, banner, place = key
    parts: Memberships | None = {} if name == EVERYONE else memberships_of(release.plans.trees[name])
    if parts is None or not banner:
        return parts
    part = release.plans.parts[banner]
    code = part.categories[place].code
    return None if part.is_overlapping else within(parts, part.subject.name, part.subject.keys.get(code, code))


def _fewer(parts: Memberships) -> Iterator[Memberships]:
    """The filter without its last part, without another, then without two: an order that knows nobody."""
    for many in range(len(parts) - 1, 0, -1):
        for kept in combinations(parts, many):
            yield {name: parts[name] for name in kept}


def _condition(parts: Memberships) -> Condition:
    """The parts as an expression, their values in order."""
    trees: list[Node] = [
        Audience(name, tuple(sorted(map(str, values))))
        if name in SYSTEM_VARIABLES
        else Membership(name, tuple(sorted(value for value in values if isinstance(value, int))), ())
        for name, values in parts.items()
    ]
    tree = trees[0] if len(trees) == 1 else And(tuple(trees))
    return condition_of(tree, source_of(tree))
