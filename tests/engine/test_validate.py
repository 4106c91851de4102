from __future__ import annotations

from dataclasses import replace

import pytest
from engine_builders import DK, NA, both, categories, page, question, questionnaire, statements

from surveyapp.engine.answers import PageCheck
from surveyapp.engine.route import off_path, on_path, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page, lenient, merged
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.instrument.model import NumberRange, Questionnaire

OTHER = {"categories": categories(1, 2, other=97)}
NONE = {"categories": categories(1, 2, 3, other=97, exclusive=90)}


def one(*items: object) -> Questionnaire:
    return questionnaire(page("p", *items))  # type: ignore[arg-type]


def check(made: Questionnaire, language: str = "nl", answers: dict | None = None, **fields: object) -> PageCheck:
    form = {f"q_{name}": [value] if isinstance(value, str) else value for name, value in fields.items()}
    return check_page(made, "p", answers or {}, form, language)


def problem(checked: PageCheck) -> tuple[str, str]:
    (only,) = checked.problems
    return only.code, only.field


# ------------------------------------------------------------------------------------------------ one choice


def test_a_chosen_code_is_stored_as_a_number() -> None:
    assert check(one(question("a")), a="2").values == {"a": 2}


def test_a_question_left_empty_is_skipped_and_prompted_for_once() -> None:
    checked = check(one(question("a")))
    assert checked.values == {"a": -9}
    assert [(each.variable, each.code) for each in checked.prompts] == [("a", "skipped")]
    assert checked.problems == ()


def test_a_question_without_prompt_is_skipped_in_silence() -> None:
    assert check(one(question("a", has_prompt=False))).prompts == ()


def test_a_routing_question_is_required() -> None:
    checked = check(one(question("a", is_required=True)))
    assert problem(checked) == ("required", "q_a")
    assert checked.prompts == ()


def test_an_offered_missing_code_is_an_answer_even_to_a_routing_question() -> None:
    made = one(question("a", is_required=True, missing=(DK,)))
    assert check(made, a="-2").values == {"a": -2}


@pytest.mark.parametrize("code", ["4", "-1", "-8", "-9", "01", "1.0", " 1", "x", "1e0", "\u0661"])
def test_a_code_that_was_not_offered_is_refused(code: str) -> None:
    with pytest.raises(AnswersRefused, match="a has no answer"):
        check(one(question("a", missing=(DK,))), a=code)


def test_a_retired_code_is_refused() -> None:
    retired = (*categories(1), replace(categories(2)[0], retired=True))
    with pytest.raises(AnswersRefused):
        check(one(question("a", of={"categories": retired})), a="2")


# ------------------------------------------------------------------------------------- other, with own text


def test_text_beside_a_chosen_other_is_stored_cleaned() -> None:
    checked = check(one(question("a", of=OTHER)), a="97", a__other="  Zelf\tbedacht ")
    assert checked.values == {"a": 97, "a_other": "Zelf bedacht"}


def test_other_without_text_leaves_the_text_skipped() -> None:
    assert check(one(question("a", of=OTHER)), a="97", a__other=" ").values == {"a": 97, "a_other": -9}


def test_text_without_a_choice_means_other() -> None:
    assert check(one(question("a", of=OTHER)), a__other="iets").values == {"a": 97, "a_other": "iets"}
    assert check(one(question("m", "multiple", of=OTHER)), m=["1"], m__other="iets").values == {
        "m": [1, 97],
        "m_other": "iets",
    }


def test_text_beside_another_choice_is_kept_and_does_not_count() -> None:
    made = one(question("a", of=OTHER))
    stored = merged({}, check(made, a="1", a__other="iets"))
    assert stored == {"a": 1, "a_other": "iets"}
    assert on_path(made, stored, "nl") == {"a": 1}


def test_a_text_taken_back_is_gone() -> None:
    made = one(question("a", of=OTHER))
    before = {"a": 97, "a_other": "iets"}
    checked = check(made, answers=before, a="1", a__other="")
    assert checked.values == {"a": 1, "a_other": -8}
    assert merged(before, checked) == {"a": 1}


def test_text_beside_other_has_a_limit() -> None:
    checked = check(one(question("a", of=OTHER)), a="97", a__other="x" * 201)
    assert problem(checked) == ("too_long", "q_a__other")
    assert checked.problems[0].parameters == {"maximum": 200, "length": 201}


# -------------------------------------------------------------------------------------------- several choices


