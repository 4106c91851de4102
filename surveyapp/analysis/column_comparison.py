"""The columns of a table held against each other: any groups of cases, also overlapping ones, on any design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import ndtri, stdtrit

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.corrections import adjusted
from surveyapp.analysis.design import Design
from surveyapp.analysis.domains import relative
from surveyapp.analysis.estimates import LEVEL
from surveyapp.analysis.intervals import share_interval
from surveyapp.analysis.significance import DEFAULT, Comparison, ComparisonRule, Pair, Rows, worth
from surveyapp.errors import DesignRefused


@dataclass(frozen=True, slots=True, eq=False)
class GroupFigures:
    """One figure in each of k groups, arrays of shape (k,), with what their differences need, of shape (k, k)."""

    value: Floats
    se: Floats  # linearised
    low: Floats
    high: Floats
    n: Floats  # cases
    effective: Floats  # Kish's
    spread: Floats  # standard deviation of a case
    correlation: Floats  # of the figures' errors
    overlap: Floats  # the same were errors those of cases of one variance
    freedom: Floats | None  # of a pair; of the group itself on the diagonal; None of cases drawn one by one


def group_figures(
    values: Floats, belongs: Bools, design: Design, test: Comparison, *, level: float = LEVEL
) -> GroupFigures:
    """The mean of the values in each group; of hits (0 and 1) it is their share.

    Of cases drawn one by one errors are those of a table's own figures: n ÷ (n − 1) of the group for means, none for
    shares and scores. Of others they are those of domains of the whole design, interval by t with its degrees of
    freedom.

    Parameters
    ----------
    values :  shape (n,), NaN where missing
    belongs : shape (n, k)
    test :    of what they are a figure
    """
    valid = ~np.isnan(values)
    w, members = relative(design), belongs & valid[:, None]
    x = np.where(valid, values, 0.0)
    n = members.sum(axis=0).astype(np.float64)
    weights = np.where(members, w[:, None], 0.0)
    base, squares = weights.sum(axis=0), weights.T @ weights
    some = n > 0
    factor = np.where(n > 1, n / np.maximum(n - 1, 1), np.nan) if test is Comparison.MEAN else np.ones(len(n))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (x @ weights) / base
        low, high = (end.reduce(np.where(members, x[:, None], fill), axis=0, initial=fill) for end, fill in _ENDS)
        value = np.where(some, np.clip(value, low, high), np.nan)
        away = np.where(members, x[:, None] - value, 0.0)
        influence = weights * away / np.where(some, base, 1.0)
        effective = np.where(some, base**2 / np.diag(squares), 0.0)
        variance = (weights * away**2).sum(axis=0) / base * factor
        alike = np.sqrt(np.diag(squares))
        overlap = squares / np.outer(alike, alike)
    if design.is_simple:
        covariance, freedom, scale = influence.T @ influence, None, np.sqrt(factor)
    else:
        covariance = design.covariance(influence, np.asarray(members.any(axis=1)))
        freedom, scale = _freedom(members, design), np.ones(len(n))
    error = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / np.outer(error, error)
    correlation = np.where(np.isfinite(correlation), correlation, overlap)
    found = GroupFigures(
        value, np.where(some, error * scale, np.nan), value, value, n, effective,
        np.sqrt(variance), correlation, overlap, freedom,
    )  # fmt: skip
    return _with_interval(found, test, level)


_ENDS: tuple[tuple[Any, float], ...] = ((np.minimum, np.inf), (np.maximum, -np.inf))


def _freedom(members: Bools, design: Design) -> Floats:
    """Degrees of freedom of every pair of groups together."""
    size = members.shape[1]
    found = np.zeros((size, size))
    for a in range(size):
        for b in range(a, size):
            found[a, b] = found[b, a] = design.freedom(members[:, a] | members[:, b])
    return found


def _with_interval(found: GroupFigures, test: Comparison, level: float) -> GroupFigures:
    above, own = 0.5 + level / 2, None if found.freedom is None else np.diag(found.freedom)
    se = found.se if own is None else np.where(own > 0, found.se, np.nan)
    if test is Comparison.SHARE:
        base = found.effective if own is None else worth(found.value, se, found.effective)
        ends = share_interval(found.value, base, level=level, freedom=own)
        low, high = ends.low, ends.high
    else:
        if own is None and test is Comparison.MEAN:
            own = found.effective - 1
        t = float(ndtri(above)) if own is None else stdtrit(np.where(own > 0, own, np.nan), above)
        low, high = found.value - t * se, found.value + t * se
        if test is Comparison.SCORE:
            low, high = np.maximum(low, -1.0), np.minimum(high, 1.0)
    return GroupFigures(
        found.value, se, np.asarray(low), np.asarray(high), found.n, found.effective, found.spread,
        found.correlation, found.overlap, found.freedom,
    )  # fmt: skip


def rows_of(figures: Sequence[GroupFigures], test: Comparison) -> Rows:
    """Some figures over the same groups, as rows that can be tested."""
    value, se, n, spread, correlation, overlap = (
        np.array([getattr(one, name) for one in figures])
        for name in ("value", "se", "effective", "spread", "correlation", "overlap")
    )
    has_freedom = bool(figures) and figures[0].freedom is not None
    freedom = np.array([one.freedom for one in figures]) if has_freedom else None
    return Rows(test, value, se, n, None if test is Comparison.SHARE else spread, correlation, overlap, freedom)


@dataclass(frozen=True, slots=True, eq=False)
class ColumnTests:
    """A table's figures, arrays of shape (rows, columns), and which of them differ."""

    figures: tuple[GroupFigures, ...]  # per row
    pairs: tuple[Pair, ...]  # positions in the figures; against the rest those of the rests stand behind the columns
    difference: Floats  # shape (rows, pairs): first less second
    p: Floats  # shape (rows, pairs): corrected within the row, NaN where not tested
    level: float

    @property
    def differs(self) -> Bools:
        """Whether the two of a pair differ significantly, shape (rows, pairs)."""
        return np.asarray(self.p < self.level)


