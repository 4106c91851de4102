from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from surveyapp.analysis.columns import NumberColumn
from surveyapp.engine.answers import Value
from surveyapp.errors import BadQuery
from surveyapp.exports.report_book.body import body
from surveyapp.exports.words import Words
from surveyapp.instrument.model import Scale, Text, Variable, VariableType
from surveyapp.reports.formatting import figure_text, printed
from surveyapp.reports.grid import Figure, Grid
from surveyapp.reports.table_findings import with_finding
from surveyapp.reports.tabulate import Tabulation, tabulate
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import random_wave, real_instrument, record, wave


def _figure(grid: Grid, kind: str, code: int | str, key: str = "total") -> Figure:
    place = next(place for place, group in enumerate(grid.groups) if group.key == key)
    return next(figures[place] for measure, figures in grid.lines if (measure.kind, measure.code) == (kind, code))


def _small(answers: Mapping[str, list[Value]], role: str = "contractor") -> WaveData:
    """One case per position of the lists; each drew the block in which these questions are asked."""
    instrument = real_instrument()
    drawn: dict[str, Value] = {
        page.block.rotation.name: page.block.code
        for page in instrument.questionnaires[role].pages
        if page.block is not None and any(question.name in answers for question in page.questions())
    }
    n = max(len(values) for values in answers.values())
    records = [
        record(
            instrument,
            number,
            role,
            {
                "s_elig": 1,
                **drawn,
                **{name: values[number] for name, values in answers.items() if number < len(values)},
            },
        )
        for number in range(n)
    ]
    return wave(instrument, records)


def test_a_mark_has_shares_nets_mean_and_the_three_bases() -> None:
    marks = [8] * 9 + [6] * 4 + [4] * 3 + [10] * 4 + [-2, -2, -9]
    table = tabulate(_small({"gr_assign": marks}), "gr_assign")
    assert (table.total.asked, table.total.answered, table.total.valid) == (23, 22, 20)
    assert _figure(table, "code", 8).value == 0.45
    assert _figure(table, "net", "high_marks").value == 0.65
    assert _figure(table, "net", "low_marks").value == 0.15
    # (72 + 24 + 12 + 40) / 20; squared deviations 3.24 + 7.84 + 34.68 + 27.04 = 72.8, sd sqrt(72.8 / 19), by hand
    assert _figure(table, "mean", "mean").value == pytest.approx(7.4)
    assert _figure(table, "sd", "sd").value == pytest.approx(1.957442, abs=1e-6)
    assert (_figure(table, "missing", -2).count, _figure(table, "missing", -2).value) == (2, 2 / 22)
    assert (_figure(table, "missing", -9).count, _figure(table, "missing", -9).value) == (1, None)


def test_a_question_that_was_off_the_path_is_not_asked() -> None:
    # Closing is not asked while the assignment is running (a_status 1).
    status: list[Value] = [1] * 12 + [2] * 15
    closing: list[Value] = [5] * 27
    table = tabulate(_small({"a_status": status, "ph_close": closing}), "ph_close")
    assert (table.total.asked, table.total.valid) == (15, 15)


def test_five_point_scales_have_the_highest_and_the_lowest_two() -> None:
    table = tabulate(_small({"dr_fit": [1, 2, 2, 3, 4, 4, 4, 5, 5, 5, 5, -1]}), "dr_fit")
    assert _figure(table, "net", "top2").value == pytest.approx(7 / 11)
    assert _figure(table, "net", "bottom2").value == pytest.approx(3 / 11)
    assert _figure(table, "missing", -1).count == 1


def test_on_a_descending_scale_the_highest_two_are_the_lowest_codes() -> None:
    data = _small({"dr_fit": [1] * 6 + [2] * 4 + [5] * 2})
    name = data.instrument.variables["dr_fit"].scale
    assert name is not None
    scales = {**data.instrument.scales, name: replace(data.instrument.scales[name], is_descending=True)}
    turned = WaveData(replace(data.instrument, scales=scales), data.dataset, data.stand, 2)
    assert isinstance(scales[name], Scale)
    assert _figure(tabulate(turned, "dr_fit"), "net", "top2").count == 10