def test_chosen_codes_come_in_the_order_of_the_code_list_and_once() -> None:
    assert check(one(question("m", "multiple")), m=["3", "1", "3"]).values == {"m": [1, 3]}


def test_nothing_ticked_is_skipped() -> None:
    assert check(one(question("m", "multiple"))).values == {"m": -9}


def test_too_many_and_too_few_ticks_are_asked_back_with_the_limit() -> None:
    made = one(question("m", "multiple", of={"minimum_choices": 2, "maximum_choices": 2}))
    too_many = check(made, m=["1", "2", "3"])
    assert problem(too_many) == ("too_many", "q_m")
    assert too_many.problems[0].parameters == {"maximum": 2, "chosen": 3}
    assert problem(check(made, m=["1"])) == ("too_few", "q_m")
    assert check(made).values == {"m": -9}


def test_none_of_these_clashes_with_another_answer() -> None:
    made = one(question("m", "multiple", of=NONE, missing=(DK,)))
    assert problem(check(made, m=["1", "90"])) == ("exclusive", "q_m")
    assert check(made, m=["1", "90"]).problems[0].parameters == {"exclusive": 90, "chosen": (1, 90)}
    assert check(made, m=["90"]).values == {"m": [90]}


def test_dont_know_is_alone_too() -> None:
    made = one(question("m", "multiple", of=NONE, missing=(DK,)))
    assert check(made, m=["-2"]).values == {"m": -2}
    assert check(made, m=["-2", "2"]).problems[0].parameters == {"exclusive": -2, "chosen": (-2, 2)}


def test_an_exclusive_answer_is_not_too_few() -> None:
    made = one(question("m", "multiple", of={**NONE, "minimum_choices": 2}))
    assert check(made, m=["90"]).values == {"m": [90]}


# ---------------------------------------------------------------------------------------------------- numbers

RATE = question(
    "r", "number", missing=(DK,), of={"number": NumberRange(10, 500, warn_below=35, warn_above=250, decimals=2)}
)


def test_a_dutch_comma_is_a_decimal_and_a_dutch_dot_in_85_50_is_asked_back() -> None:
    assert check(one(RATE), "nl", r="85,50").values == {"r": 85.5}
    checked = check(one(RATE), "nl", r="85.50")
    assert problem(checked) == ("decimal_sign", "q_r")
    assert checked.problems[0].parameters == {"example": "85,50"}
    assert "r" not in checked.values
    assert checked.typed == {"q_r": ("85.50",)}


