"""Robots: simulated people who answer a questionnaire through the same door as everybody, page after page.

They know no shortcut: `visible_page` shows what they see, `check_page` takes what they fill in, `next_page` leads on.
So a robot that finishes proves that a person can, and a wave of them proves tables and books before the first
respondent. The same seed gives the same answers on every machine.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from surveyapp.engine.answers import PageCheck, Problem, Value
from surveyapp.engine.people import Answering, Fields, Person
from surveyapp.engine.profile import Profile
from surveyapp.engine.route import ending_of, next_page, path, visible_page
from surveyapp.engine.shapes import HANDLERS
from surveyapp.engine.shapes.base import missing_field
from surveyapp.engine.validate import check_page, merged
from surveyapp.instrument.minutes import SECONDS_PER_ITEM, WORDS_PER_MINUTE, word_count
from surveyapp.instrument.model import Ending, Page, Question, Questionnaire, Shape
from surveyapp.instrument.rotations import as_stored

ENDING_SHARE = 0.06
"""Weight of a code that ends the questionnaire, against 1 for any other."""


def answering(question: Question, profile: Profile, role: str, ends: Collection[int] = ()) -> Answering:
    """How this question is answered: a function from a person and a language to form fields; empty for a skip.

    ``ends`` are codes after which the questionnaire stops: without a profile that says otherwise few people give them.
    """
    variable = question.variable
    answers = profile.of(question, role)
    if ends and answers.shares is None and not profile.is_flat:
        answers = replace(answers, shares={code: ENDING_SHARE if code in ends else 1.0 for code in variable.codes})
    has_nothing = variable.type.shape.has_codes and all(category.retired for category in variable.categories)
    valid = None if has_nothing else HANDLERS[variable.type].simulated(variable, answers, is_flat=profile.is_flat)
    apart = missing_field(variable)
    thresholds = list(itertools.accumulate(answers.missing.get(each.key, 0.0) for each in question.missing))
    codes = [str(each.code) for each in question.missing]
    # A routing question is never skipped: the page would only come back.
    skipped = (thresholds[-1] if thresholds else 0.0) + (0.0 if question.is_required else answers.skip)

    def answer(person: Person, language: str) -> Fields:
        drawn = person.random.random()
        if drawn < skipped:
            place = bisect.bisect_right(thresholds, drawn)
            return {apart: (codes[place],)} if place < len(codes) else {}
        return valid(person, language) if valid else {}

    return answer


PHONE_TIME = 1.4
"""Phones take 1.4 times as long: an assumption of ours."""
PACE = 0.8
"""Most people read faster than the planner's estimate; the slow ones make up for it."""
CHARACTERS_PER_SECOND = 3
COMES_BACK = 0.45
"""Chance that someone answers after all when asked about a skipped question."""
INTERRUPTED = 0.015
"""Chance that somebody is called away on a page."""
RUSHED_PACE = 0.22
"""Those who hurry through without reading take this part of the time (their share stands in the profile)."""

Outcome = Literal["complete", "screened_out", "broke_off", "stuck"]


@dataclass(frozen=True, slots=True)
class RobotStep:
    """One saved page: what went into the store, in how many seconds, after how many prompts."""

    page: str
    values: Mapping[str, Value]
    seconds: int
    prompts: int


@dataclass(frozen=True, slots=True)
class RobotWalk:
    """One simulated interview from the first page to wherever it ended.

    ``stopped_at`` is the page that was seen and not saved by someone who broke off. ``problems`` are what keeps a stuck
    robot where it is: a page that nobody can answer, or a type no robot can.
    """

    steps: tuple[RobotStep, ...]
    answers: Mapping[str, Value]
    outcome: Outcome
    ending: Ending | None = None
    stopped_at: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def pages(self) -> tuple[str, ...]:
        """Ids of the saved pages in order."""
        return tuple(step.page for step in self.steps)

    @property
    def seconds(self) -> int:
        """Time over all pages."""
        return sum(step.seconds for step in self.steps)


class Crew:
    """All robots of one questionnaire: how each question is answered, worked out once.

    ``profile``: how they answer; absent, plausibly for each type.
    """

    def __init__(self, questionnaire: Questionnaire, profile: Profile | None = None) -> None:
        self.questionnaire = questionnaire
        self.profile = profile or Profile()
        self.answering: dict[str, Answering] = {
            name: answering(question, self.profile, questionnaire.role, _ending_codes(questionnaire, name))
            for name, question in questionnaire.questions.items()
        }
        self._words: dict[tuple[str, str], int] = {}
        weights = [_burden(page, index, len(questionnaire.pages)) for index, page in enumerate(questionnaire.pages)]
        stay = math.log(1 - min(self.profile.file.break_off, 0.99)) if not self.profile.is_flat else 0.0
        self.leaving = {
            page.id: 1 - math.exp(stay * weight / sum(weights))
            for page, weight in zip(questionnaire.pages, weights, strict=True)
        }

    def walk(
        self, seed: int, language: str, device: str = "desktop", *, drawn: Mapping[str, Value] | None = None
    ) -> RobotWalk:
        """One interview; the same seed, language, device and draw give the same one.

        ``drawn``: the blocks of each rotation that this person is asked, as answers; absent: the draws take turns.
        """
        if drawn is None:
            drawn = self.drawn(seed)
        return _Walk(self, Person(seed), language, device, drawn).run()

    def drawn(self, seed: int) -> dict[str, Value]:
        """The draw whose turn it is: seeds one after the other meet every draw of every rotation together."""
        found: dict[str, Value] = {}
        for variable in self.questionnaire.rotations:
            draws = variable.draw.drawn() if variable.draw is not None else ()
            if draws:
                seed, turn = divmod(seed, len(draws))
                found[variable.name] = as_stored(variable, draws[turn])
        return found

    def words(self, page: Page, language: str) -> int:
        """Words to read on a page."""
        key = (page.id, language)
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = word_count(page, language)
        return found