def test_the_json_has_the_public_names_and_each_net_is_a_kind_of_its_own() -> None:
    found = tabulate(random_wave(), "dr_fit", ["role"]).as_dict()
    assert list(found)[:3] == ["id", "study", "year"]
    assert {"variable", "question", "base", "filter", "weight", "method", "columns", "rows", "notes"} <= set(found)
    columns, rows = found["columns"], found["rows"]
    assert isinstance(columns, list)
    assert isinstance(rows, list)
    assert {"key", "label", "letter", "n", "n_weighted", "n_effective"} <= set(columns[0])
    assert {"top2", "bottom2", "mean", "sd", "code", "missing"} == {row["kind"] for row in rows}
    assert set(rows[0]["cells"][0]) == {"value", "se", "low", "high", "count", "letters", "suppressed", "precision"}


def test_columns_are_named_by_role_and_by_code() -> None:
    table = tabulate(random_wave(), "gr_assign", ["role", "b_size"])
    keys = [group.key for group in table.groups]
    assert keys[:3] == ["total", "role:contractor", "role:manager"]
    assert keys[5:7] == ["b_size:1", "b_size:2"]
    assert [group.letter for group in table.groups[:7]] == [None, "A", "B", "C", "D", "A", "B"]


def test_a_higher_share_gets_the_letter_of_the_lower_column_in_its_own_banner() -> None:
    instrument = real_instrument()
    records = [
        record(instrument, number, "contractor", {"s_elig": 1, "gr_assign": 8 if number < 60 else 6})
        for number in range(80)
    ]
    records += [
        record(instrument, 100 + number, "manager", {"s_elig": 1, "gr_assign": 8 if number < 20 else 6})
        for number in range(80)
    ]
    table = tabulate(wave(instrument, records), "gr_assign", ["role"])
    assert _figure(table, "net", "high_marks", "role:contractor").letters == "B"
    assert _figure(table, "mean", "mean", "role:contractor").letters == "B"
    assert _figure(table, "net", "high_marks", "role:manager").letters == ""
    assert _figure(table, "net", "high_marks").letters == ""
    assert "Holm" in table.item.method["en"]


def test_groups_under_thirty_are_marked_and_not_tested() -> None:
    instrument = real_instrument()
    records = [record(instrument, number, "contractor", {"s_elig": 1, "gr_assign": 9}) for number in range(60)]
    records += [record(instrument, 100 + number, "manager", {"s_elig": 1, "gr_assign": 2}) for number in range(29)]
    table = tabulate(wave(instrument, records), "gr_assign", ["role"])
    marked = {group.key: bases.is_low for group, bases in table.columns}
    assert (marked["role:contractor"], marked["role:manager"]) == (False, True)
    assert all(one.letters == "" for figures in table.figures for one in figures)
    assert any("indicative" in note["en"] for note in table.item.notes)


def test_overlapping_groups_are_tested_with_what_they_share_taken_off() -> None:
    table = tabulate(random_wave(), "gr_client", ["b_kind"])
    assert "what they share taken off" in table.item.method["en"]
    assert table.item.tests == ()


def test_a_filter_stands_in_words_and_limits_the_base() -> None:
    table = tabulate(random_wave(), "gr_assign", ["language"], "role == 'contractor'")
    assert table.filter is not None
    assert "zelfstandig professional" in table.filter.sentence["nl"]
    assert table.total.asked == tabulate(random_wave(), "gr_assign", ["role"]).bases[0][1].asked