@pytest.mark.parametrize("text", ["80,5", "80.5"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_half_a_number_is_one_mistake_in_whatever_spelling_where_whole_ones_are_asked(text: str, language: str) -> None:
    whole = question("r", "number", of={"number": NumberRange(10, 500)})
    assert [problem.code for problem in check(one(whole), language, r=text).problems] == ["too_many_decimals"]


def test_an_english_comma_in_85_50_is_asked_back() -> None:
    assert check(one(RATE), "en", r="85.50").values == {"r": 85.5}
    checked = check(one(RATE), "en", r="85,50")
    assert problem(checked) == ("decimal_sign", "q_r")
    assert checked.problems[0].parameters == {"example": "85.50"}


@pytest.mark.parametrize(
    ("language", "typed", "value"),
    [
        ("nl", "1.000", 1000),
        ("en", "1,000", 1000),
        ("nl", "1.234.567,89", 1234567.89),
        ("nl", " 85 ", 85),
        ("nl", "\u20ac\u00a085,50", 85.5),
        ("nl", "85,50 euro", 85.5),
        ("nl", "85,- per maand", 85),
        ("nl", "\u20ac 85,--", 85),
        ("nl", "40%", 40),
        ("en", "about 40 percent", 40),
        ("nl", "1\u202f000", 1000),
        ("nl", "12 maanden", 12),
        ("nl", ",5", 0.5),
        ("nl", "85,00", 85),
        ("nl", "007", 7),
    ],
)
def test_what_people_write_around_a_number_is_understood(language: str, typed: str, value: float) -> None:
    made = one(question("n", "number", of={"number": NumberRange(decimals=2), "unit": both("maanden, per maand")}))
    stored = check(made, language, n=typed).values["n"]
    assert stored == value
    assert type(stored) is type(value)


@pytest.mark.parametrize(
    "typed",
    ["veel", "8 5", "40-50", "1e5", "NaN", "Infinity", "1_000", "\u00b2", "\u0663", "12 jaar", ".", "--", "85,50,20"],
)
def test_what_is_no_number_is_asked_back(typed: str) -> None:
    made = one(question("n", "number", of={"number": NumberRange(decimals=2)}))
    assert problem(check(made, n=typed)) == ("not_a_number", "q_n")


def test_three_decimals_may_be_a_thousand_in_the_other_spelling_and_are_asked_back() -> None:
    made = one(question("n", "number", of={"number": NumberRange()}))
    assert problem(check(made, "nl", n="1,000")) == ("decimal_sign", "q_n")
    assert problem(check(made, "en", n="1.000")) == ("decimal_sign", "q_n")


def test_more_decimals_than_asked_are_asked_back() -> None:
    checked = check(one(question("n", "number")), n="2,5")
    assert problem(checked) == ("too_many_decimals", "q_n")
    assert checked.problems[0].parameters == {"decimals": 0, "example": "85"}


@pytest.mark.parametrize(("language", "typed", "example"), [("nl", "85,555", "85,50"), ("en", "1.000", "85.50")])
def test_three_decimals_where_two_are_asked_are_too_many_whatever_was_meant(
    language: str, typed: str, example: str
) -> None:
    checked = check(one(RATE), language, r=typed)
    assert problem(checked) == ("too_many_decimals", "q_r")
    assert checked.problems[0].parameters == {"decimals": 2, "example": example}


@pytest.mark.parametrize("typed", ["£85", "$ 85.50", "85 pounds", "USD 85"])
def test_another_currency_is_named_only_where_euros_are_asked(typed: str) -> None:
    unit = {"nl": "euro per uur", "en": "euros per hour"}
    euros = one(question("r", "number", of={"number": NumberRange(decimals=2), "unit": unit}))
    assert problem(check(euros, "en", r=typed)) == ("other_currency", "q_r")
    assert check(euros, "en", r="€85.50").values == {"r": 85.5}
    hours = one(question("r", "number", of={"number": NumberRange(decimals=2), "unit": {"nl": "uur", "en": "hours"}}))
    assert problem(check(hours, "en", r=typed)) == ("not_a_number", "q_r")


def test_a_number_outside_the_possible_is_a_problem_and_outside_the_plausible_a_prompt() -> None:
    impossible = check(one(RATE), r="501")
    assert problem(impossible) == ("out_of_range", "q_r")
    assert impossible.problems[0].parameters == {"minimum": 10, "maximum": 500}
    unlikely = check(one(RATE), r="300")
    assert unlikely.values == {"r": 300}
    assert [each.code for each in unlikely.prompts] == ["implausible"]
    assert check(one(RATE), r="34,99").prompts[0].parameters == {"value": 34.99, "below": 35, "above": 250}
    assert check(one(RATE), r="35").prompts == ()


@pytest.mark.parametrize("typed", ["-1", "\u22121", "-9"])
def test_a_negative_number_never_passes_for_a_missing_code(typed: str) -> None:
    assert problem(check(one(question("n", "number")), n=typed)) == ("out_of_range", "q_n")


def test_no_number_is_so_large_that_it_loses_exactness() -> None:
    made = one(question("n", "number"))
    assert problem(check(made, n="9" * 15)) == ("out_of_range", "q_n")
    assert problem(check(made, n="9" * 59)) == ("out_of_range", "q_n")
    assert problem(check(made, n="9" * 100_000)) == ("not_a_number", "q_n")


def test_dont_know_beside_a_number_is_a_conflict_only_with_a_number() -> None:
    assert check(one(RATE), r="", r__missing="-2").values == {"r": -2}
    both_given = check(one(RATE), r="85", r__missing="-2")
    assert problem(both_given) == ("missing_and_value", "q_r")
    assert both_given.problems[0].parameters == {"missing": -2}
    with pytest.raises(AnswersRefused):
        check(one(RATE), r__missing="-1")


# ----------------------------------------------------------------------------------- years, months and regions


def test_a_year_has_four_digits_and_keeps_its_range() -> None:
    made = one(question("y", "year", of={"number": NumberRange(1935, 2010)}))
    assert check(made, y=" 1978 ").values == {"y": 1978}
    assert problem(check(made, y="78")) == ("not_a_year", "q_y")
    assert problem(check(made, y="1.978")) == ("not_a_year", "q_y")
    assert check(made, y="2011").problems[0].parameters == {"minimum": 1935, "maximum": 2010}


def test_a_month_needs_its_year() -> None:
    made = one(question("d", "month", of={"number": NumberRange(2000, 2026)}))
    assert check(made, d__month="3", d__year="2025").values == {"d": 202503}
    assert problem(check(made, d__month="3")) == ("incomplete_month", "q_d__year")
    assert problem(check(made, d__year="2025")) == ("incomplete_month", "q_d__month")
    assert problem(check(made, d__month="13", d__year="2025")) == ("not_a_month", "q_d__month")
    assert problem(check(made, d__month="1", d__year="1999")) == ("out_of_range", "q_d__year")


@pytest.mark.parametrize("typed", ["35", " 35 ", "3511", "3511 AB", "3511\u00a0ab"])
def test_a_region_is_two_digits_and_of_a_postcode_no_more_is_kept(typed: str) -> None:
    assert check(one(question("g", "region")), g=typed).values == {"g": 35}


@pytest.mark.parametrize("typed", ["9", "09", "0911", "100", "3511ABC", "AB", "35 11 AB 2"])
def test_what_is_no_region_is_asked_back(typed: str) -> None:
    assert problem(check(one(question("g", "region")), g=typed)) == ("not_a_region", "q_g")


# ---------------------------------------------------------------------------------- rankings and allocations


def test_a_ranking_has_no_duplicates_and_no_gaps() -> None:
    made = one(question("k", "ranking", missing=(NA,)))
    assert check(made, k__1="3", k__2="1", k__3="").values == {"k": [3, 1]}
    assert problem(check(made, k__1="3", k__2="3")) == ("ranking_duplicate", "q_k__2")
    assert problem(check(made, k__1="", k__2="3")) == ("ranking_gap", "q_k__1")
    assert problem(check(made, k__1="1", k__3="3")) == ("ranking_gap", "q_k__2")
    assert check(made, k__1="", k__2="", k__3="").values == {"k": -9}
    assert check(made, k__missing="-1").values == {"k": -1}
    assert problem(check(made, k__1="1", k__missing="-1")) == ("missing_and_value", "q_k__1")


def test_parts_make_a_hundred_together() -> None:
    made = one(question("v", "allocation", of={"number": NumberRange(decimals=1)}))
    assert check(made, v__1="50", v__2="49,5", v__3="0,5%").values == {"v": {"1": 50, "2": 49.5, "3": 0.5}}
    assert check(made, v__1="100").values == {"v": {"1": 100, "2": 0, "3": 0}}
    short = check(made, v__1="50", v__2="49")
    assert problem(short) == ("allocation_sum", "q_v__1")
    assert short.problems[0].parameters == {"sum": 99, "total": 100}
    assert problem(check(made, v__1="150", v__2="-50")) == ("out_of_range", "q_v__1")
    assert problem(check(made, v__2="12.5")) == ("decimal_sign", "q_v__2")


# ------------------------------------------------------------------------------------------------------ texts


def test_a_text_is_kept_as_typed_but_for_its_form() -> None:
    made = one(question("t", "long_text", of={"maximum_characters": 100}))
    typed = "  Cafe\u0301\r\nregel 2\rregel 3\x0bregel 4 \U0001f600\u200d\u2764 \u202eomgekeerd\n"
    assert check(made, t=typed).values == {
        "t": "Caf\u00e9\nregel 2\nregel 3\nregel 4 \U0001f600\u200d\u2764 \u202eomgekeerd"
    }


def test_a_single_line_has_no_line_ends_and_no_override_of_direction() -> None:
    made = one(question("t", "short_text", of={"maximum_characters": 100}))
    assert check(made, t="a\r\nb\tc \u202ed\u2066").values == {"t": "a b c d"}


def test_characters_without_meaning_are_dropped() -> None:
    made = one(question("t", "long_text"))
    checked = check(made, t="a\x01b\x7fc\ufffed\uffffe\U0001ffff")
    assert checked.values == {"t": "abcde"}
    assert [(each.code, each.field) for each in checked.prompts] == [("characters_removed", "q_t")]


@pytest.mark.parametrize("typed", ["a\r\nb", " a  b\t", "e\u0301", "a\u200bb", "🙂"])
def test_what_cleaning_only_tidies_is_not_talked_about(typed: str) -> None:
    assert check(one(question("t", "long_text")), t=typed).prompts == ()


def test_who_typed_beside_other_is_told_what_was_taken_out_too() -> None:
    checked = check(one(question("a", of=OTHER)), a="97", a__other="Zelf\x02bedacht\u202e")
    assert checked.values == {"a": 97, "a_other": "Zelfbedacht"}
    assert [(each.code, each.field) for each in checked.prompts] == [("characters_removed", "q_a__other")]


@pytest.mark.parametrize("bad", ["a\x00b", "half \ud83d", "\udfff"])
def test_nul_and_half_characters_are_refused_and_shown_again(bad: str) -> None:
    checked = check(one(question("t", "long_text")), t=bad)
    assert problem(checked) == ("unusable_characters", "q_t")
    checked.typed["q_t"][0].encode("utf-8")
    assert "\x00" not in checked.typed["q_t"][0]


def test_a_text_of_nothing_visible_is_empty() -> None:
    assert check(one(question("t", "long_text")), t=" \u200b\u2060\u00a0\n").values == {"t": -9}


def test_a_text_has_a_limit_counted_after_cleaning() -> None:
    made = one(question("t", "short_text", of={"maximum_characters": 5}))
    assert check(made, t="  e\u0301e\u0301e\u0301e\u0301e\u0301  ").values == {"t": "\u00e9" * 5}
    assert check(made, t="123456").problems[0].parameters == {"maximum": 5, "length": 6}
    assert problem(check(made, t="x" * 1_000_000)) == ("too_long", "q_t")


def test_no_text_is_ever_longer_than_a_cell_of_a_workbook_takes() -> None:
    made = one(question("t", "long_text", of={"maximum_characters": 100_000}))
    assert check(made, t="x" * 20_001).problems[0].parameters["maximum"] == 20_000


# ------------------------------------------------------------------------------------- conditions on the page

LIVE = questionnaire(
    page("before", question("x")),
    page(
        "p",
        question("a"),
        question("b", show_if="a == 1"),
        statements("set", question("s", show_if="x == 1")),
        question("t", "long_text", has_prompt=False, show_if="a == 1"),
    ),
)


def test_a_question_shown_by_the_same_post_is_asked_and_said_to_be_new() -> None:
    checked = check(LIVE, answers={"x": 2}, a="1")
    assert checked.visible == ("a", "b", "t")
    assert [(each.variable, dict(each.parameters)) for each in checked.prompts] == [
        ("b", {"appeared": True}),
        ("t", {"appeared": True}),
    ]


def test_a_question_that_was_on_the_page_and_left_empty_is_an_ordinary_skip() -> None:
    checked = check(LIVE, answers={"x": 2, "a": 1, "b": 2}, a="1", t="")
    assert [(each.variable, dict(each.parameters)) for each in checked.prompts] == [("b", {})]


def test_what_went_out_of_sight_by_the_same_post_is_kept_and_does_not_count() -> None:
    before = {"x": 2, "a": 1}
    checked = check(LIVE, answers=before, a="2", b="3", t="kwijt?")
    assert checked.visible == ("a",)
    stored = merged(before, checked)
    assert stored == {"x": 2, "a": 2, "b": 3, "t": "kwijt?"}
    assert on_path(LIVE, stored, "nl") == {"x": 2, "a": 2}
    assert off_path(LIVE, stored, "nl") == {"b": 3, "t": "kwijt?"}


def test_a_fault_in_what_went_out_of_sight_is_nobodys_problem() -> None:
    checked = check(LIVE, answers={"x": 2, "a": 1}, a="2", t="\x00")
    assert checked.problems == ()
    assert "t" not in checked.values


def test_a_hidden_question_posted_empty_changes_nothing() -> None:
    before = {"x": 2, "a": 2, "b": 3}
    assert merged(before, check(LIVE, answers=before, a="2", b="", s="", t="")) == before


def test_content_for_a_question_that_earlier_answers_hide_is_refused() -> None:
    with pytest.raises(AnswersRefused, match="s is not asked"):
        check(LIVE, answers={"x": 2}, a="2", s="1")


def test_a_fault_leaves_conditions_on_it_unknown() -> None:
    number = question("n", "number")
    checked = check(one(number, question("b", show_if="n >= 1")), n="veel", b="1")
    assert checked.visible == ("n",)
    assert problem(checked) == ("not_a_number", "q_n")


# ------------------------------------------------------------------------------------------- what is refused


def test_a_field_the_page_does_not_have_is_refused() -> None:
    for name in ["zzz", "a__other", "a__missing", "a__1", "", "a\x00"]:
        with pytest.raises(AnswersRefused, match="has no field"):
            check(one(question("a")), **{name: "1"})
    with pytest.raises(AnswersRefused):
        check_page(one(question("a")), "p", {}, {"csrf_token": ["x"]}, "nl")


def test_several_values_where_one_is_asked_are_refused() -> None:
    for name, kind in [("a", "single"), ("n", "number"), ("t", "long_text")]:
        with pytest.raises(AnswersRefused, match="takes one value"):
            check(one(question(name, kind)), **{name: ["1", "1"]})
    with pytest.raises(AnswersRefused, match="takes one value"):
        check(one(question("m", "multiple", of=OTHER)), m__other=["x", "y"])


def test_more_than_five_hundred_values_are_refused() -> None:
    with pytest.raises(AnswersRefused, match="more than 500"):
        check(one(question("m", "multiple")), m=["1"] * 501)
    with pytest.raises(AnswersRefused):
        check_page(one(question("a")), "p", {}, {f"q_{i}": ["1"] for i in range(5000)}, "nl")


def test_a_page_that_earlier_answers_do_not_lead_to_is_refused() -> None:
    made = questionnaire(
        page("start", question("x"), end_if="x == 3"),
        page("p", question("a"), show_if="x == 1"),
        page("z", question("z")),
    )
    for answers in ({}, {"x": 2}, {"x": 3}):
        with pytest.raises(AnswersRefused, match="is not asked"):
            check(made, answers=answers, a="1")
    with pytest.raises(AnswersRefused):
        check_page(made, "z", {"x": 3}, {"q_z": ["1"]}, "nl")


def test_a_page_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound):
        check_page(one(question("a")), "q", {}, {}, "nl")


# ---------------------------------------------------------------------------------- showing a page once more


def test_stored_answers_come_back_as_fields_in_the_spelling_of_the_language() -> None:
    made = one(
        RATE, question("m", "multiple"), question("a", of=OTHER), question("d", "month"), question("k", "ranking")
    )
    answers = {"r": 1085.5, "m": [1, 3], "a": 97, "a_other": "iets", "d": 202503, "k": [3, 1]}
    shown = visible_page(made, "p", answers, "nl")
    form = {
        "q_r": ("1085,50",),
        "q_m": ("1", "3"),
        "q_a": ("97",),
        "q_a__other": ("iets",),
        "q_d__month": ("3",),
        "q_d__year": ("2025",),
        "q_k__1": ("3",),
        "q_k__2": ("1",),
    }
    assert typed_from(shown, answers, "nl") == form
    assert typed_from(shown, answers, "en") == {**form, "q_r": ("1085.50",)}


def test_missing_codes_come_back_where_they_were_ticked_and_skips_do_not() -> None:
    made = one(RATE, question("m", "multiple", missing=(DK,)), question("a", missing=(DK,)), question("b"))
    answers = {"r": -2, "m": -2, "a": -2, "b": -9}
    shown = visible_page(made, "p", answers, "nl")
    assert typed_from(shown, answers, "nl") == {"q_r__missing": ("-2",), "q_m": ("-2",), "q_a": ("-2",)}


# --------------------------------------------------------------------------------------------- live conditions


def test_what_was_typed_so_far_steers_the_page_before_it_is_saved() -> None:
    drafted = lenient(LIVE, "p", {"x": 2}, {"q_a": ["1"]}, "nl")
    assert drafted == {"x": 2, "a": 1}
    assert [each.name for each in visible_page(LIVE, "p", drafted, "nl").questions] == ["a", "b", "t"]


def test_a_draft_leaves_out_what_does_not_parse_and_what_was_unticked() -> None:
    made = one(question("n", "number"), question("m", "multiple"))
    assert lenient(made, "p", {"n": 3, "m": [1]}, {"q_n": ["veel"]}, "nl") == {}


def test_an_answer_out_of_sight_is_kept_by_a_draft_and_seen_when_its_question_returns() -> None:
    before = {"x": 2, "a": 2, "t": "van eerder"}
    drafted = lenient(LIVE, "p", before, {"q_a": ["1"]}, "nl")
    assert drafted == {"x": 2, "a": 1, "t": "van eerder"}
    assert typed_from(visible_page(LIVE, "p", drafted, "nl"), drafted, "nl")["q_t"] == ("van eerder",)


@pytest.mark.parametrize(
    "form",
    [
        {"zzz": ["1"]},
        {"q_a": ["99"]},
        {"q_a": ["1", "2"]},
        {"q_a": []},
        {"q_t": ["\ud800"]},
        {f"q_{i}": ["1"] for i in range(2000)},
    ],
)
def test_a_draft_never_raises(form: dict) -> None:
    lenient(LIVE, "p", {}, form, "nl")
    lenient(LIVE, "nowhere", {}, form, "nl")
