"""Schemes of weights: which shares the cases of a wave are to take, where those come from, and their version.

Targets are no part of a wave's instrument: they come in, and are mended, after the questionnaire has closed, and what
was asked is not another thing for it. So a scheme has a version of its own, a hash of what weights are made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.instrument.variables import Text

UNWEIGHTED = "none"
"""What stands where the name of a scheme could."""


@dataclass(frozen=True, slots=True)
class Margin:
    """A background with the share of each category, by its code (or role) as text; they add up to 1."""

    variable: str
    shares: Mapping[str, float]
    kept: tuple[int, ...]  # codes without a target: with those who gave no answer they keep the share they have
    source: Text
    date: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Combinations of codes that count together, with their share."""

    codes: tuple[tuple[int, ...], ...]
    share: float


@dataclass(frozen=True, slots=True)
class SchemePart:
    """How the cases of some roles are weighted; without roles those of all."""

    roles: tuple[str, ...]
    method: str  # raking · cells
    source: Text
    date: str
    base: str | None  # a number that says what each case counts for to begin with
    caps: tuple[float, float] | None
    margins: tuple[Margin, ...]
    by: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The backgrounds it weights by."""
        return self.by or tuple(margin.variable for margin in self.margins)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to weight a wave; whose role is in none of its parts keeps the weight 1."""

    id: str
    label: Text
    parts: tuple[SchemePart, ...]
    version: str

    @property
    def name(self) -> str:
        """How figures name it: by its id and version."""
        return f"{self.id} ({self.version})"


@dataclass(frozen=True, slots=True)
class Schemes:
    """The schemes of a wave, and by which of them its report is weighted."""

    all: tuple[Scheme, ...] = ()
    report: str | None = None

    def find(self, name: str) -> Scheme | None:
        """The scheme with this id."""
        return next((scheme for scheme in self.all if scheme.id == name), None)


UNWEIGHTED_ONLY = Schemes()
"""Of a wave without targets."""
