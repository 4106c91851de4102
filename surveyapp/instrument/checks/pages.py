"""G: pages people like. Short, mixed, and not too many."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.constructs import first_other, scales_of
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.loops import at_once
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.questions import Information, Page, Question, QuestionSet
from surveyapp.instrument.types import Shape

MOST_QUESTIONS = 5
MOST_MINUTES = 20
MOST_CATEGORIES = 25
MOST_OPEN = 4


def _pages(context: Context) -> Iterator[tuple[str, Page]]:
    """Every page of every role; a page shared by roles comes back for each."""
    for role, questionnaire in context.questionnaires.items():
        yield from ((role, page) for page in questionnaire.pages)


def _sets(context: Context) -> Iterator[tuple[str, QuestionSet]]:
    """Every set of every role."""
    for role, page in _pages(context):
        yield from ((role, item) for item in page.items if isinstance(item, QuestionSet))


@check(
    "G001",
    "A page has too many questions.",
    "'%(name)s' has %(many)s questions for %(role)s.",
    "Divide it: at most %(most)s questions. A loop can be that of the page (a page per option), or have max_choices.",
    level="warning",
    most=MOST_QUESTIONS,
)
def crowded_page(context: Context) -> Iterator[Found]:
    """At most five questions a page, statements counted one by one, a loop as often as options may be chosen."""
    for role, page in _pages(context):
        number = at_once(context, page)
        if number > MOST_QUESTIONS:
            yield Found(page.place or context.place(), page.id, many=number, role=role)


@check(
    "G002",
    "A question has very many answers.",
    "'%(name)s' has %(many)s answers.",
    "Merge answers while the list has not been asked; afterwards retire what is seldom chosen.",
    level="hint",
)
def many_categories(context: Context) -> Iterator[Found]:
    """Beyond 25 answers people take the first that will do."""
    for question in context.questions:
        number = sum(not category.retired for category in question.variable.categories)
        if number > MOST_CATEGORIES:
            yield Found(question.place or context.place(), question.name, many=number)


@check(
    "G003",
    "A role gets too many open questions.",
    "The role %(name)s gets %(many)s open questions.",
    "Keep to %(most)s open questions.",
    level="warning",
    most=MOST_OPEN,
)
def many_open_questions(context: Context) -> Iterator[Found]:
    """Typing on a phone is where people leave."""
    for role, questionnaire in context.questionnaires.items():
        open_ones = [
            question for question in questionnaire.questions.values() if question.variable.type.shape is Shape.TEXT
        ]
        if len(open_ones) > MOST_OPEN:
            last = open_ones[-1]
            yield Found(last.place or context.place(), role, many=len(open_ones))


@check(
    "G004",
    "The questionnaire is too long.",
    "The role %(name)s takes up to an estimated %(many)s minutes.",
    "Keep to %(minutes)s minutes.",
    level="warning",
    minutes=MOST_MINUTES,
)
def long_questionnaire(context: Context) -> Iterator[Found]:
    """Estimated for someone who sees every page, with the longest blocks of a rotation."""
    for role, questionnaire in context.questionnaires.items():
        if max(questionnaire.minutes, questionnaire.longest) > MOST_MINUTES:
            yield Found(context.place("pages"), role, many=questionnaire.longest)


@check(
    "G005",
    "A page asks nothing.",
    "'%(name)s' asks %(role)s nothing.",
    "Put the information with the next question.",
    level="hint",
)
def nothing_asked(context: Context) -> Iterator[Found]:
    """A page with information only is one more press."""
    for role, page in _pages(context):
        if all(isinstance(item, Information) for item in page.items):
            yield Found(page.place or context.place(), page.id, role=role)


@check(
    "G006",
    "A set has one statement.",
    "'%(name)s' has one statement for %(role)s.",
    "Make it a question of its own.",
    level="warning",
)
def lonely_statement(context: Context) -> Iterator[Found]:
    """An introduction for one statement is read for nothing."""
    for role, item in _sets(context):
        if len(item.questions) == 1:
            yield Found(item.place or context.place(), item.id, role=role)


@check(
    "G007",
    "The statements of a set differ in answers.",
    "'%(name)s' mixes %(scales)s.",
    "Put statements with the same code list together.",
)
def mixed_set(context: Context) -> Iterator[Found]:
    """Statements under one introduction share their answers."""
    for _, item in _sets(context):
        variables = [question.variable for question in item.questions]
        if (other := first_other(variables)) is not None:
            place = item.questions[variables.index(other)].place or context.place()
            yield Found(place, item.id, scales=scales_of(variables))


@check(
    "G008",
    "An open answer is required.",
    "'%(name)s' is required and open or stored apart.",
    "Remove required.",
)
def text_required(context: Context) -> Iterator[Found]:
    """Nobody is made to write."""
    for question in context.questions:
        if question.is_required and (question.variable.type.shape is Shape.TEXT or question.variable.is_stored_apart):
            yield Found(context.cause(question.place, "required"), question.name)


@check(
    "G009",
    "A set holds what cannot be a statement.",
    "'%(name)s' (%(type)s) cannot be a statement.",
    "Make it a question of its own.",
)
def no_statement(context: Context) -> Iterator[Found]:
    """Statements are answered with one code."""
    for _, item in _sets(context):
        for question in item.questions:
            if "statements" not in question.variable.type.traits.tables:
                yield Found(question.place or context.place(), question.name, type=question.variable.type)


@check(
    "G010",
    "A limit on choices is not in the question.",
    "'%(name)s' (%(language)s) does not say how many choices are allowed: %(most)s.",
    "Say the limit in the question or the hint.",
    level="hint",
)
def limit_unsaid(context: Context) -> Iterator[Found]:
    """Who may choose three at most is told so before, not by an error."""
    words = {
        "nl": ("een", "twee", "drie", "vier", "vijf", "zes"),
        "en": ("one", "two", "three", "four", "five", "six"),
    }
    for role, question in context.put_to:
        most = question.variable.maximum_choices
        if most is None or most >= len(question.variable.categories):
            continue
        for language, text in question.text.items():
            said = f"{text} {question.hint[language] if question.hint else ''}".casefold()
            spelled = words.get(language, ())[most - 1 : most]
            if str(most) not in said and not any(word in said for word in spelled):
                yield Found(
                    context.cause(question.place, "text", role, "default", language),
                    question.name,
                    language=language,
                    most=most,
                )


@check(
    "G011",
    "What is shuffled depends on each other.",
    "'%(name)s' follows from '%(variable)s', but '%(shuffled)s' is shuffled.",
    "Remove randomise, or put the question the other rests on on an earlier page.",
    level="warning",
)
def dependent_parts_shuffled(context: Context) -> Iterator[Found]:
    """A question that follows from another could come to stand above it."""
    for role, page in _pages(context):
        for shuffled, parts in _shuffled(page):
            names = {question.name for part in parts for question in part.questions}
            for part in parts:
                conditions = [part.show_if, *(question.show_if for question in part.questions)]
                read = {name for condition in conditions if condition for name in condition.names}
                for name in sorted(read & names - {question.name for question in part.questions}):
                    place = context.cause(_reader(part, name).place, "show_if", role, "default")
                    yield Found(place, part.questions[0].name, variable=name, shuffled=shuffled)


def _reader(part: Question | QuestionSet, name: str) -> Question | QuestionSet:
    """The set or the one of its statements whose condition reads ``name``."""
    if part.show_if is not None and name in part.show_if.names:
        return part
    return next(question for question in part.questions if question.show_if and name in question.show_if.names)


def _shuffled(page: Page) -> Iterator[tuple[str, tuple[Question | QuestionSet, ...]]]:
    if page.is_randomised:
        yield page.id, tuple(item for item in page.items if not isinstance(item, Information))
    for item in page.items:
        if isinstance(item, QuestionSet) and item.is_randomised:
            yield item.id, item.questions
