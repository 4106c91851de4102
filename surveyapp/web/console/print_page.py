"""The whole questionnaire of one role on paper: every page, text, code and condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.phrases import number_text
from surveyapp.instrument.conditions.sentence import block_text, clause
from surveyapp.instrument.minutes import page_seconds, whole_minutes, word_count
from surveyapp.instrument.model import Information, Instrument, Item, Page, Question, QuestionSet, Shape, VariableType
from surveyapp.web.console.block_choices import draws_of, is_asked
from surveyapp.web.console.choices import one_of
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.rendering import whole


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """An answer with its code; ``beside``: it comes with a text of one's own."""

    code: int
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question as it is put, with what it becomes in the data."""

    name: str
    text: str
    hint: str
    condition: str
    kind: str
    mark: str  # circle · box · line: what stands before an answer
    codes: tuple[PrintedCode, ...]
    missing: tuple[PrintedCode, ...]
    ends: tuple[str, str]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedItem:
    """One item of a page. A set whose statements share their answers is printed as one grid."""

    kind: str  # question · set · information
    text: str = ""
    hint: str = ""
    condition: str = ""
    questions: tuple[PrintedQuestion, ...] = ()
    shared: tuple[PrintedCode, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One page of the questionnaire."""

    number: int
    id: str
    part: str  # empty where the part goes on
    title: str
    intro: str
    block: str  # of a rotation, in words
    condition: str
    items: tuple[PrintedItem, ...]
    endings: tuple[tuple[str, str, str], ...]  # condition, title, text


@dataclass(frozen=True, slots=True)
class PrintedQuestionnaire:
    """Everything that is put to one role in one language."""

    study: str
    title: str
    role: str
    language: str
    hash: str
    minutes: int
    longest: int  # with the longest blocks; 0 where one draw is printed
    words: int
    questions: int
    pages: tuple[PrintedPage, ...]
    draw: str
    draws: tuple[tuple[str, str], ...]


def printed(instrument: Instrument, role: str, language: str, draw: str = "") -> PrintedQuestionnaire:
    """The print version.

    Parameters
    ----------
    draw : a key of `block_choices.draws_of`, to print what somebody with that draw is asked; otherwise every block

    Raises
    ------
    BadQuery     no such draw in this role
    """
    questionnaire = instrument.questionnaire(role)
    draws = draws_of(questionnaire)
    drawn = (
        draws[draw][1] if one_of("draw", draw, {"": "", **{key: said for key, (said, _) in draws.items()}}) else None
    )
    asked = tuple(page for page in questionnaire.pages if is_asked(page, drawn))
    parts = {part.id: part.title[language] for part in questionnaire.parts}
    pages: list[PrintedPage] = []
    part = ""
    for number, page in enumerate(asked, start=1):
        title = parts.get(page.part, page.part)
        pages.append(_page(page, number, "" if title == part else title, instrument, language))
        part = title
    return PrintedQuestionnaire(
        study=instrument.study.title[language],
        title=instrument.wave.title[language],
        role=instrument.role(role).plural[language],
        language=language,
        hash=instrument.hash,
        minutes=questionnaire.minutes if drawn is None else whole_minutes(_seconds(asked, instrument)),
        longest=questionnaire.longest if drawn is None else 0,
        words=sum(word_count(page, language) for page in asked),
        questions=sum(1 for page in asked for _ in page.questions()),
        pages=tuple(pages),
        draw=draw if draw in draws else "",
        draws=(("", translate("every block")), *((key, name) for key, (name, _) in draws.items())) if draws else (),
    )


def _seconds(pages: Sequence[Page], instrument: Instrument) -> float:
    return sum(page_seconds(page, instrument.study.source_language) for page in pages)


