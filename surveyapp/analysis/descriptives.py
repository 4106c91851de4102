"""What is asked of a sample: mean, ratio, share, total, variance, quantile, each of a domain with its error.

Values are one number per case, NaN where missing; a missing value puts its case outside the domain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from surveyapp.analysis.design import Design, PerCase
from surveyapp.analysis.domains import NO_CASE, DomainFigure, figure_of, held, nothing, ratio_of, relative
from surveyapp.analysis.estimates import LEVEL, weighted_quantiles
from surveyapp.analysis.intervals import ShareMethod, share_interval


def mean(
    values: PerCase, design: Design | None = None, domain: PerCase | None = None, *, level: float = LEVEL
) -> DomainFigure:
    """Σwx ÷ Σw of a domain, with a t interval.

    Parameters
    ----------
    values : shape (n,), NaN where missing
    design : of these n cases; absent: drawn alone and alike
    domain : bool, shape (n,); absent: everyone

    Returns
    -------
    DomainFigure     NaN with its reason where nobody has a value; no error for one unit

    Raises
    ------
    DesignRefused     arrays of other lengths, or a stratum with one unit
    ValueError        an endless number among the values

    References
    ----------
    Lumley (2010), Complex Surveys, 2.1; R survey: svymean(~y, subset(design, g == 1)), SE and degf.
    """
    x, inside, design = held(values, design, domain)
    return ratio_of(np.where(inside, x, 0.0), inside.astype(np.float64), inside, design, level)


def ratio(
    above: PerCase,
    below: PerCase,
    design: Design | None = None,
    domain: PerCase | None = None,
    *,
    level: float = LEVEL,
) -> DomainFigure:
    """Σwy ÷ Σwx of a domain, over the cases that have both, with a t interval.

    Parameters and Raises as :func:`mean`; NaN with its reason where Σwx is 0.

    References
    ----------
    Cochran (1977), 6.3; R survey: svyratio(~y, ~x, subset(design, g == 1)).
    """
    y, inside, design = held(above, design, domain)
    x, also, _ = held(below, design, domain)
    inside = inside & also
    return ratio_of(np.where(inside, y, 0.0), np.where(inside, x, 0.0), inside, design, level)


def share(
    hits: PerCase,
    design: Design | None = None,
    domain: PerCase | None = None,
    *,
    method: ShareMethod = "wilson",
    level: float = LEVEL,
) -> DomainFigure:
    """The share of a domain that is a hit, with an interval by method.

    The interval rests on the effective base p (1 − p) ÷ se², at 0 and 100 %, where no error is left, on Kish's; its t
    has the degrees of freedom of the domain.

    Parameters
    ----------
    hits :   bool, or 0 and 1; NaN where missing
    method : of :func:`surveyapp.analysis.intervals.share_interval`

    Raises
    ------
    DesignRefused     as :func:`mean`
    ValueError        a value that is neither 0 nor 1; its position is named

    References
    ----------
    Korn & Graubard (1998); R survey: svyciprop(~I(y >= 7), design, method = "beta", df = degf(design)).
    """
    x, inside, design = held(hits, design, domain)
    for at in np.flatnonzero(inside & (x != 0) & (x != 1))[:1]:
        raise ValueError(f"A hit is 0 or 1; case {at} has {x[at]:g}.")
    found = ratio_of(np.where(inside, x, 0.0), inside.astype(np.float64), inside, design, level)
    p, se = found.value, found.se
    if np.isnan(se):
        return found
    base = p * (1 - p) / se**2 if se > 0 else found.effective
    ends = share_interval(p, base, method, level=level, freedom=found.freedom, cases=found.n)
    return replace(found, low=float(ends.low), high=float(ends.high))


def total(
    values: PerCase, design: Design | None = None, domain: PerCase | None = None, *, level: float = LEVEL
) -> DomainFigure:
    """Σwx of a domain, with a t interval: of so many people as the weights add up to.

    Parameters and Raises as :func:`mean`. The size of a domain itself is the total of ones.

    References
    ----------
    R survey: svytotal(~y, subset(design, g == 1)).
    """
    x, inside, design = held(values, design, domain)
    if not inside.any():
        return nothing(design, NO_CASE)
    w = np.ones(design.n) if design.weights is None else design.weights
    z = w * np.where(inside, x, 0.0)
    return figure_of(float(z.sum()), z, inside, design, level)


def variance(
    values: PerCase,
    design: Design | None = None,
    domain: PerCase | None = None,
    *,
    kind: Literal["reliability", "survey"] = "reliability",
    level: float = LEVEL,
) -> DomainFigure:
    """The variance of a number among the people of a domain, with its error.

    Parameters
    ----------
    kind : what Σw(x − m)² is divided by: "reliability", Σw − Σw² ÷ Σw; "survey", Σw (n − 1) ÷ n. With equal weights
           both are n − 1, and with weights as counts of people neither is meant

    References
    ----------
    R: cov.wt(x, w / sum(w)) for "reliability"; survey::svyvar for "survey", with its SE.
    """
    x, inside, design = held(values, design, domain)
    w = np.where(inside, relative(design), 0.0)
    n, base = int(inside.sum()), w.sum()
    if n < 2:
        return nothing(design, NO_CASE if not n else "one case has no variance", n)
    x = np.where(inside, x, 0.0)
    squares = np.where(inside, (x - (w * x).sum() / base) ** 2, 0.0)
    factor = n / (n - 1) if kind == "survey" else 1 / (1 - (w**2).sum() / base**2)
    value = float((w * squares).sum() / base * factor)
    return figure_of(value, np.where(inside, w * (squares * factor - value), 0.0) / base, inside, design, level)


def quantile(
    values: PerCase,
    at: float = 0.5,
    design: Design | None = None,
    domain: PerCase | None = None,
    *,
    observed: bool = True,
    level: float = LEVEL,
) -> DomainFigure:
    """The value that a share ``at`` of a domain does not exceed, with Woodruff's interval.

    The interval are the quantiles at ``at`` ± t · se, the error being that of the share that does not exceed the
    quantile; an end beyond 0 or 100 % does not exist. The error is the interval's width ÷ 2t.

    Parameters
    ----------
    at :       0..1, ends excluded
    observed : the first value at which the share is reached, always one that somebody gave (type 1 of Hyndman & Fan);
               otherwise between two of them (type 7)

    References
    ----------
    Woodruff (1952); Hyndman & Fan (1996); R survey: svyquantile(qrule = "math" or "hf7", interval.type = "mean").
    """
    if not 0 < at < 1:
        raise ValueError("A quantile lies between 0 and 1.")
    x, inside, design = held(values, design, domain)
    if not inside.any():
        return nothing(design, NO_CASE)
    w = relative(design)
    kept, weights = x[inside], w[inside]
    found = float(weighted_quantiles(kept, weights, [at], observed=observed)[0])
    below = mean(np.where(inside, x <= found, np.nan), design)
    t = float(stdtrit(below.freedom, 0.5 + level / 2)) if below.freedom > 0 else np.nan
    ends = [at - t * below.se, at + t * below.se]
    low, high = (
        float(weighted_quantiles(kept, weights, [one], observed=observed)[0]) if 0 < one < 1 else np.nan for one in ends
    )
    reason = below.reason or ("its interval has no end within the values" if np.isnan(low + high) else None)
    return replace(
        below, value=found, se=(high - low) / (2 * t), low=low, high=high, reason=reason,
        influence=np.full(design.n, np.nan),
    )  # fmt: skip


def design_effect(values: PerCase, design: Design, domain: PerCase | None = None, *, replacement: bool = True) -> float:
    """How many times the variance of a mean is that of as many cases drawn one by one; of a share, with hits as values.

    Parameters
    ----------
    replacement : held against drawing with replacement; otherwise without, from so many people as the weights add up
                  to, which then cannot be fewer than the cases

    Returns
    -------
    NaN where there is no error, nothing varies, or the weights add up to fewer people than there are cases

    References
    ----------
    Kish (1965), 8.2; R survey: svymean(~y, design, deff = "replace"), and deff = TRUE for without replacement.
    """
    found, spread = mean(values, design, domain), variance(values, design, domain, kind="survey")
    if np.isnan(found.se) or not spread.value > 0:
        return float("nan")
    alike = spread.value / found.n
    if not replacement:
        alike *= 1 - found.n / found.weighted
    return found.se**2 / alike if alike > 0 else float("nan")
