"""A condition in words, in every language of the product."""

from __future__ import annotations

from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.codebook import PlainCodebook
from surveyapp.instrument.conditions.sentence import clause
from surveyapp.instrument.model import Instrument


def codebook(instrument: Instrument) -> PlainCodebook:
    """What sentences and type checks need to know of an instrument."""
    study = instrument.study
    return PlainCodebook(instrument.variables, instrument.missing, study.roles, study.languages)


def sentences(condition: Condition, instrument: Instrument) -> dict[str, str]:
    """What a condition says, per language, as a clause after "if"."""
    book = codebook(instrument)
    return {language: clause(condition, language, book) for language in LANGUAGES}