def _page(page: Page, number: int, part: str, instrument: Instrument, language: str) -> PrintedPage:
    return PrintedPage(
        number=number,
        id=page.id,
        part=part,
        title=page.title[language],
        intro=page.intro[language] if page.intro else "",
        block="" if page.block is None else block_text(page.block, language),
        condition=_if(page.show_if, instrument, language),
        items=tuple(_item(item, instrument, language) for item in page.items),
        endings=tuple(
            (_if(ending.condition, instrument, language), ending.title[language], ending.text[language])
            for ending in page.endings
        ),
    )


def _if(condition: Condition | None, instrument: Instrument, language: str) -> str:
    return "" if condition is None else clause(condition, language, instrument)


def _item(item: Item, instrument: Instrument, language: str) -> PrintedItem:
    condition = _if(item.show_if, instrument, language)
    if isinstance(item, Information):
        return PrintedItem("information", item.text[language], condition=condition)
    if isinstance(item, Question):
        return PrintedItem("question", questions=(_question(item, instrument, language),))
    questions = tuple(_question(question, instrument, language) for question in item.questions)
    return PrintedItem(
        "set",
        item.text[language],
        item.hint[language] if item.hint else "",
        condition,
        questions,
        _shared(item, questions),
        (translate("statements in random order"),) if item.is_randomised else (),
    )


def _shared(item: QuestionSet, questions: tuple[PrintedQuestion, ...]) -> tuple[PrintedCode, ...]:
    codes = {question.codes for question in questions}
    if len(codes) != 1 or not questions or not questions[0].codes or len(questions[0].codes) > 7:
        return ()
    return questions[0].codes if len(item.questions) > 1 else ()


def _question(question: Question, instrument: Instrument, language: str) -> PrintedQuestion:
    variable = question.variable
    codes = tuple(
        PrintedCode(category.code, category.label[language], _note(category.exclusive, category.other))
        for category in variable.categories
        if not category.retired
    )
    return PrintedQuestion(
        name=question.name,
        text=question.text[language],
        hint=question.hint[language] if question.hint else "",
        condition=_if(question.show_if, instrument, language),
        kind=variable.type.value,
        mark=_MARKS.get(variable.type.shape, "circle"),
        codes=codes,
        missing=tuple(PrintedCode(missing.code, missing.label[language]) for missing in question.missing),
        ends=(variable.low[language] if variable.low else "", variable.high[language] if variable.high else ""),
        rules=tuple(_rules(question, language)),
    )


_MARKS = {Shape.CHOICE: "box", Shape.RANKING: "line", Shape.ALLOCATION: "line"}


def _note(is_exclusive: bool, is_other: bool) -> str:
    if is_other:
        return translate("in one’s own words: …")
    return translate("alone") if is_exclusive else ""


def _limit(value: float, kind: VariableType, language: str) -> str:
    """A limit as people write it: 20.000 workers, but the year 2026."""
    if kind.traits.is_amount and float(value).is_integer():
        return whole(int(value), language)
    return number_text(value, language)


def _rules(question: Question, language: str) -> list[str]:
    variable, limits = question.variable, question.variable.number
    found = []
    if question.is_required:
        found.append(translate("an answer is needed"))
    if variable.maximum_choices is not None:
        found.append(translate("at most %(n)s", n=variable.maximum_choices))
    if variable.ranks:
        found.append(translate("the first %(n)s, in order", n=variable.ranks))
    if variable.type.shape is Shape.ALLOCATION:
        found.append(translate("together 100"))
    if limits is not None and (limits.minimum is not None or limits.maximum is not None):
        ends = (limits.minimum, limits.maximum)
        found.append("–".join("…" if end is None else _limit(end, variable.type, language) for end in ends))
    if variable.unit is not None:
        found.append(variable.unit[language])
    if variable.type.shape is Shape.TEXT and variable.maximum_characters:
        found.append(
            translate_plural("at most %(n)s character", "at most %(n)s characters", variable.maximum_characters)
        )
    if question.is_randomised:
        found.append(translate("answers in random order"))
    return found
