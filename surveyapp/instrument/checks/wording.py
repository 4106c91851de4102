"""W: the words respondents read. Register (u), British English, the study's terms, length on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check
from surveyapp.instrument.checks.texts import saying

LONGEST_SENTENCE = 30  # words; a sentence beyond this is read twice, or not at all
LONGEST_TITLE = 60  # characters; three lines on a phone of 360 pixels
LONGEST_CATEGORY = 100  # characters; four lines beside a radio button
RESPONDENT_KINDS = frozenset({"question", "statement", "hint", "title", "intro", "information", "ending", "category"})
"""Kinds of text that respondents read."""

_INFORMAL = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
_AMERICAN = {
    "en": (
        (r"organiz(?:e|es|ed|ing|ation|ations)", "organis…"),
        (r"behaviors?", "behaviour"),
        (r"colors?", "colour"),
        (r"labor", "labour"),
        (r"centers?", "centre"),
        (r"programs?", "programme"),
        (r"favorites?", "favourite"),
        (r"analyz(?:e|es|ed|ing)", "analys…"),
        (r"recogniz(?:e|es|ed|ing)", "recognis…"),
        (r"fulfill", "fulfil"),
        (r"judgment", "judgement"),
    )
}
_CONTRACTION = re.compile(
    r"\b(?:don|doesn|didn|can|won|isn|aren|wasn|weren)['’]t\b|\bI['’]m\b|\byou['’]re\b|\bit['’]s\b"
)
_TERMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "nl": (
        (r"survey", "onderzoek of vragenlijst"),
        (r"respondenten?", "u, of deelnemers"),
        (r"zzp['’]?ers?|freelancers?", "zelfstandig professional"),
        (r"klant(?:en)?", "opdrachtgever"),
    ),
    "en": (
        (r"respondents?", "you, or participants"),
        (r"freelancers?", "independent professional"),
        (r"customers?", "client"),
    ),
}
_SENTENCE = re.compile(r"[.?!:;]+(?:\s|$)")
_SHOUT = re.compile(r"\b[A-Z]{6,}\b")


def rather(terms: Mapping[str, Sequence[tuple[str, str]]]) -> Function:
    """The check that texts hold none of these words; for each language the pattern of a word, and a better one."""

    def found(context: Context) -> Iterator[Found]:
        """Of every text the words for which there is a better one."""
        for text, language, words in context.words(RESPONDENT_KINDS):
            for pattern, better in terms.get(language, ()):
                said = re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE)
                if said:
                    yield Found(text.place_of(language), text.name, found=said[0], better=better)

    return found


check(
    "W001",
    "A Dutch text uses the informal 'je'.",
    "'%(found)s' is informal Dutch.",
    "Write 'u' and 'uw', or make it impersonal.",
    level="warning",
)(saying(_INFORMAL, RESPONDENT_KINDS, "nl"))
check(
    "W002",
    "An English text has American spelling.",
    "'%(found)s' is '%(better)s' in British English.",
    "Use British spelling.",
    level="warning",
)(rather(_AMERICAN))
# One word per thing, the same in every question.
check(
    "W007",
    "A text uses a word the study avoids.",
    "'%(found)s': rather %(better)s.",
    "Use the study's term.",
    level="hint",
)(rather(_TERMS))
# Capitals shout, and screen readers may spell them.
check(
    "W008",
    "A word is in capitals.",
    "'%(found)s' shouts.",
    "Write ordinary letters; let the sentence stress it.",
    level="hint",
)(saying(_SHOUT, RESPONDENT_KINDS))
# The English is as formal as the Dutch; "don't know" as an answer is common usage and may stay.
check(
    "W009",
    "An English text contracts words.",
    "'%(found)s' is a contraction.",
    "Write do not, it is, … in full.",
    level="hint",
)(saying(_CONTRACTION, RESPONDENT_KINDS - {"category"}, "en"))


@check(
    "W003",
    "A sentence is long.",
    "A sentence of '%(name)s' (%(language)s) has %(many)s words.",
    "Make it two sentences.",
    level="hint",
)
def long_sentence(context: Context) -> Iterator[Found]:
    """No more than 30 words to a sentence."""
    for text, language, words in context.words(RESPONDENT_KINDS):
        longest = max(len(sentence.split()) for sentence in _SENTENCE.split(words))
        if longest > LONGEST_SENTENCE:
            yield Found(text.place_of(language), text.name, language=language, many=longest)


@check(
    "W004",
    "A title is too long for a phone.",
    "The title of '%(name)s' (%(language)s) has %(many)s characters.",
    "Keep a title under %(most)s characters.",
    level="warning",
    most=LONGEST_TITLE,
)
def long_title(context: Context) -> Iterator[Found]:
    """Titles of parts and pages."""
    if context.questionnaire is None:
        return
    own = context.place().file
    for text, language, words in context.words(["title"]):
        if text.document.file == own and len(words) > LONGEST_TITLE:
            yield Found(text.place_of(language), text.name, language=language, many=len(words))


@check(
    "W005",
    "An answer is too long for a phone.",
    "The answer '%(name)s' (%(language)s) has %(many)s characters.",
    "Keep an answer under %(most)s characters.",
    level="warning",
    most=LONGEST_CATEGORY,
)
def long_category(context: Context) -> Iterator[Found]:
    """Labels of categories."""
    for text, language, words in context.words(["category"]):
        if len(words) > LONGEST_CATEGORY:
            yield Found(text.place_of(language), text.name, language=language, many=len(words))


@check(
    "W006",
    "A question ends without a sign.",
    "'%(name)s' (%(language)s) ends without a sign.",
    "End with a question mark, full stop or colon.",
    level="hint",
)
def no_final_sign(context: Context) -> Iterator[Found]:
    """Questions, hints and introductions are sentences."""
    for text, language, words in context.words(("question", "hint", "intro", "information", "ending")):
        if words.strip() and words.rstrip()[-1] not in ".?!:…)”’'\"":
            yield Found(text.place_of(language), text.name, language=language)


@check(
    "W010",
    "A question asks two questions.",
    "'%(name)s' has %(many)s question marks.",
    "Split the question.",
    level="warning",
)
def two_questions(context: Context) -> Iterator[Found]:
    """Two question marks that both want an answer; "Zo nee, …" is no question."""
    language = context.study.languages[0]
    seen: set[str] = set()
    for role, question in context.put_to:
        words = question.text[language]
        if words.count("?") > 2 and words not in seen:
            seen.add(words)
            yield Found(
                context.cause(question.place, "text", role, "default", language), question.name, many=words.count("?")
            )