@pytest.mark.parametrize(
    ("filter_", "text", "condition"),
    [
        ("role == 'contractor'", "independent professionals", None),
        ("role in ['contractor', 'manager']", "independent professionals and hiring managers", None),
        ("not role in ['contractor', 'manager', 'procurement']", "intermediaries", None),
        (
            "role == 'contractor' and gr_assign >= 8",
            "independent professionals",
            "the answer to “Mark for the assignment” is",
        ),
        ("gr_assign >= 8", "everyone", "the answer to “Mark for the assignment” is"),
    ],
)
def test_the_base_names_the_roles_a_filter_leaves_and_what_else_it_asks(
    filter_: str, text: str, condition: str | None
) -> None:
    table = tabulate(random_wave(), "gr_client", ["language"], filter_)
    assert table.item.base["en"] == text
    assert table.filter is not None
    assert table.filter.source == filter_
    asked = table.filter.condition
    assert (asked["en"] if asked else "").startswith(condition or "")
    assert (asked is None) == (condition is None)


def test_a_filter_on_roles_that_were_not_asked_leaves_a_base_of_nobody() -> None:
    assert (
        tabulate(random_wave(), "dr_fit", ["language"], "role == 'intermediary'").item.base["en"] == "asked of nobody"
    )


def test_figures_of_a_role_that_was_not_asked_are_empty_and_not_zero() -> None:
    """dr_fit is put to professionals and managers; zero stands for somebody who was asked and did not say so."""
    table = tabulate(random_wave(), "dr_fit", ["role"])
    outside = {group.key for group, bases in table.columns if bases.is_outside}
    assert outside == {"role:procurement", "role:intermediary"}
    for place, (_, bases) in enumerate(table.columns):
        if bases.is_outside:
            assert all(figures[place] == Figure(bases=bases) for figures in table.figures)
        else:
            assert all(figures[place].count is not None for _, figures in table.of_kind("missing"))


def test_an_open_question_says_where_its_answers_are_and_names_no_shares_it_does_not_have() -> None:
    said, counted = tabulate(random_wave(), "op_improve"), tabulate(random_wave(), "gr_assign")
    assert "Shares" in counted.item.method["en"]
    assert "Shares" not in said.item.method["en"]
    assert [note["nl"] for note in said.item.notes if "databoek" in note["nl"]] == [
        "Hier alleen geteld. Wat mensen schreven staat in het databoek, dat onderzoekers kunnen maken."
    ]
    assert not any("databoek" in note["nl"] for note in counted.item.notes)


def test_a_number_is_called_by_its_label_and_unit_and_a_year_has_no_decimals() -> None:
    days, born = tabulate(random_wave(), "p_days"), tabulate(random_wave(), "b_birth")
    assert days.item.title["en"] == "Working days from request to first day (working days)"
    assert [grid.of_kind("mean")[0][0].unit for grid in (days, born)] == ["mean", "year"]
    assert {measure.unit for measure, _ in (*born.of_kind("median"), *born.of_kind("quartile"))} == {"year"}
    assert [printed(1974.8, unit, "nl") for unit in ("mean", "year")] == ["1974,8", "1975"]


def test_a_question_that_roles_were_asked_in_other_words_gives_the_words_of_each() -> None:
    """Professionals were asked when they began as such, managers since when they hire."""
    note = tabulate(random_wave(), "b_since", ["role"]).item.notes[0]["nl"]
    assert note.startswith("Per rol anders gevraagd: zelfstandig professionals: “In welk jaar bent u als zelfstandig")
    assert " · inhurende managers: “Sinds welk jaar huurt u als manager externe" in note
    alone = tabulate(random_wave(), "b_since", ["language"], "role == 'manager'")
    assert alone.item.question["nl"].startswith("Sinds welk jaar huurt u als manager")
    assert alone.item.wordings is None


def test_the_platforms_own_facts_can_be_counted_and_divide() -> None:
    table = tabulate(random_wave(), "role", ["language", "source", "device"])
    assert [measure.code for measure, _ in table.of_kind("code")] == [
        "contractor",
        "manager",
        "procurement",
        "intermediary",
    ]
    assert {group.banner for group in table.groups} == {None, "language", "source", "device"}
    assert sum(
        _figure(table, "code", role).count or 0 for role in ("contractor", "manager", "procurement", "intermediary")
    ) == (table.total.valid)


