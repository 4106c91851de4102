"""The view model of one page of the questionnaire: everything its template prints, as plain strings in one language.

Items whose condition reads an answer of the same page stand in a *slot*: a place that is empty while the item is
hidden. A browser with JavaScript has only the slots that change replaced; without it the page comes back whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.engine.answers import Answers, Form, Problem, field_name
from surveyapp.engine.pipe import piped
from surveyapp.engine.plan import PageOnPath, VisibleItem, plan
from surveyapp.engine.progress import Progress, progress
from surveyapp.engine.route import is_first, visible_page
from surveyapp.engine.shown_order import shown_categories, shown_items, shown_statements
from surveyapp.engine.typed import typed_from
from surveyapp.fieldwork.asked_case import AskedCase
from surveyapp.instrument.model import Information, Item, Page, Question, QuestionSet, Shape
from surveyapp.recent import Recent
from surveyapp.web.questionnaire.messages import message
from surveyapp.web.questionnaire.question_types import QUESTION_TYPES, Asked, Fields


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with its fields and what is wrong with it."""

    name: str
    id: str
    type: str
    template: str
    text: str
    hint: str
    warns_of_names: bool  # an open field: no names or secrets here
    fields: Fields
    message: str
    prompt: str
    is_required: bool
    steers: bool  # an item of this page depends on its answer
    is_answered: bool
    described_by: str


