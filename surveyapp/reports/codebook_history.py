"""What the codebook tells beside the variable itself: where it stands in the questionnaire, and what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.compare import comparable
from surveyapp.instrument.conditions.sentence import sentence
from surveyapp.instrument.model import Instrument, Variable
from surveyapp.reports.filter_words import codebook
from surveyapp.reports.sentences import Words, both


@dataclass(frozen=True, slots=True)
class CodebookYear:
    """A variable in an earlier wave: what may be said of both years, why, and what exactly differs."""

    year: int
    effect: str  # continue · recode · indicative · break
    reasons: tuple[Words, ...]
    details: tuple[Words, ...] = ()


def routing(variable: Variable, instrument: Instrument) -> dict[str, Words]:
    """By role, the page the question stands on and when somebody of the role comes to it."""
    found: dict[str, Words] = {}
    universe = instrument.universes.get(variable.name)
    for role in instrument.study.roles:
        questionnaire = instrument.questionnaires.get(role.id)
        at = questionnaire.page_of.get(variable.name) if questionnaire is not None else None
        if questionnaire is None or at is None:
            continue
        page = questionnaire.by_id[at]
        condition = universe.by_role.get(role.id) if universe is not None else None
        book = codebook(instrument)
        found[role.id] = both(
            "page %(number)s of %(pages)s, “%(title)s”; %(asked)s",
            number=list(questionnaire.by_id).index(at) + 1,
            pages=len(questionnaire.by_id),
            title={language: page.title[language] for language in LANGUAGES},
            asked={language: sentence(condition, language, book) for language in LANGUAGES},
        )
    return found


def history(name: str, instrument: Instrument, before: Sequence[Instrument]) -> tuple[CodebookYear, ...]:
    """The variable in each earlier wave, the newest first; waves that did not have it are left out."""
    found = []
    for earlier in sorted(before, key=lambda one: -one.wave.year):
        if name not in earlier.variables:
            continue
        compared = comparable(name, earlier, instrument, [one for one in before if one.wave.year < earlier.wave.year])
        found.append(CodebookYear(earlier.wave.year, compared.effect.value, compared.reasons, compared.details))
    return tuple(found)
