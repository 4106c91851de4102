"""Scale, drivers, profile, gaps and trend as grids: the numbers of 2014 by R, the words of a finding, who is hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from surveyapp.analysis.columns import SKIPPED, CodeColumn
from surveyapp.cli import main
from surveyapp.errors import BadQuery
from surveyapp.fieldwork.import_wave import import_wave
from surveyapp.instrument.mapping import load_mapping
from surveyapp.reports.asked_models import MODELS, model_grid
from surveyapp.reports.formatting import mean
from surveyapp.reports.grid import Figure, Grid
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Database
from tests.reports.test_table_command import RESPONSES, needs_the_file
from tests.reports.waves import STUDY, real_instrument, record, wave

STATEMENTS = ("dr_fit", "dr_challenge", "dr_autonomy", "dr_meaning")
PHASES = ("ph_brief", "ph_contract", "ph_execute")
AROUND = ("contract", "execute")
FACTS = ("ev_written", "ev_exit")


@cache
def _data(year: int = 2026, buyers: int = 0, shift: float = 0.0) -> WaveData:
    """120 contractors and 60 managers with marks that follow fit and autonomy and a fall over the phases."""
    instrument, random = real_instrument(year), np.random.default_rng(year)
    records = []
    sizes = {"contractor": 120, "manager": 60, "procurement": buyers}
    for place, (role, n) in enumerate(sizes.items()):
        for number in range(n):
            fit, challenge, autonomy, meaning = random.integers(1, 6, 4).tolist()
            noise = random.normal()
            mark = round(float(np.clip(4 + 0.5 * fit + 0.4 * autonomy + noise + shift, 1, 10)))
            rated = dict(
                zip(PHASES, np.clip(np.array([4, 4, 2]) + random.integers(-1, 2, 3), 1, 5).tolist(), strict=True)
            )
            said = dict(zip(STATEMENTS, (fit, challenge, autonomy, meaning), strict=True))
            facts = {"ev_written": 1 + int(random.random() < (0.2 if role == "contractor" else 0.7)), "ev_exit": 1}
            answers = {
                "s_elig": 1,
                "gr_assign": mark,
                "nps_client": int(random.integers(0, 11)),
                **said,
                **rated,
                **facts,
            }
            records.append(record(instrument, 1000 * place + number, role, answers))
    return wave(instrument, records)


def _of(data: WaveData, name: str, role: str | None = None) -> np.ndarray:
    """A variable's valid codes, NaN otherwise, of everyone or one role."""
    cases = data.cases()
    column = cases.columns[name]
    values = np.where(column.missing == 0, column.numbers, np.nan).astype(float)
    roles = np.array(cases.names["role"])[cases.columns["role"].coded]
    return values if role is None else values[roles == role]


def _at(grid: Grid, item: str, kind: str, key: str = "total", code: object = None) -> Figure:
    at = [group.key for group in grid.groups].index(key)
    return next(
        figures[at]
        for measure, figures in grid.lines
        if (measure.item, measure.kind) == (item, kind) and code in (None, measure.code)
    )


def _drivers(data: WaveData, by: tuple[str, ...] = ()) -> Grid:
    planned = replace(data.instrument.tables[0], id="DRV99", kind="drivers", variables=("gr_assign", *STATEMENTS))
    instrument = replace(data.instrument, tables=(planned,))
    return model_grid("drivers", replace(data, instrument=instrument, kept={}), "gr_assign", by)


