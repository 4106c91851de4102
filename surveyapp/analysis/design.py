"""How the cases were drawn, and so what each of them counts for: what every estimate and its error rest on.

A case of weight w stands for w people (or for w times what another stands for: only proportions matter to a share, a
mean and their errors). Without weights every case counts 1 and n, the sum of weights and the effective n are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Floats, Index, Ints
from surveyapp.errors import DesignRefused

MOST_UNEQUAL = 1e12
"""A weight so many times another makes the other vanish among the digits of a sum."""
Lonely = Literal["refuse", "centre"]


class PerCase(Protocol):
    """One entry per case: an array, a list or a pandas Series."""

    def __len__(self) -> int: ...
    def __getitem__(self, key: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What was drawn: clusters where there are clusters, otherwise the cases."""

    of_case: Ints  # shape (n,): position of its unit
    stratum: Ints  # shape (units,): position of its stratum
    size: Floats  # shape (strata,): units drawn, those of which no case is here included
    fraction: Floats  # shape (strata,): of its units that were drawn; 0 where the population has no end
    names: tuple[str, ...]  # of strata


@dataclass(frozen=True, eq=False, init=False)
class Design:
    """The design of a sample of n cases; every array has one entry per case, shape (n,).

    Parameters
    ----------
    weights :    above 0; absent: nothing is weighted
    strata :     which stratum a case was drawn in, by any names; absent: one
    clusters :   with whom it was drawn; the same name in two strata is two clusters; absent: by itself
    population : how many units (clusters, otherwise people) its stratum has, or one number for all; absent: so many
                 that drawing n leaves it as it was
    n :          how many cases there are, where no array tells
    lonely :     what a stratum does of which one unit was drawn: "refuse", or "centre": its unit is held against the
                 whole, as R survey's ``lonely.psu = "adjust"``

    Raises
    ------
    DesignRefused     an array of another length, a weight that is no number above 0 or dwarfs another, a population
                      smaller than what was drawn of it; it names the position or the stratum

    References
    ----------
    Kish (1965), Survey Sampling, 11.7: effective n = (Σw)² / Σw². Weights 1 1 2: 16 / 6 = 2.6667 (by hand).
    """

    n: int
    weights: Floats | None
    strata: NDArray[Any] | None
    clusters: NDArray[Any] | None
    population: Floats | None
    lonely: Lonely
    _drawn: Floats | None  # of some of a whole: how many units its stratum had there

    def __init__(
        self,
        weights: PerCase | None = None,
        strata: PerCase | None = None,
        clusters: PerCase | None = None,
        population: PerCase | float | None = None,
        *,
        n: int | None = None,
        lonely: Lonely = "refuse",
    ) -> None:
        w = None if weights is None else _numbers(weights)
        h, c = _names(strata), _names(clusters)
        people = None if population is None or isinstance(population, int | float) else _numbers(population)
        lengths = [len(array) for array in (w, h, c, people) if array is not None]
        size = n if n is not None else next(iter(lengths), None)
        if size is None:
            raise DesignRefused("A design needs an array, or n: the number of cases.")
        if any(length != size for length in lengths):
            raise DesignRefused(
                "The arrays of a design are not all of one length: %(lengths)s.",
                lengths=", ".join(map(str, (size, *lengths))),
            )
        if isinstance(population, int | float):
            people = np.full(size, float(population))
        if w is not None:
            _hold_weights(w)
        self._set(size, w, h, c, people, lonely, None)

    def _set(self, n: int, *found: Any) -> None:
        names = ("n", "weights", "strata", "clusters", "population", "lonely", "_drawn")
        self.__dict__.update(zip(names, (n, *found), strict=True))

    @classmethod
    def plain(cls, n: int) -> Design:
        """So many cases, drawn alone and alike."""
        return cls._made(n, None, None, None, None, "refuse", None)

    @classmethod
    def _made(cls, n: int, *found: Any) -> Self:
        """Of arrays that were held against each other before."""
        made = object.__new__(cls)
        made._set(n, *found)
        return made

    @classmethod
    def of(
        cls,
        frame: PerCase,
        weights: str | None = None,
        strata: str | None = None,
        clusters: str | None = None,
        population: str | float | None = None,
        *,
        lonely: Lonely = "refuse",
    ) -> Design:
        """The design of a frame's rows, by the names of its columns.

        ``Design.of(frame, weights="w", strata="role", clusters="organisation", population="employees")``
        """
        w, h, c = (None if name is None else _column(frame, name) for name in (weights, strata, clusters))
        people = _column(frame, population) if isinstance(population, str) else population
        return cls(w, h, c, people, n=len(frame), lonely=lonely)

    @property
    def is_simple(self) -> bool:
        """Whether cases were drawn one by one from a population without strata or end."""
        return self.strata is None and self.clusters is None and self.population is None

    @property
    def is_plain(self) -> bool:
        """Whether nothing is weighted besides."""
        return self.weights is None and self.is_simple

    @property
    def total(self) -> float:
        """Σw: the weighted base."""
        return float(self.n) if self.weights is None else float(self.weights.sum())

    @cached_property
    def relative(self) -> Floats | None:
        """The weights on a scale of their own, which a share and a mean do not feel; None where they are all alike.

        The scale is a power of two, so that no digit changes by it.
        """
        w = self.weights
        if w is None or not self.n or w.min() == w.max():
            return None
        scaled: Floats = np.ldexp(w, -int(np.frexp(w.max())[1]))
        return scaled

    @cached_property
    def squares(self) -> Floats | None:
        """The weights times themselves."""
        return None if self.weights is None else self.weights**2

    @property
    def effective_n(self) -> float:
        """How many cases of equal weight would be as precise, before strata and clusters (Kish)."""
        w = self.relative
        return float(self.n) if w is None else float(w.sum() ** 2 / (w**2).sum())

    def take(self, index: Index) -> Design:
        """The cases at these positions, each in its own stratum and cluster still.

        With strata, clusters or a population they stay a domain of the whole: how many units were drawn of each stratum
        goes along, as in R's subset.
        """
        found = [None if array is None else array[index] for array in self._arrays()]
        n = len(range(self.n)[index]) if isinstance(index, slice) else len(index)
        drawn = None if self.is_simple else self.units.size[self.units.stratum[self.units.of_case[index]]]
        return Design._made(n, *found, self.lonely, drawn)

    def alone(self) -> Design:
        """The same cases with the same weights, as if they were drawn one by one: for figures without their errors."""
        return self if self.is_simple else Design._made(self.n, self.weights, None, None, None, self.lonely, None)

    def only_weights(self) -> Floats | None:
        """The weights, for estimates whose errors are those of cases drawn one by one.

        Raises
        ------
        DesignRefused     the design has strata, clusters or population sizes, which those errors would leave out
        """
        if not self.is_simple:
            raise DesignRefused(
                "These are errors of cases drawn one by one; the design has strata, clusters or a population."
            )
        return self.weights

    @cached_property
    def units(self) -> Units:
        """What was drawn, in which stratum, and what part of it.

        Raises
        ------
        DesignRefused     a stratum with two population sizes, or one smaller than what was drawn of it
        """
        names, stratum = ([""], np.zeros(self.n, dtype=np.intp)) if self.strata is None else _coded(self.strata)
        if self.clusters is None:
            of_case, of_unit = np.arange(self.n), stratum
        else:
            _, cluster = _coded(self.clusters)
            pairs, of_case = np.unique(stratum * (cluster.max(initial=0) + 1) + cluster, return_inverse=True)
            of_unit = np.zeros(len(pairs), dtype=np.intp)
            of_unit[of_case] = stratum
        size = np.bincount(of_unit, minlength=len(names)).astype(np.float64)
        if self._drawn is not None:
            size[stratum] = self._drawn
        fraction = np.zeros(len(names))
        if self.population is not None:
            people = np.zeros(len(names))
            people[stratum] = self.population
            for at in np.flatnonzero((self.population != people[stratum]) | (people < size)[stratum])[:1]:
                raise DesignRefused(
                    "Stratum “%(stratum)s”: its population is one number for all its cases, of at least the %(n)s "
                    "units drawn of it.",
                    stratum=names[stratum[at]],
                    n=int(size[stratum[at]]),
                )
            fraction = np.divide(size, people, out=fraction, where=people > 0)
        return Units(of_case, of_unit, size, fraction, tuple(map(str, names)))

    def covariance(self, influence: Floats, inside: Bools) -> Floats:
        """Covariances of the totals of some values per case: of estimates, by their influence values.

        Var = Σ over strata of (1 − f) m/(m − 1) Σ (z − mean z)²: z of a unit, m units drawn of a stratum.

        Parameters
        ----------
        influence : shape (n, k), 0 for cases outside the domain
        inside :    shape (n,), the domain

        Returns
        -------
        shape (k, k); NaN where one unit was drawn and there are no strata

        Raises
        ------
        DesignRefused     one unit was drawn of a stratum that has cases in the domain; it is named

        References
        ----------
        Wolter (2007), Introduction to Variance Estimation, 1.11; R survey's svyrecvar.
        """
        z = influence
        if self.is_simple:
            if self.n < 2:
                return np.full((z.shape[1], z.shape[1]), np.nan)
            centred = z - z.mean(axis=0)
            return np.asarray((centred.T @ centred) * (self.n / (self.n - 1)))
        units, width = self.units, len(self.units.size)
        lonely = (units.size == 1) & (units.fraction < 1)
        if lonely.any():
            if self.strata is None:
                return np.full((z.shape[1], z.shape[1]), np.nan)
            touched = np.bincount(units.stratum[units.of_case[inside]], minlength=width) > 0
            if self.lonely == "refuse" and (lonely & touched).any():
                raise DesignRefused(
                    "Stratum “%(stratum)s” has one unit: its error cannot be known. Put it together with another, or "
                    "choose “centre”.",
                    stratum=units.names[int(np.argmax(lonely & touched))],
                )
        if self.clusters is not None:
            z = np.column_stack([np.bincount(units.of_case, one, len(units.stratum)) for one in z.T])
        middle = np.column_stack([np.bincount(units.stratum, one, width) for one in z.T]) / units.size[:, None]
        middle[lonely] = 0.0
        scale = (1 - units.fraction) * np.where(lonely, 1.0, units.size / np.maximum(units.size - 1, 1))
        centred = (z - middle[units.stratum]) * np.sqrt(scale)[units.stratum][:, None]
        # A unit of which no case is here has a sum of 0, and lies as far from the mean of its stratum.
        absent = units.size - np.bincount(units.stratum, minlength=width)
        away = middle * np.sqrt(scale * absent)[:, None]
        return np.asarray(centred.T @ centred + away.T @ away)

    def freedom(self, inside: Bools) -> int:
        """Degrees of freedom of a domain: its units less its strata, as R survey's ``degf`` of a subset."""
        if self.is_simple:
            return max(int(inside.sum()) - 1, 0)
        units = np.unique(self.units.of_case[inside])
        return len(units) - len(np.unique(self.units.stratum[units]))

    def _arrays(self) -> tuple[NDArray[Any] | None, ...]:
        return self.weights, self.strata, self.clusters, self.population


