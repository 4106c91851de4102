"""T: every text is there in every language, and its placeholders work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check
from surveyapp.instrument.definition import VariableEntry
from surveyapp.instrument.mentions import Mention
from surveyapp.instrument.near import nearest
from surveyapp.instrument.questions import Information, Page, QuestionSet
from surveyapp.instrument.variables import Text

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\.(label|value|other)\|([^{}|]+)\}|\{wave_year\}")
"""What a text may hold between braces."""
_BRACED = re.compile(r"\{[^{}]*\}|[{}]")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|\*\*|\]\(|&[a-z]+;")
_LEFTOVER = re.compile(r"\b(todo|fixme|tbd|xxx+|lorem ipsum|nog invullen|pm)\b", re.IGNORECASE)
PIPED_KINDS = frozenset({"question", "statement", "hint", "title", "intro", "information", "ending"})
"""Kinds of text in which placeholders are filled in."""


def placeholders(text: str) -> frozenset[str]:
    """The variables a text pipes in, as ``name.label``, ``name.value`` or ``name.other``, and ``wave_year``."""
    return frozenset(f"{found[1]}.{found[2]}" if found[1] else "wave_year" for found in PLACEHOLDER.finditer(text))


@check(
    "T001",
    "A translation is missing.",
    "'%(name)s' lacks: %(listed)s.",
    "Write the text in every language of the study.",
)
def translation_missing(context: Context) -> Iterator[Found]:
    """Every text has every language."""
    for text in context.texts:
        lacking = [language for language in context.study.languages if language not in text.words]
        if lacking:
            listed = ", ".join(lacking)
            yield Found(text.place, text.name, listed=listed)


@check(
    "T002",
    "A text is in a language the study does not have.",
    "The study has no '%(language)s'.",
    "Write the text under a language of the study, or add the language to languages.",
)
def language_unknown(context: Context) -> Iterator[Found]:
    """Languages are those of study.yaml."""
    for text, language, _ in context.words():
        if language not in context.study.languages:
            yield Found(text.place_of(language), text.name, language=language)


@check(
    "T003",
    "A text is empty.",
    "'%(name)s' is empty in '%(language)s'.",
    "Write the text; a hint that says nothing can go.",
)
def text_empty(context: Context) -> Iterator[Found]:
    """A text says something."""
    for text, language, words in context.words():
        if not words.strip():
            yield Found(text.place_of(language), text.name, language=language)


@check(
    "T004",
    "The languages do not pipe in the same.",
    "The placeholders of '%(name)s' differ between the languages.",
    "Use the same placeholders in every language.",
)
def placeholders_differ(context: Context) -> Iterator[Found]:
    """Placeholders agree between the languages."""
    for text in context.texts:
        found = {language: placeholders(words) for language, words in text.words.items()}
        source = next(iter(found.values()), frozenset())
        other = next((language for language, piped in found.items() if piped != source), None)
        if other is not None:
            yield Found(text.place_of(other), text.name)


@check(
    "T005",
    "A placeholder is unreadable or has no fallback.",
    "'%(found)s' is not filled in here.",
    "Write {variable.label|fallback} or {wave_year}.",
)
def placeholder_unreadable(context: Context) -> Iterator[Found]:
    """Braces hold a placeholder with a fallback, and only where texts are filled in."""
    for text, language, words in context.words():
        for found in _BRACED.finditer(words):
            if text.kind not in PIPED_KINDS or not PLACEHOLDER.fullmatch(found[0]):
                yield Found(text.place_of(language), text.name, found=found[0])


@check(
    "T006",
    "A placeholder names a variable that cannot be used.",
    "'{%(variable)s.%(form)s}' cannot be filled in here.",
    "Use a variable that is asked: label with codes, value with numbers and texts, other with an open code.",
)
def placeholder_unknown(context: Context) -> Iterator[Found]:
    """A piped variable is asked in this wave; ``label`` needs codes."""
    for text, language, name, form in _piped(context):
        entry = context.registry.get(name)
        if entry is None or name not in context.used or not _has(context, entry, form):
            yield Found(
                text.place_of(language),
                text.name,
                instead=None if name in context.used else nearest(name, context.used),
                variable=name,
                form=form,
            )


@check(
    "T007",
    "A placeholder reads a later question.",
    "'%(name)s' pipes in '%(variable)s', which has not been asked by then.",
    "Put the question that is read on an earlier page.",
)
def placeholder_ahead(context: Context) -> Iterator[Found]:
    """What is piped in was answered on an earlier page."""
    language = context.study.languages[0]
    for questionnaire in context.questionnaires.values():
        order = {page.id: index for index, page in enumerate(questionnaire.pages)}
        for page in questionnaire.pages:
            for place, key, text in _said(context, page):
                for found in PLACEHOLDER.finditer(text[language]):
                    source = questionnaire.page_of.get(found[1] or "")
                    if source is not None and order[source] >= order[page.id]:
                        yield Found(
                            context.cause(place, key, questionnaire.role, "default", language),
                            page.id,
                            variable=found[1],
                        )


def _said(context: Context, page: Page) -> Iterator[tuple[Place, str, Text]]:
    """Every text a page shows before it is answered: the place of what bears it, its key, its words."""
    place = page.place or context.place()
    yield place, "title", page.title
    if page.intro is not None:
        yield place, "intro", page.intro
    for item in page.items:
        here = place if isinstance(item, Information) else item.place or place
        yield here, "text", item.text
        if not isinstance(item, Information) and item.hint is not None:
            yield here, "hint", item.hint
        if isinstance(item, QuestionSet):
            yield from ((question.place or here, "text", question.text) for question in item.questions)


def _has(context: Context, entry: VariableEntry, form: str) -> bool:
    """Whether an answer to the variable can be told in this form."""
    if form == "other":
        codes = context.codes_of(entry)
        return codes is not None and any(category.other for category in codes.categories)
    return (form == "label") == (entry.codes is not None)


def _piped(context: Context) -> Iterator[tuple[Mention, str, str, str]]:
    """What is piped in: the text, the first language that does so, the variable and the form."""
    for text in context.texts:
        first: dict[str, str] = {}
        for language, words in text.words.items() if text.kind in PIPED_KINDS else ():
            for name in sorted(placeholders(words) - {"wave_year"}):
                first.setdefault(name, language)
        for name, language in first.items():
            variable, form = name.split(".")
            yield text, language, variable, form


def saying(pattern: re.Pattern[str], kinds: Collection[str] | None = None, spoken: str = "") -> Function:
    """The check that no text of some kinds, in one language or in any, holds what the pattern finds."""

    def found(context: Context) -> Iterator[Found]:
        """Of every text the first words that should not be there."""
        for text, language, words in context.words(kinds):
            said = pattern.search(words) if language == (spoken or language) else None
            if said:
                yield Found(text.place_of(language), text.name, found=said[0])

    return found


def once_wrong(is_wrong: Callable[[str], bool], kinds: Collection[str] = ()) -> Function:
    """The check that what a text says is right; of each text the first language in which it is not is told."""

    def found(context: Context) -> Iterator[Found]:
        """Of every text the first words that are wrong."""
        for text in context.texts:
            wrong = next((language for language, words in text.words.items() if is_wrong(words)), None)
            if wrong is not None and (not kinds or text.kind in kinds):
                yield Found(text.place_of(wrong), text.name)

    return found


def _has_stray_spaces(words: str) -> bool:
    """At its ends, doubled, or before a comma."""
    is_stray = words != words.strip() or "  " in words or re.search(r" [,.?!;:](\s|$)", words) is not None
    return bool(words.strip()) and is_stray


# Texts go to pages, books and files alike, so they hold no HTML or Markdown.
check("T008", "A text holds markup.", "'%(found)s' is markup.", "Write plain text; the platform does the markup.")(
    saying(_MARKUP)
)
check("T009", "A text is not finished.", "'%(found)s' looks like a note to oneself.", "Write the text.")(
    saying(_LEFTOVER)
)
check("T010", "A text holds stray spaces.", "'%(name)s' has a space too many.", "Remove the spaces.", level="warning")(
    once_wrong(_has_stray_spaces)
)
# "é" in two characters is not found when one searches for "é" in one.
check(
    "T013",
    "A text uses decomposed characters.",
    "'%(name)s' is not in the form NFC.",
    "Save the file in Unicode NFC.",
    level="warning",
)(once_wrong(lambda words: not unicodedata.is_normalized("NFC", words)))


@check(
    "T011",
    "A text is the same in both languages.",
    "'%(name)s' is not translated.",
    "Translate the text.",
    level="warning",
)
def untranslated(context: Context) -> Iterator[Found]:
    """Four words or more are seldom the same in two languages."""
    for text in context.texts:
        source: dict[str, str] = {}
        for language, words in text.words.items():
            if len(words.split()) >= 4 and source.setdefault(words, language) != language:
                yield Found(text.place_of(language), text.name)


@check(
    "T012",
    "A translation is much longer or shorter.",
    "The languages of '%(name)s' are %(shortest)s and %(longest)s characters long.",
    "See whether something was lost or added.",
    level="warning",
)
def length_blown_up(context: Context) -> Iterator[Found]:
    """More than twice as long or less than half: on a phone, or in the meaning, something is off."""
    for text in context.texts:
        lengths = sorted(len(words) for words in text.words.values())
        if len(lengths) > 1 and lengths[-1] > 60 and lengths[-1] > 2 * lengths[0]:
            yield Found(text.place_of(list(text.words)[-1]), text.name, shortest=lengths[0], longest=lengths[-1])
