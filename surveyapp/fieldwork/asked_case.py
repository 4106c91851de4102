"""A case with what it is asked: its questionnaire, the language of the moment, and what its browser keeps apart."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from surveyapp.engine.answers import Answers, PageCheck, Value
from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.plan import plan
from surveyapp.engine.route import ending_of, on_path, path, resume_page, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page, lenient
from surveyapp.errors import NotFound
from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState
from surveyapp.instrument.model import Instrument, Questionnaire

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """A question that is not asked any more, and what was filled in."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class AskedCase:
    """A case with the version of the instrument it began with."""

    case: CaseState
    instrument: Instrument
    questionnaire: Questionnaire
    language: str
    apart: Mapping[str, Any] = field(default_factory=dict)  # what must not stand beside answers, as it was ticked here
    foreign: frozenset[str] = frozenset()  # saved pages whose answers this browser neither gave nor proved

    @classmethod
    def of_nobody(
        cls, instrument: Instrument, questionnaire: Questionnaire, answers: Answers, language: str, seed: int = 1
    ) -> Self:
        """A case that was never made, as a preview shows it."""
        study, year, case_id = instrument.study.id, instrument.wave.year, uuid.UUID(int=0)
        case = CaseState(
            study, year, case_id, questionnaire.role, language, "started", 0, answers, {}, None, instrument.hash, seed,
            0, None, "",
        )  # fmt: skip
        return cls(case, instrument, questionnaire, language)

    @property
    def hidden(self) -> frozenset[str]:
        """The pages whose answers this browser does not show."""
        return frozenset() if self.case.shows_all else self.foreign

    @property
    def seed(self) -> int:
        """What the order of rows and options follows from."""
        return self.case.seed

    @property
    def is_anothers(self) -> bool:
        """Whether answers were saved and none of them may be shown here."""
        return bool(self.hidden) and self.hidden == frozenset(self.case.pages) - {CONSENT_PAGE}

    @property
    def is_begun(self) -> bool:
        """Whether a page of questions was saved."""
        return frozenset(self.case.pages) > {CONSENT_PAGE}

    @property
    def answers(self) -> dict[str, Value]:
        """The stored answers, with what is stored apart as it was ticked in this browser."""
        return {**self.case.answers, **self.apart}

    @property
    def is_ended(self) -> bool:
        """Whether the answers lead to an early ending."""
        return ending_of(self.questionnaire, self.case.answers, self.language) is not None

    @property
    def new_page(self) -> str | None:
        """The first page that still has something to ask; None when there is none."""
        return resume_page(self.questionnaire, self.case.answers, self.language, self.case.pages)

    def with_case(self, case: CaseState) -> Self:
        """The same after a change of its case."""
        held = self.case
        if (case.browser, case.shows_all) != (held.browser, held.shows_all):
            case = replace(case, browser=held.browser, shows_all=held.shows_all)
        return replace(self, case=case)

    def after(self, case: CaseState | None, apart: Mapping[str, Any]) -> Self:
        """The same after what became of a page: its case now, where it changed, and what else is kept apart."""
        changed = replace(self, apart={**self.apart, **apart}) if apart else self
        return changed if case is None else changed.with_case(case)

    def path_pages(self) -> tuple[str, ...]:
        """The pages on this person's path."""
        return tuple(seen.page.id for seen in path(self.questionnaire, self.answers, self.language).pages)

    def check(self, page: str, typed: Typed) -> PageCheck:
        """What a page that was filled in holds; raises as `engine.validate.check_page`."""
        return check_page(self.questionnaire, page, self.answers, typed, self.language)

    def answers_with(self, page: str, typed: Typed) -> Answers:
        """The answers as they would be with what was typed on this page, as far as it can be read."""
        return lenient(self.questionnaire, page, self.answers, typed, self.language)

    def quotable(self, answers: Answers) -> Answers:
        """The answers a text may repeat: those that count, without those of pages this browser may not show."""
        counted = on_path(self.questionnaire, answers, self.language)
        hidden = [self.questionnaire.by_id[page] for page in self.hidden if page in self.questionnaire.by_id]
        unquoted = {question.name for page in hidden for question in page.questions()}
        return {name: value for name, value in counted.items() if name not in unquoted}

    def is_apart(self, name: str) -> bool:
        """Whether a variable is stored apart from the answers."""
        variable = self.instrument.variables.get(name)
        return variable is not None and variable.is_stored_apart

    def own_fields(self, page: str, typed: Typed) -> tuple[dict[str, Sequence[str]], dict[str, Sequence[str]]]:
        """The page's own fields of a form: those that may be kept beside answers, and those that are stored apart."""
        owners = plan(self.questionnaire).page(page).owners
        beside: dict[str, Sequence[str]] = {}
        apart: dict[str, Sequence[str]] = {}
        for name, values in typed.items():
            if name in owners:
                (apart if owners[name].question.variable.is_stored_apart else beside)[name] = values
        return beside, apart

    def typed_with_apart(self, page: str, typed: Typed) -> dict[str, Sequence[str]]:
        """The fields of a draft, with what is stored apart, which no draft holds."""
        seen = visible_page(self.questionnaire, page, self.answers_with(page, typed), self.language)
        _, apart = self.own_fields(page, typed_from(seen, self.answers, self.language))
        return {**apart, **typed}

    def lost_answers(self, page: str, form: Typed) -> Iterator[LostAnswer]:
        """What was filled in for questions of this page that earlier answers hide now."""
        language, questionnaire, answers = self.language, self.questionnaire, self.answers
        try:
            planned_page = plan(questionnaire).page(page)
        except NotFound:
            return
        typed = {name: texts for name, texts in form.items() if name in planned_page.owners and any(texts)}
        seen = visible_page(questionnaire, page, answers, language).questions
        visible = {question.name for question in seen}
        read = self.answers_with(page, typed)
        counted = on_path(questionnaire, answers, language)
        for planned in planned_page.questions:
            texts = [text for each in planned.fields for text in typed.get(each, ())]
            if not texts or planned.name in visible or (seen and planned.follows_page):
                continue
            question, value = planned.question, read.get(planned.name)
            words = (
                ", ".join(texts) if value is None else answer_in_words(self.instrument, question, value, read, language)
            )
            yield LostAnswer(piped(question.text[language], self.instrument, counted, language), words)
