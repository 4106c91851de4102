"""One parsed expression: for a person, for all cases, as a type check and as a sentence."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.catalogues import told
from surveyapp.errors import ConditionError
from surveyapp.instrument.conditions import Condition, conjunction, parse_condition, unless
from surveyapp.instrument.conditions.mask import Columns, is_true, mask
from surveyapp.instrument.conditions.sentence import clause, sentence, universe_text
from surveyapp.instrument.conditions.typing import type_faults
from surveyapp.instrument.conditions.write import source_of
from surveyapp.instrument.model import Instrument, Universe
from surveyapp.instrument.resolve import resolved
from tests.instrument.columns import SmallColumns
from tests.instrument.definitions import in_memory


@cache
def tiny() -> Instrument:
    return resolved(in_memory(), 2026)


def answer(source: str, answers: Mapping[str, Any], role: str = "contractor", language: str = "nl") -> bool | None:
    return parse_condition(source).evaluate(answers, role=role, language=language)


@pytest.mark.parametrize(
    ("source", "answers", "expected"),
    [
        ("x == 1", {"x": 1}, True),
        ("x == 1", {"x": 2}, False),
        ("x == 1", {"x": -2}, None),  # Kleene (1952): unknown stays unknown
        ("x == 1", {}, None),
        ("x != 1", {"x": -9}, None),
        ("not x == 1", {}, None),
        ("x == dk", {"x": -2}, True),
        ("x == dk", {"x": -1}, False),
        ("x == not_asked", {}, True),
        ("x != dk", {"x": 3}, True),
        ("x in [1, dk]", {"x": -2}, True),
        ("x in [1, dk]", {"x": -9}, None),
        ("x in [1, dk]", {"x": 3}, False),
        ("x not in [1, 2]", {"x": 3}, True),
        ("x in [dk, skipped]", {"x": 3}, False),
        ("5 <= x < 8", {"x": 7}, True),
        ("5 <= x < 8", {"x": 8}, False),
        ("8 > x", {"x": 8}, False),
        ("x >= 7.5", {"x": 7.5}, True),
        ("answered(x)", {"x": -2}, True),
        ("answered(x)", {"x": -9}, False),
        ("answered(x)", {}, False),
        ("valid(x)", {"x": -2}, False),
        ("valid(x)", {"x": [1]}, True),
        ("missing(x)", {"x": -9}, True),
        ("missing(x)", {"x": 0}, False),
        ("count(x) >= 2", {"x": [1, 3]}, True),
        ("count(x) >= 2", {"x": -2}, None),
        ("any_of(x, [2, 3])", {"x": [1, 3]}, True),
        ("all_of(x, [2, 3])", {"x": [1, 3]}, False),
        ("any_of(x, [2])", {}, None),
        ("role == 'contractor' and x == 1", {"x": 1}, True),
        ("role in ['manager', 'intermediary']", {}, False),
        ("language != 'en'", {}, True),
        ("x == 1 and y == 1", {"x": 2}, False),
        ("x == 1 and y == 1", {"x": 1}, None),
        ("x == 1 or y == 1", {"x": 1}, True),
        ("x == 1 or y == 1", {"x": 2}, None),
        ("holds(x == 1)", {}, False),
        ("not holds(x == 1)", {}, True),
        ("true", {}, True),
        ("false or x == 1", {"x": 1}, True),
    ],
)
def test_an_expression_answers_with_three_values(source: str, answers: dict[str, Any], expected: bool | None) -> None:
    assert answer(source, answers) is expected


@pytest.mark.parametrize(
    ("source", "offset"),
    [
        ("", 0),
        ("   ", 0),
        ("x", 0),
        ("x == 1 and", 10),
        ("x == -1", 5),
        ("x = 1", 2),
        ("__import__('os')", 0),
        ("x.__class__ == 1", 1),
        ("x[0] == 1", 0),
        ("(lambda: 1)()", 7),
        ("f'{x}' == 1", 0),
        ("x == y", 0),
        ("1 == 2", 0),
        ("x == 'a'", 5),
        ("role == 1", 8),
        ("role > 'a'", 0),
        ("x < dk", 4),
        ("x in 3", 5),
        ("x in []", 5),
        ("count(x)", 0),
        ("sum(x) > 2", 0),
        ("answered(x, y)", 0),
        ("answered(3)", 9),
        ("x is 1", 5),
        ("x == 1 if y == 2 else z == 3", 0),
        ("x == 1\x00", 6),
        ("X == 1", 0),
        ("True", 0),
        ("x == 0x1", 5),
        ("x == 99999999999999999", 5),
        ("x == 1 and " * 60 + "x == 1", 500),
        ("(" * 250, 200),
        ("not " * 30 + "x == 1", 80),
        ("élan == 1", 0),
        ("x == 1 # comment", 7),
        ("x := 1", 2),
        ("any_of(x, 1)", 10),
        ("any_of(x, [dk])", 11),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_position(source: str, offset: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(source)
    assert caught.value.offset == offset


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet="xrole[](), ='<>!andot123.", max_size=120))
def test_rubbish_is_a_condition_or_a_condition_error(source: str) -> None:
    try:
        condition = parse_condition(source)
    except ConditionError as error:
        refused = error.offset
    else:
        refused = 0
        assert condition.evaluate({}, role="contractor", language="nl") in (True, False, None)
    assert 0 <= refused <= len(source) + 1


def test_equal_sources_are_equal_conditions_and_travel_between_processes() -> None:
    condition = parse_condition("x == 1 and answered(y)")
    assert condition.evaluate({"x": 1, "y": 2}, role="", language="") is True
    copied = pickle.loads(pickle.dumps(condition))
    assert copied == condition
    assert copied.names == {"x", "y"}
    assert copied.evaluate({"x": 1, "y": 2}, role="", language="") is True


def test_conditions_join_and_turn_round() -> None:
    joined = conjunction(None, parse_condition("x == 1"), parse_condition("y == 1 or z == 1"))
    assert joined is not None
    assert joined.names == {"x", "y", "z"}
    assert joined.evaluate({"x": 1, "z": 1}, role="", language="") is True
    assert parse_condition(joined.source).tree == joined.tree
    ended = unless(parse_condition("x == 2"))
    assert [ended.evaluate({"x": value}, role="", language="") for value in (1, 2, -9)] == [True, False, True]
    assert conjunction(None, None) is None


# ------------------------------------------------------------------------------------------------ scalar = mask

_MISSING = st.sampled_from([-1, -2, -3, -8, -9])
_VALUES = {
    "s_elig": st.sampled_from([1, 2]) | _MISSING,
    "gr_assign": st.integers(1, 10) | _MISSING,
    "dr_fit": st.integers(1, 3) | _MISSING,
    "a_months": st.integers(0, 240) | st.sampled_from([0.5, 7.25]) | _MISSING,
    "a_ways": st.lists(st.sampled_from([1, 2, 3, 90, 97]), min_size=1, max_size=3, unique=True).map(sorted) | _MISSING,
    "im_rank": st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=2, unique=True) | _MISSING,
    "v_tips": st.sampled_from(["Meer tijd", "€"]) | _MISSING,
}
_CODED = ["s_elig", "gr_assign", "dr_fit"]
_SEVERAL = ["a_ways", "im_rank"]
_WORDS = ["na", "dk", "refused", "not_asked", "skipped"]
_OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_NUMBERS = st.integers(0, 12).map(str) | st.sampled_from(["7.25", "0.5", "90", "97"])


def _list_of(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=4).map(lambda found: f"[{', '.join(found)}]")


_ATOMS = st.one_of(
    st.tuples(st.sampled_from([*_CODED, "a_months"]), _OPERATORS, _NUMBERS).map(" ".join),
    st.tuples(_NUMBERS, st.sampled_from(["<", "<="]), st.sampled_from(_CODED), st.just("<="), _NUMBERS).map(" ".join),
    st.tuples(st.sampled_from([*_CODED, "a_months"]), st.sampled_from(["in", "not in"]), _list_of(_NUMBERS)).map(
        " ".join
    ),
    st.tuples(st.sampled_from(_CODED), st.just("in"), _list_of(_NUMBERS | st.sampled_from(_WORDS))).map(" ".join),
    st.tuples(st.sampled_from(list(_VALUES)), st.sampled_from(["==", "!="]), st.sampled_from(_WORDS)).map(" ".join),
    st.tuples(st.sampled_from(["answered", "valid", "missing"]), st.sampled_from(list(_VALUES))).map(
        lambda found: f"{found[0]}({found[1]})"
    ),
    st.tuples(st.sampled_from(_SEVERAL), _OPERATORS, st.integers(0, 4)).map(
        lambda found: f"count({found[0]}) {found[1]} {found[2]}"
    ),
    st.tuples(
        st.sampled_from(["any_of", "all_of"]),
        st.sampled_from(_SEVERAL),
        _list_of(st.sampled_from(["1", "2", "3", "97", "5"])),
    ).map(lambda found: f"{found[0]}({found[1]}, {found[2]})"),
    st.sampled_from(["role == 'contractor'", "role in ['manager', 'x']", "language != 'nl'", "true", "false"]),
)
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda found: f"({found[0]}) {found[1]} ({found[2]})"
        ),
        inner.map(lambda found: f"not ({found})"),
        inner.map(lambda found: f"holds({found})"),
    ),
    max_leaves=5,
).filter(lambda source: len(source) <= 500)
_CASES = st.lists(
    st.tuples(
        st.fixed_dictionaries({}, optional=_VALUES),
        st.sampled_from(["contractor", "manager"]),
        st.sampled_from(["nl", "en"]),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(_EXPRESSIONS, _CASES)
def test_one_respondent_and_all_cases_give_the_same_answer(source: str, cases: list[tuple[Any, str, str]]) -> None:
    condition = parse_condition(source)
    columns: Columns = SmallColumns(cases)
    spelled = {True: 1, False: 0, None: -1}
    one_by_one = [
        spelled[condition.evaluate(answers, role=role, language=language)] for answers, role, language in cases
    ]
    assert mask(condition, columns).tolist() == one_by_one
    assert is_true(condition, columns).tolist() == [value == 1 for value in one_by_one]


@settings(max_examples=300, deadline=None)
@given(_EXPRESSIONS)
def test_a_tree_written_out_is_read_as_the_same_tree(source: str) -> None:
    tree = parse_condition(source).tree
    assert parse_condition(source_of(tree)).tree == tree


@settings(max_examples=150, deadline=None)
@given(_EXPRESSIONS)
def test_every_expression_has_a_sentence_in_every_language(source: str) -> None:
    condition = parse_condition(source)
    for language in ("nl", "en"):
        said = sentence(condition, language, tiny())
        assert said
        assert "None" not in said


def test_the_conditions_of_the_tiny_study_mean_the_same_for_one_and_for_all() -> None:
    instrument = tiny()
    conditions = {
        condition
        for questionnaire in instrument.questionnaires.values()
        for page in questionnaire.pages
        for condition in (
            page.show_if,
            *(item.show_if for item in page.items),
            *(end.condition for end in page.endings),
        )
        if condition is not None
    }
    cases = [
        ({"gr_assign": mark, "a_ways": ways}, "contractor", "nl") for mark in (5, 6, -2) for ways in ([1], [3], -9)
    ]
    for condition in conditions:
        found = mask(condition, SmallColumns(cases)).tolist()
        spelled = {True: 1, False: 0, None: -1}
        assert found == [spelled[condition.evaluate(case, role=role, language=lang)] for case, role, lang in cases]


def test_nobody_is_filtered_out_without_a_condition() -> None:
    assert is_true(None, SmallColumns([({}, "contractor", "nl")] * 3)).tolist() == [True] * 3


# --------------------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("source", "nl", "en"),
    [
        (
            "role == 'contractor' and gr_assign >= 7",
            "gevraagd als de rol zelfstandig professional is "
            "en het antwoord op “Cijfer voor de opdracht” 7 of hoger is",
            "asked if the role is independent professional and the answer to “Mark for the assignment” is 7 or higher",
        ),
        (
            "s_elig == 1",
            "gevraagd als het antwoord op “Hoort erbij” “Ja” is",
            "asked if the answer to “Belongs” is “Yes”",
        ),
        (
            "s_elig != 1",
            "gevraagd als het antwoord op “Hoort erbij” niet “Ja” is",
            "asked if the answer to “Belongs” is not “Yes”",
        ),
        (
            "gr_assign == dk",
            "gevraagd als het antwoord op “Cijfer voor de opdracht” “weet ik niet” is",
            "asked if the answer to “Mark for the assignment” is “don't know”",
        ),
        (
            "a_months < 2.5",
            "gevraagd als het antwoord op “Duur” lager dan 2,5 is",
            "asked if the answer to “Duration” is lower than 2.5",
        ),
        (
            "any_of(a_ways, [1, 2])",
            "gevraagd als bij “Wegen” “Via mijn netwerk” of “Via een bureau” gekozen is",
            "asked if “Through my network” or “Through an agency” was chosen for “Ways”",
        ),
        (
            "not all_of(a_ways, [1, 2])",
            "gevraagd als bij “Wegen” niet “Via mijn netwerk” en “Via een bureau” gekozen zijn",
            "asked if “Through my network” and “Through an agency” were not chosen for “Ways”",
        ),
        (
            "count(a_ways) >= 2",
            "gevraagd als het aantal keuzes bij “Wegen” ten minste 2 is",
            "asked if the number of choices for “Ways” is at least 2",
        ),
        (
            "missing(a_months)",
            "gevraagd als op “Duur” geen inhoudelijk antwoord kwam",
            "asked if “Duration” has no substantive answer",
        ),
        (
            "not (s_elig == 1 and answered(gr_assign))",
            "gevraagd als het antwoord op “Hoort erbij” niet “Ja” is of “Cijfer voor de opdracht” niet beantwoord is",
            "asked if the answer to “Belongs” is not “Yes” or “Mark for the assignment” was not answered",
        ),
        (
            "language == 'nl' and (s_elig == 1 or gr_assign > 8)",
            "gevraagd als de taal Nederlands is "
            "en (het antwoord op “Hoort erbij” “Ja” is of het antwoord op “Cijfer voor de opdracht” hoger dan 8 is)",
            "asked if the language is Dutch "
            "and (the answer to “Belongs” is “Yes” or the answer to “Mark for the assignment” is higher than 8)",
        ),
    ],
)
def test_a_condition_is_said_in_dutch_and_english(source: str, nl: str, en: str) -> None:
    condition = parse_condition(source)
    assert sentence(condition, "nl", tiny()) == nl
    assert sentence(condition, "en", tiny()) == en


def test_everyone_needs_no_condition() -> None:
    assert sentence(None, "nl", tiny()) == "gevraagd aan iedereen"
    assert clause(parse_condition("true"), "en", tiny()) == "always"


def test_a_universe_names_roles_with_the_same_condition_together() -> None:
    instrument = tiny()
    assert universe_text(instrument.universes["s_consent"], instrument)["nl"] == "iedereen"
    assert universe_text(instrument.universes["a_ways"], instrument)["en"] == "independent professionals"
    assert universe_text(instrument.universes["dr_fit"], instrument)["nl"] == (
        "zelfstandig professionals, als bij “Wegen” “Via mijn netwerk” of “Via een bureau” gekozen is "
        "of het antwoord op “Cijfer voor de opdracht” “weet ik niet” is; "
        "inhurend managers, als het antwoord op “Cijfer voor de opdracht” 6 of hoger is"
    )
    assert universe_text(Universe({}), instrument)["nl"] == "aan niemand gevraagd"


# -------------------------------------------------------------------------------------------------- type checks


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("gr_assign >= 7 and s_elig == 1", []),
        ("nothing == 1", ["unknown_variable"]),
        ("s_elig == 3", ["unknown_code"]),
        ("any_of(a_ways, [1, 4])", ["unknown_code"]),
        ("a_ways == 1", ["several_answers"]),
        ("count(s_elig) > 1", ["one_answer"]),
        ("answered(v_tips)", ["open_text"]),
        ("gr_assign == na", ["missing_not_offered"]),
        ("gr_assign == skipped", []),
        ("s_elig > 1", ["no_order"]),
        ("role == 'boss' or language == 'fr'", ["unknown_role", "unknown_language"]),
        ("a_months > 12.5", []),
    ],
)
def test_a_condition_is_held_against_the_codebook(source: str, kinds: list[str]) -> None:
    faults = type_faults(parse_condition(source), tiny())
    assert [fault.kind for fault in faults] == kinds
    for fault in faults:
        assert told(fault.why, "nl") not in ("", told(fault.why, "en"))
        assert 0 <= fault.offset < len(source)


def test_a_condition_that_is_not_parsed_cannot_exist() -> None:
    assert isinstance(parse_condition(" s_elig == 1\n"), Condition)
    assert parse_condition(" s_elig == 1\n").source == "s_elig == 1"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("b_volume >= 1.000", "write 1000 or 1."),
        ("b_volume >= 12.500 and x == 1", "write 12500 or 12.5."),
        ("b_volume >= 1.125", "write 1125 or 1.1250."),
        ("b_volume >= 1,000", "write 1000 or 1."),
        ("b_volume >= 80,5", "The comma in “80,5” is no decimal sign here"),
        ("b_volume>=80,5", "The comma in “80,5” is no decimal sign here"),
        ("rol == 'manager'", "There is no ‘rol’; write ‘role’."),
        ("rol in ['manager']", "There is no ‘rol’; write ‘role’."),
    ],
)
def test_a_number_with_two_readings_and_a_name_that_is_almost_one_are_told_as_such(source: str, said: str) -> None:
    with pytest.raises(ConditionError, match=re.escape(said)):
        parse_condition(source)


def test_decimals_and_lists_are_read_as_they_stand() -> None:
    for source in (
        "b_volume >= 80.5",
        "b_volume >= 0.125",
        "b_volume >= 1.1250",
        "x in [1,2,100]",
        "any_of(x, [1,200])",
    ):
        parse_condition(source)
