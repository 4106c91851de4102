"""What holds for every questionnaire and every set of answers, not only for those we thought of."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from engine_builders import DK, NA, categories, information, page, question, questionnaire, statements
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.engine.numbers import parse_number, spell_amount, spell_number
from surveyapp.engine.progress import progress
from surveyapp.engine.route import (
    next_page,
    off_path,
    on_path,
    path,
    previous_page,
    resume_page,
    visible_page,
)
from surveyapp.engine.texts import clean
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page, lenient, merged
from surveyapp.errors import AnswersRefused
from surveyapp.instrument.model import NumberRange, Question, Questionnaire

LANGUAGES = st.sampled_from(["nl", "en"])
KINDS = ("single", "single", "mark", "multiple", "number", "year", "month", "region", "ranking", "allocation")
KINDS = (*KINDS, "short_text", "long_text")


def any_questionnaire(random: Random) -> Questionnaire:
    """Up to eight pages of any question types, with conditions on earlier single choices, and endings."""
    steering: list[str] = []
    pages = []
    made = 0

    def condition() -> str | None:
        if not steering or random.random() < 0.5:
            return None
        name = random.choice(steering)
        forms = ("{0} == 1", "{0} in [2, 3]", "answered({0})", "missing({0})", "{0} == dk", "not {0} == 2", "{0} >= 2")
        return random.choice(forms).format(name)

    def any_question(prefix: str) -> Question:
        nonlocal made
        made += 1
        name, kind = f"{prefix}{made}", random.choice(KINDS)
        of: dict[str, object] = {}
        if kind in ("single", "multiple", "ranking", "allocation"):
            of["categories"] = categories(
                1, 2, 3, other=97 if random.random() < 0.4 else None, exclusive=90 if kind == "multiple" else None
            )
        if kind == "number":
            of["number"] = NumberRange(0, 1000, warn_above=500, decimals=random.choice([0, 2]))
        asked = question(name, kind, show_if=condition(), of=of, missing=(DK, NA) if random.random() < 0.5 else ())
        if kind == "single":
            steering.append(name)
        return asked

    for number in range(random.randint(1, 8)):
        page_condition = condition() if number else None
        items: list[object] = [any_question("q") for _ in range(random.randint(0, 3))]
        if random.random() < 0.4:
            set_condition = condition()
            items.append(statements(f"set{number}", any_question("r"), any_question("r"), show_if=set_condition))
        if random.random() < 0.2 or not items:
            items.append(information(f"note{number}", show_if=condition()))
        ends = f"{random.choice(steering)} == 3" if steering and random.random() < 0.15 else None
        pages.append(page(f"p{number}", *items, show_if=page_condition, end_if=ends, part=f"part{number // 2}"))
    return questionnaire(*pages, parts=tuple(f"part{number}" for number in range(4)))


def any_form(questions: tuple[Question, ...], random: Random, language: str) -> dict[str, list[str]]:
    """What a person might post on a page: right, wrong, empty, but only fields and codes that were offered."""
    form: dict[str, list[str]] = {}
    for asked in questions:
        name, variable = f"q_{asked.name}", asked.variable
        kind = variable.type.value
        codes = [str(code) for code in variable.codes]
        offered = [str(missing.code) for missing in asked.missing]
        if random.random() < 0.15:
            continue
        if kind in ("single", "mark"):
            form[name] = [random.choice([*codes, *offered])]
        elif kind == "multiple":
            form[name] = random.sample([*codes, *offered], random.randint(0, 2))
        elif kind == "ranking":
            for place in range(1, variable.ranks + 1):
                form[f"{name}__{place}"] = [random.choice([*codes, "", ""])]
        elif kind == "allocation":
            parts = random.choice([["100"], ["40", "60"], ["33", "33", "34"], ["50"], [""]])
            form.update({f"{name}__{code}": [part] for code, part in zip(codes, parts, strict=False)})
        elif kind == "month":
            form[f"{name}__month"] = [random.choice(["3", "12", "13", ""])]
            form[f"{name}__year"] = [random.choice(["2025", "1999", ""])]
        elif kind in ("short_text", "long_text"):
            form[name] = [random.choice(["", "tekst", "  regel\r\nregel ", "e\u0301\u202e", "\x07x"])]
        else:
            form[name] = [random.choice(["85", "85,50", "85.50", "1.000", "1978", "35", "", "veel", "0"])]
        if offered and kind not in ("single", "mark", "multiple") and random.random() < 0.2:
            form[f"{name}__missing"] = [random.choice(offered)]
        if any(category.other for category in variable.categories) and random.random() < 0.5:
            form[f"{name}__other"] = [random.choice(["", "zelf bedacht"])]
    return form


def filled(made: Questionnaire, random: Random, language: str) -> dict[str, object]:
    """Answers as they come to be: page after page, sometimes going back and choosing otherwise."""
    answers: dict[str, object] = {}
    for seen in path(made, answers, language).pages[:1] * 2:
        at: str | None = seen.page.id
        while at is not None:
            shown = visible_page(made, at, answers, language)
            checked = check_page(made, at, answers, any_form(shown.questions, random, language), language)
            if not checked.problems:
                answers = merged(answers, checked)
            at = next_page(made, answers, language, at)
    return answers


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), language=LANGUAGES)
def test_next_and_previous_are_inverses_along_the_path_and_progress_never_goes_back(seed: int, language: str) -> None:
    random = Random(seed)
    made = any_questionnaire(random)
    answers = filled(made, random, language)
    led = [seen.page.id for seen in path(made, answers, language).pages]
    for here, there in pairwise(led):
        assert next_page(made, answers, language, here) == there
        assert previous_page(made, answers, language, there) == here
    if led:
        assert previous_page(made, answers, language, led[0]) is None
        assert next_page(made, answers, language, led[-1]) is None
    parts = [progress(made, answers, language, here) for here in led]
    assert [part.part for part in parts] == sorted(part.part for part in parts)
    assert [part.parts for part in parts] == sorted((part.parts for part in parts), reverse=True)  # it never rises


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), language=LANGUAGES)
def test_inside_a_part_pages_are_counted_one_by_one_and_their_total_never_rises_on_the_way(
    seed: int, language: str
) -> None:
    random = Random(seed)
    made = any_questionnaire(random)
    answers: dict[str, object] = {}
    told = []
    first = path(made, answers, language).pages
    at = first[0].page.id if first else None
    while at is not None:
        told.append(progress(made, answers, language, at))
        checked = None
        while checked is None or checked.problems:
            shown = visible_page(made, at, answers, language)
            checked = check_page(made, at, answers, any_form(shown.questions, random, language), language)
        answers = merged(answers, checked)
        at = next_page(made, answers, language, at)
    for before, after in pairwise(told):
        if before.part == after.part:
            assert after.page == before.page + 1
            assert after.pages <= before.pages
    assert all(1 <= each.page <= each.pages for each in told)
    for before, after in pairwise(told):  # no part is skipped, and there are never more of them than was said
        assert after.part - before.part in (0, 1)
        assert after.parts <= before.parts


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), language=LANGUAGES)
def test_answers_are_either_on_the_path_or_off_it_and_only_visible_ones_count(seed: int, language: str) -> None:
    random = Random(seed)
    made = any_questionnaire(random)
    answers = filled(made, random, language)
    counted, left = on_path(made, answers, language), off_path(made, answers, language)
    assert {**counted, **left} == answers
    assert not counted.keys() & left.keys()
    visible = {asked.name for seen in path(made, answers, language).pages for asked in seen.questions}
    assert {name.removesuffix("_other") for name in counted} <= visible
    # What does not count steers nothing: without it the path is the same.
    assert path(made, counted, language) == path(made, answers, language)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), language=LANGUAGES, shown_in=LANGUAGES)
def test_what_a_page_accepted_is_shown_again_to_exactly_the_same_value(seed: int, language: str, shown_in: str) -> None:
    random = Random(seed)
    made = any_questionnaire(random)
    answers = filled(made, random, language)
    for seen in path(made, answers, shown_in).pages:
        form = typed_from(seen, answers, shown_in)
        checked = check_page(made, seen.page.id, answers, form, shown_in)
        assert checked.problems == ()
        stored = merged(answers, checked)
        # A page not saved before gets its skips now; every other value is the one that was there.
        assert {name: value for name, value in stored.items() if name in answers or value != -9} == answers
        assert lenient(made, seen.page.id, answers, form, shown_in).items() <= answers.items()


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_visible_question_of_an_accepted_page_has_a_value(seed: int) -> None:
    random = Random(seed)
    made = any_questionnaire(random)
    answers: dict[str, object] = {}
    saved: list[str] = []
    while (at := resume_page(made, answers, "nl", saved)) is not None:
        shown = visible_page(made, at, answers, "nl")
        checked = check_page(made, at, answers, any_form(shown.questions, random, "nl"), "nl")
        if checked.problems:
            # The same page empty is always accepted: nothing here is required.
            checked = check_page(made, at, answers, {}, "nl")
        assert checked.problems == ()
        assert set(checked.visible) <= checked.values.keys()
        answers = merged(answers, checked)
        saved.append(at)
        assert len(saved) <= 4 * len(made.pages) + 4  # it ends
    assert all(seen.page.id in saved for seen in path(made, answers, "nl").pages)


TYPED = st.text(max_size=40) | st.from_regex(r"[-+]?[0-9.,  €%]{0,12}", fullmatch=True)
FIELDS = st.sampled_from(
    ["q_a", "q_m", "q_n", "q_n__missing", "q_k__1", "q_v__2", "q_d__year", "q_t", "q_a__other", "x"]
)


@settings(max_examples=150, deadline=None)
@given(form=st.dictionaries(FIELDS, st.lists(TYPED, max_size=3), max_size=6), language=LANGUAGES)
def test_whatever_is_posted_is_stored_asked_back_or_refused(form: dict[str, list[str]], language: str) -> None:
    other = {"categories": categories(1, 2, other=97)}
    kinds = {"m": "multiple", "n": "number", "k": "ranking", "v": "allocation", "d": "month", "t": "long_text"}
    rest = [question(name, kind, missing=(DK,)) for name, kind in kinds.items()]
    made = questionnaire(page("p", question("a", of=other), *rest))
    lenient(made, "p", {}, form, language)
    try:
        checked = check_page(made, "p", {}, form, language)
    except AnswersRefused:
        return
    faulty = {each.variable for each in checked.problems}
    assert faulty | {name.removesuffix("_other") for name in checked.values} == {"a", *kinds}


@given(value=st.integers(0, 10**12) | st.decimals(0, 10**9, places=2).map(float), language=LANGUAGES)
def test_a_spelled_number_is_read_back_as_itself(value: float, language: str) -> None:
    for spelled in (spell_number(value, language), spell_amount(value, language, 2), spell_amount(value, language, 0)):
        read = parse_number(spelled, language, decimals=2)
        assert float(read) == value


@given(st.text())
def test_cleaning_a_text_twice_changes_nothing(text: str) -> None:
    for single_line in (True, False):
        once = clean(text, single_line=single_line)
        assert clean(once, single_line=single_line) == once
