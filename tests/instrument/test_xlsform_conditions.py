"""A condition and its expression in a form are true for the same respondents, in both directions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.conditions.nodes import Node
from surveyapp.instrument.variables import Category, Level, Text, Variable, VariableType
from surveyapp.instrument.xlsform.form import CannotCarry
from surveyapp.instrument.xlsform.from_xpath import Column, from_xpath, tokens_of
from surveyapp.instrument.xlsform.limits import Limits, constraint_of, limits_of
from surveyapp.instrument.xlsform.to_xpath import ToXPath

WORD = Text({"nl": "x", "en": "x"})
THREE = tuple(Category(code, f"k{code}", WORD, WORD) for code in (1, 2, 3))


def variable(name: str, kind: VariableType, *, coded: bool) -> Variable:
    return Variable(name, kind, Level.NOMINAL, WORD, THREE if coded else ())


VARIABLES = {
    "one": variable("one", VariableType.SINGLE, coded=True),
    "plain": variable("plain", VariableType.SINGLE, coded=True),
    "many": variable("many", VariableType.MULTIPLE, coded=True),
    "number": variable("number", VariableType.NUMBER, coded=False),
}
MISSING = {"one": ("dk", "na"), "many": ("dk",)}
CODES = {"dk": -2, "na": -1}
COLUMNS = {
    "one": Column("one", "single", {"1": 1, "2": 2, "3": 3}, ("dk", "na")),
    "plain": Column("plain", "single", {"1": 1, "2": 2, "3": 3}),
    "many": Column("many", "multiple", {"1": 1, "2": 2, "3": 3}, ("dk",)),
    "number": Column("number", "number"),
}
FORM = ToXPath(VARIABLES, "contractor", MISSING)

# What a respondent of the form may have put in: the text XPath sees.
ENTRIES = st.fixed_dictionaries(
    {
        "one": st.sampled_from(["", "1", "2", "3", "dk", "na"]),
        "plain": st.sampled_from(["", "1", "2", "3"]),
        "many": st.sampled_from(["", "1", "1 2", "1 2 3", "3", "dk"]),
        "number": st.sampled_from(["", "0", "1", "2", "7"]),
    }
)


def expression(tree: Node) -> str:
    """The expression that is true where the condition is true; '' when that is always."""
    found = FORM.true(tree)
    return "" if found.constant is True else found.text


def answers_of(entries: Mapping[str, str]) -> dict[str, Any]:
    """The same as our platform would store it."""
    found: dict[str, Any] = {}
    for name, entry in entries.items():
        if entry == "":
            found[name] = -8
        elif entry in CODES:
            found[name] = CODES[entry]
        else:
            found[name] = [int(part) for part in entry.split()] if name == "many" else int(entry)
    return found


def xpath(source: str, entries: Mapping[str, str]) -> bool:
    """A second, independent evaluator: XPath rewritten into Python by regular expressions."""

    def number(text: str) -> float:
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else float("nan")

    def compare(left: str, sign: str, right: str) -> bool:
        if sign == "=":
            return left == right if not isinstance(right, float) else number(left) == right
        if sign == "!=":
            return left != right if not isinstance(right, float) else number(left) != right
        signs: dict[str, Callable[[float, float], bool]] = {
            "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
        }  # fmt: skip
        return signs[sign](number(left), right if isinstance(right, float) else number(right))

    said = re.sub(r"count-selected\(\$\{(\w+)\}\)", r"COUNT['\1']", source)
    said = re.sub(r"selected\(\$\{(\w+)\}, '(\w+)'\)", r"('\2' in ENTRY['\1'].split())", said)
    said = re.sub(r"(COUNT\['\w+'\]) (<=|>=|!=|=|<|>) (\d+)", r"compare(\1, '\2', float(\3))", said)
    said = re.sub(r"\$\{(\w+)\} (<=|>=|!=|=|<|>) '(\w*)'", r"compare(ENTRY['\1'], '\2', '\3')", said)
    said = re.sub(r"\$\{(\w+)\} (<=|>=|!=|=|<|>) (\d+)", r"compare(ENTRY['\1'], '\2', float(\3))", said)
    said = said.replace("not(", "not (").replace("true()", "True").replace("false()", "False")
    count = {name: str(len(entry.split())) for name, entry in entries.items()}
    return bool(eval(said or "True", {"compare": compare, "ENTRY": entries, "COUNT": count}))


LEAVES = st.sampled_from(
    [
        "one == 2",
        "one != 2",
        "one >= 2",
        "one < 3",
        "plain == 1",
        "plain != 1",
        "plain in [1, 3]",
        "plain not in [1, 3]",
        "one == dk",
        "one != dk",
        "one in [2, dk]",
        "one not in [2, dk]",
        "answered(one)",
        "valid(one)",
        "missing(one)",
        "valid(many)",
        "missing(number)",
        "number > 1",
        "number == 2",
        "number != 2",
        "1 <= number < 7",
        "any_of(many, [1, 3])",
        "all_of(many, [1, 2])",
        "count(many) >= 2",
        "count(many) < 2",
        "count(many) == 1",
        "role == 'contractor'",
        "role == 'manager'",
        "absent == 1",
        "missing(absent)",
        "answered(absent)",
        "absent == dk",
        "true",
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda part: f"not ({part})"),
        inner.map(lambda part: f"holds({part})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]}) and ({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]}) or ({parts[1]})"),
    ),
    max_leaves=4,
)
RAW = st.builds(
    lambda sign, number, wrapped: (f"not({{}} {sign} {number})" if wrapped else f"{{}} {sign} {number}").format(
        "count-selected(${many})"
    ),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.integers(0, 3),
    st.booleans(),
)
SCRAPS = st.lists(
    st.sampled_from(["${one}", "=", "'1'", "and", "not(", ")", "(", "1", "selected(", ","]), max_size=14
).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(CONDITIONS, ENTRIES)
def test_a_condition_shows_a_question_to_the_same_respondents_in_the_form(source: str, entries: dict[str, str]) -> None:
    condition = parse_condition(source)
    said = expression(condition.tree)
    ours = condition.evaluate(answers_of(entries), role="contractor", language="nl") is True
    assert xpath(said, entries) is ours, said


@settings(max_examples=120, deadline=None)
@given(CONDITIONS, ENTRIES)
def test_an_expression_of_a_form_comes_in_with_the_same_meaning(source: str, entries: dict[str, str]) -> None:
    said = expression(parse_condition(source).tree) or "true()"
    back = parse_condition(from_xpath(said, COLUMNS))
    ours = back.evaluate(answers_of(entries), role="contractor", language="nl") is True
    assert xpath(said, entries) is ours, back.source


@settings(max_examples=100, deadline=None)
@given(RAW, ENTRIES)
def test_a_count_that_people_wrote_comes_in_with_the_same_meaning(source: str, entries: dict[str, str]) -> None:
    back = parse_condition(from_xpath(source, COLUMNS))
    ours = back.evaluate(answers_of(entries), role="contractor", language="nl") is True
    assert xpath(source, entries) is ours, back.source


@settings(max_examples=60, deadline=None)
@given(
    CONDITIONS.filter(lambda source: "count(many) == 1" not in source)
)  # grows a guard against "don't know" each time
def test_an_expression_that_came_in_goes_out_as_it_was(source: str) -> None:
    said = expression(parse_condition(source).tree) or "true()"
    once = expression(parse_condition(from_xpath(said, COLUMNS)).tree) or "true()"
    again = expression(parse_condition(from_xpath(once, COLUMNS)).tree) or "true()"
    assert again == once


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("${one} = '9'", "no choice of one"),
        ("${gone} = 1", "'gone'"),
        ("${one} = ${plain}", "comparison of one"),
        ("${number} + 1 > 2", "+ 1 > 2"),
        ("coalesce(${one}, '1') = '1'", "coalesce"),
        ("${one}", "the end"),
        ("(${one} = '1'", "the end"),
        ("${one} = '1' ${plain} = '1'", "'plain'"),
        ("", "the end"),
        ("not(" * 40 + "true()" + ")" * 40, "nested"),
        ("${number} > 'a'", "number > 'a'"),
        ("x" * 3000, "3000 characters"),
        ("__import__('os')", "__import__"),
    ],
)
def test_what_no_condition_can_say_is_refused_with_the_part(source: str, part: str) -> None:
    with pytest.raises(CannotCarry, match=re.escape(part)):
        from_xpath(source, COLUMNS)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | SCRAPS)
def test_any_text_is_a_condition_or_a_clear_refusal(source: str) -> None:
    try:
        said = from_xpath(source, COLUMNS)
    except CannotCarry:
        return
    assert parse_condition(said)
    assert tokens_of(source)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(),
        Limits(minimum=0, maximum=240),
        Limits(minimum=0.5),
        Limits(least=1, most=3, exclusive=("90", "dk")),
        Limits(length=200),
    ],
)
def test_limits_come_back_from_their_constraint(limits: Limits) -> None:
    assert limits_of(constraint_of(limits)) == limits


@pytest.mark.parametrize(
    "constraint", [". > 0", ". >= 0 or . <= 3", ". >= 0 and", "regex(., 'a')", ". >= 1 and . >= 2"]
)
def test_a_constraint_that_says_more_is_no_limit(constraint: str) -> None:
    assert limits_of(constraint) is None
