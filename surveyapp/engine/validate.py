"""A posted page becomes stored values, or problems with a name. The one authority for web, robots and imports.

Problems keep the page from being stored; prompts are asked about once and never block. Their codes and parameters:

| problem               | when                                                 | parameters                    |
|-----------------------|------------------------------------------------------|-------------------------------|
| `required`            | a routing question was left empty                    |                               |
| `not_a_number`        | the text is no number                                | example                       |
| `other_currency`      | "£85" where euros are asked                          | example                       |
| `decimal_sign`        | "85.50" in Dutch, "85,50" in English                 | example                       |
| `too_many_decimals`   | more decimals than asked; "1.000" in English         | decimals (0: none), example   |
| `out_of_range`        | outside what is possible                             | minimum, maximum (may be None)|
| `not_a_year`          | not four digits                                      | minimum, maximum, example     |
| `not_a_month`         | no month 1-12                                        |                               |
| `incomplete_month`    | a month without a year, or the other way round       | example                       |
| `not_a_region`        | not the first two digits of a postcode               | minimum, maximum, example     |
| `too_many`, `too_few` | more or fewer ticks than may be                      | maximum or minimum, chosen    |
| `exclusive`           | "none of these", or a missing code, beside an answer | exclusive (code), chosen      |
| `missing_and_value`   | "don't know" ticked beside a filled field            | missing (code)                |
| `ranking_duplicate`   | one option on two places                             | category (code)               |
| `ranking_gap`         | a second choice without a first                      | place                         |
| `allocation_sum`      | parts are not 100 together                           | sum, total                    |
| `too_long`            | more characters than fit                             | maximum, length               |
| `unusable_characters` | NUL or half a character                              |                               |

| prompt        | when                                            | parameters                                   |
|---------------|-------------------------------------------------|----------------------------------------------|
| `skipped`     | left empty, where the question wants a reminder | appeared: True when this very post showed it |
| `other_text`  | "other" was chosen without saying what          | –                                            |
| `implausible` | possible but unlikely                           | value, below, above                          |
| `characters_removed` | a text held what is never kept, and was stored without it | |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from surveyapp.engine import texts
from surveyapp.engine.answers import Answers, Form, PageCheck, Problem, Value, field_name
from surveyapp.engine.plan import Plan, PlannedPage, count, plan
from surveyapp.engine.route import counted_before
from surveyapp.engine.shapes.base import PlannedQuestion, Reading, every, first
from surveyapp.errors import AnswersRefused, NotFound
from surveyapp.instrument.model import NOT_ASKED, SKIPPED, Questionnaire, Shape

MOST_FIELDS = 500
"""Values in one form; no page of any study comes near."""


def check_page(questionnaire: Questionnaire, page_id: str, answers: Answers, form: Form, language: str) -> PageCheck:
    """What a posted page holds.

    Parameters
    ----------
    answers :  the case's stored document; its answers to this very page are replaced by the form
    form :     the answers' fields only (``q_…``); a page's own fields (CSRF token, buttons) are taken out before

    Returns
    -------
    PageCheck     ``values`` has every visible question, skipped (-9) where it was left empty, and the texts beside
                  "other"; -8 for such a text that was taken back. What was filled in and went out of sight by the same
                  post is among the values too: kept, and not counted by the route. Its faults are nobody's problem.

    Raises
    ------
    AnswersRefused     a field this page does not have; several values for one; a code that was not offered; content
                       for a question that earlier answers hide, or for a page they do not lead to; over 500 values
    """
    whole = plan(questionnaire)
    planned_page = whole.page(page_id)
    _refuse_foreign_fields(planned_page, form)
    counted, is_reached = counted_before(whole, planned_page, answers, language)
    if not is_reached or not planned_page.is_open(counted, whole.role, language):
        raise AnswersRefused("Page %(page)s is not asked with the answers given so far.", page=page_id)
    was_visible = _visible_before(whole, planned_page, answers, counted, language)

    values: dict[str, Value] = {}
    problems: list[Problem] = []
    prompts: list[Problem] = []
    visible: list[str] = []
    for planned, is_visible in _each(whole, planned_page, counted, language):
        if not is_visible:
            values.update(_kept_hidden(planned, form, language))
            continue
        visible.append(planned.name)
        reading = _read(planned, form, language)
        if reading.problem is not None:
            problems.append(reading.problem)
            continue
        values.update(_stored(planned, reading, answers))
        count(planned, values, counted)
        if reading.value is None:
            field = next(iter(planned.fields), field_name(planned.name))  # a list may have nothing left to offer
            appeared = planned.name not in was_visible and not any(name in form for name in planned.fields)
            if planned.question.is_required:
                problems.append(Problem(planned.name, field, "required"))
            elif planned.question.has_prompt or appeared:
                prompts.append(Problem(planned.name, field, "skipped", {"appeared": True} if appeared else {}))
        elif planned.other_name is not None and reading.other is None and planned.counts_other(reading.value):
            prompts.append(Problem(planned.name, field_name(planned.name, "other"), "other_text"))
        if reading.implausible is not None:
            prompts.append(reading.implausible)
    typed = {name: tuple(texts.showable(text) for text in every(form, name)) for name in form}
    return PageCheck(values, tuple(problems), tuple(prompts), typed, tuple(visible))


def merged(answers: Answers, check: PageCheck) -> dict[str, Value]:
    """The document with a checked page's values in it; what was taken back is gone."""
    both = {**answers, **check.values}
    return {name: value for name, value in both.items() if value != NOT_ASKED}


