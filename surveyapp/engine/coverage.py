"""What robots reached of a questionnaire, and what they never did and why.

Robots that answer anything offered walk until a good many of them in a row have found nothing new. What is then still
untouched is either out of reach (a condition that is never true) or very rare; its conditions are told, to judge by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from surveyapp.engine.condition_coverage import ConditionMet, ConditionTally
from surveyapp.engine.profile import FLAT
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.instrument.model import Category, MissingCode, Question, Questionnaire, Text
from surveyapp.instrument.rotations import as_stored

PATIENCE = 400
"""Walks in a row without anything new after which one stops looking for what is still untouched."""
ROUND_OFF = 50
"""The same, once everything was reached: time for the rarer paths."""
MOST_WALKS = 2000


@dataclass(frozen=True, slots=True)
class Untouched:
    """Something no robot reached: a page, a question or an option, with the conditions that stand before it."""

    kind: str  # page · question · option · ending · draw
    name: str  # options as variable = code
    label: Text
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What robots reached of one role's questionnaire in one language.

    ``paths`` counts different sequences of pages. ``minutes`` is the median of complete walks. ``stuck`` names pages on
    which a robot's answers were never accepted. ``conditions`` say which outcomes of each condition were seen.
    """

    role: str
    language: str
    walks: int
    paths: int
    minutes: float
    pages: tuple[int, int]  # reached, of all
    questions: tuple[int, int]
    options: tuple[int, int]
    endings: tuple[int, int]
    draws: tuple[int, int]  # of rotations
    untouched: tuple[Untouched, ...]
    stuck: tuple[str, ...]
    conditions: tuple[ConditionMet, ...]

    @property
    def one_sided(self) -> tuple[ConditionMet, ...]:
        """Conditions that were never false, or never true."""
        return tuple(each for each in self.conditions if not each.is_two_sided)

    @property
    def is_complete(self) -> bool:
        """Whether everything was reached and nobody got stuck."""
        return not self.untouched and not self.stuck


def coverage(questionnaire: Questionnaire, language: str, seed: int = 1) -> Coverage:
    """Let robots walk one questionnaire in one language until nothing new turns up."""
    crew = Crew(questionnaire, FLAT)
    every = {(each.kind, each.name): each for each in _everything(questionnaire)}
    reached: set[tuple[str, str]] = set()
    paths: set[tuple[str, ...]] = set()
    seconds: list[int] = []
    stuck: set[str] = set()
    conditions = ConditionTally(questionnaire, language)
    walks = quiet = 0
    while walks < MOST_WALKS and quiet < (ROUND_OFF if len(reached) == len(every) else PATIENCE):
        walk = crew.walk(seed * MOST_WALKS + walks, language)
        walks += 1
        found = every.keys() & set(_touched(questionnaire, walk))
        quiet = quiet + 1 if found <= reached and walk.pages in paths else 0
        reached |= found
        paths.add(walk.pages)
        conditions.add(walk)
        if walk.outcome == "complete":
            seconds.append(walk.seconds)
        if walk.outcome == "stuck" and walk.stopped_at is not None:
            stuck.add(walk.stopped_at)

    def tally(kind: str) -> tuple[int, int]:
        keys = [key for key in every if key[0] == kind]
        return sum(key in reached for key in keys), len(keys)

    return Coverage(
        role=questionnaire.role,
        language=language,
        walks=walks,
        paths=len(paths),
        minutes=round(median(seconds) / 60, 1) if seconds else 0.0,
        pages=tally("page"),
        questions=tally("question"),
        options=tally("option"),
        endings=tally("ending"),
        draws=tally("draw"),
        untouched=tuple(each for key, each in every.items() if key not in reached),
        stuck=tuple(sorted(stuck)),
        conditions=conditions.result(),
    )


def _touched(questionnaire: Questionnaire, walk: RobotWalk) -> Iterator[tuple[str, str]]:
    for variable in questionnaire.rotations:
        yield "draw", _draw(variable.name, walk.answers.get(variable.name))
    if walk.ending is not None:
        yield "ending", walk.ending.id
    for step in walk.steps:
        yield "page", step.page
        for name, value in step.values.items():
            question = questionnaire.questions.get(name)
            if question is None:
                continue
            yield "question", name
            for code in _codes(question, value):
                yield "option", f"{name} = {code}"


def _draw(name: str, drawn: object) -> str:
    codes = drawn if isinstance(drawn, list) else [drawn]
    return f"{name} = {' + '.join(map(str, codes))}"


def _codes(question: Question, value: object) -> Iterator[int]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from (int(code) for code, part in value.items() if part)
    elif isinstance(value, int):
        yield value


def _everything(questionnaire: Questionnaire) -> Iterator[Untouched]:
    for variable in questionnaire.rotations:
        for codes in variable.draw.drawn() if variable.draw is not None else ():
            blocks = [variable.category(code).label for code in codes]
            said = Text({tongue: " + ".join(block[tongue] for block in blocks) for tongue in variable.label})
            yield Untouched("draw", _draw(variable.name, as_stored(variable, codes)), said, ())
    for page in questionnaire.pages:
        before_page = tuple(condition.source for condition in (page.drawn, page.show_if) if condition)
        yield Untouched("page", page.id, page.title, before_page)
        for ending in page.endings:
            yield Untouched("ending", ending.id, ending.title, (*before_page, ending.condition.source))
        for question, conditions in page.asked():
            before = (*before_page, *(condition.source for condition in conditions))
            about = question.variable.label
            yield Untouched("question", question.name, about, before)
            for one in _offered(question):
                said = Text({tongue: f"{about[tongue]}: {one.label[tongue]}" for tongue in about})
                yield Untouched("option", f"{question.name} = {one.code}", said, before)


def _offered(question: Question) -> Iterator[Category | MissingCode]:
    yield from question.missing
    if question.variable.type.shape.has_codes:
        yield from (category for category in question.variable.categories if not category.retired)
