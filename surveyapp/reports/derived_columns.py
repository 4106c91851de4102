"""The columns of derived variables, made of the others when somebody asks for them.

None of them is stored or fed: they are worked out of the columns they are made of, so they are always in step with
these, and what nobody looks at costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from surveyapp.analysis.columns import Column
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.recoding import banded, mean_steps, merged, netted
from surveyapp.instrument.model import Derivation, Instrument, Way


def with_derived(cases: Dataset, instrument: Instrument) -> Dataset:
    """The cases with a column for each derived variable of the instrument."""
    derived = {name: made.derivation for name, made in instrument.variables.items() if made.derivation is not None}
    return replace(cases, columns=DerivedColumns(cases.columns, derived), _cache={}) if derived else cases


class DerivedColumns(Mapping[str, Column]):
    """Columns, and those that are made of them; each is made once."""

    def __init__(self, source: Mapping[str, Column], derived: Mapping[str, Derivation]) -> None:
        self._source = source
        self._derived = derived
        self._made: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self._derived:
            return self._source[name]
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = _column(self._derived[name], self)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._source
        yield from self._derived

    def __len__(self) -> int:
        return len(self._source) + len(self._derived)


def _column(made: Derivation, columns: Mapping[str, Column]) -> Column:
    groups = {portion.code: portion.codes for portion in made.portions}
    match made.way:
        case Way.BANDS:
            bands = {portion.code: (portion.low, portion.below) for portion in made.portions}
            return banded(columns[made.source], bands, age_in=made.year)
        case Way.MERGE:
            return merged(columns[made.source], groups)
        case Way.NETS:
            return netted(columns[made.source], groups)
        case Way.SCORE:
            ends = [(item.worst, item.best) for item in made.items]
            return mean_steps([columns[item.name].coded for item in made.items], ends)
