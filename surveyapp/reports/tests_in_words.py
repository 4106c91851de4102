"""How the columns of a table were compared, as its method line says it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from surveyapp.analysis.significance import Comparison
from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.model import Study
from surveyapp.reports import formatting
from surveyapp.reports.sentences import Words, both


@dataclass(frozen=True, slots=True)
class Compared:
    """What the tests of a table's columns must allow for."""

    is_against_rest: bool = False
    is_linearised: bool = False  # cases count for more or less than 1, or were drawn in strata or clusters
    is_overlapping: bool = False  # groups that are compared share people


def tests_line(study: Study, compared: Set[Comparison | None], how: Compared) -> Iterator[Words]:
    """What a letter or an arrow means: by which tests, at which level, corrected how, and for whom."""
    used = [words for test, words in _tests(study.tests) if test in compared]
    if not used:
        return
    decimals = 0 if round(study.significance * 100, 9).is_integer() else 1
    blanks: dict[str, Words | str | int] = {
        "tests": {language: ", ".join(each[language] for each in used) for language in LANGUAGES},
        "level": {language: formatting.share(study.significance, language, decimals) for language in LANGUAGES},
        "correction": _correction(study.correction),
        "base": study.low_base,
    }
    if how.is_against_rest:
        yield both(
            "▲ and ▼ mark what is significantly higher or lower than in all others together: %(tests)s, two-sided at "
            "%(level)s, %(correction)s, columns with at least %(base)s.",
            **blanks,
        )
    else:
        yield both(
            "A letter names a column of the same breakdown that is significantly lower: %(tests)s, two-sided at "
            "%(level)s, %(correction)s, columns with at least %(base)s.",
            **blanks,
        )
    if how.is_linearised and study.tests == "survey":
        yield both("Errors of the tests are linearised.")
    if how.is_overlapping and not how.is_against_rest:
        yield both("Groups that share people are tested with what they share taken off.")


def _tests(mode: str) -> Iterator[tuple[Comparison, Words]]:
    if mode == "market":
        yield Comparison.SHARE, both("z test for shares on effective bases (five or more expected)")
        yield Comparison.MEAN, both("t test for means on effective bases")
        yield Comparison.SCORE, both("z test for scores on effective bases")
        return
    yield Comparison.SHARE, both("pooled z test for shares (five or more expected)")
    yield Comparison.MEAN, both("Welch’s t test for means")
    yield Comparison.SCORE, both("z test for scores")


def _correction(name: str) -> Words:
    return {
        "holm": both("Holm within the row"),
        "bh": both("Benjamini-Hochberg within the row"),
        "bonferroni": both("Bonferroni within the row"),
        "none": both("not corrected for the number of tests"),
    }[name]