def test_drivers_of_a_plan_are_named_heaviest_first_with_their_test() -> None:
    data = _data()
    grid = _drivers(data)
    assert [item.variable for item in grid.items][-1] == "gr_assign"
    assert {grid.items[0].variable, grid.items[1].variable} == {"dr_fit", "dr_autonomy"}
    x = np.column_stack([_of(data, name) for name in STATEMENTS])
    y = _of(data, "gr_assign")
    whole = ~np.isnan(x).any(axis=1) & ~np.isnan(y)
    away = x[whole] - x[whole].mean(axis=0)
    slopes, *_ = np.linalg.lstsq(away, y[whole] - y[whole].mean(), rcond=None)
    r2 = 1 - ((y[whole] - y[whole].mean() - away @ slopes) ** 2).sum() / ((y[whole] - y[whole].mean()) ** 2).sum()
    assert _at(grid, "gr_assign", "explained").value == pytest.approx(r2)
    for place, name in enumerate(STATEMENTS):
        beta = slopes[place] * x[whole][:, place].std() / y[whole].std()
        assert _at(grid, name, "beta").value == pytest.approx(beta)
        assert _at(grid, name, "importance").bases.valid == whole.sum()
    finding = grid.finding
    assert finding is not None
    assert "hangt het sterkst samen met" in finding["nl"]
    assert "seed 20140905" in grid.items[0].method["en"]


def test_a_group_of_too_few_has_no_drivers_anywhere() -> None:
    grid = _drivers(_data(buyers=7), ("role",))
    at = [group.key for group in grid.groups].index("role:procurement")
    for line in grid.figures:
        assert line[at].is_hidden or line[at].bases.is_outside
        assert (line[at].value, line[at].low, line[at].p) == (None, None, None)
    told = json.dumps(grid.as_dict())
    assert '"n": 7' not in told


@pytest.mark.parametrize("kind", MODELS)
def test_of_too_few_no_sentence_no_note_and_no_figure_says_anything(kind: str) -> None:
    whole = _data()
    few = replace(whole, dataset=whole.dataset.take(np.arange(8)), kept={})
    grid = model_grid(kind, few)
    assert grid.finding is None
    assert all(figure.value is None for line in grid.figures for figure in line)
    said = " ".join(note["en"] for item in grid.items for note in item.notes)
    assert not re.search(r"weighs|runs? against|Only [1-9]|mean of the drivers", said)
    assert "mean of the drivers" not in grid.items[0].method["en"]


def test_drivers_that_cannot_be_told_apart_are_said_by_their_labels_and_the_sheet_stands() -> None:
    data = _data()
    column = data.dataset.columns["dr_fit"]
    same = replace(data.dataset, columns={**data.dataset.columns, "dr_challenge": column}, _cache={})
    grid = _drivers(replace(data, dataset=same, kept={}))
    assert all(figure.value is None for line in grid.figures for figure in line)
    label = data.instrument.variables["dr_challenge"].label["nl"]
    assert any(label in note["nl"] and "laat er een weg" in note["nl"] for note in grid.items[-1].notes)


def test_a_profile_steps_are_paired_tests_of_the_same_people() -> None:
    data = _data()
    planned = replace(data.instrument.tables[0], id="VRL99", kind="profile", variables=PHASES)
    grid = model_grid("profile", replace(data, instrument=replace(data.instrument, tables=(planned,)), kept={}))
    brief, contract, close = (_of(data, name) for name in PHASES)
    step = _at(grid, "process/contract", "step")
    assert step.value == pytest.approx(np.nanmean((contract - brief) / 4 * 100))
    p = [
        stats.ttest_rel(second, first, nan_policy="omit").pvalue
        for first, second in ((brief, contract), (contract, close), (brief, close))
    ]
    whole = _at(grid, "process/execute", "step", code="process-whole")
    # Holm by hand: the smallest of three three times, the next twice, and never below the one before
    order = np.argsort(p)
    adjusted = np.empty(3)
    adjusted[order] = np.maximum.accumulate(np.array(p)[order] * np.array([3, 2, 1])).clip(max=1)
    assert [step.p, _at(grid, "process/execute", "step").p, whole.p] == pytest.approx(adjusted.tolist())
    assert grid.finding is not None
    assert re.search(r"van “Behoefte.*” naar “Uitvoering” \d+,\d punten lager", grid.finding["nl"])


