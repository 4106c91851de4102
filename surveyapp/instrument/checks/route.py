"""One role's questionnaire as the checks walk it, with what is shown under which condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from surveyapp.errors import Place
from surveyapp.instrument.checks.proofs import Proof, proof
from surveyapp.instrument.checks.walk import Walk, slot
from surveyapp.instrument.conditions import Condition, conjunction, unless
from surveyapp.instrument.definition import PageEntry, QuestionnaireFile, StudyFile
from surveyapp.instrument.layout import asked_when, takes_effect
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.questions import Ending, Information, Page, Question, Questionnaire, QuestionSet


class Walked(Protocol):
    """What a route needs to know of the files it was made of (`checks.context.Context`)."""

    @property
    def instrument(self) -> Instrument | None:
        """What was made of them, where they could be read."""

    @property
    def study(self) -> StudyFile:
        """The study's own file."""

    @property
    def questionnaire(self) -> QuestionnaireFile | None:
        """The wave's, where it can be read."""

    def place(self, *path: str | int) -> Place:
        """Where something stands in the questionnaire."""

    def cause(self, place: Place | None, *path: str | int) -> Place:
        """Where what led to something was written."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Something shown under a condition of its own, and what must hold before it comes to that."""

    condition: Condition
    given: Condition | None
    place: Place
    name: str
    kind: str  # page · item
    slot: str


class Route:
    """One role's questionnaire as the checks walk it."""

    def __init__(self, context: Walked, questionnaire: Questionnaire) -> None:
        self.context = context
        self.questionnaire = questionnaire
        self.role = questionnaire.role
        self._held: dict[tuple[str, str], Proof] = {}

    @cached_property
    def people(self) -> Mapping[str, str] | str:
        """Those of the role, by language."""
        return self.context.instrument.role(self.role).plural if self.context.instrument else self.role

    @cached_property
    def asked(self) -> Mapping[str, Condition | None]:
        """Per variable when the role is asked it."""
        return asked_when(self.questionnaire)

    @cached_property
    def walk(self) -> Mapping[str, Proof]:
        """What one walk along the pages proved, by slot."""
        return self._walk.proofs

    @cached_property
    def _walk(self) -> Walk:
        return Walk(self.questionnaire, self.context.study.languages)

    @cached_property
    def finish(self) -> Proof:
        """Whether somebody can come to the end, and somebody be turned away."""
        endings = [(page, ending) for page in self.questionnaire.pages for ending in page.endings]
        if all(slot("ending", page, ending.id) in self.walk for page, ending in endings):
            return Proof(not self._walk.ends_all, bool(endings), True)
        staying = conjunction(*(unless(takes_effect(page, ending)) for page, ending in endings))
        if staying is None:
            return Proof(True, False, True)
        return self.holds(staying)

    def holds(self, condition: Condition, given: Condition | None = None) -> Proof:
        """Whether a condition of a table can hold, among those for whom ``given`` does; each is proved once."""
        key = (condition.source, given.source if given is not None else "")
        if key not in self._held:
            languages = self.context.study.languages
            self._held[key] = proof(condition, self.questionnaire, self.asked, languages, given=given)
        return self._held[key]

    def ends(self, page: Page, ending: Ending) -> Proof:
        """Whether an ending can happen."""
        found = self.walk.get(slot("ending", page, ending.id))
        return found if found is not None else self.holds(ending.condition)

    def proved(self, shown: Shown) -> Proof:
        """Whether something can be seen and can be missed by those who come to it."""
        found = self.walk.get(shown.slot)
        return found if found is not None else self.holds(shown.condition, shown.given)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Per variable how many questions come before it."""
        return {name: index for index, name in enumerate(self.questionnaire.questions)}

    def place(self, page: Page) -> Place:
        """Where a page stands in its file."""
        return page.place or self.context.place()

    def _written(self, page: Page) -> PageEntry | None:
        """The page as it stands in the questionnaire."""
        entries = self.context.questionnaire.pages if self.context.questionnaire else ()
        return next((entry for entry in entries if entry.id == page.id), None)

    def ending_place(self, page: Page, ending: Ending) -> Place:
        """Where the condition of an ending stands."""
        found = self._written(page)
        endings = (entry for entry in found.end_if if entry.id == ending.id) if found else ()
        return next((entry.at("if") for entry in endings), self.place(page))

    def item_place(self, page: Page, item: Question | QuestionSet | Information) -> Place:
        """Where an item stands."""
        if not isinstance(item, Information):
            return item.place or self.place(page)
        found = self._written(page)
        items = (entry for entry in found.items if entry.information == item.id) if found else ()
        return next((entry.at("information") for entry in items), self.place(page))

    def condition_place(self, place: Place) -> Place:
        """Where the condition of the page, item or row at ``place`` stands, as it is written for this role."""
        return self.context.cause(place, "show_if", self.role, "default")

    def conditions(self) -> Iterator[tuple[Condition, Place, str, int]]:
        """(condition, place, name, how many questions may come before it) for pages, sets, items, rows, endings."""
        before = 0
        for page in self.questionnaire.pages:
            place = self.place(page)
            if page.show_if is not None:
                yield page.show_if, self.condition_place(place), page.id, before
            for item in page.items:
                if item.show_if is not None:
                    name = item.name if isinstance(item, Question) else item.id
                    yield item.show_if, self.condition_place(self.item_place(page, item)), name, before
                if isinstance(item, QuestionSet):
                    for question in item.questions:
                        if question.show_if is not None:
                            written = self.condition_place(question.place or place)
                            yield question.show_if, written, question.name, before
                        before += 1
                elif isinstance(item, Question):
                    before += 1
            for ending in page.endings:
                yield ending.condition, self.ending_place(page, ending), ending.id, before

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """Everything that is shown under a condition, in order."""
        return tuple(self._shown())

    def _shown(self) -> Iterator[Shown]:
        ended: list[Condition] = []
        for page in self.questionnaire.pages:
            here = conjunction(*ended, page.drawn)
            if page.show_if is not None:
                written = self.condition_place(self.place(page))
                yield Shown(page.show_if, here, written, page.id, "page", slot("page", page))
            here = conjunction(*ended, page.drawn, page.show_if)
            for number, item in enumerate(page.items):
                place = self.item_place(page, item)
                name = item.name if isinstance(item, Question) else item.id
                if item.show_if is not None:
                    where = self.condition_place(place)
                    yield Shown(item.show_if, here, where, name, "item", slot("item", page, f"{number} {name}"))
                if isinstance(item, QuestionSet):
                    within = conjunction(here, item.show_if)
                    for question in item.questions:
                        if question.show_if is not None:
                            row = slot("row", page, question.name)
                            where = self.condition_place(question.place or place)
                            yield Shown(question.show_if, within, where, question.name, "item", row)
            ended.extend(unless(takes_effect(page, ending)) for ending in page.endings)
