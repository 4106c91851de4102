"""Several numbers of each case, by name: what a scale, a model of drivers or a profile is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.design import Design
from surveyapp.errors import NotEnoughData, UnfitData

NO_SPREAD = 1e-12
"""A variance below this share of the mean square is rounding, not spread."""


class Frame(Protocol):
    """What is asked of a table with names above its columns, such as pandas' DataFrame."""

    @property
    def columns(self) -> Iterable[Any]:
        """The names."""

    def __getitem__(self, name: Any, /) -> Any:
        """The column of a name."""


Named = Mapping[str, ArrayLike] | Frame
"""Columns by name: a mapping of arrays, or a frame. NaN, None and pandas' NA are missing."""
Weights = ArrayLike | Design | None
"""What each case counts for: numbers above 0, a design, or nothing."""


def numbers(values: ArrayLike, name: str) -> Floats:
    """One column as numbers, missing as NaN; shape (n,).

    Raises
    ------
    UnfitData     it holds words, an endless number, or more than one number a case
    """
    to_numpy = getattr(values, "to_numpy", None)
    try:
        found = np.asarray(
            values if to_numpy is None else to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64
        )
    except (TypeError, ValueError):
        raise UnfitData("“%(name)s” holds something that is no number.", name=name) from None
    if found.ndim != 1:
        raise UnfitData("“%(name)s” must hold one number per case.", name=name)
    if np.isinf(found).any():
        raise UnfitData("“%(name)s” holds a number without end.", name=name)
    return found


def designed(weights: Weights, n: int) -> Design:
    """The design these weights make; equal weights are none, so that they change nothing."""
    if not isinstance(weights, Design):
        w = None if weights is None else numbers(weights, "weights")
        if w is not None and not (w > 0).all():
            raise UnfitData(
                "Every weight must be a number above 0; case %(at)s has none.", at=int((~(w > 0)).argmax()) + 1
            )
        if w is not None and len(w) != n:
            raise UnfitData("Cases: %(n)s; weights: %(other)s. Each case has one.", n=n, other=len(w))
        return Design.plain(n) if w is None or not n or w.min() == w.max() else Design(w)
    if weights.n != n:
        raise UnfitData("The design is of %(other)s, the cases are %(n)s.", n=n, other=weights.n)
    only = weights.only_weights()
    return Design.plain(n) if only is not None and n and only.min() == only.max() else weights


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Some columns of numbers over the same cases.

    Attributes
    ----------
    names :  of the columns
    values : shape (n, p); NaN is missing
    design : what each case counts for
    """

    names: tuple[str, ...]
    values: Floats
    design: Design

    @classmethod
    def of(cls, data: Named, weights: Weights = None, names: Sequence[str] | None = None) -> Matrix:
        """Columns of a frame or a mapping.

        Raises
        ------
        UnfitData     a column is not there, holds something else than numbers, or has another length
        """
        columns = dict(_columns(data, names))
        if not columns:
            raise NotEnoughData("There are no variables to work with.")
        lengths = {len(column) for column in columns.values()}
        if len(lengths) > 1:
            raise UnfitData("These variables are not of one length: %(names)s.", names=", ".join(columns))
        values = np.column_stack(list(columns.values()))
        return cls(tuple(columns), values, designed(weights, len(values)))

    @property
    def n(self) -> int:
        """Cases."""
        return len(self.values)

    def take(self, which: Bools) -> Matrix:
        """The cases for which this is true."""
        index = np.flatnonzero(which)
        return Matrix(self.names, self.values[index], designed(self.design.take(index), len(index)))

    def complete(self) -> Matrix:
        """The cases without any missing number (listwise)."""
        whole = np.asarray(~np.isnan(self.values).any(axis=1))
        return self if whole.all() else self.take(whole)

    def means(self) -> Floats:
        """Σwx ÷ Σw of complete columns, shape (p,)."""
        w = self.design.weights
        found: Floats = self.values.mean(axis=0) if w is None else (w @ self.values) / w.sum()
        return found

    def covariance(self) -> Floats:
        """n/(n−1) · Σw(x−m)(y−k) ÷ Σw of complete columns, shape (p, p).

        Raises
        ------
        NotEnoughData     fewer than two cases
        UnfitData         a column has one value only; it is named

        References
        ----------
        R survey's svyvar; without weights R's cov.
        """
        if self.n < 2:
            raise NotEnoughData(
                "Only %(n)s answered all of these: %(names)s. Two are needed.",
                n=self.n,
                names=", ".join(self.names),
            )
        away = self.values - self.means()
        w = self.design.weights
        sums = away.T @ away if w is None else (away * w[:, None]).T @ away / w.sum() * self.n
        found: Floats = sums / (self.n - 1)
        size = (self.values**2).mean(axis=0)
        for name, variance, square in zip(self.names, np.diag(found), size, strict=True):
            if variance <= NO_SPREAD * square:
                raise UnfitData("Everyone gave the same answer to “%(name)s”: it says nothing here.", name=name)
        return found


def correlation(covariance: Floats) -> Floats:
    """Correlations of covariances, exactly 1 on the diagonal."""
    sd = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    found: Floats = covariance / (sd[..., :, None] * sd[..., None, :])
    at = np.arange(found.shape[-1])
    found[..., at, at] = 1.0
    return found


def _columns(data: Named, names: Sequence[str] | None) -> Iterator[tuple[str, Floats]]:
    known: dict[str, Any] = (
        dict(data) if isinstance(data, Mapping) else {str(name): data[name] for name in data.columns}
    )
    for name in known if names is None else names:
        if name not in known:
            raise UnfitData("There is no “%(name)s” among these variables.", name=name)
        yield name, numbers(known[name], name)
