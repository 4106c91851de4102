"""One role's questionnaire as an XLSForm, with a list of everything such a form has no place for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.sentence import block_text
from surveyapp.instrument.layout import takes_effect
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.questions import Information, Item, Page, Question, QuestionSet
from surveyapp.instrument.registry import OTHER_SUFFIX
from surveyapp.instrument.types import Shape
from surveyapp.instrument.variables import Text, Variable
from surveyapp.instrument.xlsform.form import (
    CannotCarry,
    Form,
    Loss,
    Row,
    language_label,
)
from surveyapp.instrument.xlsform.limits import Limits, constraint_of
from surveyapp.instrument.xlsform.lists_out import ListsOut, offered
from surveyapp.instrument.xlsform.to_xpath import TRUE, ToXPath, XPath, both

_PIPE = re.compile(r"\{(?:([a-z][a-z0-9_]*)\.(label|value|other)\|([^{}|]+)|(wave_year))\}")
EMPTY_FALLBACK = "…"
"""What a form's ``${x}`` shows where there is no answer; a fallback of these dots is no loss."""
REGISTRY = (
    "level, construct, phase, use, trend, mirror and sensitivity of variables, and what is derived of them, stand in "
    "variables.yaml only"
)
PROMPTS = "a skipped question is not asked once more in a friendly way"
CONSENT = "the consent page is put by the platform; the form begins after it"


def outward(instrument: Instrument, role: str, *, use_keys: bool = False) -> tuple[Form, tuple[Loss, ...]]:
    """The form of one role, and what it cannot carry.

    ``use_keys``: name choices by their keys (``agree``) instead of their codes (``4``).
    """
    return _Outward(instrument, role, use_keys).form()


