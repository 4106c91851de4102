"""One role's questionnaire as the checks walk it, with what is shown under which condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from surveyapp.errors import Place
from surveyapp.instrument.checks.proofs import Proof, proof
from surveyapp.instrument.checks.walk import Walk, slot
from surveyapp.instrument.conditions import Condition, conjunction, unless
from surveyapp.instrument.definition import PageEntry
from surveyapp.instrument.layout import asked_when, takes_effect
from surveyapp.instrument.questions import Ending, Information, Page, Question, Questionnaire, QuestionSet


@dataclass(frozen=True, slots=True)
class Shown:
    """Something shown under a condition of its own, and what must hold before it comes to that."""

    condition: Condition
    given: Condition | None
    place: Place
    name: str
    kind: str  # page · item
    slot: str
    before: int  # questions that stand above it


class Route:
    """One role's questionnaire as the checks walk it."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        people: Mapping[str, str],
        languages: Sequence[str],
        entries: Mapping[str, PageEntry],
        cause: Callable[..., Place],
    ) -> None:
        """``people`` are those of the role, by language; ``entries`` the pages as they are written, by id."""
        self.questionnaire, self.people, self.languages = questionnaire, people, languages
        self.entries, self.cause = entries, cause
        self.role = questionnaire.role
        self._held: dict[tuple[str, str], Proof] = {}

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
        return Walk(self.questionnaire, self.languages)

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
            self._held[key] = proof(condition, self.questionnaire, self.asked, self.languages, given=given)
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
        return self.cause(page.place)

    def ending_place(self, page: Page, ending: Ending) -> Place:
        """Where the condition of an ending stands."""
        found = self.entries.get(page.id)
        endings = (entry for entry in found.end_if if entry.id == ending.id) if found else ()
        return next((entry.at("if") for entry in endings), self.place(page))

    def item_place(self, page: Page, item: Question | QuestionSet | Information) -> Place:
        """Where an item stands."""
        if not isinstance(item, Information):
            return item.place or self.place(page)
        found = self.entries.get(page.id)
        items = (entry for entry in found.items if entry.information == item.id) if found else ()
        return next((entry.at("information") for entry in items), self.place(page))

    def condition_place(self, place: Place) -> Place:
        """Where the condition of the page, item or row at ``place`` stands, as it is written for this role."""
        return self.cause(place, "show_if", self.role, "default")

    def conditions(self) -> Iterator[tuple[Condition, Place, str, int]]:
        """(condition, place, name, how many questions may come before it) for pages, sets, items, rows, endings."""
        yield from ((each.condition, each.place, each.name, each.before) for each in self.shown)
        before = 0
        for page in self.questionnaire.pages:
            before += sum(1 for _ in page.questions())
            for ending in page.endings:
                yield ending.condition, self.ending_place(page, ending), ending.id, before

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """Everything that is shown under a condition, in order."""
        return tuple(self._shown())

    def _shown(self) -> Iterator[Shown]:
        ended: list[Condition] = []
        before = 0
        for page in self.questionnaire.pages:
            here = conjunction(*ended, page.drawn)
            if page.show_if is not None:
                written = self.condition_place(self.place(page))
                yield Shown(page.show_if, here, written, page.id, "page", slot("page", page), before)
            here = conjunction(*ended, page.drawn, page.show_if)
            for number, item in enumerate(page.items):
                place = self.item_place(page, item)
                if item.show_if is not None:
                    where, named = self.condition_place(place), slot("item", page, f"{number} {item.id}")
                    yield Shown(item.show_if, here, where, item.id, "item", named, before)
                within = conjunction(here, item.show_if)
                for question in item.questions if isinstance(item, QuestionSet) else ():
                    if question.show_if is not None:
                        row = slot("row", page, question.name)
                        where = self.condition_place(question.place or place)
                        yield Shown(question.show_if, within, where, question.name, "item", row, before)
                    before += 1
                before += isinstance(item, Question)
            ended.extend(unless(takes_effect(page, ending)) for ending in page.endings)
