"""How a derived variable is made, in words: for the codebook, and where two waves are laid side by side."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import Message
from surveyapp.instrument.conditions.codebook import Codebook
from surveyapp.instrument.findings import in_both
from surveyapp.instrument.variables import Derivation, Portion, Variable, Way

Words = Mapping[str, str]


def derivation_text(variable: Variable, book: Codebook) -> Words:
    """From what a variable is derived and how, in nl and en; of one that people are asked that they are."""
    made = variable.derivation
    if made is None:
        return in_both(Message("asked"))
    if made.way is Way.SCORE:
        items = ", ".join(item.name for item in made.items)
        return in_both(
            Message(
                "derived from %(items)s: the mean of the steps, each from 0 to 100, for valid answers to two thirds of "
                "what somebody was asked, two at least",
                items=items,
            )
        )
    source = book.variables.get(made.source)
    label = {each: source.label[each] if source else made.source for each in LANGUAGES}
    parts = {
        each: "; ".join(
            f"{category.label[each]}: {_portion(portion, made, source, each)}"
            for category, portion in zip(variable.categories, made.portions, strict=True)
        )
        for each in LANGUAGES
    }
    said = "derived from “%(label)s” (%(name)s): %(parts)s"
    if made.is_age:
        said = "derived from “%(label)s” (%(name)s), as the age in %(year)s: %(parts)s"
        return in_both(Message(said, label=label, name=made.source, year=made.year, parts=parts))
    return in_both(Message(said, label=label, name=made.source, parts=parts))


def _portion(portion: Portion, made: Derivation, source: Variable | None, language: str) -> str:
    if made.way is not Way.BANDS:
        labels = {one.code: one.label[language] for one in source.categories} if source else {}
        return ", ".join(f"{code} ({labels[code]})" if code in labels else str(code) for code in portion.codes)
    low, below = (None if end is None else f"{end:g}" for end in (portion.low, portion.below))
    if low is None and below is None:
        said = Message("every number")
    elif low is None:
        said = Message("below %(below)s", below=below)
    elif below is None:
        said = Message("%(low)s or more", low=low)
    else:
        said = Message("from %(low)s, below %(below)s", low=low, below=below)
    return in_both(said)[language]
