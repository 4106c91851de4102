"""The rows of a table take a design: nothing prints weighted figures yet, and weights of 1 would change none."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from surveyapp.analysis.design import Design
from surveyapp.reports.banners import banners
from surveyapp.reports.rows import Stub, stub
from surveyapp.reports.subjects import subject
from tests.reports.waves import random_records, real_instrument, wave

INSTRUMENT = real_instrument()
CASES = wave(INSTRUMENT, random_records(INSTRUMENT, 260, seed=31)).cases()
WEIGHTS = np.random.default_rng(31).gamma(4, 0.25, CASES.n) + 0.02


def _rows(name: str, design: Design | None, *by: str) -> Stub:
    chosen = subject(name, INSTRUMENT, CASES)
    splits = tuple(banner.split for banner in banners(by, INSTRUMENT, CASES))
    return stub(chosen, chosen.column(CASES), splits, INSTRUMENT, design)


@pytest.mark.parametrize("name", [*INSTRUMENT.variables, "role"])
def test_weights_of_1_change_no_row_of_any_variable(name: str) -> None:
    plain, weighted = (_rows(name, design, "role", "a_reason") for design in (None, Design(np.ones(CASES.n))))
    for of in ("asked", "answered", "valid", "weighted", "effective"):
        assert np.array_equal(getattr(plain, of), getattr(weighted, of))
    for one, other in zip(plain.rows, weighted.rows, strict=True):
        for field in fields(one):
            first, second = getattr(one, field.name), getattr(other, field.name)
            if isinstance(first, np.ndarray):
                assert np.array_equal(first, second, equal_nan=True), (one.measure, field.name)
            else:
                assert first == second


def test_weights_move_shares_means_medians_and_bases_and_never_a_count() -> None:
    plain, found = _rows("gr_assign", None, "role"), _rows("gr_assign", Design(WEIGHTS), "role")
    values = CASES.codes("gr_assign")
    for place, here in enumerate([values > -10, *(CASES.has("role", role) for role in CASES.names["role"])]):
        valid, given = here & (values >= 0), here & ((values >= 0) | ((values > -8) & (values < 0)))
        w = WEIGHTS[valid]
        assert found.valid[place] == plain.valid[place] == valid.sum()
        assert found.weighted[place] == pytest.approx(w.sum())
        assert found.effective[place] == pytest.approx(w.sum() ** 2 / (w**2).sum())
        rows = {(row.measure.kind, row.measure.code): row for row in found.rows}
        for code in (7, 8):
            assert rows["code", code].value[place] == pytest.approx(WEIGHTS[valid & (values == code)].sum() / w.sum())
        assert rows["net", "high_marks"].value[place] == pytest.approx(WEIGHTS[valid & (values >= 8)].sum() / w.sum())
        assert rows["mean", "mean"].value[place] == pytest.approx(np.average(values[valid], weights=w))
        unknown = WEIGHTS[here & (values == -2)].sum() / WEIGHTS[given].sum()
        assert rows["missing", -2].value[place] == pytest.approx(unknown)
    for one, other in zip(plain.rows, found.rows, strict=True):
        assert (one.count is None) == (other.count is None)
        assert one.count is None or np.array_equal(one.count, other.count)


def test_an_ordinal_median_is_weighted() -> None:
    name = next(one.name for one in INSTRUMENT.variables.values() if one.level == "ordinal")
    values = CASES.codes(name)
    heavy = values == max(values)
    rows = _rows(name, Design(np.where(heavy, 1e6, 1.0)))
    assert next(row.value[0] for row in rows.rows if row.measure.kind == "median") == max(values)
