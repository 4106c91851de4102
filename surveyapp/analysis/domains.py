"""A figure of a domain of a sample with its linearised error, and the difference of two.

A domain is some of the cases: a boolean per case. It is estimated on the whole design, never by dropping the others:
they tell how many cases the domain might have had. Each figure keeps the influence of every case on it, so that two
figures of one design can be held against each other, whatever they share.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtr, stdtrit

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.design import Design, PerCase
from surveyapp.analysis.estimates import LEVEL
from surveyapp.errors import DesignRefused

NO_CASE = "no case of the domain has a value"
NO_ERROR = "the domain has too few units for an error"


@dataclass(frozen=True, slots=True, eq=False)
class DomainFigure:
    """One figure with its linearised error and interval; NaN for what does not exist, with the reason."""

    value: float
    se: float
    low: float
    high: float
    freedom: int  # units less strata, of the domain
    n: int  # cases with a value
    weighted: float  # Σw of them
    effective: float  # Kish's effective number of them
    reason: str | None = None  # why there is no value, or no error
    design: Design = field(repr=False, default_factory=lambda: Design.plain(0))
    influence: Floats = field(repr=False, default_factory=lambda: np.zeros(0))  # shape (n of the design,)
    inside: Bools = field(repr=False, default_factory=lambda: np.zeros(0, dtype=np.bool_))  # the cases with a value


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """One figure less another, with error, interval and two-sided p-value."""

    value: float
    se: float
    low: float
    high: float
    freedom: int
    p: float


def difference(first: DomainFigure, second: DomainFigure, *, level: float = LEVEL) -> Difference:
    """One figure less another of the same design: of two domains, which may overlap, or of two questions.

    Var = Var(a) + Var(b) − 2 Cov(a, b), the covariance by the cases' (and clusters') influence on both.

    Raises
    ------
    ValueError     figures of two designs, or a quantile, of which no influence is known

    References
    ----------
    R survey: svycontrast of svyby(~y, ~g, design, svymean, covmat = TRUE), and of a ratio of totals where they overlap.
    """
    design = first.design
    if design is not second.design and not (design.is_plain and second.design.is_plain and design.n == second.design.n):
        raise ValueError("The difference of two figures is one of the same design.")
    if not first.n or not second.n:
        return Difference(np.nan, np.nan, np.nan, np.nan, 0, np.nan)
    z = first.influence - second.influence
    if np.isnan(z).any():
        raise ValueError("A quantile has no linearised difference.")
    value, inside = first.value - second.value, first.inside | second.inside
    se, freedom = _error(z, inside, design), design.freedom(inside)
    if np.isnan(first.se) or np.isnan(second.se):  # one of them has one unit: what it varies is not known
        se = np.nan
    if np.isnan(se) or freedom < 1:
        p = float("nan")
    elif se > 0:
        p = 2 * float(stdtr(freedom, -abs(value / se)))
    else:
        p = float(value == 0)
    margin = _quantile_of_t(freedom, level) * se
    return Difference(value, se, value - margin, value + margin, freedom, p)


@dataclass(frozen=True, slots=True)
class Base:
    """What the figures of a domain rest on."""

    n: int  # cases
    weighted: float  # Σw
    effective: float  # (Σw)² / Σw²

    @property
    def design_effect(self) -> float:
        """Kish's: how many times the weights alone make variances larger; NaN of nobody."""
        return self.n / self.effective if self.n else float("nan")

    @property
    def efficiency(self) -> float:
        """The part of the cases that the weights leave, 0..1; NaN of nobody."""
        return self.effective / self.n if self.n else float("nan")


def base_of(design: Design, domain: PerCase | None = None) -> Base:
    """How many cases a domain has, how many people they stand for, and how many equal ones they are worth.

    References
    ----------
    Kish (1965), 11.7; R: sum(w)^2 / sum(w^2). Weights 1 1 2: 3, 4 and 16 / 6 (by hand).
    """
    inside = _domain(domain, design.n)
    return _base(design, inside)


def held(values: PerCase, design: Design | None, domain: PerCase | None) -> tuple[Floats, Bools, Design]:
    """Numbers per case, who of the domain has one, and the design."""
    to_numpy = getattr(values, "to_numpy", None)
    x = np.asarray(values if to_numpy is None else to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    if x.ndim != 1:
        raise ValueError("Values are one number per case.")
    for at in np.flatnonzero(np.isinf(x))[:1]:
        raise ValueError(f"The value of case {at} has no end.")
    design = Design.plain(len(x)) if design is None else design
    if design.n != len(x):
        raise DesignRefused("The values are %(n)s, the cases of the design %(other)s.", n=len(x), other=design.n)
    return x, _domain(domain, design.n) & ~np.isnan(x), design


def _domain(domain: PerCase | None, n: int) -> Bools:
    if domain is None:
        return np.ones(n, dtype=np.bool_)
    inside = np.asarray(domain)
    if inside.dtype != np.bool_ or inside.shape != (n,):
        raise DesignRefused("A domain is true or false for each case; these are %(n)s.", n=n)
    return inside


def relative(design: Design) -> Floats:
    """The weights on a scale of their own; 1 where all are alike."""
    w = design.relative
    return np.ones(design.n) if w is None else w


def ratio_of(above: Floats, below: Floats, inside: Bools, design: Design, level: float) -> DomainFigure:
    """A ratio of two totals of a domain, of numbers that are 0 outside it."""
    if not inside.any():
        return nothing(design, NO_CASE)
    w = relative(design)
    base = float((w * below).sum())
    if not base:
        return nothing(design, "what it is divided by adds up to 0", int(inside.sum()))
    value = float((w * above).sum()) / base
    if (below == inside).all():  # where all have one value it is their mean, to the last digit
        value = min(max(value, float(above[inside].min())), float(above[inside].max()))
    return figure_of(value, w * (above - value * below) / base, inside, design, level)


def figure_of(value: float, influence: Floats, inside: Bools, design: Design, level: float) -> DomainFigure:
    """A figure with the error that its influence values give it, and a t interval."""
    freedom, base = design.freedom(inside), _base(design, inside)
    se = _error(influence, inside, design) if freedom > 0 else np.nan
    margin = _quantile_of_t(freedom, level) * se
    return DomainFigure(
        value, se, value - margin, value + margin, freedom, base.n, base.weighted, base.effective,
        NO_ERROR if np.isnan(se) else None, design, influence, inside,
    )  # fmt: skip


def _error(influence: Floats, inside: Bools, design: Design) -> float:
    """The square root of a variance, on a scale on which no square has too many digits."""
    scale = 2.0 ** np.frexp(np.abs(influence).max(initial=0.0))[1]
    return float(np.sqrt(design.covariance((influence / scale)[:, None], inside)[0, 0]) * scale)


def _quantile_of_t(freedom: int, level: float) -> float:
    return float(stdtrit(freedom, 0.5 + level / 2)) if freedom > 0 else float("nan")


def _base(design: Design, inside: Bools) -> Base:
    n = int(inside.sum())
    weighted = float(n) if design.weights is None else float(design.weights[inside].sum())
    w = relative(design)[inside]
    return Base(n, weighted, float(w.sum() ** 2 / (w**2).sum()) if n else 0.0)


def nothing(design: Design, reason: str, n: int = 0) -> DomainFigure:
    """No figure, and why."""
    nan, nobody = float("nan"), np.zeros(design.n, dtype=np.bool_)
    return DomainFigure(
        nan, nan, nan, nan, 0, n, nan if n else 0.0, nan if n else 0.0, reason, design, np.full(design.n, nan), nobody
    )