def column_tests(
    values: Any,
    columns: Any,
    design: Design | None = None,
    *,
    of: Literal["share", "mean", "score"] = "share",
    rule: ComparisonRule = DEFAULT,
    against: Literal["columns", "rest"] = "columns",
    least: float = 30,
) -> ColumnTests:
    """Every pair of columns of a table, or each column against the rest of its cases, tested in every row.

    Parameters
    ----------
    values :  shape (n,) or (n, rows), an array or a frame: hits (0, 1) of shares, numbers of means, −1, 0, 1 of scores;
              NaN where missing
    columns : bool, shape (n, columns), an array or a frame; groups may overlap, and a case may be in none
    design :  of the n cases; absent: drawn alone and alike
    rule : mode, correction and level; a row is one family
    against : "columns", or "rest": the cases outside the column, of whatever column or none
    least :   cases below which a column takes no part

    Returns
    -------
    ColumnTests

    Raises
    ------
    DesignRefused     arrays of other lengths, or a stratum with one unit

    References
    ----------
    Two shares of 60 and 45 of 100: p = 0.0337 (R prop.test, correct = FALSE). Of columns that overlap the error of a
    difference of means is R survey's, of svycontrast of a ratio of totals.
    """
    table, belongs = np.asarray(values, dtype=np.float64), np.asarray(columns)
    table = table[:, None] if table.ndim == 1 else table
    design = Design.plain(len(table)) if design is None else design
    if table.ndim != 2 or belongs.ndim != 2 or belongs.dtype != np.bool_ or {len(table), len(belongs)} != {design.n}:
        raise DesignRefused(
            "A table has a number per case and row, and true or false per case and column; the cases are %(n)s.",
            n=design.n,
        )
    width, test = belongs.shape[1], Comparison(of)
    if against == "rest":
        belongs = np.concatenate([belongs, ~belongs], axis=1)
    figures = [group_figures(one, belongs, design, test) for one in table.T]
    if against == "rest":
        pairs = [(at, at + width) for at in range(width)]
    else:
        pairs = [(a, b) for a in range(width) for b in range(a + 1, width)]
    p = difference = np.full((len(figures), len(pairs)), np.nan)
    if figures and pairs:
        a, b = (list(side) for side in zip(*pairs, strict=True))
        rows, enough = rows_of(figures, test), np.array([one.n >= least for one in figures])
        difference = rows.value[:, a] - rows.value[:, b]
        p = np.where(enough[:, a] & enough[:, b], rows.p_values(a, b, rule.mode), np.nan)
        p = adjusted(p, rule.correction)
    return ColumnTests(tuple(figures), tuple(pairs), difference, p, rule.level)
