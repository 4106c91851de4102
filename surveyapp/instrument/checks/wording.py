"""W: the words respondents read. Register (u), British English, the study's terms, length on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.uses import TextUse

LONGEST_SENTENCE = 30  # words; a sentence beyond this is read twice, or not at all
LONGEST_TITLE = 60  # characters; three lines on a phone of 360 pixels
LONGEST_CATEGORY = 100  # characters; four lines beside a radio button
RESPONDENT_KINDS = frozenset({"question", "statement", "hint", "title", "intro", "information", "ending", "category"})
"""Kinds of text that respondents read."""

_INFORMAL = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
_AMERICAN: Mapping[str, str] = {
    r"organiz(?:e|es|ed|ing|ation|ations)": "organis…",
    r"behaviors?": "behaviour",
    r"colors?": "colour",
    r"labor": "labour",
    r"centers?": "centre",
    r"programs?": "programme",
    r"favorites?": "favourite",
    r"analyz(?:e|es|ed|ing)": "analys…",
    r"recogniz(?:e|es|ed|ing)": "recognis…",
    r"fulfill": "fulfil",
    r"judgment": "judgement",
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


def _read(context: Context, *kinds: str) -> Iterator[tuple[TextUse, str, str]]:
    for text in context.texts:
        if text.kind in (kinds or RESPONDENT_KINDS):
            for language, words in text.words.items():
                yield text, language, words


@check(
    "W001",
    "warning",
    "files",
    title=("Een tekst spreekt met ‘je’.", "A Dutch text uses the informal 'je'."),
    fix=("Schrijf ‘u’ en ‘uw’, of maak de zin onpersoonlijk.", "Write 'u' and 'uw', or make it impersonal."),
)
def informal(context: Context) -> Iterator[Found]:
    """Respondents are addressed with u."""
    for text, language, words in _read(context):
        found = _INFORMAL.search(words) if language == "nl" else None
        if found:
            yield Found(
                text.place_of(language), text.name, f"‘{found[0]}’ is tutoyeren.", f"'{found[0]}' is informal Dutch."
            )


@check(
    "W002",
    "warning",
    "files",
    title=("Een Engelse tekst is Amerikaans gespeld.", "An English text has American spelling."),
    fix=("Gebruik de Britse spelling.", "Use British spelling."),
)
def american(context: Context) -> Iterator[Found]:
    """British English throughout."""
    for text, language, words in _read(context):
        for pattern, british in _AMERICAN.items() if language == "en" else ():
            found = re.search(rf"\b{pattern}\b", words, re.IGNORECASE)
            if found:
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{found[0]}’ is in Brits Engels ‘{british}’.",
                    f"'{found[0]}' is '{british}' in British English.",
                )


@check(
    "W003",
    "hint",
    "files",
    title=("Een zin is lang.", "A sentence is long."),
    fix=("Maak er twee zinnen van.", "Make it two sentences."),
)
def long_sentence(context: Context) -> Iterator[Found]:
    """No more than 30 words to a sentence."""
    for text, language, words in _read(context):
        longest = max(len(sentence.split()) for sentence in _SENTENCE.split(words))
        if longest > LONGEST_SENTENCE:
            yield Found(
                text.place_of(language),
                text.name,
                f"Een zin van ‘{text.name}’ ({language}) telt {longest} woorden.",
                f"A sentence of '{text.name}' ({language}) has {longest} words.",
            )


@check(
    "W004",
    "warning",
    "files",
    title=("Een titel is te lang voor een telefoon.", "A title is too long for a phone."),
    fix=(f"Houd een titel onder {LONGEST_TITLE} tekens.", f"Keep a title under {LONGEST_TITLE} characters."),
)
def long_title(context: Context) -> Iterator[Found]:
    """Titles of parts and pages."""
    if context.questionnaire is None:
        return
    own = context.place().file
    for text, language, words in _read(context, "title"):
        if text.at().file == own and len(words) > LONGEST_TITLE:
            yield Found(
                text.place_of(language),
                text.name,
                f"De titel van ‘{text.name}’ ({language}) heeft {len(words)} tekens.",
                f"The title of '{text.name}' ({language}) has {len(words)} characters.",
            )


@check(
    "W005",
    "warning",
    "files",
    title=("Een antwoord is te lang voor een telefoon.", "An answer is too long for a phone."),
    fix=(f"Houd een antwoord onder {LONGEST_CATEGORY} tekens.", f"Keep an answer under {LONGEST_CATEGORY} characters."),
)
def long_category(context: Context) -> Iterator[Found]:
    """Labels of categories."""
    for text, language, words in _read(context, "category"):
        if len(words) > LONGEST_CATEGORY:
            yield Found(
                text.place_of(language),
                text.name,
                f"Het antwoord ‘{text.name}’ ({language}) heeft {len(words)} tekens.",
                f"The answer '{text.name}' ({language}) has {len(words)} characters.",
            )


@check(
    "W006",
    "hint",
    "files",
    title=("Een vraag eindigt zonder leesteken.", "A question ends without a sign."),
    fix=("Sluit af met een vraagteken, punt of dubbele punt.", "End with a question mark, full stop or colon."),
)
def no_final_sign(context: Context) -> Iterator[Found]:
    """Questions, hints and introductions are sentences."""
    for text, language, words in _read(context, "question", "hint", "intro", "information", "ending"):
        if words.strip() and words.rstrip()[-1] not in ".?!:…)”’'\"":
            yield Found(
                text.place_of(language),
                text.name,
                f"‘{text.name}’ ({language}) eindigt zonder leesteken.",
                f"'{text.name}' ({language}) ends without a sign.",
            )


@check(
    "W007",
    "hint",
    "files",
    title=("Een tekst gebruikt een woord dat de studie vermijdt.", "A text uses a word the study avoids."),
    fix=("Gebruik de term van de studie.", "Use the study's term."),
)
def avoided_term(context: Context) -> Iterator[Found]:
    """One word per thing, the same in every question."""
    for text, language, words in _read(context):
        for pattern, better in _TERMS.get(language, ()):
            found = re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE)
            if found:
                yield Found(
                    text.place_of(language),
                    text.name,
                    f"‘{found[0]}’: liever {better}.",
                    f"'{found[0]}': rather {better}.",
                )


@check(
    "W008",
    "hint",
    "files",
    title=("Een woord staat in hoofdletters.", "A word is in capitals."),
    fix=("Schrijf gewone letters; nadruk komt van de zin.", "Write ordinary letters; let the sentence stress it."),
)
def capitals(context: Context) -> Iterator[Found]:
    """Capitals shout, and screen readers may spell them."""
    for text, language, words in _read(context):
        found = _SHOUT.search(words)
        if found:
            yield Found(text.place_of(language), text.name, f"‘{found[0]}’ schreeuwt.", f"'{found[0]}' shouts.")


@check(
    "W009",
    "hint",
    "files",
    title=("Een Engelse tekst trekt woorden samen.", "An English text contracts words."),
    fix=("Schrijf do not, it is, … voluit.", "Write do not, it is, … in full."),
)
def contraction(context: Context) -> Iterator[Found]:
    """The English is as formal as the Dutch; "don't know" as an answer is common usage and may stay."""
    for text, language, words in _read(context):
        found = _CONTRACTION.search(words) if language == "en" and text.kind != "category" else None
        if found:
            yield Found(
                text.place_of(language),
                text.name,
                f"‘{found[0]}’ is samengetrokken.",
                f"'{found[0]}' is a contraction.",
            )


@check(
    "W010",
    "warning",
    "instrument",
    title=("Een vraag stelt twee vragen.", "A question asks two questions."),
    fix=("Splits de vraag.", "Split the question."),
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
                context.cause(question.place, "text", role, "default", language),
                question.name,
                f"‘{question.name}’ bevat {words.count('?')} vraagtekens.",
                f"'{question.name}' has {words.count('?')} question marks.",
            )