def lenient(questionnaire: Questionnaire, page_id: str, answers: Answers, form: Form, language: str) -> Answers:
    """The document as it would be with what was typed so far: for conditions on the page, never for storing.

    What parses counts, the rest of the page is left out. A question that was out of sight and is not in the form
    keeps its stored answer, to be shown when it comes back. Never raises; an unknown page changes nothing.
    """
    whole = plan(questionnaire)
    try:
        planned_page = whole.page(page_id)
    except NotFound:
        return dict(answers)
    counted, _ = counted_before(whole, planned_page, answers, language)
    was_visible = _visible_before(whole, planned_page, answers, counted, language)
    drafted = dict(answers)
    for planned in planned_page.questions:
        if planned.name not in was_visible and not any(name in form for name in planned.fields):
            continue
        drafted.pop(planned.name, None)
        if planned.other_name is not None:
            drafted.pop(planned.other_name, None)
        try:
            reading = _read(planned, form, language)
        except AnswersRefused:
            continue
        if reading.problem is None and reading.value is not None:
            drafted[planned.name] = reading.value
            if planned.other_name is not None and reading.other is not None:
                drafted[planned.other_name] = reading.other
    return drafted


def _refuse_foreign_fields(page: PlannedPage, form: Form) -> None:
    total = 0
    for name in form:
        values = every(form, name)
        total += max(len(values), 1)
        if total > MOST_FIELDS:
            raise AnswersRefused("The form holds more than %(most)s values; none was stored.", most=MOST_FIELDS)
        planned = page.owners.get(name)
        if planned is None:
            raise AnswersRefused(
                "Page %(page)s has no field “%(name)s”; nothing was stored.", page=page.page.id, name=name[:60]
            )
        if len(values) > 1 and not (planned.handler.may_repeat and name == planned.fields[0]):
            raise AnswersRefused(
                "Field %(name)s takes one value and got %(n)s; nothing was stored.", name=name, n=len(values)
            )


def _each(whole: Plan, page: PlannedPage, counted: Answers, language: str) -> Iterator[tuple[PlannedQuestion, bool]]:
    """Every question of the page and whether it is visible, looking at ``counted`` only when its turn comes."""
    role = whole.role
    for item in page.items:
        is_item_visible = item.show_if is None or (item.show_if.evaluate(counted, role=role, language=language) is True)
        for planned in item.questions:
            own = planned.show_if
            yield (
                planned,
                is_item_visible and (own is None or own.evaluate(counted, role=role, language=language) is True),
            )


def _visible_before(
    whole: Plan, page: PlannedPage, answers: Answers, counted: Answers, language: str
) -> frozenset[str]:
    """Names that were visible with the stored answers, as the page was last drawn."""
    if page.is_plain:
        return frozenset(planned.name for planned in page.questions)
    seen = page.visible(answers, dict(counted), whole.role, language)
    return frozenset(question.name for question in seen.questions) if seen is not None else frozenset()


def _stored(planned: PlannedQuestion, reading: Reading, answers: Answers) -> dict[str, Value]:
    value: Value = SKIPPED if reading.value is None else reading.value
    stored = {planned.name: value}
    if planned.other_name is not None:
        if reading.other is not None:
            stored[planned.other_name] = reading.other
        elif planned.counts_other(value):
            stored[planned.other_name] = SKIPPED
        elif answers.get(planned.other_name, NOT_ASKED) != NOT_ASKED:
            stored[planned.other_name] = NOT_ASKED
    return stored


def _kept_hidden(planned: PlannedQuestion, form: Form, language: str) -> dict[str, Value]:
    """What a hidden question brought along, where it went out of sight only with this post."""
    if not any(any(every(form, name)) for name in planned.fields):
        return {}
    if not planned.follows_page:
        raise AnswersRefused(
            "%(name)s is not asked with the answers given so far; nothing was stored.", name=planned.name
        )
    reading = _read(planned, form, language)
    if reading.problem is not None or reading.value is None:
        return {}
    kept = {planned.name: reading.value}
    if planned.other_name is not None and reading.other is not None:
        kept[planned.other_name] = reading.other
    return kept


def _read(planned: PlannedQuestion, form: Form, language: str) -> Reading:
    reading = planned.handler.read(planned, form, language)
    if reading.problem is None and reading.implausible is None:
        for name, single_line in _typed_texts(planned):
            if texts.loses_characters(first(form, name), single_line=single_line):
                return replace(reading, implausible=Problem(planned.name, name, "characters_removed", {}))
    return reading


def _typed_texts(planned: PlannedQuestion) -> Iterator[tuple[str, bool]]:
    kind = planned.question.variable.type
    if kind.shape is Shape.TEXT:
        yield planned.fields[0], kind.traits.is_single_line
    if planned.other_name is not None:
        yield field_name(planned.name, "other"), True