def test_gaps_are_tests_between_roles_and_their_sentence_says_no_more() -> None:
    data = _data()
    grid = model_grid("gaps", data, "gr_assign")
    ours, theirs = (_of(data, "gr_assign", role) for role in ("contractor", "manager"))
    gap = _at(grid, "gr_assign", "mean", "role:manager-role:contractor")
    welch = stats.ttest_ind(theirs, ours, equal_var=False)
    assert (gap.value, gap.p) == (pytest.approx(theirs.mean() - ours.mean()), pytest.approx(welch.pvalue))
    assert gap.p is not None
    assert gap.p > 0.05
    finding = grid.finding
    assert finding is not None
    marks = [_at(grid, "gr_assign", "mean", f"role:{role}").value for role in ("manager", "contractor")]
    printed = [mean(mark, "en") for mark in marks]
    assert finding["en"].startswith(f"Hiring managers give {printed[0]}, independent professionals {printed[1]};")
    assert finding["en"].endswith("the difference is not significant.")
    dutch = [one.replace(".", ",") for one in printed]
    assert f"Inhurende managers geven een {dutch[0]}, zelfstandig professionals een {dutch[1]};" in finding["nl"]


def test_gaps_of_several_questions_are_one_sentence_that_names_the_first_role_once() -> None:
    grid = model_grid("gaps", replace(_data(), instrument=replace(_data().instrument, tables=()), kept={}))
    assert grid.finding is not None
    found = re.fullmatch(
        r"Questions on which others differ significantly from independent professionals: "
        r"hiring managers on (none|\d+) of (\d+)(, most on “[^”]+” \(\S+ against \S+\))?\.",
        grid.finding["en"],
    )
    assert found is not None, grid.finding["en"]
    tested = [one.p for line in grid.figures for one in line if one.p is not None]
    assert len(tested) == int(found[2])
    assert sum(p < 0.05 for p in tested) == (0 if found[1] == "none" else int(found[1]))


def test_a_gap_of_facts_is_one_of_shares() -> None:
    data = _data()
    grid = model_grid("gaps", data, "ev_written")
    ours, theirs = (_of(data, "ev_written", role) == 1 for role in ("contractor", "manager"))
    gap = _at(grid, "ev_written", "mean", "role:manager-role:contractor")
    # chi-square without correction is the square of the pooled z test (R prop.test(correct = FALSE))
    table = [[theirs.sum(), (~theirs).sum()], [ours.sum(), (~ours).sum()]]
    assert gap.p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    assert grid.finding is not None
    assert "the difference is significant" in grid.finding["en"]


def test_a_scale_says_how_its_items_go_together_and_how_each_does() -> None:
    data = _data()
    grid = model_grid("scale", data, "content")
    values = np.column_stack([_of(data, name) for name in STATEMENTS])
    covariance = np.cov(values[~np.isnan(values).any(axis=1)].T)
    alpha = 4 / 3 * (1 - np.trace(covariance) / covariance.sum())
    assert _at(grid, "scale", "alpha").value == pytest.approx(alpha)
    assert _at(grid, "dr_fit", "mean").value == pytest.approx(np.nanmean(values[:, 0]))
    score = np.nanmean((values - 1) / 4 * 100)
    assert _at(grid, "scale", "mean").value == pytest.approx(score)
    assert grid.finding is not None
    assert re.search(r"alfa is 0,\d\d \(−?0,\d\d", grid.finding["nl"])
    with pytest.raises(BadQuery, match=r"“xyz” is no scale of this wave; there are: .*\(content\)"):
        model_grid("scale", data, "xyz")


def test_a_trend_tests_what_was_asked_alike_and_leaves_the_rest() -> None:
    before, now = _data(2025, shift=-1.0), _data()
    grid = model_grid("trend", now, "gr_assign", earlier=(before,))
    assert [group.key for group in grid.groups] == ["wave:2025", "wave:2026", "wave:2026-2025"]
    then, later = _of(before, "gr_assign"), _of(now, "gr_assign")
    change = grid.figures[0][2]
    assert change.value == pytest.approx(np.nanmean(later) - np.nanmean(then))
    expected = stats.ttest_ind(later, then, equal_var=False, nan_policy="omit").pvalue
    if change.p is not None:
        assert change.p == pytest.approx(expected)
        assert grid.finding is not None
        assert "2025" in grid.finding["nl"]
    else:
        assert any("compare with reservation" in note["en"] for note in grid.items[0].notes)


