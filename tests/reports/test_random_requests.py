"""A thousand random requests, each made again by another road: the engine's answers, pandas, numpy and statsmodels.

A request is a variable, a banner, a filter and a weighting; every statistic of its lines is held, in every column.
"""

from __future__ import annotations

import gc
from itertools import combinations
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from surveyapp.analysis.verdict import Verdict
from surveyapp.engine.route import on_path
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.model import NOT_ASKED, SKIPPED, Shape, Variable, VariableType
from surveyapp.reports.grid import Bases, Figure, Grid
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.weights import case_weights
from tests.reports.test_weighted_tables import independent, weighted
from tests.reports.waves import random_records, real_instrument, wave

INSTRUMENT = real_instrument()
RECORDS = random_records(INSTRUMENT, 800, seed=23)
DATA = weighted(data=wave(INSTRUMENT, RECORDS))
BANNERS = (None, "role", "language", "b_sector", "b_size", "a_via", "source", "b_gender", "b_kind", "b_channels")
FILTERS = (
    None,
    None,
    "role == 'contractor'",
    "gr_assign >= 7",
    "b_size in [4, 5, 6]",
    "role in ['contractor', 'manager'] and valid(b_sector)",
    "not (b_size in [1, 2]) and language == 'nl'",
    "answered(nps_client)",
)
NETS = {
    "high_marks": lambda x: x >= 8, "low_marks": lambda x: x < 6,
    "promoters": lambda x: x >= 9, "passives": lambda x: (x >= 7) & (x <= 8), "detractors": lambda x: x <= 6,
}  # fmt: skip


def _people() -> pd.DataFrame:
    """One line per finished case: what the engine lets count of it, in the order of its keys."""
    lines = {}
    for one in RECORDS:
        if one["state"] == "complete" and not one["is_test"]:
            counted = on_path(INSTRUMENT.questionnaires[one["role"]], one["answers"], one["language"])
            lines[one["case_id"]] = {**{name: one[name] for name in ("role", "language", "source")}, "answers": counted}
    frame = pd.DataFrame.from_dict(lines, orient="index")
    return frame.loc[[UUID(found) for found in DATA.cases().ids]]


PEOPLE = _people()
WEIGHTS = {None: np.ones(len(PEOPLE)), "all": case_weights(DATA, DATA.schemes.all[0]).weights}
KEPT = {
    source: np.array(
        [
            source is None or parse_condition(source).evaluate(a, role=role, language=language) is True
            for a, role, language in zip(PEOPLE["answers"], PEOPLE["role"], PEOPLE["language"], strict=True)
        ]
    )
    for source in set(FILTERS)
}


def _values(name: str) -> list[Any]:
    return [answers.get(name, NOT_ASKED) for answers in PEOPLE["answers"]]


