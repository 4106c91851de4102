"""Every figure of random tables is made again from the stored answers, by another road: the engine and pandas."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surveyapp.engine.answers import Answers, Value
from surveyapp.engine.route import on_path
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.model import NOT_ASKED, Level, Shape, Variable, VariableType
from surveyapp.reports.grid import Figure, Grid
from surveyapp.reports.tabulate import tabulate
from tests.reports.waves import random_records, real_instrument, wave

INSTRUMENT = real_instrument()
RECORDS = random_records(INSTRUMENT, 700, seed=17)
DATA = wave(INSTRUMENT, RECORDS)
FILTERS = (
    None,
    "role == 'contractor'",
    "language == 'nl'",
    "gr_assign >= 7",
    "role in ['contractor', 'manager'] and valid(b_sector)",
    "any_of(a_reason, [1, 2]) or missing(a_reason)",
    "not (b_size in [1, 2]) and language == 'nl'",
    "answered(nps_client)",
)
BANNERS = ("role", "language", "b_sector", "b_size", "a_via", "source", "b_gender", "gr_client", "b_kind")


def _counted() -> list[tuple[dict[str, Any], Answers]]:
    """Finished cases with the answers the engine lets count."""
    return [
        (one, on_path(INSTRUMENT.questionnaires[one["role"]], one["answers"], one["language"]))
        for one in RECORDS
        if one["state"] == "complete" and not one["is_test"]
    ]


CASES = _counted()


def _groups(name: str, case: dict[str, Any], answers: Answers) -> list[str]:
    if name in ("role", "language", "source"):
        return [f"{name}:{case[name]}"]
    value = answers.get(name, NOT_ASKED)
    codes = value if isinstance(value, list) else [value]
    return [f"{name}:{code}" for code in codes if isinstance(code, int) and code >= 0]


def _frame(variable: Variable, by: str | None, source: str | None) -> pd.DataFrame:
    """One line per case and column of the table: the total and the groups."""
    condition = parse_condition(source) if source else None
    lines: list[tuple[str, Value]] = []
    for case, answers in CASES:
        if condition and condition.evaluate(answers, role=case["role"], language=case["language"]) is not True:
            continue
        value = answers.get(variable.name, NOT_ASKED)
        lines += [(column, value) for column in ("total", *(_groups(by, case, answers) if by else ()))]
    return pd.DataFrame(lines, columns=["column", "value"])


def _check(table: Grid, variable: Variable, frame: pd.DataFrame) -> int:
    checked = 0
    for place, (group, bases) in enumerate(table.columns):
        values = frame.loc[frame["column"] == group.key, "value"].tolist()
        missing = pd.Series([value for value in values if isinstance(value, int | float) and value < 0], dtype="int64")
        valid = [value for value in values if not (isinstance(value, int | float) and value < 0)]
        cells = {(measure.kind, measure.code): figures[place] for measure, figures in table.lines}
        if bases.is_hidden:
            assert bases.valid is None
            assert all(cell.is_hidden and cell.value is None and cell.count is None for cell in cells.values())
            continue
        checked += 1
        assert (bases.asked, bases.answered, bases.valid) == (
            len(values) - (missing == -8).sum(),
            len(values) - missing.isin([-8, -9]).sum(),
            len(valid),
        )
        if bases.is_outside:  # nobody of the group was asked: nothing, which is not a count of 0
            assert (missing == -8).all()
            assert all(cell == Figure(bases=bases) for cell in cells.values())
            continue
        for code in (-1, -2, -3, -9):
            if ("missing", code) in cells:
                assert cells["missing", code].count == (missing == code).sum()
        if variable.type.shape is Shape.TEXT or not valid:
            continue
        series = pd.Series(valid)
        if variable.type in (VariableType.MULTIPLE, VariableType.RANKING):
            for code in variable.codes:
                assert cells["code", code].count == series.map(lambda chosen, code=code: code in chosen).sum()
                assert cells["code", code].value == pytest.approx(cells["code", code].count / len(valid))
            if variable.type is VariableType.RANKING:
                for code in variable.codes:
                    points = series.map(lambda ranked, code=code: 3 - ranked.index(code) if code in ranked else 0)
                    assert cells["points", code].value == pytest.approx(points.mean())
                    assert cells["first", code].value == pytest.approx(
                        series.map(lambda ranked: ranked[0]).eq(code).mean()
                    )
            continue
        if variable.type is VariableType.REGION:
            assert cells["code", 3].count == series.between(30, 39).sum()
            continue
        if variable.type.shape is Shape.CODE:
            for code in variable.codes:
                assert cells["code", code].count == series.eq(code).sum()
                assert cells["code", code].value == pytest.approx(series.eq(code).mean())
            if variable.type is VariableType.MARK:
                assert cells["net", "high_marks"].value == pytest.approx((series >= 8).mean())
                assert cells["net", "low_marks"].value == pytest.approx((series < 6).mean())
            if variable.type is VariableType.RECOMMENDATION:
                expected = (series >= 9).mean() - (series <= 6).mean()
                assert cells["score", "score"].value == pytest.approx(expected)
            if ("net", "top2") in cells:
                top = sorted(variable.codes)[-2:]
                assert cells["net", "top2"].value == pytest.approx(series.isin(top).mean())
        if variable.level is Level.SCORE or variable.type.shape is not Shape.CODE:
            assert cells["mean", "mean"].value == pytest.approx(series.mean())
            if len(series) > 1:
                assert cells["sd", "sd"].value == pytest.approx(series.std())
                assert cells["mean", "mean"].se == pytest.approx(series.sem(), abs=1e-12)
        if variable.type.shape is not Shape.CODE:
            found = [cells["quartile", "q1"], cells["median", "median"], cells["quartile", "q3"]]
            assert [cell.value for cell in found] == pytest.approx(np.quantile(series, [0.25, 0.5, 0.75]).tolist())
    return checked


def test_sixty_random_tables_hold_what_pandas_makes_of_the_same_answers() -> None:
    random = Random(2026)
    names = [name for name, one in INSTRUMENT.variables.items() if not one.is_stored_apart]
    shown = 0
    for _ in range(60):
        name, by, source = random.choice(names), random.choice([*BANNERS, None]), random.choice(FILTERS)
        variable = INSTRUMENT.variables[name]
        table = tabulate(DATA, name, [by] if by else [], source)
        shown += _check(table, variable, _frame(variable, by, source))
    assert shown > 150


@pytest.mark.parametrize(
    "name", ["gr_assign", "nps_client", "rk", "b_channels", "p_days", "b_pc2", "dr_fit", "op_improve"]
)
def test_each_type_of_variable_holds_by_role(name: str) -> None:
    variable = INSTRUMENT.variables[name]
    assert _check(tabulate(DATA, name, ["role"]), variable, _frame(variable, "role", None)) >= 3
