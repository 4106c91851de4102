"""Raking to margins, and post-stratification to cells, which is raking to one margin.

Cases that share their categories and base weight share their weight: the work is done on such groups, in one order, so
that the order of the cases means nothing, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from surveyapp.analysis.columns import Bools, Floats, Ints
from surveyapp.analysis.weighting.margins import MISSING, Category, Columns, Margin, Targets, margin, said
from surveyapp.analysis.weighting.quality import Caps, MarginLine, Weighting, base_weights, weight_quality
from surveyapp.analysis.weighting.trimming import within
from surveyapp.errors import WeightsRefused

TOLERANCE = 1e-6
LEAST_IN_CELL = 10
MOST_ROUNDS = 2000
NO_NEARER = 100
"""Rounds in which the error must have become smaller by a hundredth; else it never will."""


def rake(
    cases: Columns,
    targets: Mapping[str, Targets],
    base: ArrayLike | None = None,
    *,
    caps: Caps | None = None,
    population: float | None = None,
    tolerance: float = TOLERANCE,
) -> Weighting:
    """Weights by which every background has its shares at once, as near to the base weights as can be.

    Each background in turn is given its shares, until all have them together. With caps weights are cut to them in each
    round as well, their mean kept; what comes out is within the caps, and either has the shares too or says how far it
    is off.

    Parameters
    ----------
    cases :      a DataFrame or arrays by name, n entries each. Missing is a category of its own, at the share it has
    targets :    per background the share of each category; they add up to 1, or to ``population``
    base :       weights to start from, shape (n,), above 0; absent: all alike. Their scale means nothing
    caps :       between which ratios to their mean the weights must stay
    population : what targets are counts of, and weights shall add up to; absent: their mean is 1
    tolerance :  how far a share may be off its target

    Returns
    -------
    Weighting     rounds, error, margins before and after, effective n

    Raises
    ------
    NotEnoughData      there are no cases
    WeightsRefused     the message names background and category: targets without cases, cases without target, targets
                       that do not add up or contradict each other; or a base weight that is no number above 0

    References
    ----------
    Deming & Stephan (1940); Deville & Särndal (1993); Izrael, Battaglia & Frankel (2009) for trimming in the rounds.
    R's survey: rake(design, list(~a, ~b), list(pa, pb)); the numbers stand in tests/analysis/test_weighting.py.
    """
    if not targets:
        raise WeightsRefused("There is no background to rake to.")
    found = [margin(cases, [name], of, population, {}) for name, of in targets.items()]
    return _fitted("raking", found, base, caps, population, tolerance)


def poststratify(
    cases: Columns,
    by: Sequence[str],
    targets: Targets,
    base: ArrayLike | None = None,
    *,
    least: int = LEAST_IN_CELL,
    merged: Mapping[Category, Category] | None = None,
    caps: Caps | None = None,
    population: float | None = None,
) -> Weighting:
    """Weights by which every cell of crossed backgrounds has its share.

    Parameters
    ----------
    by :      the backgrounds; a cell is their categories as a tuple, of one background the category itself
    targets : the share of each cell
    least :   a cell of fewer cases is refused: its weight would rest on chance
    merged :  cells that join another; their targets are added up

    Cases of whom a background is missing are a cell of their own, at the share it has. Everything else as `rake`.

    References
    ----------
    Holt & Smith (1979). R's survey: postStratify(design, ~a + b, cells).
    """
    if not by:
        raise WeightsRefused("There is no background to make cells of.")
    found = margin(cases, by, targets, population, merged or {})
    counts = np.bincount(found.places, minlength=found.size)
    for category, count in zip(found.categories, counts.tolist(), strict=True):
        if category is not MISSING and count < least:
            raise WeightsRefused(
                "“%(variable)s”: “%(category)s” has %(count)s of the %(least)s cases that a cell needs; merge it with "
                "another.",
                variable=found.variable,
                category=said(category),
                count=count,
                least=least,
            )
    return _fitted("cells", [found], base, caps, population, TOLERANCE)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Cases that share categories and base weight, in one order; ``base`` is the share of them all, per group."""

    places: tuple[Ints, ...]  # per margin
    of_case: Ints
    counts: Floats
    base: Floats  # adds up to 1


def _grouped(margins: Sequence[Margin], base: Floats | None) -> _Groups:
    n = len(margins[0].places)
    columns = [found.places for found in margins]
    if base is not None:
        columns.append(np.unique(base, return_inverse=True)[1])
    key: Ints = np.zeros(n, dtype=np.intp)
    for one in columns:
        key = np.unique(key * (int(one.max()) + 1) + one, return_inverse=True)[1]
    first = np.unique(key, return_index=True)[1]
    counts = np.bincount(key).astype(np.float64)
    mass = counts if base is None else counts * base[first]
    return _Groups(tuple(found.places[first] for found in margins), key, counts, mass / mass.sum())