def _columns(by: str | None) -> dict[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    found = {"total": np.ones(len(PEOPLE), dtype=np.bool_)}
    if by in ("role", "language", "source"):
        return found | {f"{by}:{value}": (PEOPLE[by] == value).to_numpy() for value in PEOPLE[by].unique()}
    if by is not None:
        values = _values(by)
        for code in INSTRUMENT.variables[by].codes:
            found[f"{by}:{code}"] = np.array([code == one or (isinstance(one, list) and code in one) for one in values])
    return found


def _numbers(values: list[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([float(one) if isinstance(one, int | float) else np.nan for one in values])


class Road:
    """The other road to the figures of one variable in one group."""

    def __init__(self, variable: Variable, values: list[Any], weights: np.ndarray[Any, Any], is_weighted: bool) -> None:
        self.variable, self.is_weighted = variable, is_weighted
        codes = pd.Series([one if isinstance(one, int | float) and one < 0 else 0 for one in values], dtype="float64")
        self.asked = int((codes != NOT_ASKED).sum())
        self.answered = int((~codes.isin([NOT_ASKED, SKIPPED])).sum())
        self.missing = codes
        self.weights_of_all = pd.Series(weights, dtype="float64")
        here = (codes == 0).to_numpy()
        self.valid = [one for one, kept in zip(values, here, strict=True) if kept]
        self.w = weights[here]

    @property
    def effective(self) -> float:
        return float(self.w.sum() ** 2 / (self.w**2).sum()) if len(self.w) else 0.0

    def share(self, hits: Any, found: Figure) -> None:
        x = np.asarray(hits, dtype=np.float64)
        p = float(np.average(x, weights=self.w))
        se = float(np.sqrt((self.w**2 * (x - p) ** 2).sum()) / self.w.sum())
        low, high = proportion_confint(p * self.effective, self.effective, method="wilson")
        assert found.count == int(x.sum())
        assert (found.value, found.se) == (pytest.approx(p, abs=1e-9), pytest.approx(se, abs=1e-7))
        assert (found.low, found.high) == (pytest.approx(low, abs=1e-7), pytest.approx(high, abs=1e-7))

    def mean(self, numbers: Any, found: Figure, spread: Figure | None = None) -> None:
        x = np.asarray(numbers, dtype=np.float64)
        if len(x) < 2:
            assert found.value == pytest.approx(float(x[0]))
            return
        plain = DescrStatsW(x, weights=None if not self.is_weighted else self.w * len(x) / self.w.sum())
        assert found.value == pytest.approx(float(plain.mean))
        if self.is_weighted:
            m = float(plain.mean)
            linearised = np.sqrt(len(x) / (len(x) - 1) * (self.w**2 * (x - m) ** 2).sum()) / self.w.sum()
            assert found.se == pytest.approx(linearised, abs=1e-7)
        else:
            assert found.se == pytest.approx(float(plain.std_mean), abs=1e-9)
            if plain.std_mean > 0:
                assert (found.low, found.high) == pytest.approx(plain.tconfint_mean())
        if spread is not None:  # unweighted with n − 1 of people; of reliability weights as numpy's cov of aweights
            expected = np.sqrt(np.cov(x, aweights=self.w)) if self.is_weighted else plain.std_ddof(1)
            assert spread.value == pytest.approx(float(expected), abs=1e-7)


def _holds(road: Road, cells: dict[tuple[str, Any], Figure], bases: Bases) -> None:
    variable, valid = road.variable, road.valid
    assert (bases.asked, bases.answered, bases.valid) == (road.asked, road.answered, len(valid))
    assert bases.weighted == pytest.approx(road.w.sum(), abs=1e-6)
    assert bases.effective == pytest.approx(road.effective, rel=1e-6)
    for (kind, code), found in cells.items():
        if kind == "missing":
            assert found.count == (road.missing == code).sum()
    if road.is_weighted and 0 < road.effective < 10:  # too few to say anything by: ten cases by weight, of more people
        estimated = [one for (kind, _), one in cells.items() if kind != "missing"]
        assert all(one.value is None and one.precision is Verdict.NOT_SHOWN for one in estimated)
        return
    if variable.type.shape is Shape.TEXT or not valid:
        return
    for (kind, code), found in cells.items():
        if variable.type.shape in (Shape.CHOICE, Shape.RANKING):
            if kind == "code":
                road.share([code in one for one in valid], found)
            elif kind == "first":
                road.share([one[0] == code for one in valid], found)
            elif kind == "points":
                width = variable.ranks
                road.mean([width - one.index(code) if code in one else 0 for one in valid], found)
        elif variable.type is VariableType.REGION:
            if kind == "code":
                road.share([one // 10 == code for one in valid], found)
        elif kind == "code":
            road.share([one == code for one in valid], found)
        elif kind == "net" and code in NETS:
            road.share(NETS[code](np.array(valid)), found)
        elif kind == "mean":
            road.mean(valid, found, cells["sd", "sd"])
        elif kind == "score":
            signs = np.select([np.array(valid) >= 9, np.array(valid) <= 6], [1.0, -1.0])
            assert found.value == pytest.approx(float(np.average(signs, weights=road.w)), abs=1e-9)
        elif kind in ("median", "quartile") and not road.is_weighted and variable.type is not VariableType.MONTH:
            share = {"q1": 0.25, "q3": 0.75}.get(code, 0.5)
            assert found.value == pytest.approx(float(np.quantile(valid, share)))


def _letters_hold(grid: Grid, roads: list[Road | None]) -> int:
    """Letters of unweighted shares and means over groups that share nobody, by statsmodels."""
    checked = 0
    tested = [at for at, road in enumerate(roads) if at and road is not None and len(road.valid) >= 30]
    pairs = list(combinations(tested, 2))
    for measure, figures in grid.lines:
        p_values = []
        for a, b in pairs:
            one, other = roads[a], roads[b]
            assert one is not None
            assert other is not None
            if measure.kind == "code":
                n = np.array([len(one.valid), len(other.valid)])
                hits = np.array([figures[a].count, figures[b].count])
                expected = min(hits.sum(), n.sum() - hits.sum()) / n.sum() * n.min()
                p_values.append(np.nan if expected < 5 else proportions_ztest(hits, n)[1])
            elif measure.kind == "mean":
                both = DescrStatsW(one.valid), DescrStatsW(other.valid)
                p_values.append(CompareMeans(*both).ttest_ind(usevar="unequal")[1])
        if not p_values or np.isnan(p_values).all():
            continue
        known = [at for at, p in enumerate(p_values) if not np.isnan(p)]
        rejected = multipletests(np.array(p_values)[known], 0.05, "holm")[0]
        wanted: dict[int, list[str]] = {at: [] for at in tested}
        for at in np.array(known)[rejected]:
            a, b = pairs[at]
            higher, lower = (a, b) if figures[a].value > figures[b].value else (b, a)
            wanted[higher].append(str(grid.groups[lower].letter))
        for at in tested:
            assert figures[at].letters == "".join(sorted(wanted[at])), (measure, at)
            checked += len(wanted[at])
    return checked


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_random_requests_are_what_another_road_makes_of_the_same_answers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other road's correction looks for garbage each time, through all that the tests before have left in memory.
    monkeypatch.setattr(gc, "collect", lambda *_: 0)
    random = Random(seed)
    names = [name for name, one in INSTRUMENT.variables.items() if name in DATA.dataset.columns]
    names = [name for name in names if INSTRUMENT.variables[name].type.shape is not Shape.ALLOCATION]
    names = [name for name in names if INSTRUMENT.variables[name].derivation is None]  # held in test_derived_columns
    shown = hidden = letters = 0
    assert WEIGHTS["all"] == pytest.approx(independent(DATA).to_numpy(), rel=1e-5)  # raked until no margin is off 1e-6
    for _ in range(250):
        name, by, source = random.choice(names), random.choice(BANNERS), random.choice(FILTERS)
        weight = random.choice((None, "all"))
        variable, values = INSTRUMENT.variables[name], _values(name)
        grid = tabulate(DATA, name, [by] if by else [], source, weight)
        columns, roads = _columns(by), list[Road | None]()
        for at, (group, bases) in enumerate(grid.columns):
            cells = {(measure.kind, measure.code): figures[at] for measure, figures in grid.lines}
            here = columns[group.key] & KEPT[source]
            if bases.is_hidden or bases.is_outside:
                hidden += 1
                assert all(one.value is None and one.count is None and one.se is None for one in cells.values())
                roads.append(None)
                continue
            mine = [one for one, kept in zip(values, here, strict=True) if kept]
            road = Road(variable, mine, WEIGHTS[weight][here], weight is not None)
            _holds(road, cells, bases)
            roads.append(road)
            shown += 1
        if weight is None and by is not None and by != "b_channels":
            letters += _letters_hold(grid, roads)
    assert shown > 500
    assert hidden > 75
    assert letters > 5
