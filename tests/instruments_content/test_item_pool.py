"""The real study against its item pool: nothing lost, reworded or asked twice but what is listed with its reason.

The pool and the answers of 2014 lie outside the project, in ``../shared/study``; tests that need them skip without.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from surveyapp.instrument.loader import load_instrument, read_instrument
from tests.instruments_content.departures import LABELS, NOT_ASKED, OTHER_LABELS, curly, departed

PROJECT = Path(__file__).parents[2]
STUDY = PROJECT / "instruments" / "goed-opdrachtgeverschap"
SHARED = PROJECT.parent / "shared" / "study"
ROLES = {"zp": "contractor", "hm": "manager", "inh": "procurement", "bem": "intermediary"}
LANGUAGES = ("nl", "en")
TYPES = {
    "grade": "mark",
    "nps": "recommendation",
    "numeric": "number",
    "open": "long_text",
    "matrix": "single",
}
LISTS = {"grade10": "mark10", "nps11": "recommendation11"}

# Decided after the pool was drafted: closing and aftercare are hidden while an assignment is still running.
ENDED = {"ph_close", "ph_after", "ev_notice", "ev_exit", "ev_record", "ev_ref"}


# Since last year's wave the meaning of these changed, so a trend is shown with reservation;
# corrections of language alone stand in both years.
REWORDED = (
    "dr_network s_elig a_status a_rateband cl_access ef_time ev_ready ev_intro ev_record evf_ready evf_intro evf_mutual"
    " evf_record evf_reuse im_match im_speed im_margin im_support im_pay im_close mt_brief mt_contract mt_onboard"
    " mt_feedback mt_close mt_after ph_select"
)


@cache
def read(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return YAML(typ="safe", pure=True).load(file)


@pytest.fixture(scope="module")
def pool() -> dict[str, Any]:
    path = SHARED / "items.yaml"
    if not path.exists():
        pytest.skip(f"the item pool is not at {path}")
    return curly(read(path))  # type: ignore[no-any-return]


def registry() -> dict[str, Any]:
    return read(STUDY / "variables.yaml")  # type: ignore[no-any-return]


def for_role(value: Any, role: str) -> Any:
    """The part of a text or condition that speaks to one role."""
    if isinstance(value, Mapping) and "nl" not in value:
        return value.get(role, value.get("default"))
    return value


def asked(year: int, role: str) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Page, variable and question as put to a role; a statement's question carries its set's text and conditions."""
    for page in read(STUDY / str(year) / "questionnaire.yaml")["pages"]:
        if role not in page.get("roles", ROLES.values()):
            continue
        for item in page["items"]:
            if "information" in item or role not in item.get("roles", ROLES.values()):
                continue
            for row in item.get("rows", [item]):
                if role not in row.get("roles", ROLES.values()):
                    continue
                conditions = [for_role(part.get("show_if"), role) for part in (page, item, row)]
                stem = for_role(item["text"], role) if row is not item else None
                yield (
                    page,
                    row["variable"],
                    {
                        "text": for_role(row["text"], role),
                        "stem": stem,
                        "show_if": [c for i, c in enumerate(conditions) if c and c not in conditions[:i]],
                        "required": item.get("required", False),
                        "randomise": item.get("randomise", False),
                        "na": item.get("missing_labels", {}).get("na"),
                    },
                )


def questions(year: int, role: str) -> dict[str, dict[str, Any]]:
    return {name: question for _, name, question in asked(year, role)}