def test_a_trend_without_another_wave_is_that_wave_and_says_so() -> None:
    grid = model_grid("trend", _data(), "gr_assign")
    assert [group.key for group in grid.groups] == ["wave:2026"]
    assert any("No earlier wave" in note["en"] for note in grid.items[0].notes)


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    data = _data()
    with pytest.raises(BadQuery, match="no analysis “oracle”; there are: scale, drivers, profile, gaps, trend"):
        model_grid("oracle", data)
    with pytest.raises(BadQuery, match="have no order that a mean could be taken of"):
        model_grid("drivers", data, "b_sector")
    with pytest.raises(BadQuery, match="has no variable “gr_asign”"):
        model_grid("drivers", data, "gr_asign")


def test_nobody_at_all_has_a_sheet_of_every_model_without_figures() -> None:
    data = wave(real_instrument(), [])
    for kind in MODELS:
        grid = model_grid(kind, data)
        assert all(figure.value is None for line in grid.figures for figure in line)
        assert grid.finding is None


def test_every_model_of_the_plan_is_made_of_little_data() -> None:
    data = _data()
    models = tuple(table for table in data.instrument.tables if table.kind in MODELS)
    made = list(planned_grids(replace(data, instrument=replace(data.instrument, tables=models), kept={})))
    assert {grid.kind for grid in made} == set(MODELS)
    # a plan of the real study, with hardly any of its questions answered: nothing stands where nothing is known
    assert all(grid.finding is None for grid in made if grid.id in ("DRV02", "SCH02"))


# --------------------------------------------------------------------------------------------------- the wave of 2014
@pytest.fixture(scope="module")
def wave_of_2014(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('2014') / 'wave.sqlite3'}")
    database.upgrade()
    with database.write() as session:
        import_wave(
            session, RESPONSES.read_bytes(), load_mapping(STUDY / "2014" / "mapping.yaml"), real_instrument(2014)
        )
    yield f"sqlite:///{database.file}"
    database.close()