def _burden(page: Page, index: int, pages: int) -> float:
    """How much a page makes people leave: its length, its open and personal questions, and how early it comes."""
    questions = list(page.questions())
    texts = sum(1 for question in questions if question.variable.type.shape is Shape.TEXT)
    sensitive = sum(1 for question in questions if question.variable.is_sensitive)
    earliness = 1.6 - index / max(pages, 1)
    return (1 + 0.4 * len(questions) + 2 * texts + sensitive) * earliness * (2.5 if index == 0 else 1)


def _ending_codes(questionnaire: Questionnaire, name: str) -> frozenset[int]:
    """Codes of this variable that stop the questionnaire by themselves."""
    conditions = [ending.condition for page in questionnaire.pages for ending in page.endings]
    return frozenset(
        code
        for condition in conditions
        if name in condition.names
        for code in questionnaire.questions[name].variable.codes
        if condition.evaluate({name: code}, role=questionnaire.role, language="") is True
    )


class _Walk:
    def __init__(self, crew: Crew, person: Person, language: str, device: str, drawn: Mapping[str, Value]) -> None:
        self.crew, self.person, self.language = crew, person, language
        pace = PACE * math.exp(person.random.gauss(0, 0.28)) * (PHONE_TIME if device == "phone" else 1.0)
        self.pace = pace * (RUSHED_PACE if person.random.random() < crew.profile.file.speeders else 1.0)
        self.answers: dict[str, Value] = dict(drawn)
        self.steps: list[RobotStep] = []

    def run(self) -> RobotWalk:
        made = self.crew.questionnaire
        first = path(made, self.answers, self.language).pages
        at = first[0].page.id if first else None
        while at is not None:
            if self.person.random.random() < self.crew.leaving[at]:
                return self._ended("broke_off", stopped_at=at)
            checked, prompts, typed = self._fill(at)
            if checked.problems:
                return self._ended("stuck", stopped_at=at, problems=checked.problems)
            self.answers = merged(self.answers, checked)
            seconds = self._seconds(made.by_id[at], len(checked.visible), typed)
            self.steps.append(RobotStep(at, checked.values, seconds, prompts))
            at = next_page(made, self.answers, self.language, at)
        ending = ending_of(made, self.answers, self.language)
        return self._ended("screened_out" if ending else "complete", ending=ending)

    def _fill(self, page: str) -> tuple[PageCheck, int, int]:
        """Fill a page in, and what came up on it, and perhaps what was skipped after being asked about it."""
        made, person, language = self.crew.questionnaire, self.person, self.language
        form: dict[str, tuple[str, ...]] = {}
        asked: set[str] = set()
        person.besides = 0
        fresh: tuple[str, ...] = tuple(each.name for each in visible_page(made, page, self.answers, language).questions)
        while fresh:
            for name in fresh:
                form.update(self.crew.answering[name](person, language))
            asked.update(fresh)
            checked = check_page(made, page, self.answers, form, language)
            fresh = tuple(name for name in checked.visible if name not in asked)
        if not asked:
            checked = check_page(made, page, self.answers, form, language)
        prompts = len(checked.prompts)
        again = [each.variable for each in checked.prompts if each.code == "skipped"]
        if again and person.random.random() < COMES_BACK:
            for name in again:
                form.update(self.crew.answering[name](person, language))
            checked = check_page(made, page, self.answers, form, language)
        typed = sum(len(value) for value in checked.values.values() if isinstance(value, str))
        return checked, prompts, max(typed - person.besides, 0)

    def _seconds(self, page: Page, questions: int, typed: int) -> int:
        random = self.person.random
        reading = self.crew.words(page, self.language) * 60 / WORDS_PER_MINUTE
        spent = (reading + questions * SECONDS_PER_ITEM) * self.pace * math.exp(random.gauss(0, 0.25))
        spent += typed / CHARACTERS_PER_SECOND
        if random.random() < INTERRUPTED:
            spent += random.uniform(60, 1200)
        return min(max(round(spent), 2), 3600)

    def _ended(
        self,
        outcome: Outcome,
        *,
        ending: Ending | None = None,
        stopped_at: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> RobotWalk:
        return RobotWalk(tuple(self.steps), self.answers, outcome, ending, stopped_at, problems)