@dataclass(frozen=True, slots=True)
class Block:
    """One item of the page; ``slot`` names the place of an item that comes and goes, ``seen`` what it shows now."""

    kind: str  # question · set · information · empty
    key: str
    slot: str
    seen: str
    text: str = ""
    hint: str = ""
    questions: tuple[QuestionView, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the summary at the top of the page."""

    href: str
    text: str
    question: str
    code: str
    appeared: bool = False  # the question came up with this very post

    @property
    def skipped(self) -> bool:
        """Whether it is about a question left empty."""
        return self.code == "skipped"


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of the questionnaire."""

    id: str
    title: str
    intro: str
    progress: Progress
    blocks: tuple[Block, ...]
    faults: tuple[Fault, ...]
    prompts: tuple[Fault, ...]
    prompted: str  # names asked about so far
    is_first: bool
    has_slots: bool
    is_personal: bool  # it repeats something that was said, here or on an earlier page


_new_pages: Recent[tuple[str, str, str, str], PageView] = Recent(256)
"""Whole pages on which nothing was said yet: they look alike to everybody. One that repeats an answer is not kept."""


def page_view(
    asked: AskedCase,
    page_id: str,
    *,
    typed: Form | None = None,
    drawn_with: Answers | None = None,
    problems: Sequence[Problem] = (),
    prompts: Sequence[Problem] = (),
    prompted: str = "",
) -> PageView | None:
    """The page as this person sees it; None when it is not on their path.

    Parameters
    ----------
    typed :      the form's fields as they were typed; absent: as stored
    drawn_with : answers that decide what is visible, typed ones included; absent: the stored ones
    problems :   what cannot be stored
    prompts :    what is asked about once
    prompted :   names already asked about, separated by spaces
    """
    language = asked.language
    answers = asked.answers if drawn_with is None else drawn_with
    seen = visible_page(asked.questionnaire, page_id, answers, language)
    if not seen.items:
        return None
    page = seen.page
    if typed is None:
        typed = typed_from(seen, answers, language)
    here = progress(asked.questionnaire, answers, language, page_id)
    leads = is_first(asked.questionnaire, answers, language, page_id)

    def drawn() -> PageView:
        return _drawn(asked, seen, answers, typed, problems, prompts, prompted, here, leads)

    is_new = not (problems or prompts or prompted or any(any(texts) for texts in typed.values()))
    if not is_new or seen is not plan(asked.questionnaire).page(page_id).whole or _is_shuffled(page):
        return drawn()
    key = (asked.instrument.hash, asked.questionnaire.role, page_id, language)
    kept = _new_pages.known(key)
    if kept is not None:
        return replace(kept, progress=here, is_first=leads)
    made = drawn()
    return made if made.is_personal else _new_pages.get(key, lambda: made)


def _is_shuffled(page: Page) -> bool:
    """Whether anything on the page stands in an order of one's own."""
    sets = (item for item in page.items if isinstance(item, QuestionSet))
    questions = (question.is_randomised for question in page.questions())
    return page.is_randomised or any(each.is_randomised for each in sets) or any(questions)


def _drawn(
    asked: AskedCase,
    seen: PageOnPath,
    answers: Answers,
    typed: Form,
    problems: Sequence[Problem],
    prompts: Sequence[Problem],
    prompted: str,
    here: Progress,
    leads: bool,
) -> PageView:
    page = seen.page
    drawing = _Drawing(asked, seen, answers, typed, problems, prompts)
    title, intro = drawing.say(page.title), drawing.say(page.intro) if page.intro else ""
    blocks, faults, asked_again = drawing.blocks(), drawing.faults(problems), drawing.faults(prompts)
    return PageView(
        id=page.id,
        title=title,
        intro=intro,
        progress=here,
        blocks=blocks,
        faults=faults,
        prompts=asked_again,
        prompted=" ".join(
            name
            for name in dict.fromkeys((*prompted.split(), *(prompt.variable for prompt in prompts)))
            if name in drawing.own
        ),
        is_first=leads,
        has_slots=bool(drawing.steering),
        is_personal=drawing.has_quoted or any(any(texts) for texts in typed.values()),
    )


class _Drawing:
    """The page being drawn; lives for one call."""

    def __init__(
        self,
        asked: AskedCase,
        seen: PageOnPath,
        answers: Answers,
        typed: Form,
        problems: Sequence[Problem],
        prompts: Sequence[Problem],
    ) -> None:
        self.asked = asked
        self.seen = seen
        self.typed = typed
        self.language = asked.language
        self.questions = {question.name: question for question in seen.page.questions()}
        self.own = frozenset(self.questions)
        self.steering = frozenset(name for item in seen.page.items for name in _read_by(item)) & self.own
        self.problems = {problem.variable: problem for problem in problems}
        self.prompts = {prompt.variable: prompt for prompt in prompts}
        self.fields = frozenset(field for problem in problems for field in self._fields(problem))
        self._answers = answers
        self._counted: Answers | None = None

    @property
    def has_quoted(self) -> bool:
        """Whether a text so far repeats an answer."""
        return self._counted is not None

    def say(self, text: Mapping[str, str]) -> str:
        """A text of the instrument with answers filled in; only answers that count are quoted."""
        words = text[self.language]
        if "{" not in words:
            return words
        if self._counted is None:
            self._counted = self.asked.quotable(self._answers)
        return piped(words, self.asked.instrument, self._counted, self.language)

    def blocks(self) -> tuple[Block, ...]:
        """The items in order, with an empty slot for each hidden one that may still appear."""
        visible = {item.item.id: item for item in self.seen.items}
        found = []
        for item in shown_items(self.seen.page, self.asked.seed):
            key = item.id
            slot = f"slot-{key}" if _read_by(item) & self.own else ""
            if key in visible:
                found.append(self._block(visible[key], key, slot))
            elif slot:
                found.append(Block("empty", key, slot, f"{slot}="))
        return tuple(found)

    def _block(self, visible: VisibleItem, key: str, slot: str) -> Block:
        item, questions = visible.item, visible.questions
        if isinstance(item, QuestionSet):
            questions = shown_statements(item, self.asked.seed, questions)
        views = tuple(self._question(question, item) for question in questions)
        seen = f"{slot}={','.join(sorted(question.name for question in questions)) or key}" if slot else ""
        if isinstance(item, Information):
            return Block("information", key, slot, seen, self.say(item.text))
        if isinstance(item, QuestionSet):
            hint = self.say(item.hint) if item.hint else ""
            return Block("set", key, slot, seen, self.say(item.text), hint, views)
        return Block("question", key, slot, seen, questions=views)

    def _question(self, question: Question, item: Item) -> QuestionView:
        variable = question.variable
        kind = QUESTION_TYPES[variable.type]
        ident = field_name(question.name)
        problem, prompt = self.problems.get(question.name), self.prompts.get(question.name)
        hint = self.say(question.hint) if question.hint else ""
        fields = kind.fields(Asked(question, self.language, self.typed, self.asked.seed, self.fields))
        warns = variable.type.shape is Shape.TEXT
        described = [f"set-{item.id}"] if isinstance(item, QuestionSet) else []
        if hint:
            described.append(f"{ident}-hint")
        if warns:
            described.append(f"{ident}-names")
        if fields.low or fields.high:
            described.append(f"{ident}-ends")
        if problem or prompt:
            described.append(f"{ident}-message")
        return QuestionView(
            name=question.name,
            id=ident,
            type=variable.type.value,
            template=kind.template,
            text=self.say(question.text),
            hint=hint,
            warns_of_names=warns,
            fields=fields,
            message=message(problem, question) if problem else "",
            prompt=message(prompt, question) if prompt else "",
            is_required=question.is_required,
            steers=question.name in self.steering,
            is_answered=any(option.checked for option in (*fields.options, *fields.missing)),
            described_by=" ".join(described),
        )

    def _fields(self, problem: Problem) -> tuple[str, ...]:
        """The fields a problem is about, first to last as they are shown: a wrong total is about every part."""
        if problem.code != "allocation_sum":
            return (problem.field,)
        shown = shown_categories(self.questions[problem.variable], self.asked.seed)
        return tuple(field_name(problem.variable, category.code) for category in shown)

    def _shown(self) -> dict[str, int]:
        """The place of each question on the page as this person sees it."""
        seed, names = self.asked.seed, list[str]()
        for item in shown_items(self.seen.page, seed):
            if isinstance(item, QuestionSet):
                names += [question.name for question in shown_statements(item, seed)]
            elif isinstance(item, Question):
                names.append(item.name)
        return {name: place for place, name in enumerate(names)}

    def faults(self, problems: Sequence[Problem]) -> tuple[Fault, ...]:
        """The lines of the summary in the order of the questions, each with a link to the first field it is about."""
        places, found = self._shown(), []
        for problem in sorted(problems, key=lambda each: places[each.variable]):
            question = self.questions[problem.variable]
            target = self._fields(problem)[0]
            if question.variable.type.shape.is_ticked and problem.field == field_name(question.name):
                target = f"{problem.field}-first"
            appeared = bool(problem.parameters.get("appeared"))
            words = message(problem, question)
            found.append(Fault(f"#{target}", words, self.say(question.text), problem.code, appeared))
        return tuple(found)


def _read_by(item: Item) -> frozenset[str]:
    """Names of the variables the conditions of an item read, its rows' included."""
    conditions = [item.show_if]
    if isinstance(item, QuestionSet):
        conditions += [question.show_if for question in item.questions]
    return frozenset(name for condition in conditions if condition is not None for name in condition.names)


def changed_slots(view: PageView, seen: Sequence[str]) -> tuple[Block, ...]:
    """The slots that show something else than the browser has; ``seen`` are its notes of what it shows."""
    before = frozenset(seen)
    return tuple(block for block in view.blocks if block.slot and block.seen not in before)