def _fitted(
    method: str,
    margins: Sequence[Margin],
    base: ArrayLike | None,
    caps: Caps | None,
    population: float | None,
    tolerance: float,
) -> Weighting:
    n = len(margins[0].places)
    start = None if base is None else base_weights(base)
    if start is not None and len(start) != n:
        raise WeightsRefused("There are %(weights)s base weights for n = %(n)s.", n=n, weights=len(start))
    groups = _grouped(margins, start)
    before = [_shares(groups.base, place, found.size) for place, found in zip(groups.places, margins, strict=True)]
    wanted = [_wanted(found.targets, had) for found, had in zip(margins, before, strict=True)]
    mass, rounds, error = _raked(groups, wanted, None, tolerance)
    if error >= tolerance:
        _contradict(groups, margins, wanted, mass)
    if caps is not None and not _is_within(mass, groups, caps):
        mass, more, error = _raked(groups, wanted, caps, tolerance)
        rounds += more
    after = [_shares(mass, place, found.size) for place, found in zip(groups.places, margins, strict=True)]
    ratio = mass / groups.counts * n
    trimmed = 0.0 if caps is None else float(groups.counts[_at_cap(ratio, caps)].sum()) / n
    weights = ratio[groups.of_case] * (1.0 if population is None else population / n)
    return Weighting(
        weights,
        method,
        rounds,
        error,
        tuple(_lines(margins, wanted, before, after)),
        weight_quality(weights, trimmed=trimmed),
        caps,
        error < tolerance,
    )


def _raked(groups: _Groups, wanted: Sequence[Floats], caps: Caps | None, tolerance: float) -> tuple[Floats, int, float]:
    """What each group weighs, adding up to 1; the rounds, and the largest error that is left."""
    mass, n = groups.base, float(groups.counts.sum())
    least, error = np.inf, np.inf
    for rounds in range(1, MOST_ROUNDS + 1):
        for place, shares in zip(groups.places, wanted, strict=True):
            mass = mass * np.divide(shares, _shares(mass, place, len(shares)))[place]
        mass = mass / mass.sum()
        if caps is not None:
            mass = within(mass * n / groups.counts, groups.counts, caps) * groups.counts / n
        error = _error(groups, wanted, mass)
        if error < tolerance:
            return mass, rounds, error
        if rounds % NO_NEARER == 0:
            if error > 0.99 * least:
                return mass, rounds, error
            least = error
    return mass, MOST_ROUNDS, error


def _shares(mass: Floats, place: Ints, size: int) -> Floats:
    found: Floats = np.maximum(np.bincount(place, mass, size), np.finfo(np.float64).tiny)
    return found


def _error(groups: _Groups, wanted: Sequence[Floats], mass: Floats) -> float:
    return max(
        float(np.abs(_shares(mass, place, len(shares)) - shares).max())
        for place, shares in zip(groups.places, wanted, strict=True)
    )


def _wanted(targets: Floats, had: Floats) -> Floats:
    """The targets, those of missing backgrounds at the share they have."""
    unknown = np.isnan(targets)
    return np.where(unknown, had, targets * (1 - float(had[unknown].sum())))


def _at_cap(ratio: Floats, caps: Caps) -> Bools:
    found: Bools = (ratio <= caps.low * (1 + TOLERANCE)) | (ratio >= caps.high * (1 - TOLERANCE))
    return found


def _is_within(mass: Floats, groups: _Groups, caps: Caps) -> bool:
    ratio = mass * groups.counts.sum() / groups.counts
    return bool(ratio.min() >= caps.low and ratio.max() <= caps.high)


def _lines(
    margins: Sequence[Margin], wanted: Sequence[Floats], before: Sequence[Floats], after: Sequence[Floats]
) -> Iterator[MarginLine]:
    for found, *shares in zip(margins, wanted, before, after, strict=True):
        counts = np.bincount(found.places, minlength=found.size).tolist()
        rows = zip(found.categories, counts, *(share.tolist() for share in shares), strict=True)
        yield from (MarginLine(found.variable, *row) for row in rows)


def _contradict(groups: _Groups, margins: Sequence[Margin], wanted: Sequence[Floats], mass: Floats) -> None:
    after = [_shares(mass, place, found.size) for place, found in zip(groups.places, margins, strict=True)]
    worst = max(_lines(margins, wanted, after, after), key=lambda line: line.error)
    raise WeightsRefused(
        "The targets contradict each other: “%(variable)s”: “%(category)s” comes to %(reached)s, not to %(target)s.",
        variable=worst.variable,
        category=said(worst.category),
        reached=f"{worst.after:.4f}",
        target=f"{worst.target:.4f}",
    )
