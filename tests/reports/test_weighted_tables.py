"""Tables by a scheme of weights: the margins hold, an independent calculation agrees, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surveyapp.errors import BadQuery
from surveyapp.instrument.schemes import schemes_of
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weight_lines import scheme_lines
from surveyapp.reports.weights import case_weights
from tests.reports.waves import random_wave

GENDER = {"1": 50, "2": 45, "3": 5}
SIZE = {"1": 10, "2": 15, "3": 20, "4": 20, "5": 20, "6": 15}


def document(*parts: dict[str, Any], report: str | None = None, id: str = "all") -> dict[str, Any]:  # noqa: A002
    common = {"method": "raking", "source": {"nl": "Telling", "en": "Count"}, "date": "2026-01-01"}
    label = {"nl": "zoals in de telling", "en": "as counted"}
    return {"report": report, "schemes": [{"id": id, "label": label, "parts": [common | part for part in parts]}]}


def margins(**shares: dict[str, float]) -> list[dict[str, Any]]:
    return [{"variable": name, "shares": of} for name, of in shares.items()]


RAKED = document({"roles": ["contractor"], "margins": margins(b_gender=GENDER, b_size=SIZE)})


def weighted(found: dict[str, Any] = RAKED, data: WaveData | None = None) -> WaveData:
    return replace(data or random_wave(), schemes=schemes_of(found))


def test_the_cases_of_the_roles_take_the_shares_and_others_keep_the_weight_1() -> None:
    data = weighted()
    cases = data.cases()
    found = case_weights(data, data.schemes.all[0])
    is_contractor = np.array(cases.names["role"])[cases.codes("role")] == "contractor"
    assert (found.weights[~is_contractor] == 1).all()
    assert found.weights[is_contractor].mean() == pytest.approx(1)
    for name, shares in (("b_gender", GENDER), ("b_size", SIZE)):
        codes = cases.codes(name)
        answered = is_contractor & (codes >= 0)
        missing = is_contractor & (codes < 0)
        assert found.weights[missing].sum() == pytest.approx(missing.sum(), rel=1e-4)  # the share it had
        for code, share in shares.items():
            part = found.weights[answered & (codes == int(code))].sum() / found.weights[answered].sum()
            assert part == pytest.approx(share / 100, abs=1e-5)


def independent(data: WaveData) -> pd.Series[float]:
    """Weights by plain raking in pandas, sixty rounds of it."""
    cases = data.cases()
    frame = pd.DataFrame({name: cases.codes(name) for name in ("b_gender", "b_size")})
    frame["role"] = np.array(cases.names["role"])[cases.codes("role")]
    frame = frame[frame["role"] == "contractor"]
    w = pd.Series(1.0, index=frame.index)
    for _ in range(60):
        for name, shares in (("b_gender", GENDER), ("b_size", SIZE)):
            valid = frame[name] >= 0
            rest = 1 - (~valid).mean()
            wanted = frame[name].map({int(code): share / 100 * rest for code, share in shares.items()})
            wanted = wanted.where(valid, 1 - rest) * len(frame)
            w *= wanted / w.groupby(frame[name].where(valid, -1)).transform("sum")
    return w.reindex(range(cases.n), fill_value=1.0)


@pytest.mark.parametrize("filter_", [None, "b_size in [4, 5, 6]"])
def test_weighted_shares_and_means_are_those_of_pandas(filter_: str | None) -> None:
    data = weighted()
    w, marks = independent(data), pd.Series(data.cases().codes("gr_client"))
    here = marks > 0
    if filter_:
        here &= pd.Series(data.cases().codes("b_size")).isin([4, 5, 6])
    grid = tabulate(data, "gr_client", filter=filter_, weight="all")
    assert grid.figure("mean").value == pytest.approx(float((w * marks)[here].sum() / w[here].sum()), rel=1e-5)
    assert grid.figure(8).value == pytest.approx(float(w[here & (marks == 8)].sum() / w[here].sum()), rel=1e-4)
    assert grid.figure(8).count == int((here & (marks == 8)).sum())  # people
    total = grid.total
    assert total.valid == here.sum()
    assert total.weighted == pytest.approx(float(w[here].sum()), rel=1e-5)
    assert total.effective == pytest.approx(float(w[here].sum() ** 2 / (w[here] ** 2).sum()), rel=1e-4)


def test_weights_of_1_give_the_unweighted_table_to_the_last_bit() -> None:
    one = document({"roles": ["contractor"], "margins": margins(role={"contractor": 100})})
    data = weighted(one)
    assert (case_weights(data, data.schemes.all[0]).weights == 1).all()
    for name in ("gr_client", "b_birth", "a_via", "nps_client"):
        plain, same = tabulate(data, name, ["role"]), tabulate(data, name, ["role"], weight="all")
        assert same.figures == plain.figures
        assert same.bases == plain.bases


def test_what_is_hidden_is_hidden_by_people_not_by_weights() -> None:
    data = weighted()
    for by in (["role"], ["b_sector"], ["b_gender", "role"]):
        plain, found = tabulate(data, "gr_client", by), tabulate(data, "gr_client", by, weight="all")
        hidden = [one.is_hidden for one in found.bases[0]]
        assert hidden == [one.is_hidden for one in plain.bases[0]]
        assert [one.valid for one in found.bases[0]] == [one.valid for one in plain.bases[0]]
        for figures in found.figures:
            assert all(
                one.value is None and one.count is None for one, gone in zip(figures, hidden, strict=True) if gone
            )


def test_every_figure_names_the_scheme_its_version_and_what_it_rests_on() -> None:
    data = weighted()
    scheme = data.schemes.all[0]
    grid = tabulate(data, "gr_client", ["role"], weight="all")
    assert grid.weight == grid.as_dict()["weight"] == f"all ({scheme.version})"
    said = grid.item.method["en"]
    assert said.startswith(
        f"Weighted by “as counted” (all, version {scheme.version}; raking; targets: Count, 2026-01-01). "
        f"In all n {grid.total.valid}, weighted base "
    )
    assert grid.item.method["nl"].startswith(f"Gewogen met “zoals in de telling” (all, versie {scheme.version}; ")
    assert tabulate(data, "gr_client").weight == "none"
    assert tabulate(data, "gr_client", weight="none").item.method["en"].startswith("Unweighted.")


def test_another_target_is_another_version_and_other_words_are_not() -> None:
    first = schemes_of(RAKED).all[0]
    words = document(
        {
            "roles": ["contractor"],
            "margins": margins(b_gender=GENDER, b_size=SIZE),
            "source": {"nl": "Beter", "en": "Better"},
        }
    )
    assert schemes_of(words).all[0].version == first.version
    counts = [{"variable": "b_gender", "counts": {"1": 500, "2": 450, "3": 50}}, *margins(b_size=SIZE)]
    assert schemes_of(document({"roles": ["contractor"], "margins": counts})).all[0].version == first.version
    others = [
        document({"roles": ["contractor"], "margins": margins(b_gender={"1": 51, "2": 44, "3": 5}, b_size=SIZE)}),
        document({"roles": ["manager"], "margins": margins(b_gender=GENDER, b_size=SIZE)}),
        document({"roles": ["contractor"], "margins": margins(b_gender=GENDER, b_size=SIZE), "caps": {}}),
    ]
    assert len({first.version, *(schemes_of(one).all[0].version for one in others)}) == 4


def test_a_category_that_is_kept_keeps_the_share_it_has() -> None:
    kept = [{"variable": "b_gender", "shares": {"1": 50, "2": 50}, "kept": [3]}]
    data = weighted(document({"roles": ["contractor"], "margins": kept}))
    (part,) = scheme_lines(data)[0].parts
    *_, rest = part.targets
    cases = data.cases()
    is_contractor = np.array(cases.names["role"])[cases.codes("role")] == "contractor"
    gender = cases.codes("b_gender")
    assert rest.n == (is_contractor & ((gender < 0) | (gender == 3))).sum()
    assert rest.after == pytest.approx(rest.before)
    w = case_weights(data, data.schemes.all[0]).weights
    assert w[is_contractor & (gender == 1)].sum() == pytest.approx(w[is_contractor & (gender == 2)].sum())


def test_cells_take_codes_together() -> None:
    cells = {
        "method": "cells",
        "by": ["b_gender", "b_size"],
        "cells": [
            {"codes": [[1, 3], [1, 2, 3, 4, 5, 6]], "share": 30},
            {"codes": [2, [1, 2, 3]], "share": 40},
            {"codes": [2, [4, 5, 6]], "share": 30},
        ],
    }
    data = weighted(document(cells))
    (part,) = scheme_lines(data)[0].parts
    assert [line.codes for line in part.targets] == [
        (("1", "3"), ("1", "2", "3", "4", "5", "6")),
        (("2",), ("1", "2", "3")),
        (("2",), ("4", "5", "6")),
        (),
    ]
    assert part.targets[2].label["en"] == "Woman × 250–999, 1,000–4,999, 5,000 or more"
    assert part.targets[3].label["en"] == "without a target (keeps its share)"
    grid = tabulate(data, "b_gender", weight="all")
    cases = data.cases()
    both = (cases.codes("b_gender") >= 0) & (cases.codes("b_size") >= 0)
    w = case_weights(data, data.schemes.all[0]).weights
    women = both & (cases.codes("b_gender") == 2)
    assert w[women].sum() / w[both].sum() == pytest.approx(0.7)
    assert grid.weight.startswith("all (")


def test_caps_that_miss_the_targets_are_said_with_every_figure() -> None:
    far = {
        "roles": ["contractor"],
        "margins": margins(b_gender={"1": 2, "2": 3, "3": 95}),
        "caps": {"low": 0.5, "high": 1.5},
    }
    data = weighted(document(far))
    (part,) = scheme_lines(data)[0].parts
    assert not part.keeps_targets
    assert part.quality.trimmed > 0.5
    missed = tabulate(data, "gr_client", weight="all").item.method["en"]
    assert "Caps keep weights from reaching their targets: shares are up to " in missed


def test_a_weighting_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadQuery, match="There is no weighting “al”; available: none, all") as refused:
        tabulate(weighted(), "gr_client", weight="al")
    assert refused.value.nearest == ("all",)
    with pytest.raises(BadQuery, match="available: none"):
        tabulate(random_wave(), "gr_client", weight="all")


def test_cases_that_cannot_be_weighted_are_refused_and_only_the_page_says_of_whom() -> None:
    nobody = document({"roles": ["contractor"], "margins": margins(b_gender={"1": 50, "2": 50, "3": 0})})
    data = weighted(nobody)
    with pytest.raises(BadQuery) as refused:
        tabulate(data, "gr_client", weight="all")
    assert "b_gender" not in str(refused.value)
    assert "surveyapp weights goed-opdrachtgeverschap 2026" in str(refused.value)
    (found,) = scheme_lines(data)
    assert found.refusal is not None
    assert found.refusal["en"] == ("“b_gender”: “3” has cases and the target 0, which no weight above 0 reaches.")
    assert found.quality is None
    assert found.as_dict()["refused"] == found.refusal


def test_a_wave_without_a_case_of_the_role_is_not_weighted() -> None:
    data = random_wave()
    empty = replace(data, dataset=data.dataset.take(np.array([], dtype=np.intp)))
    found = case_weights(weighted(data=empty), schemes_of(RAKED).all[0])
    assert found.quality is None
    assert found.parts == ()
