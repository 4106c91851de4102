"""Derived variables: which a wave has, of whom they speak, what is refused and where, and what a change is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surveyapp.instrument.checks import checked, run_checks
from surveyapp.instrument.compare import comparable
from surveyapp.instrument.derivation_words import derivation_text
from surveyapp.instrument.differences import Change
from surveyapp.instrument.documents import files_of
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument, Level, Text, TrendEffect, VariableType
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import in_memory, study_files
from tests.instrument.examples_of_checks import T, band, both, category, derived, item, page

STUDY = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"
AGES = {"age": True, "bands": [band(1, "young", below=40), band(2, "old", 40)]}
SCORE = {"score": "mean"}
KINDS = {
    "x_age": ("b_birth", AGES),
    "x_fit": ("dr_fit", {"merge": [category(1, "not", codes=[1, 2]), category(2, "fits", codes=[3])]}),
    "x_nets": ("b_gender", {"nets": [category(1, "one", codes=[1]), category(2, "all", codes=[1, 2])]}),
    "x_score": ("content", SCORE),
}


def made(*changes: tuple[str, Any], year: int = 2026) -> Instrument:
    instrument, findings = checked(in_memory(*changes), year)
    assert [one for one in findings if one.level == "error"] == []
    assert instrument is not None
    return instrument


def test_a_wave_has_what_is_made_of_its_variables_after_these() -> None:
    instrument = made(derived(**KINDS))
    assert list(instrument.variables)[-4:] == list(KINDS)
    age, fit, nets, score = (instrument.variables[name] for name in KINDS)
    assert (age.type, age.level, age.codes) == (VariableType.SINGLE, Level.ORDINAL, (1, 2))
    assert (fit.type, fit.level) == (VariableType.SINGLE, Level.ORDINAL)  # steps that follow each other
    assert (nets.type, nets.level) == (VariableType.MULTIPLE, Level.NOMINAL)
    assert (score.type, score.construct) == (VariableType.NUMBER, "content")
    assert score.number is not None
    assert (score.number.minimum, score.number.maximum) == (0, 100)
    assert age.missing == instrument.variables["b_birth"].missing
    assert "x_age" not in [name for asked in instrument.questionnaires.values() for name in asked.questions]
    assert instrument.universes["x_age"] == instrument.universes["b_birth"]


def test_one_is_made_of_another_wherever_that_stands() -> None:
    merge = {"merge": [category(1, "both", codes=[1, 2])]}
    instrument = made(derived(x_all=("x_age", merge), x_age=("b_birth", AGES)))
    assert list(instrument.variables)[-2:] == ["x_all", "x_age"]
    assert instrument.universes["x_all"] == instrument.universes["b_birth"]


def test_a_wave_without_the_source_has_no_such_variable() -> None:
    instrument = made(derived(**KINDS), year=2014)
    assert not {"x_fit", "x_nets", "x_score"} & set(instrument.variables)


def test_what_is_made_of_something_sensitive_is_sensitive() -> None:
    instrument = made(("variables.variables.b_birth.sensitive", True), derived(**KINDS))
    assert instrument.variables["x_age"].is_sensitive
    assert not instrument.variables["x_fit"].is_sensitive


def test_the_hash_names_what_is_derived_and_the_documents_give_it_back() -> None:
    plain, instrument = made(), made(derived(**KINDS))
    assert plain.hash != instrument.hash
    assert "derived" not in plain.documents  # versions stored before there were any keep their hash
    other = made(derived(**{**KINDS, "x_age": ("b_birth", {**AGES, "bands": [band(1, "any")]})}))
    assert other.hash not in (plain.hash, instrument.hash)
    found = resolved(*files_of(instrument.documents))
    assert found == instrument
    assert list(found.variables) == list(instrument.variables)


@pytest.mark.parametrize(
    ("made_of", "way", "code", "nl", "en"),
    [
        ("b_nothing", AGES, "R034", "is gemaakt van ‘b_nothing’", "is made of 'b_nothing'"),
        ("nothing", SCORE, "R034", "is gemaakt van ‘nothing’", "is made of 'nothing'"),
        ("x_new", {"merge": [category(1, "a", codes=[1])]}, "R036", "x_new ← x_new", "x_new ← x_new"),
        ("b_gender", {}, "E001", "niet precies één", "not exactly one of bands"),
        ("b_gender", {**SCORE, **AGES}, "R034", "gemaakt van", "made of"),
        ("b_gender", {"bands": [band(1, "a")]}, "E001", "geen getal en geen jaar", "no number and no year"),
        ("a_months", {"merge": [category(1, "a", codes=[1])]}, "E001", "niet één code", "not one code"),
        ("a_months", {"nets": [category(1, "a", codes=[1])]}, "E001", "geen codes om te kiezen", "no codes to choose"),
        ("a_months", AGES, "E001", "geen jaar met klassen", "no year with bands"),
        ("verdict", SCORE, "E001", "minder dan twee items", "fewer than two items"),
        ("b_gender", {"nets": [category(1, "a", codes=[9])]}, "E002", "heeft geen code 9", "has no code 9"),
        (
            "a_months",
            {"bands": [band(1, "a", below=9), band(2, "b", 8)]},
            "E003",
            "hoort 8 bij ‘a’ en bij ‘b’",
            "8 belongs to 'a' and to 'b'",
        ),
        ("a_months", {"bands": [band(1, "a"), band(2, "b", 8)]}, "E003", "bij ‘a’ en bij ‘b’", "to 'a' and to 'b'"),
        (
            "b_gender",
            {"merge": [category(1, "a", codes=[1, 2]), category(2, "b", codes=[2])]},
            "E003",
            "hoort 2 bij",
            "2 belongs to 'a'",
        ),
        ("a_months", {"bands": [band(1, "a", below=8), band(2, "b", 9)]}, "E004", "8 – 9", "8 – 9"),
        ("a_months", {"bands": [band(1, "a", 1)]}, "E004", "< 1", "< 1"),
        ("a_months", {"bands": [band(1, "a", below=240)]}, "E004", "≥ 240", "≥ 240"),
        ("b_gender", {"merge": [category(1, "a", codes=[1])]}, "E004", "hoort 2 bij geen", "2 belongs to no"),
        ("a_months", {"bands": [band(1, "a", below=8), band(2, "b", 8, 8), band(3, "c", 8)]}, "E005", "‘b’", "'b'"),
    ],
)
def test_what_cannot_be_derived_is_said_in_both_languages_at_its_line(
    made_of: str, way: dict[str, Any], code: str, nl: str, en: str, tmp_path: Path
) -> None:
    files = study_files(tmp_path, derived(x_new=(made_of, way)))
    (found,) = [one for one in run_checks(files, 2026) if one.code == code]
    assert nl in found.message["nl"]
    assert en in found.message["en"]
    lines = (tmp_path / "variables.yaml").read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines, start=1) if '"x_new"' in line)
    assert found.place.file.endswith("variables.yaml")
    assert found.place.line >= start
    assert found.place.column > 1


def test_bands_that_end_where_the_answers_do_leave_nothing_out() -> None:
    bands = [band(1, "a", 0, 100), band(2, "b", 100, 241)]
    made(derived(x_new=("a_months", {"bands": bands})))
    ages = [band(1, "a", 16, 50), band(2, "b", 50, 97)]  # 2026 - 2010 to 2026 - 1930
    made(derived(x_new=("b_birth", {"age": True, "bands": ages})))


@pytest.mark.parametrize("name", ["role", "b_gender", "lang"])
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    found = run_checks(in_memory(derived(**{name: ("b_birth", AGES)})), 2026)
    assert "R035" in [one.code for one in found]


def test_a_question_cannot_wait_for_what_is_derived_and_a_table_and_filter_can_have_it() -> None:
    ages = derived(x_age=("b_birth", AGES))
    (found,) = [
        one
        for one in run_checks(in_memory(ages, ("questionnaire.pages.2.show_if.manager", "x_age == 1")), 2026)
        if one.code == "R013"
    ]
    assert "is derived when all answers are there" in found.message["en"]
    found_of_page = run_checks(in_memory(ages, ("questionnaire.pages.+", page("new", item("x_age")))), 2026)
    assert "R001" in [one.code for one in found_of_page]
    instrument = made(
        ages,
        (f"{T}.tables.0.banner", ["role", "x_age"]),
        (f"{T}.tables.0.filter", "x_age == 1"),
        (f"{T}.tables.0.title", both("Cijfers", "Marks")),
    )
    assert "x_age" in instrument.banners
    wrong = run_checks(in_memory(ages, (f"{T}.tables.0.filter", "x_age == 7")), 2026)
    assert "C001" in [one.code for one in wrong]


def test_a_changed_derivation_is_recoded_and_a_waves_own_year_is_no_change() -> None:
    one = made(derived(**KINDS))
    ages = {**AGES, "bands": [band(1, "young", below=45), band(2, "old", 45)]}
    other = made(derived(**{**KINDS, "x_age": ("b_birth", ages)}))
    found = comparable("x_age", one, other)
    assert found.changes == (Change.CODES,)
    assert found.effect is TrendEffect.RECODE
    assert [line["en"] for line in found.details] == [
        "how it is derived: derived from “Year of birth” (b_birth), as the age in 2026: Answer young: below 40; Answer "
        "old: 40 or more → derived from “Year of birth” (b_birth), as the age in 2026: Answer young: below 45; Answer "
        "old: 45 or more"
    ]
    assert comparable("x_fit", one, other).effect is TrendEffect.CONTINUE


def test_what_is_derived_can_be_compared_no_better_than_what_it_is_made_of() -> None:
    one, other = (
        made(derived(**KINDS)),
        made(
            ("questionnaire.pages.2.items.0.rows.0.text", both("Heel anders gezegd", "Said quite otherwise")),
            derived(**KINDS),
        ),
    )
    assert comparable("dr_fit", one, other).effect is TrendEffect.INDICATIVE
    found = comparable("x_fit", one, other)
    assert found.effect is TrendEffect.INDICATIVE
    assert found.reasons == comparable("dr_fit", one, other).reasons


def test_how_it_is_derived_is_said_in_both_languages() -> None:
    instrument = made(derived(**KINDS))
    said = {name: derivation_text(instrument.variables[name], instrument) for name in (*KINDS, "b_birth")}
    assert said["x_fit"]["nl"] == (
        "afgeleid van “Past goed” (dr_fit): Antwoord not: 1 (Oneens), 2 (Neutraal); Antwoord fits: 3 (Eens)"
    )
    assert said["x_age"]["nl"].startswith("afgeleid van “Geboortejaar” (b_birth), als leeftijd in 2026: ")
    assert said["x_score"]["en"].startswith("derived from dr_fit, dr_learn: the mean of the steps")
    assert said["b_birth"] == {"nl": "gevraagd", "en": "asked"}


@pytest.mark.parametrize(("year", "names"), [(2014, {"b_age"}), (2025, {"b_age", "a_rate7", "a_party", "mt_score"}),
                                             (2026, {"b_age", "a_party", "mt_score"})])  # fmt: skip
def test_the_study_has_bands_of_age_and_rate_and_direct_against_via_a_party(year: int, names: set[str]) -> None:
    instrument = load_instrument(STUDY, year)
    assert {name for name, one in instrument.variables.items() if one.derivation} == names
    made_of = instrument.variables["b_age"].derivation
    assert made_of is not None
    assert made_of.year == year
    assert instrument.variables["b_age"].label == Text({"nl": "Leeftijd in klassen", "en": "Age in bands"})
    assert (
        "b_age" not in instrument.banners
    )  # nearly a year of birth: only a plan or a request breaks figures down by it
