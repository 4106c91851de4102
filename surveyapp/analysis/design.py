"""How the cases were drawn, and so what each of them counts for: what every estimate and its error rest on.

A case of weight w stands for w people (or for w times what another stands for: only proportions matter to a share, a
mean and their errors). Without weights every case counts 1 and n, the sum of weights and the effective n are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Floats, Index, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The design of a sample of n cases; every array has one entry per case, shape (n,).

    Parameters
    ----------
    weights :    above 0; absent: nothing is weighted
    strata :     which stratum a case was drawn in; absent: one
    clusters :   with whom it was drawn; absent: by itself
    population : how many people its stratum has; absent: so many that drawing n leaves it as it was

    Raises
    ------
    ValueError     an array of another length, or a weight that is no number above 0

    References
    ----------
    Kish (1965), Survey Sampling, 11.7: effective n = (Σw)² / Σw². Weights 1 1 2: 16 / 6 = 2.6667 (by hand).
    """

    n: int
    weights: Floats | None = None
    strata: Ints | None = None
    clusters: Ints | None = None
    population: Floats | None = None

    def __post_init__(self) -> None:
        lengths = [len(array) for array in self._arrays() if array is not None]
        if any(length != self.n for length in lengths):
            raise ValueError(f"A design for n = {self.n} has arrays of length {lengths}.")
        if self.weights is not None and not (np.isfinite(self.weights) & (self.weights > 0)).all():
            raise ValueError("Every weight of a design is a number above 0.")

    @classmethod
    def plain(cls, n: int) -> Design:
        """So many cases, drawn alone and alike."""
        return cls(n)

    @property
    def total(self) -> float:
        """Σw: the weighted base."""
        return float(self.n) if self.weights is None else float(self.weights.sum())

    @property
    def effective_n(self) -> float:
        """How many cases of equal weight would be as precise, before strata and clusters (Kish)."""
        if self.weights is None or not self.n:
            return float(self.n)
        return self.total**2 / float((self.weights**2).sum())

    def take(self, index: Index) -> Design:
        """The cases at these positions, each in its own stratum and cluster still."""
        found = [None if array is None else array[index] for array in self._arrays()]
        n = len(range(self.n)[index]) if isinstance(index, slice) else len(index)
        return Design(n, *found)

    def only_weights(self) -> Floats | None:
        """The weights, for estimates whose errors are those of cases drawn one by one.

        Raises
        ------
        ValueError     the design has strata, clusters or population sizes, which those errors would leave out
        """
        if any(array is not None for array in self._arrays()[1:]):
            raise ValueError(
                "These are errors of cases drawn one by one; the design has strata, clusters or a population."
            )
        return self.weights

    def _arrays(self) -> tuple[NDArray[Any] | None, ...]:
        return self.weights, self.strata, self.clusters, self.population