def test_a_recommendation_has_its_groups_and_score() -> None:
    table = tabulate(_small({"nps_client": [10] * 8 + [7] * 4 + [3] * 8}), "nps_client")
    assert [_figure(table, "net", code).value for code in ("promoters", "passives", "detractors")] == [0.4, 0.2, 0.4]
    assert _figure(table, "score", "score").value == 0.0
    # (0.8 - 0) / 20 = 0.04, se 0.2 (by hand)
    assert _figure(table, "score", "score").se == pytest.approx(0.2)


def test_several_answers_are_shares_of_people() -> None:
    data = _small({"hinder": [[1, 2]] * 6 + [[2]] * 6 + [-9] * 2})
    table = tabulate(data, "hinder")
    assert (_figure(table, "code", 1).value, _figure(table, "code", 2).value) == (0.5, 1.0)
    assert (table.total.answered, table.total.valid) == (12, 12)
    assert any("more than 100%" in note["en"] for note in table.item.notes)


def test_an_ordinal_variable_has_a_median_and_no_mean() -> None:
    table = tabulate(_small({"b_size": [1, 1, 2, 2, 2, 3, 3, 3, 6, 6, 6]}), "b_size")
    assert _figure(table, "median", "median").value == 3.0
    assert not table.of_kind("mean")


def test_months_are_ordered_and_never_averaged() -> None:
    data = random_wave()
    month = Variable("m", VariableType.MONTH, data.instrument.variables["b_volume"].level, Text({"nl": "m", "en": "m"}))
    instrument = replace(data.instrument, variables={**data.instrument.variables, "m": month})
    columns = {
        **{name: data.dataset.columns[name] for name in data.dataset.columns},
        "m": data.dataset.columns["b_volume"],
    }
    table = tabulate(WaveData(instrument, replace(data.dataset, columns=columns, _cache={}), data.stand, 1), "m")
    assert {measure.kind for measure in table.measures} == {"median", "quartile", "missing"}


