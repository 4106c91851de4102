"""R030, T014-T016: the languages of a study, and translations against the lock of what was approved.

While a questionnaire is being written these are warnings; a wave with a stale translation cannot be opened
(:func:`surveyapp.instrument.findings.opening_blockers`). A wave without a lock was never approved and is left in peace.
"""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import Counted
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.findings import shortened
from surveyapp.instrument.translation.texts import Translation, translations


def _standing(context: Context) -> Iterator[Translation]:
    files = context.written  # translators see what was written, not what loops make of it
    if files.waves[context.year].lock is not None:
        for language in context.study.languages[1:]:
            yield from translations(files, context.year, language)


@check(
    "T014",
    "A translation is stale.",
    "The source '%(source)s' changed after its translation was approved.",
    "Mend the translation and approve it (surveyapp translate approve), or give a reason (translate waive).",
    level="warning",
)
def translation_stale(context: Context) -> Iterator[Found]:
    """The source changed after its translation was approved; opening the wave is refused."""
    for standing in _standing(context):
        if standing.status == "stale" and standing.waiver is None:
            yield Found(standing.text.place, standing.text.key, source=shortened(standing.source))


@check(
    "T015",
    "A translation has not been approved yet.",
    "The translation '%(words)s' has not been approved by anyone yet.",
    "Read the translation and approve it.",
    level="warning",
)
def translation_not_approved(context: Context) -> Iterator[Found]:
    """A new text in a wave whose other translations were approved."""
    for standing in _standing(context):
        if standing.status == "new" and standing.words.strip():
            yield Found(standing.text.place, standing.text.key, words=shortened(standing.words))


@check(
    "T016",
    "The lock names a text that is gone.",
    "%(texts)s gone, such as '%(text)s'.",
    "Run surveyapp translate approve with --all 0, or with what you approve; that tidies up.",
    level="hint",
)
def approved_text_gone(context: Context) -> Iterator[Found]:
    """What was approved is still there."""
    lock = context.files.waves[context.year].lock
    if lock is None:
        return
    for language in context.study.languages[1:]:
        there = {
            standing.text.key for standing in translations(context.written, context.year, language)
        }  # loops and all
        gone = sorted({*lock.model.approved.get(language, {}), *lock.model.waived.get(language, {})} - there)
        if gone:
            yield Found(
                lock.place("approved"),
                language,
                texts=Counted(len(gone), "approved text is", "approved texts are"),
                text=gone[0],
            )


_LISTED = ", ".join(LANGUAGES)


@check(
    "R030",
    "The study is in a language the product does not speak.",
    "Pages, mails and books do not exist in '%(language)s'.",
    "Choose languages from: %(languages)s; one or more, each once, the source language first.",
    languages=_LISTED,
)
def language_not_spoken(context: Context) -> Iterator[Found]:
    """``languages`` holds nothing but languages the product's own pages, mails and books are written in."""
    seen: set[str] = set()
    for index, language in enumerate(context.study.languages):
        place = context.study.at("languages", index)
        if language not in LANGUAGES:
            yield Found(place, "languages", language=language)
        elif language in seen:
            yield Found(place, "languages", "The language '%(language)s' is twice.", language=language)
        seen.add(language)