def _run(url: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> dict[str, object]:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    result = CliRunner().invoke(main, [arguments[0], "goed-opdrachtgeverschap", "2014", *arguments[1:], "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.output)
    return found


def _told(found: dict[str, object], kind: str) -> dict[str, float]:
    return {
        item["variable"]: row["cells"][0]["value"]  # type: ignore[index]
        for item in found["items"]  # type: ignore[attr-defined]
        for row in item["rows"]
        if row["kind"] == kind
    }


@needs_the_file
def test_the_drivers_of_2014_are_those_of_r(wave_of_2014: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _run(wave_of_2014, monkeypatch, "drivers", "gr_assign")
    # R 4.2: lm(q0022 ~ q0023_0001 + ... + q0023_0012), 754 complete cases; LMG over all 4,096 subsets
    assert _told(found, "explained") == {"gr_assign": pytest.approx(0.3263179)}
    lmg = [0.139436, 0.001901, 0.031897, 0.115597, 0.110627, 0.109090, 0.098551, 0.072131]
    lmg += [0.078339, 0.069048, 0.144274, 0.029109]
    told = _told(found, "importance")
    assert [told[f"go14_q0023_{at:04}"] for at in range(1, 13)] == pytest.approx(lmg, abs=1e-6)
    assert found["items"][0]["columns"][0]["n"] == 754  # type: ignore[index]


@needs_the_file
def test_the_phases_of_2014_rise_to_the_start_and_fall_towards_the_closing(
    wave_of_2014: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _run(wave_of_2014, monkeypatch, "profile")
    means = list(_told(found, "view").values())
    # R 4.2: rowMeans per phase of q0028 without its zeros, (x - 1) / 4 * 100
    assert means == pytest.approx([67.51852, 67.71879, 70.83919, 65.50000, 62.34043], abs=1e-4)
    steps = {
        row["code"] if "whole" in row["code"] else item["variable"]: row["cells"][0]["p"]
        for item in found["items"]  # type: ignore[attr-defined]
        for row in item["rows"]
        if row["kind"] == "step"
    }
    # R: t.test(paired = TRUE) of each with the next and of the last with the first, p.adjust(method = "holm")
    holm = [7.765625e-01, 1.450213e-03, 8.480768e-08, 5.171454e-02, 1.216622e-03]
    assert list(steps.values()) == pytest.approx(holm, rel=1e-4)


@needs_the_file
def test_the_engagement_of_2014_has_the_alpha_that_was_printed(
    wave_of_2014: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _run(wave_of_2014, monkeypatch, "scale", "go14_project_engagement")
    # R psych: alpha of q0038 with item 4 reversed, 701 complete cases
    alpha = next(
        row["cells"][0]["value"]
        for row in found["items"][-1]["rows"]
        if row["code"] == "alpha"  # type: ignore[index]
    )
    assert alpha == pytest.approx(0.6469009)


def test_a_command_says_what_can_be_asked_of_it() -> None:
    result = CliRunner().invoke(main, ["drivers", "--help"])
    assert "OUTCOME: the mark that is driven" in " ".join(result.output.split())


def _with_a_few_who_skip(name: str, few: int) -> WaveData:
    """The data in which some people skipped a question that all others answered."""
    data = _data()
    column = data.dataset.columns[name]
    gone = np.isin(np.arange(data.dataset.n), np.flatnonzero(column.missing == 0)[:few])
    changed = CodeColumn(np.where(gone, SKIPPED, column.coded).astype(np.int16))
    return replace(
        data, dataset=replace(data.dataset, columns={**data.dataset.columns, name: changed}, _cache={}), kept={}
    )


def test_a_mean_beside_drivers_is_that_of_the_tables_and_tells_of_nobody_who_skipped_one_of_them() -> None:
    data = _with_a_few_who_skip("dr_fit", 3)
    grid, table = _drivers(data), tabulate(data, "gr_assign")
    assert _at(grid, "gr_assign", "mean").value == table.of_kind("mean")[0][1][0].value
    assert _at(grid, "gr_assign", "mean").bases.valid == (table.total.valid or 0) - 3
    scale = replace(data.instrument.tables[0], id="SCH99", kind="scale", variables=STATEMENTS)
    (made,) = planned_grids(replace(data, instrument=replace(data.instrument, tables=(scale,)), kept={}))
    assert _at(made, "dr_meaning", "mean").value == tabulate(data, "dr_meaning").of_kind("mean")[0][1][0].value
    score = _at(made, "scale", "mean")  # with the means it would tell what the three gave on average
    assert (score.is_hidden, score.value, score.bases.valid) == (True, None, 180)
    assert _at(made, "scale", "alpha").value is not None
    assert any("fewer than 10 people" in note["en"] for note in made.items[-1].notes)


@pytest.mark.parametrize(("few", "is_held"), [(0, False), (3, True), (30, False)])
def test_a_step_is_that_of_both_means_where_that_of_the_same_people_would_tell_of_a_few(
    few: int, is_held: bool
) -> None:
    data = _with_a_few_who_skip("ph_execute", few)
    planned = replace(data.instrument.tables[0], id="VRL99", kind="profile", variables=PHASES)
    grid = model_grid("profile", replace(data, instrument=replace(data.instrument, tables=(planned,)), kept={}))
    step, means = _at(grid, "process/execute", "step"), [_at(grid, f"process/{one}", "view") for one in AROUND]
    assert None not in (step.value, means[0].value, means[1].value)
    apart = (means[1].value or 0) - (means[0].value or 0)
    assert (step.value == pytest.approx(apart, abs=1e-9)) is (is_held or few == 0)
    assert (step.se is None and step.p is None and step.low is None) is is_held
    assert not step.is_hidden
    assert any("difference of the two means" in note["en"] for note in grid.items[-1].notes) is is_held
    assert _at(grid, "process/contract", "step").se is not None
    assert (grid.finding is None) is is_held, "the whole way is such a step"
