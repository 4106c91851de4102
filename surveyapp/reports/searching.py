"""The words by which a variable is found: its own, those it is asked in and those of its answers, in every language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from surveyapp.instrument.model import Information, Instrument, QuestionSet, Text


def plain(text: str) -> str:
    """Small letters without accents: "Één" and "een" are one word, and so are both apostrophes."""
    apart = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def found(instrument: Instrument, words: str) -> frozenset[str]:
    """The variables that have all of these words; every one of them where there are none."""
    wanted = plain(words).split()
    if not wanted:
        return frozenset(instrument.variables)
    return frozenset(name for name, text in searched(instrument).items() if all(word in text for word in wanted))


def searched(instrument: Instrument) -> dict[str, str]:
    """Per variable what a search looks through."""
    texts: dict[str, list[str]] = {name: [name] for name in instrument.variables}
    for name, text in _texts(instrument):
        if name in texts:
            texts[name].extend(text.values())
    for variable in instrument.variables.values():
        if variable.other_of is not None:  # what is typed beside "other" answers the same question
            texts[variable.name] += texts[variable.other_of]
    return {name: plain("\n".join(parts)) for name, parts in texts.items()}


def _texts(instrument: Instrument) -> Iterator[tuple[str, Text]]:
    for variable in instrument.variables.values():
        about: Iterable[Text | None] = (
            variable.label,
            variable.unit,
            *(category.label for category in variable.categories),
            *(category.short for category in variable.categories),
            instrument.constructs[variable.construct].label if variable.construct else None,
        )
        for text in about:
            if text is not None:
                yield variable.name, text
    for questionnaire in instrument.questionnaires.values():
        for page in questionnaire.pages:
            for item in page.items:
                if isinstance(item, Information):
                    continue
                for question in item.questions if isinstance(item, QuestionSet) else (item,):
                    yield question.name, question.text
                    yield question.name, item.text
                    yield question.name, page.title