@dataclass
class _Outward:
    instrument: Instrument
    role: str
    use_keys: bool
    losses: list[Loss] = field(default_factory=list)
    survey: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.languages = self.instrument.languages
        self.questionnaire = self.instrument.questionnaire(self.role)
        questions = self.questionnaire.questions
        variables = {
            name: question.variable
            for name, question in questions.items()
            if question.variable.type.shape is not Shape.ALLOCATION
        }
        for other in self.instrument.variables.values():
            if other.other_of in variables:
                variables[other.name] = other
        missing = {
            name: tuple(code.key for code in question.missing)
            for name, question in questions.items()
            if question.variable.categories
        }
        self.xpath = ToXPath(variables, self.role, missing, self.use_keys)
        self.names = set(variables)
        self.lists = ListsOut(self.use_keys, self.lose, self.cells)

    def form(self) -> tuple[Form, tuple[Loss, ...]]:
        study, wave = self.instrument.study, self.instrument.wave
        self.lose("form", REGISTRY)
        self.lose("form", CONSENT)
        if any(question.has_prompt for question in self.questionnaire.questions.values()):
            self.lose("form", PROMPTS)
        if len(self.questionnaire.parts) > 1:
            self.lose("form", "the division into parts: " + ", ".join(part.id for part in self.questionnaire.parts))
        ended: list[XPath] = []
        for page in self.questionnaire.pages:
            self.page(page, ended)
        settings = {
            "form_title": wave.title[study.source_language],
            "form_id": f"{study.id}_{wave.year}_{self.role}",
            "version": self.instrument.hash[:12],
            "default_language": language_label(study.source_language),
            "style": "pages",
        }
        if len(set(wave.title.values())) > 1:
            self.lose("settings", "the title in other languages than the source")
        return Form(tuple(self.survey), self.lists.rows, settings), tuple(dict.fromkeys(self.losses))

    def lose(self, where: str, what: str) -> None:
        self.losses.append(Loss(where, what))

    # pages and items

    def page(self, page: Page, ended: list[XPath]) -> None:
        if page.block is not None:
            part = block_text(page.block, "en")
            self.lose(page.id, f"the rotation {page.block.rotation.name}: {part}; the form asks this page of everyone")
        name = self.group_name(page.id)
        shown = both([*ended, self.condition(page.show_if, page.id)])
        self.add("begin_group", name, page.title, relevant=shown, appearance="field-list")
        if page.intro is not None:
            self.add("note", f"{name}_intro", page.intro)
        for item in page.items:
            self.item(item)
        if page.is_randomised:
            self.lose(page.id, "the random order of items")
        self.end_group(name)
        for ending in page.endings:
            try:
                effect = takes_effect(page, ending).tree
                when, goes_on = self.xpath.true(effect), self.xpath.untrue(effect)
            except CannotCarry as problem:
                self.lose(ending.id, f"the ending: {problem}; the form goes on")
                continue
            said = {language: f"{ending.title[language]}\n{ending.text[language]}" for language in self.languages}
            self.add("note", self.group_name(ending.id), said, relevant=both([*ended, when]))
            self.lose(ending.id, "an early ending becomes a note, and its condition stands on every page after it")
            ended.append(goes_on)

    def end_group(self, name: str) -> None:
        """Close a group; one of which nothing could be carried is left out."""
        if self.survey[-1].get("type") == "begin_group" and self.survey[-1].get("name") == name:
            self.survey.pop()
        else:
            self.survey.append({"type": "end_group", "name": name})

    def group_name(self, id_: str) -> str:
        name = id_.replace("-", "_")
        if name in self.names:
            self.lose(id_, f"the name, which a question has too; it is {name}_group here")
            name = f"{name}_group"
        self.names.add(name)
        return name

    def item(self, item: Item) -> None:
        if isinstance(item, Information):
            self.add("note", self.group_name(item.id), item.text, relevant=self.condition(item.show_if, item.id))
        elif isinstance(item, Question):
            self.question(item)
        else:
            self.set(item)

    def set(self, item: QuestionSet) -> None:
        name = self.group_name(item.id)
        if item.hint is not None:
            self.lose(item.id, "the hint of a set of statements")
        if item.is_randomised:
            self.lose(item.id, "the random order of statements")
        lists = {self.lists.list_of(question)[0] for question in item.questions}
        appearance = "table-list" if len(lists) == 1 and None not in lists else ""
        shown = self.condition(item.show_if, item.id)
        self.add("begin_group", name, item.text, relevant=shown, appearance=appearance)
        for question in item.questions:
            self.question(question)
        self.end_group(name)

    def question(self, question: Question) -> None:
        variable = question.variable
        kind = variable.type
        if kind.shape is Shape.ALLOCATION:
            self.lose(variable.name, f"the question: XLSForm has nothing like the type {kind.value}")
            return
        type_, appearance, limits = self.type_of(question)
        self.add(
            type_,
            variable.name,
            question.text,
            hint=question.hint,
            relevant=self.condition(question.show_if, variable.name),
            required="yes" if question.is_required else "",
            constraint=constraint_of(limits),
            appearance=appearance,
            parameters="randomize=true" if question.is_randomised else "",
        )
        if question.is_randomised and any(category.anchored for category in variable.categories):
            self.lose(variable.name, "categories that keep their place in a random order")
        if variable.is_stored_apart:
            self.lose(variable.name, "that the answer is kept apart from the other answers")
        self.soft_limits(variable)
        if not type_.endswith(" or_other"):
            self.other_text(variable)

    def type_of(self, question: Question) -> tuple[str, str, Limits]:
        """The XLSForm type of a question, its appearance and its limits."""
        variable, kind = question.variable, question.variable.type
        number = variable.number
        bounds = Limits(number.minimum, number.maximum) if number else Limits()
        if question.missing and not variable.categories:
            listed = ", ".join(code.key for code in question.missing)
            self.lose(variable.name, f"the answers {listed} beside a number or text")
        if kind.shape.has_codes:
            return self.choosing(question)
        if kind.shape is Shape.TEXT:
            length = variable.maximum_characters or None
            return "text", "" if kind.traits.is_single_line else "multiline", Limits(length=length)
        if kind.traits.is_amount:
            decimals = number.decimals if number else 0
            if decimals not in (0, 2):
                self.lose(variable.name, f"the number of decimals ({decimals})")
            return ("decimal" if decimals else "integer"), "", bounds
        if kind.traits.is_month:
            return "date", "month-year", Limits()
        self.lose(variable.name, f"the type {kind.value}; it is a whole number here")
        return "integer", "", bounds

    def choosing(self, question: Question) -> tuple[str, str, Limits]:
        variable, kind = question.variable, question.variable.type
        name, has_or_other = self.lists.list_of(question)
        tail = f"{name} or_other" if has_or_other else str(name)
        if kind.shape is Shape.RANKING:
            if variable.ranks and variable.ranks < len(variable.categories):
                self.lose(variable.name, f"that only the first {variable.ranks} are ranked")
            return f"rank {tail}", "", Limits()
        if kind.shape is Shape.CODE:
            return f"select_one {tail}", "likert" if kind.traits.scale else "", Limits()
        exclusive = [self.lists.choice_name(category) for category in offered(variable) if category.exclusive]
        exclusive += [code.key for code in question.missing]
        limits = Limits(least=variable.minimum_choices or None, most=variable.maximum_choices, exclusive=(*exclusive,))
        return f"select_multiple {tail}", "", limits

    def soft_limits(self, variable: Variable) -> None:
        number = variable.number
        if number is not None and (number.warn_below is not None or number.warn_above is not None):
            self.lose(variable.name, "the question whether an unlikely number is right")
        if variable.unit is not None:
            self.lose(variable.name, f"the unit ({variable.unit[self.languages[0]]})")
        if variable.low is not None or variable.high is not None:
            self.lose(variable.name, "the words at the ends of the scale")

    def other_text(self, variable: Variable) -> None:
        other = next((each for each in self.instrument.variables.values() if each.other_of == variable.name), None)
        if other is None:
            return
        chosen = [self.lists.choice_name(category) for category in variable.categories if category.other]
        asked = XPath(" or ".join(self.xpath.choice(variable, name).text for name in chosen), 1)
        limits = Limits(length=other.maximum_characters or None)
        self.add("text", other.name, other.label, relevant=asked, constraint=constraint_of(limits))

    # cells

    def add(
        self,
        type_: str,
        name: str,
        label: Mapping[str, str],
        *,
        hint: Text | None = None,
        relevant: XPath = TRUE,
        **cells: str,
    ) -> None:
        row = {"type": type_, "name": name, **self.cells("label", label, name)}
        if hint is not None:
            row.update(self.cells("hint", hint, name))
        if relevant.constant is not True:
            row["relevant"] = relevant.text
        row.update({column: cell for column, cell in cells.items() if cell})
        self.survey.append(row)

    def cells(self, column: str, text: Mapping[str, str], where: str) -> dict[str, str]:
        return {
            f"{column}::{language_label(language)}": self.piped(text[language], where)
            for language in self.languages
            if language in text
        }

    def piped(self, words: str, where: str) -> str:
        def put(found: re.Match[str]) -> str:
            if found[4]:
                return str(self.instrument.wave.year)
            name, form, fallback = found[1], found[2], found[3]
            if form == "other":
                name = f"{name}{OTHER_SUFFIX}"
            if name not in self.xpath.variables:
                return fallback
            if fallback != EMPTY_FALLBACK:
                self.lose(where, f"the words '{fallback}' where {name} has no answer")
            if form == "label" and not self.use_keys:
                self.lose(where, f"the words of the answer to {name}: its code is shown")
            return f"${{{name}}}"

        return _PIPE.sub(put, words)

    def condition(self, condition: Condition | None, where: str) -> XPath:
        if condition is None:
            return TRUE
        try:
            return self.xpath.true(condition.tree)
        except CannotCarry as problem:
            self.lose(where, f"the condition '{condition.source}': {problem}; it is always shown")
            return TRUE
