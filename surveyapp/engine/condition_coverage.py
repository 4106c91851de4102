"""Which conditions of a questionnaire robots met both ways: once true, once not.

A condition that was never true hides something nobody sees; one that was never false is no condition. Both are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveyapp.engine.robots import RobotWalk
from surveyapp.engine.route import on_path
from surveyapp.instrument.model import Information, Item, Question, Questionnaire, QuestionSet

_KINDS: Mapping[type[Item], str] = {Question: "question", QuestionSet: "set", Information: "information"}


@dataclass(frozen=True, slots=True)
class ConditionMet:
    """One condition in its place, and which of its outcomes were seen."""

    place: str  # block p (of page p) · page p · question q · set s · information i · ending e
    source: str
    was_true: bool
    was_false: bool

    @property
    def is_two_sided(self) -> bool:
        """Whether both outcomes were seen."""
        return self.was_true and self.was_false


@dataclass
class ConditionTally:
    """Counts outcomes walk by walk; one per questionnaire and language."""

    questionnaire: Questionnaire
    language: str
    _sources: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, set[bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """List every condition, so that one that is never met is there too."""
        for place, source in _conditions(self.questionnaire):
            self._sources[place] = source
            self._seen[place] = set()

    def add(self, walk: RobotWalk) -> None:
        """Take in one walk; a walk that broke off says nothing of the pages it did not come to."""
        saved = set(walk.pages)
        # What was typed and went out of sight is among a page's values; what counts was visible.
        counted = on_path(self.questionnaire, walk.answers, self.language)
        visible = frozenset(counted)
        last = walk.steps[-1].page if walk.steps else ""
        came = walk.outcome in ("complete", "screened_out")
        passed = True
        for page in self.questionnaire.pages:
            if not passed:
                break
            here = shown = page.id in saved
            role = self.questionnaire.role
            if page.drawn is not None:
                drew = page.drawn.evaluate(counted, role=role, language=self.language) is True
                self._note(f"block {page.id}", drew)
                if not drew:
                    continue  # of what was not put to somebody, nothing is known
            if page.show_if is not None:
                shown = page.show_if.evaluate(counted, role=role, language=self.language) is True
                self._note(f"page {page.id}", shown)
            # A page of which nothing is visible falls away: its items were hidden all the same.
            if here or page.show_if is None or shown:
                for item in page.items:
                    self._item(item, walk, visible)
            if here:
                for ending in page.endings:
                    self._note(f"ending {ending.id}", walk.ending is not None and walk.ending.id == ending.id)
            # Beyond the last page of a walk that did not run to its end, nothing is known.
            passed = not (page.id == last and (not came or walk.ending is not None))

    def result(self) -> tuple[ConditionMet, ...]:
        """Every condition in order of the questionnaire."""
        return tuple(
            ConditionMet(place, source, True in self._seen[place], False in self._seen[place])
            for place, source in self._sources.items()
        )

    def _item(self, item: Item, walk: RobotWalk, visible: frozenset[str]) -> None:
        if isinstance(item, Question):
            if item.show_if is not None:
                self._note(f"question {item.name}", item.name in visible)
            return
        if isinstance(item, Information):
            if item.show_if is not None:
                met = item.show_if.evaluate(walk.answers, role=self.questionnaire.role, language=self.language)
                self._note(f"information {item.id}", met is True)
            return
        shown = [question for question in item.questions if question.name in visible]
        if item.show_if is not None:
            self._note(f"set {item.id}", bool(shown))
        if shown or item.show_if is None:
            for question in item.questions:
                if question.show_if is not None:
                    self._note(f"question {question.name}", question in shown)

    def _note(self, place: str, outcome: bool) -> None:
        self._seen[place].add(outcome)


def _conditions(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    for page in questionnaire.pages:
        if page.drawn is not None:
            yield f"block {page.id}", page.drawn.source
        if page.show_if is not None:
            yield f"page {page.id}", page.show_if.source
        for item in page.items:
            for each in (item, *(question for question in item.questions if question is not item)):
                if each.show_if is not None:
                    yield f"{_KINDS[type(each)]} {each.id}", each.show_if.source
        for ending in page.endings:
            yield f"ending {ending.id}", ending.condition.source
