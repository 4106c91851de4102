"""T: every text is there in every language, and its placeholders work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.uses import TextUse
from surveyapp.instrument.definition import VariableEntry
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
    "error",
    "files",
    title=("Een vertaling ontbreekt.", "A translation is missing."),
    fix=("Schrijf de tekst in elke taal van de studie.", "Write the text in every language of the study."),
)
def translation_missing(context: Context) -> Iterator[Found]:
    """Every text has every language."""
    for text in context.texts:
        lacking = [language for language in context.study.languages if language not in text.words]
        if lacking:
            listed = ", ".join(lacking)
            yield Found(text.place, text.name, f"‘{text.name}’ mist: {listed}.", f"'{text.name}' lacks: {listed}.")


@check(
    "T002",
    "error",
    "files",
    title=("Een tekst staat in een taal die de studie niet voert.", "A text is in a language the study does not have."),
    fix=(
        "Schrijf de tekst onder een taal van de studie, of voeg de taal toe aan languages.",
        "Write the text under a language of the study, or add the language to languages.",
    ),
)
def language_unknown(context: Context) -> Iterator[Found]:
    """Languages are those of study.yaml."""
    for text in context.texts:
        for language in text.words:
            if language not in context.study.languages:
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"De studie voert geen ‘{language}’.",
                    f"The study has no '{language}'.",
                )


@check(
    "T003",
    "error",
    "files",
    title=("Een tekst is leeg.", "A text is empty."),
    fix=(
        "Schrijf de tekst; een toelichting die niets zegt, kan weg.",
        "Write the text; a hint that says nothing can go.",
    ),
)
def text_empty(context: Context) -> Iterator[Found]:
    """A text says something."""
    for text in context.texts:
        for language, words in text.words.items():
            if not words.strip():
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{text.name}’ is leeg in ‘{language}’.",
                    f"'{text.name}' is empty in '{language}'.",
                )


@check(
    "T004",
    "error",
    "files",
    title=("De talen voegen niet hetzelfde in.", "The languages do not pipe in the same."),
    fix=("Gebruik in elke taal dezelfde plaatshouders.", "Use the same placeholders in every language."),
)
def placeholders_differ(context: Context) -> Iterator[Found]:
    """Placeholders agree between the languages."""
    for text in context.texts:
        found = {language: placeholders(words) for language, words in text.words.items()}
        source = next(iter(found.values()), frozenset())
        other = next((language for language, piped in found.items() if piped != source), None)
        if other is not None:
            yield Found(
                text.place_of(other),
                text.name,
                f"De plaatshouders van ‘{text.name}’ verschillen per taal.",
                f"The placeholders of '{text.name}' differ between the languages.",
            )


@check(
    "T005",
    "error",
    "files",
    title=(
        "Een plaatshouder is niet te lezen of mist een terugvaltekst.",
        "A placeholder is unreadable or has no fallback.",
    ),
    fix=("Schrijf {variabele.label|terugvaltekst} of {wave_year}.", "Write {variable.label|fallback} or {wave_year}."),
)
def placeholder_unreadable(context: Context) -> Iterator[Found]:
    """Braces hold a placeholder with a fallback, and only where texts are filled in."""
    for text in context.texts:
        for language, words in text.words.items():
            for found in _BRACED.finditer(words):
                if text.kind not in PIPED_KINDS or not PLACEHOLDER.fullmatch(found[0]):
                    yield Found(
                        text.place_of(language),
                        text.name,
                        f"‘{found[0]}’ wordt hier niet ingevuld.",
                        f"'{found[0]}' is not filled in here.",
                    )


@check(
    "T006",
    "error",
    "files",
    title=("Een plaatshouder noemt een variabele die niet kan.", "A placeholder names a variable that cannot be used."),
    fix=(
        "Gebruik een gevraagde variabele: label bij codes, value bij getallen en teksten, other bij een open code.",
        "Use a variable that is asked: label with codes, value with numbers and texts, other with an open code.",
    ),
)
def placeholder_unknown(context: Context) -> Iterator[Found]:
    """A piped variable is asked in this wave; ``label`` needs codes."""
    for text, language, name, form in _piped(context):
        entry = context.registry.get(name)
        if entry is None or name not in context.used or not _has(context, entry, form):
            yield Found(
                text.place_of(language),
                text.name,
                f"‘{{{name}.{form}}}’ kan hier niet worden ingevuld.",
                f"'{{{name}.{form}}}' cannot be filled in here.",
                None if name in context.used else nearest(name, context.used),
            )


@check(
    "T007",
    "error",
    "instrument",
    title=("Een plaatshouder leest een latere vraag.", "A placeholder reads a later question."),
    fix=("Zet de gelezen vraag op een eerdere pagina.", "Put the question that is read on an earlier page."),
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
                            f"‘{page.id}’ voegt ‘{found[1]}’ in, dat dan nog niet is gevraagd.",
                            f"'{page.id}' pipes in '{found[1]}', which has not been asked by then.",
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
        _, codes = context.code_lists.get(entry.codes or "", (None, None))
        return codes is not None and any(category.other for category in codes.categories)
    return (form == "label") == (entry.codes is not None)


def _piped(context: Context) -> Iterator[tuple[TextUse, str, str, str]]:
    """What is piped in: the text, the first language that does so, the variable and the form."""
    for text in context.texts:
        if text.kind in PIPED_KINDS:
            first: dict[str, str] = {}
            for language, words in text.words.items():
                for name in sorted(placeholders(words) - {"wave_year"}):
                    first.setdefault(name, language)
            for name, language in first.items():
                variable, form = name.split(".")
                yield text, language, variable, form


@check(
    "T008",
    "error",
    "files",
    title=("Een tekst bevat opmaak.", "A text holds markup."),
    fix=("Schrijf gewone tekst; de opmaak komt van het platform.", "Write plain text; the platform does the markup."),
)
def markup(context: Context) -> Iterator[Found]:
    """Texts go to pages, books and files alike, so they hold no HTML or Markdown."""
    for text in context.texts:
        for language, words in text.words.items():
            found = _MARKUP.search(words)
            if found:
                yield Found(text.place_of(language), text.name, f"‘{found[0]}’ is opmaak.", f"'{found[0]}' is markup.")


@check(
    "T009",
    "error",
    "files",
    title=("Een tekst is nog niet af.", "A text is not finished."),
    fix=("Schrijf de tekst.", "Write the text."),
)
def leftover(context: Context) -> Iterator[Found]:
    """Reminders to oneself do not reach respondents."""
    for text in context.texts:
        for language, words in text.words.items():
            found = _LEFTOVER.search(words)
            if found:
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{found[0]}’ lijkt een aantekening.",
                    f"'{found[0]}' looks like a note to oneself.",
                )


@check(
    "T010",
    "warning",
    "files",
    title=("Een tekst bevat losse spaties.", "A text holds stray spaces."),
    fix=("Haal de spaties weg.", "Remove the spaces."),
)
def stray_spaces(context: Context) -> Iterator[Found]:
    """No space at the ends, none doubled, none before a comma."""
    for text in context.texts:
        for language, words in text.words.items():
            if words.strip() and (words != words.strip() or "  " in words or re.search(r" [,.?!;:](\s|$)", words)):
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{text.name}’ heeft een spatie te veel.",
                    f"'{text.name}' has a space too many.",
                )
                break


@check(
    "T011",
    "warning",
    "files",
    title=("Een tekst is in beide talen gelijk.", "A text is the same in both languages."),
    fix=("Vertaal de tekst.", "Translate the text."),
)
def untranslated(context: Context) -> Iterator[Found]:
    """Four words or more are seldom the same in two languages."""
    for text in context.texts:
        source: dict[str, str] = {}
        for language, words in text.words.items():
            if len(words.split()) >= 4 and source.setdefault(words, language) != language:
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{text.name}’ is niet vertaald.",
                    f"'{text.name}' is not translated.",
                )


@check(
    "T012",
    "warning",
    "files",
    title=("Een vertaling is veel langer of korter.", "A translation is much longer or shorter."),
    fix=("Kijk of er iets is weggevallen of bijgekomen.", "See whether something was lost or added."),
)
def length_blown_up(context: Context) -> Iterator[Found]:
    """More than twice as long or less than half: on a phone, or in the meaning, something is off."""
    for text in context.texts:
        lengths = sorted(len(words) for words in text.words.values())
        if len(lengths) > 1 and lengths[-1] > 60 and lengths[-1] > 2 * lengths[0]:
            yield Found(
                text.place_of(list(text.words)[-1]),
                text.name,
                f"De talen van ‘{text.name}’ zijn {lengths[0]} en {lengths[-1]} tekens lang.",
                f"The languages of '{text.name}' are {lengths[0]} and {lengths[-1]} characters long.",
            )


@check(
    "T013",
    "warning",
    "files",
    title=("Een tekst gebruikt samengestelde tekens.", "A text uses decomposed characters."),
    fix=("Bewaar het bestand in Unicode NFC.", "Save the file in Unicode NFC."),
)
def not_composed(context: Context) -> Iterator[Found]:
    """ "é" in two characters is not found when one searches for "é" in one."""
    for text in context.texts:
        for language, words in text.words.items():
            if not unicodedata.is_normalized("NFC", words):
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{text.name}’ staat niet in de vorm NFC.",
                    f"'{text.name}' is not in the form NFC.",
                )
                break