def _column(frame: PerCase, name: str) -> Any:
    try:
        return frame[name]
    except KeyError:
        raise DesignRefused("A design needs the column “%(name)s”, which is not there.", name=name) from None


def _numbers(values: PerCase) -> Floats:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.zeros((0, 0))
    if found.ndim != 1:
        raise DesignRefused("The weights and the population of a design are one number per case.")
    return found


def _names(values: PerCase | None) -> NDArray[Any] | None:
    """Names of strata or clusters; none may be missing."""
    if values is None:
        return None
    found = np.asarray(values)
    missing = found.ndim != 1
    at = 0
    if not missing and found.dtype.kind in "fOMm":
        at = next((place for place, one in enumerate(found.tolist()) if one is None or one != one), -1)
        missing = at >= 0
    if missing:
        raise DesignRefused("The strata and the clusters of a design are one name per case; case %(n)s has none.", n=at)
    return found


def _coded(values: NDArray[Any]) -> tuple[Sequence[Any], Ints]:
    found, codes = np.unique(values.astype(str) if values.dtype.kind == "O" else values, return_inverse=True)
    return found.tolist(), codes


def _hold_weights(w: Floats) -> None:
    for at in np.flatnonzero(~(np.isfinite(w) & (w > 0)))[:1]:
        raise DesignRefused(
            "Every weight of a design is a number above 0; that of case %(place)s is %(weight)s.",
            place=at,
            weight=w[at],
        )
    if len(w) and float(w.max()) / MOST_UNEQUAL > float(w.min()):
        raise DesignRefused(
            "The weight of case %(place)s of a design, %(weight)s, makes others vanish: the least is %(least)s.",
            place=int(w.argmax()),
            weight=w.max(),
            least=w.min(),
        )
