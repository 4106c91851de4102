"""The plans of a report that were in force while figures could be seen, first to last, as populations with one name
for the same people.

A page or book that left under an earlier plan goes on speaking. So whatever a version of the definition let be shown
counts as shown, before anything that a later one adds (`surveyapp.reports.release`). A filter is known by its condition
and a banner by its groups: what stands in two plans is one population, under the name it has in the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveyapp.analysis.columns import Bools
from surveyapp.analysis.dataset import Dataset
from surveyapp.errors import BadQuery
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.conditions.nodes import Node
from surveyapp.instrument.model import Instrument, NamedFilter
from surveyapp.instrument.nesting import nested_in
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.banners import Banner, banners
from surveyapp.reports.released_filters import released_filters

BESIDE = tuple(name for name in SYSTEM_VARIABLES if name != "role")
"""Broken down by these, everyone is shown on the pages about the fieldwork."""
EVERYONE = ""
"""The name of no filter."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one version let be shown, by names in :class:`Plans`.

    ``planned`` are the filters with the banner of a table: they matter more than the others.
    """

    banners: tuple[str, ...]
    beside: tuple[str, ...]
    filters: tuple[str, ...]
    requested: tuple[str, ...]
    planned: frozenset[tuple[str, str]]


class Plans:
    """Every plan over the cases, the one in force last.

    Attributes
    ----------
    parts : the groups of each banner, over the cases
    masks : who is in each filter
    names : the name of each filter, by its condition
    trees : the condition of each filter, by its name
    """

    def __init__(self, instruments: Sequence[Instrument], cases: Dataset) -> None:
        self._cases = cases
        self.parts: dict[str, Banner] = {}
        self.masks: dict[str, Bools] = {}
        self.names: dict[Node, str] = {}
        self.trees: dict[str, Node] = {}
        last_first = [self._plan(instrument, back) for back, instrument in enumerate(reversed(instruments))]
        self.every = tuple(reversed(last_first))

    def _plan(self, instrument: Instrument, back: int) -> Plan:
        known = {name: self._part(name, instrument, back) for name in dict.fromkeys((*instrument.banners, *BESIDE))}
        filters = [(named, self._filter(named, back)) for named in released_filters(instrument)]
        return Plan(
            _found(known[name] for name in instrument.banners),
            _found(known[name] for name in BESIDE if name not in instrument.banners),
            _found(name for named, name in filters if not named.is_requested),
            _found(name for named, name in filters if named.is_requested),
            frozenset(
                (self.names.get(table.filter.tree, EVERYONE) if table.filter else EVERYONE, known.get(name) or name)
                for table in instrument.tables
                for name in table.banner
            ),
        )

    def _part(self, name: str, instrument: Instrument, back: int) -> str | None:
        """The name of a banner; None where it is not in this wave, or has more groups than a table can hold."""
        if not self._cases.columns.keys() >= {*nested_in(name)}:
            return None
        try:
            (part,) = banners([name], instrument, self._cases)
        except BadQuery:
            return None
        known = self.parts.get(name)
        if known is not None and known.keys() != part.keys():
            name = f"{back}:{name}"
        self.parts.setdefault(name, part)
        return name

    def _filter(self, named: NamedFilter, back: int) -> str | None:
        """The name of a filter; None where an earlier file of the wave held what it speaks of and this one does not."""
        if named.condition.tree not in self.names:
            if not set(named.condition.names) <= self._cases.columns.keys():
                return None
            name = f"{back}:{named.id}" if back else named.id
            self.names[named.condition.tree], self.trees[name] = name, named.condition.tree
            self.masks[name] = is_true(named.condition, self._cases)
        return self.names[named.condition.tree]


def _found(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(name for name in names if name is not None)