def pool_questions(pool: Mapping[str, Any], short: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """Every variable the pool puts to a role: its name, its item, its row when it is a statement."""
    for item in pool["items"]:
        if short not in item["roles"] or item["var"] == "s_consent":
            continue
        for row in item.get("rows", [None]):
            name = row["var"] if row else item["var"]
            if name not in NOT_ASKED[ROLES[short]].split():
                yield name, item, row


def wording(text: Mapping[str, Any], short: str) -> dict[str, str]:
    spoken = text if "nl" in text else text[short]
    return {language: spoken[language] for language in LANGUAGES}


def translated(rule: Any, short: str) -> str | None:
    """The pool's routing in the platform's expression language."""
    if isinstance(rule, Mapping):
        rule = rule.get(short)
    same = {
        None: None,
        "true": None,
        "a_rate in [missing]": "missing(a_rate)",
        "a_via in [2,3,4,5,6,97]": "a_via in [2, 3, 4, 5, 6, 97]",
        "any(b_channels in [2,3,4,5])": "any_of(b_channels, [2, 3, 4, 5])",
        "ev_interim == 1": "ev_interim == 1",
        "evf_exit >= 2": "evf_exit >= 2",
        "nps_client >= 0": "nps_client >= 0",
    }
    return same[rule]


@pytest.mark.parametrize("short", ROLES)
def test_every_role_is_put_each_of_its_items_exactly_once_and_no_other(pool: dict[str, Any], short: str) -> None:
    expected = Counter(name for name, _, _ in pool_questions(pool, short))
    assert Counter(name for _, name, _ in asked(2026, ROLES[short])) == expected


def test_every_question_has_exactly_the_wording_and_the_routing_of_the_pool_but_for_what_is_listed(
    pool: dict[str, Any],
) -> None:
    different: dict[str, set[str]] = {"text": set(), "stem": set(), "route": set()}
    for short, role in ROLES.items():
        ours = questions(2026, role)
        for name, item, row in pool_questions(pool, short):
            routing = [rule for part in (item, row or {}) if (rule := translated(part.get("show_if"), short))]
            if name in ENDED and short in ("zp", "hm"):
                routing.append("a_status == 2")
            theirs = {
                "text": wording(row if row and "nl" in row else (row or item["text"]), short),
                "stem": wording(item["text"], short) if row else None,
                "route": routing,
            }
            mine = {part: ours[name]["show_if" if part == "route" else part] for part in theirs}
            for part, said in theirs.items():
                if mine[part] != said:
                    different[part].add(name)
    assert {part: names ^ departed(part) for part, names in different.items()} == {part: set() for part in different}


@pytest.mark.parametrize("short", ROLES)
def test_order_at_random_and_the_wording_of_not_applicable_are_those_of_the_pool(
    pool: dict[str, Any], short: str
) -> None:
    ours = questions(2026, ROLES[short])
    for name, item, _ in pool_questions(pool, short):
        random = item.get("randomize_rows", False) or item.get("randomize_options", False)
        assert (ours[name]["randomise"], ours[name]["na"]) == (random, item.get("na_label")), name


def test_only_answers_that_route_are_required(pool: dict[str, Any]) -> None:
    required = {name for role in ROLES.values() for name, q in questions(2026, role).items() if q["required"]}
    assert required == {"s_elig", "a_status", "a_via"}
    assert required < {item["var"] for item in pool["items"] if item["required"]}


def test_the_registry_holds_every_variable_of_the_pool_with_its_type_codes_and_limits(pool: dict[str, Any]) -> None:
    variables = registry()["variables"]
    expected = {}
    for item in pool["items"]:
        for row in item.get("rows", [None]):
            expected[row["var"] if row else item["var"]] = (item, row or {})
    assert set(variables) == set(expected) | {"s_block"}  # what somebody draws of the blocks
    for name, (item, row) in expected.items():
        ours = variables[name]
        kind = "consent" if name == "s_consent" else TYPES.get(item["type"], item["type"])
        scale = item.get("scale")
        codes = LISTS.get(scale, scale) if scale else (name if "options" in item else None)
        unit = item.get("unit")
        assert ours["type"] == kind, name
        assert ours.get("codes") == codes, name
        assert ours.get("missing", []) == item.get("missing", []), name
        assert ours["construct"] == row.get("construct", item["construct"]), name
        assert ours["phase"] == row.get("phase", item["phase"]), name
        assert ours.get("unit") == ({"nl": unit, "en": unit} if isinstance(unit, str) else unit), name
        limits = {k: v for k, v in ours.get("range", {}).items() if k != "decimals"}
        assert limits == (item.get("range") or {}), name
        assert ours.get("max_choices") == item.get("max_choices"), name
        assert ours.get("ranks") == item.get("rank_top"), name
        assert ours.get("max_characters") == item.get("max_chars"), name
        assert ours.get("stored_apart", False) == item.get("stored_apart", False), name
        links = {link["series"]: link["column"] for link in ours.get("trend", [])}
        assert links == ((row or item).get("trend") or {}), name


def test_every_code_has_exactly_the_label_and_the_marks_of_the_pool(pool: dict[str, Any]) -> None:
    lists = registry()["code_lists"]
    expected = {name: scale["options"] for name, scale in pool["scales"].items() if "options" in scale}
    expected |= {item["var"]: item["options"] for item in pool["items"] if "options" in item}
    assert set(lists) == set(expected) | set(LISTS.values()) | {"block"}
    for name, options in expected.items():
        ours = [
            (c["code"], c["label"], c.get("other", False), c.get("exclusive", False), c.get("anchored", False))
            for c in lists[name]["categories"]
        ]
        theirs = [
            (
                o["v"],
                {language: o[language] for language in LANGUAGES},
                o.get("other", False),
                o.get("exclusive", False),
                o.get("fixed") == "last",
            )
            for o in options
        ]
        different = {mine[0] for mine, pooled in zip(ours, theirs, strict=True) if mine != pooled}
        assert different == {code for listed, code in LABELS if listed == name}, name
    for drafted, name in LISTS.items():
        scale = pool["scales"][drafted]
        codes = [category["code"] for category in lists[name]["categories"]]
        assert codes == list(range(scale["min"], scale["max"] + 1))
        assert (lists[name]["low"], lists[name]["high"]) == (scale["low"], scale["high"])
    short = pool["scales"]["mat5"]["short"]
    for language in LANGUAGES:
        assert [c["short"][language] for c in lists["mat5"]["categories"]] == short[language]


def test_the_study_holds_the_phases_constructs_missing_codes_and_roles_of_the_pool(pool: dict[str, Any]) -> None:
    study = read(STUDY / "study.yaml")

    def text(source: Mapping[str, str]) -> dict[str, str]:
        return {language: source[language] for language in LANGUAGES}

    assert {p["id"]: (p["order"], p["label"]) for p in study["phases"]} == {
        name: (phase["order"], text(phase)) for name, phase in pool["phases"].items()
    }
    assert study["missing"] == {
        name: {"code": missing["code"], "label": text(missing)} for name, missing in pool["missing_codes"].items()
    }
    assert {role["id"]: role["label"] for role in study["roles"]} == {
        ROLES[name]: text(role) for name, role in pool["roles"].items()
    }
    constructs = {c["id"]: c for c in study["constructs"]}
    for name, construct in pool["constructs"].items():
        assert constructs[name]["kind"] == construct["kind"]
        assert (constructs[name]["label"] == text(construct)) is (name not in OTHER_LABELS), name
        if "scale_of" in construct:
            assert constructs[name]["items"] == construct["scale_of"]


def test_labels_of_our_own_write_a_range_with_a_dash() -> None:
    for name, variable in registry()["variables"].items():
        for language in LANGUAGES:
            assert not re.search(r"\d-\d", variable["label"][language]), name


def test_roles_are_declined_in_the_plural_as_the_pool_does(pool: dict[str, Any]) -> None:
    plural = next(role["plural"]["nl"] for role in read(STUDY / "study.yaml")["roles"] if role["id"] == "manager")
    assert plural == "inhurende managers"
    assert plural in repr(pool["items"]) + repr(pool["scales"])


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("role", ROLES.values())
def test_no_page_puts_more_than_five_questions_to_anyone(year: int, role: str) -> None:
    count = Counter(page["id"] for page, _, _ in asked(year, role))
    assert max(count.values()) <= 5


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("role", ROLES.values())
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_of_a_role_have_the_same_title(year: int, role: str, language: str) -> None:
    pages = {page["id"]: for_role(page["title"], role)[language] for page, _, _ in asked(year, role)}
    assert len(set(pages.values())) == len(pages)


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("role", ROLES.values())
def test_a_question_is_asked_after_every_answer_its_condition_reads(year: int, role: str) -> None:
    seen: set[str] = set()
    names = set(registry()["variables"])
    for _, name, question in asked(year, role):
        for condition in question["show_if"]:
            assert set(re.findall(r"[a-z]\w*", condition)) & names <= seen, name
        seen.add(name)


def test_last_years_wave_differs_only_where_it_says_so() -> None:
    differences = set()
    for role in ROLES.values():
        now, then = questions(2026, role), questions(2025, role)
        differences |= {("not yet asked", name) for name in now.keys() - then.keys()}
        differences |= {("no longer asked", name) for name in then.keys() - now.keys()}
        differences |= {("other", name) for name in now.keys() & then.keys() if now[name] != then[name]}
    reworded = {name for kind, name in differences if kind == "other"}
    left_out = {("no longer asked", name) for role in ROLES.values() for name in NOT_ASKED[role].split()}
    before_that = {("no longer asked", name) for name in ("hinder", "hs_rules", "hs_help", "hs_choice", "hs_time")}
    new = {("not yet asked", "mt_goal"), ("not yet asked", "im_pct")}
    assert {each for each in differences if each[0] != "other"} == new | left_out - before_that
    assert reworded == set(REWORDED.split())
    comment = (STUDY / "2025" / "questionnaire.yaml").read_text(encoding="utf-8").split("\nwave:")[0]
    assert all(name in comment for kind, name in differences if kind != "no longer asked")
    assert "0022-twelve-minutes.md" in comment


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_table_reads_variables_of_its_own_wave_and_has_an_id_of_its_own(year: int) -> None:
    plan = read(STUDY / str(year) / "tables.yaml")
    known = {name for role in ROLES.values() for name in questions(year, role)} | {"role"}
    ids = [table["id"] for table in plan["tables"]]
    assert len(set(ids)) == len(ids)
    for table in plan["tables"]:
        banner = table["banner"] if isinstance(table["banner"], list) else plan["banners"][table["banner"]]
        assert set(table["variables"]) | set(banner) <= known, table["id"]


@pytest.mark.parametrize("year", [2014, 2025, 2026])
def test_every_wave_loads_without_a_finding(year: int) -> None:
    instrument, findings = read_instrument(STUDY, year)
    assert [f"{finding.place}: {finding.message['en']}" for finding in findings] == []
    assert instrument is not None


def test_what_keeps_its_trend_answers_for_2014_under_its_own_name() -> None:
    instrument = load_instrument(STUDY, 2014)
    kept = {
        name
        for name, variable in registry()["variables"].items()
        if any(link["effect"] != "break" for link in variable.get("trend", []))
    }
    own = {name for name, one in instrument.variables.items() if one.derivation is None}
    assert {name for name in own if not name.startswith("go14_")} == kept
    assert {"gr_assign", "gr_client", "ph_close", "b_birth"} <= kept
    assert kept.isdisjoint({"a_channel", "a_rate", "b_future", "b_since", "b_occup", "a_months"})


def answers_of_2014() -> list[dict[str, str]]:
    path = SHARED / "2014" / "responses.csv"
    if not path.exists():
        pytest.skip(f"the answers of 2014 are not at {path}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_every_column_of_2014_is_mapped_or_used_for_the_case() -> None:
    mapping = read(STUDY / "2014" / "mapping.yaml")
    case = {mapping["case"][key] for key in ("source", "started", "ended", "row")}
    assert set(answers_of_2014()[0]) == set(mapping["columns"]) | case


def test_every_code_in_the_file_of_2014_is_declared() -> None:
    mapping = read(STUDY / "2014" / "mapping.yaml")
    lists = registry()["code_lists"] | mapping["code_lists"]
    empty = set(mapping["file"]["missing"])
    rows = answers_of_2014()
    for name, column in mapping["columns"].items():
        values = {row[name] for row in rows} - empty
        if "codes" in column:
            declared = {str(category["code"]) for category in lists[column["codes"]]["categories"]}
            declared |= {str(code) for code in column.get("missing", {})}
            assert values <= declared, name
        else:
            numbers = [float(value) for value in values]
            assert column["range"]["min"] <= min(numbers), name
            assert max(numbers) <= column["range"].get("max", max(numbers)), name


def test_zero_in_the_phases_of_2014_is_not_applicable_and_never_a_value() -> None:
    columns = read(STUDY / "2014" / "mapping.yaml")["columns"]
    phases = {name for name in columns if name.startswith("q0028_")}
    assert len(phases) == 7
    assert {name for name, column in columns.items() if column.get("missing") == {0: "na"}} == phases


def test_a_link_to_2014_that_keeps_a_scale_points_at_a_column_with_the_same_codes() -> None:
    columns = read(STUDY / "2014" / "mapping.yaml")["columns"]
    lists = registry()["code_lists"] | read(STUDY / "2014" / "mapping.yaml")["code_lists"]

    def codes(name: str | None) -> list[int]:
        return [category["code"] for category in lists[name]["categories"]] if name else []

    for name, variable in registry()["variables"].items():
        for link in variable.get("trend", []):
            assert link["reason"].keys() == set(LANGUAGES), name
            if link["effect"] == "break":
                continue
            theirs = codes(columns[link["column"]].get("codes"))
            recode = link.get("recode") or {code: code for code in theirs}
            assert set(recode) == set(theirs), name
            assert set(recode.values()) <= set(codes(variable.get("codes"))), name