def test_the_median_of_months_is_a_month_and_is_printed_as_one() -> None:
    data = random_wave()
    month = Variable("m", VariableType.MONTH, data.instrument.variables["b_volume"].level, Text({"nl": "m", "en": "m"}))
    instrument = replace(data.instrument, variables={**data.instrument.variables, "m": month})
    n = data.dataset.n
    # Half December 2024, half January 2025, one month later: between the codes stands 202456.5, which is no month.
    values = np.array([202412] * (n // 2) + [202501] * (n - n // 2 - 1) + [202508], dtype=float)
    columns = {
        **{name: data.dataset.columns[name] for name in data.dataset.columns},
        "m": NumberColumn(values, np.zeros(n, dtype=np.intp)),
    }
    table = tabulate(
        WaveData(instrument, replace(data.dataset, columns=columns, _cache={}), data.stand, 1), "m", partials=True
    )
    found = {measure.code: one[0].value for measure, one in table.lines if measure.unit == "month"}
    assert set(found.values()) <= {202412.0, 202501.0}
    assert (found["q1"], found["q3"]) == (202412.0, 202501.0)
    printed = {
        language: [figure_text(figures[0], measure.unit, language) for measure, figures in table.of_kind("quartile")]
        for language in ("nl", "en")
    }
    assert printed == {"nl": ["dec 2024", "jan 2025"], "en": ["Dec 2024", "Jan 2025"]}
    lines = [line for line in body(table, Words("nl")) if line.part == "mean"]
    assert {line.number_format for line in lines} == {"mmm yyyy"}
    assert lines[-1].cells[0] == date(2025, 1, 1)


def test_a_question_shows_its_wording_with_what_introduces_it_and_its_base_in_words() -> None:
    table = tabulate(random_wave(), "dr_fit")
    assert " – " in table.item.question["nl"]
    assert "{" not in table.item.question["nl"]
    assert set(table.item.questions) == {"contractor", "manager"}
    assert table.item.base["en"] == "independent professionals and hiring managers"


def test_an_imported_wave_answers_under_the_registrys_names_and_counts_everyone_in_the_file() -> None:
    instrument = real_instrument(2014)
    records = [record(instrument, number, "contractor", {"gr_assign": 8, "ph_close": 4}) for number in range(20)]
    records += [
        record(instrument, 50 + number, "contractor", {"gr_assign": 6}, state="started") for number in range(20)
    ]
    data = wave(instrument, records)
    assert tabulate(data, "gr_assign").total.valid == 40
    notes = " ".join(note["en"] for note in tabulate(data, "ph_close").item.notes)
    assert "indicative" in notes
    assert "came in as a file" in notes


def test_tables_without_cases_say_nothing_and_do_not_fail() -> None:
    data = wave(real_instrument(), [])
    for name in ("gr_assign", "rk", "b_channels", "p_days", "op_improve", "b_pc2", "role"):
        table = tabulate(data, name, ["role"])
        assert table.total.valid == 0
        assert all(one.value is None for figures in table.figures for one in figures)


@pytest.mark.parametrize(
    ("variable", "by", "source", "weight", "message"),
    [
        ("gr_asign", (), None, None, "gr_assign"),
        ("gr_assign", ("rol",), None, None, "role"),
        ("gr_assign", ("p_days",), None, None, "cannot divide"),
        ("gr_assign", ("op_improve",), None, None, "cannot divide"),
        ("gr_assign", ("role", "role"), None, None, "more than once"),
        (
            "gr_assign",
            ("b_sector", "a_expertise", "b_size", "gr_client", "gr_prof", "nps_client", "a_via", "b_kind"),
            None,
            None,
            "columns",
        ),
        ("gr_assign", (), "gr_assgn >= 7", None, "gr_assign"),
        ("gr_assign", (), "gr_assign >= ", None, "position"),
        ("gr_assign", (), "op_improve == 1", None, "open answer"),
        ("gr_assign", (), "gr_assign == 11", None, "no code 11"),
        ("gr_assign", (), "__import__('os')", None, "filter"),
        ("gr_assign", (), None, "rim", "none"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(
    variable: str, by: tuple[str, ...], source: str | None, weight: str | None, message: str
) -> None:
    with pytest.raises(BadQuery, match=message):
        tabulate(random_wave(), variable, by, source, weight)


def test_many_tables_over_one_banner_are_those_asked_for_one_by_one() -> None:
    tabulation = Tabulation(random_wave(), ["role"], "language == 'nl'")
    for name in ("gr_assign", "b_channels", "rk", "p_days"):
        made = with_finding(tabulation.grid(name), random_wave().instrument.study)
        assert made == tabulate(random_wave(), name, ["role"], "language == 'nl'")


@pytest.mark.parametrize(
    ("name", "by", "tests"),
    [
        ("gr_assign", "role", {"pooled z", "Welch"}),
        ("b_gender", "role", {"pooled z"}),
        ("nps", "role", {"pooled z", "Welch", "scores"}),
        ("op_improve", "role", set()),
        ("gr_assign", "several", {"pooled z", "Welch"}),
    ],
)
def test_the_method_names_the_tests_that_were_made_and_no_other(name: str, by: str, tests: set[str]) -> None:
    data = random_wave(400, 3)
    variables = data.instrument.variables
    known = next(each for each in variables if each.startswith(name))
    several = next(each for each, one in variables.items() if one.type is VariableType.MULTIPLE)
    method = tabulate(data, known, (several if by == "several" else by,)).item.method["en"]
    assert {words for words in ("pooled z", "Welch", "scores") if words in method} == tests
    assert ("A letter" in method) is bool(tests)
