"""What a table can speak of: the wave's variables and what the platform itself knows of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from surveyapp.analysis.columns import Codes, Column
from surveyapp.analysis.dataset import Dataset
from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Category, Instrument, Level, Text, Variable, VariableType
from surveyapp.instrument.near import nearest_few
from surveyapp.instrument.nesting import nested_in
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, group_label, plain
from surveyapp.reports.sentences import both


@dataclass(frozen=True, slots=True)
class Subject:
    """A variable as a table sees it; ``keys`` are the names of its codes in keys of columns and rows."""

    variable: Variable
    keys: dict[int, int | str]
    derive: Callable[[Dataset], Column] | None = None  # for what is no column of the wave

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.variable.name

    def column(self, cases: Dataset) -> Column:
        """Its column over these cases."""
        return cases.columns[self.name] if self.derive is None else self.derive(cases)

    @property
    def is_derived(self) -> bool:
        """Whether nobody was asked this: the platform knows it or computes it."""
        return self.derive is not None or self.name in SYSTEM_VARIABLES


def subject(name: str, instrument: Instrument, cases: Dataset) -> Subject:
    """The variable with this name.

    Raises
    ------
    BadQuery     there is none; the message names the nearest
    """
    if name in instrument.variables:
        variable = instrument.variables[name]
        return Subject(variable, {category.code: category.code for category in variable.categories})
    if name not in SYSTEM_VARIABLES:
        raise unknown(name, instrument)
    names = cases.names[name]
    labels = [group_label(name, value, instrument) for value in names]
    categories = tuple(
        Category(code=place, key=value, label=label, short=label)
        for place, (value, label) in enumerate(zip(names, labels, strict=True))
    )
    made = Variable(
        name, VariableType.SINGLE, Level.NOMINAL, SYSTEM_VARIABLES[name].label, categories, use="background"
    )
    return Subject(made, dict(enumerate(names)))


def label_of(name: str, instrument: Instrument) -> Text:
    """The label of a variable or system variable; a name that is neither is its own."""
    parts = nested_in(name)
    if len(parts) > 1:
        labels = [label_of(part, instrument) for part in parts]
        return Text({language: " › ".join(label[language] for label in labels) for language in LANGUAGES})
    known = SYSTEM_VARIABLES.get(name) or instrument.variables.get(name)
    return plain(name) if known is None else known.label


def in_words(names: Mapping[str, Text]) -> dict[str, str]:
    """What can be chosen, as it is called and as it stands in an address."""
    return {
        language: ", ".join(
            name if label[language] == name else f"{label[language]} ({name})" for name, label in names.items()
        )
        or "–"
        for language in LANGUAGES
    }


def variables_in_words(names: Iterable[str], instrument: Instrument) -> dict[str, str]:
    """Variables in words, as an error names them."""
    return in_words({name[:40]: label_of(name[:40], instrument) for name in names})


def unknown(name: str, instrument: Instrument) -> BadQuery:
    """The error for a name that does not exist, with the nearest that do."""
    available = [*SYSTEM_VARIABLES, *instrument.variables]
    nearest = nearest_few(name, available)
    wave = {language: f"{instrument.study.title[language]} {instrument.wave.year}" for language in LANGUAGES}
    if not nearest:
        return BadQuery(
            "%(wave)s has no variable “%(name)s”; see the codebook for the names.", wave=wave, name=name[:40]
        )
    return BadQuery(
        "%(wave)s has no variable “%(name)s”; nearest: %(nearest)s.",
        nearest,
        wave=wave,
        name=name[:40],
        nearest=", ".join(nearest),
    )


def regions() -> tuple[Category, ...]:
    """First digits of a Dutch postcode, as categories of a region variable."""
    found: list[Category] = []
    for digit in range(1, 10):
        label = Text(both("Postcode %(first)s to %(last)s", first=f"{digit}000", last=f"{digit}999"))
        found.append(Category(digit, f"pc{digit}", label, label))
    return tuple(found)


def region_codes(values: np.ndarray[tuple[int], np.dtype[np.float64]], missing: Codes) -> Codes:
    """The first digit of two-digit regions, missing codes kept."""
    return np.where(missing < 0, missing, np.nan_to_num(values) // 10).astype(np.int16)
