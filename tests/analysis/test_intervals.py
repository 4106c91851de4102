from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.analysis.intervals import ShareMethod, share_interval
from surveyapp.analysis.precision import Precision, PrecisionRule, precision_of
from surveyapp.analysis.verdict import Verdict

METHODS: tuple[ShareMethod, ...] = get_args(ShareMethod)
# R: of 3 hits in 40, z <- qnorm(.975), p <- 3 / 40, m <- (3 + z^2 / 2) / (40 + z^2)
OF_R: dict[ShareMethod, tuple[float, float]] = {
    "wilson": (0.0258360257746, 0.198642335243),  # prop.test(3, 40, correct = FALSE)
    "clopper-pearson": (0.015742179851, 0.203864748733),  # binom.test(3, 40)
    "beta": (0.015742179851, 0.203864748733),  # drawn one by one it is the same
    "jeffreys": (0.021576674443, 0.186814297238),  # qbeta(c(.025, .975), 3.5, 37.5)
    "agresti-coull": (0.0188006880001, 0.205677673018),  # m + c(-1, 1) * z * sqrt(m * (1 - m) / (40 + z^2))
    "wald": (0, 0.156624323226),  # p + c(-1, 1) * z * sqrt(p * (1 - p) / 40), cut off at 0
    "logit": (0.0243904106813, 0.208211684312),  # plogis(qlogis(p) + c(-1, 1) * z / sqrt(40 * p * (1 - p)))
    "arcsine": (0.0149208508075, 0.175569044995),  # sin(asin(sqrt(p)) + c(-1, 1) * z / 2 / sqrt(40))^2
}


@pytest.mark.parametrize("method", METHODS)
def test_every_interval_is_that_of_r(method: ShareMethod) -> None:
    found = share_interval(3 / 40, 40, method)
    assert (float(found.low), float(found.high)) == pytest.approx(OF_R[method])


@pytest.mark.parametrize("method", METHODS)
def test_at_0_and_100_percent_one_end_is_exact_and_the_other_is_not_there(method: ShareMethod) -> None:
    found = share_interval([0.0, 1.0], [40, 40], method)
    assert (found.low[0], found.high[1]) == (0.0, 1.0)
    assert 0 < found.high[0] < 0.12
    assert found.high[0] == pytest.approx(1 - found.low[1])


def test_where_no_variance_is_left_the_exact_interval_stands() -> None:
    # R: binom.test(0, 40) 0 to 0.0880973028788
    for method in ("wald", "logit"):
        assert float(share_interval(0.0, 40, method).high) == pytest.approx(0.0880973028788)  # type: ignore[arg-type]


@given(x=st.integers(0, 60), n=st.integers(1, 60), level=st.floats(0.5, 0.999))
def test_an_interval_lies_within_0_and_1_around_its_share_and_mirrors(x: int, n: int, level: float) -> None:
    p = min(x, n) / n
    for method in METHODS:
        found, other = share_interval(p, n, method, level=level), share_interval(1 - p, n, method, level=level)
        assert 0 <= found.low <= p + 1e-12
        assert p - 1e-12 <= found.high <= 1
        assert float(found.low) == pytest.approx(1 - float(other.high), abs=1e-9)


def test_few_degrees_of_freedom_make_it_wider_and_none_leaves_no_interval() -> None:
    for method in ("wald", "logit", "arcsine", "wilson", "beta"):
        wide = share_interval(0.3, 40, method, freedom=4, cases=40)  # type: ignore[arg-type]
        narrow = share_interval(0.3, 40, method)  # type: ignore[arg-type]
        assert wide.low < narrow.low
        assert wide.high > narrow.high
        assert np.isnan(share_interval(0.3, 40, method, freedom=0).low)  # type: ignore[arg-type]


def test_without_a_base_there_is_no_interval() -> None:
    found = share_interval([np.nan, 0.5, 0.0], [40, 0, 0])
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


@pytest.mark.parametrize(("share", "base", "level"), [(1.2, 10, 0.95), (-0.1, 10, 0.95), (0.5, -1, 0.95), (0.5, 9, 1)])
def test_what_is_no_share_base_or_level_is_refused(share: float, base: float, level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        share_interval(share, base, level=level)
    with pytest.raises(ValueError, match="There is no interval “wilsons”"):
        share_interval(0.5, 10, "wilsons")  # type: ignore[arg-type]


# -------------------------------------------------------------------------------------------------- how far to trust it
@pytest.mark.parametrize(
    ("effective", "low", "high", "freedom", "verdict", "reason"),
    [
        # The bounds of Parker et al. (2017): an effective base of 30, a width of 0.30, 8 degrees of freedom
        (30, 0.40, 0.69, 29, "reliable", ""),
        (29.9, 0.40, 0.69, 29, "indicative", "an effective base of 29.9"),
        (100, 0.30, 0.60, 99, "indicative", "an interval over 30% of what it can be"),
        (100, 0.40, 0.60, 7, "indicative", "7 degrees of freedom"),
        (9.9, 0.40, 0.69, 9, "not shown", "an effective base of 9.9"),
        (40, 0.20, 0.80, 39, "not shown", "an interval over 60% of what it can be"),
        (40, 0.20, 0.30, 0, "not shown", "0 degrees of freedom"),
        (40, np.nan, np.nan, 39, "not shown", "it has no interval"),
    ],
)
def test_a_verdict_says_why(
    effective: float, low: float, high: float, freedom: float, verdict: str, reason: str
) -> None:
    found = precision_of(effective, low, high, freedom)
    assert found == Precision(Verdict(verdict), (reason,) if reason else ())


def test_a_mark_is_held_against_its_own_span_and_every_reason_is_given() -> None:
    assert precision_of(60, 6.0, 8.0, 59, span=9).verdict is Verdict.RELIABLE
    assert precision_of(20, 4.0, 8.0, 5, span=9).reasons == (
        "an effective base of 20.0",
        "an interval over 44% of what it can be",
        "5 degrees of freedom",
    )
    assert precision_of(20, 0.4, 0.5, 19, rule=PrecisionRule(base=20)).verdict is Verdict.RELIABLE
    with pytest.raises(ValueError, match="above 0"):
        precision_of(20, 0.4, 0.5, 19, span=0)
