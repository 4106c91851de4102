"""What stands with figures of coded answers: of which question, how many have their codes, how far coders agreed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.variables import Coded
from surveyapp.reports.formatting import count, mean, share
from surveyapp.reports.sentences import Words, both


def coded_remarks(made: Coded) -> Iterator[Words]:
    """How a coded variable came to be; first that it is provisional, where it is."""
    if made.is_provisional:
        yield both(
            "Provisional: the codes of %(coded)s out of %(answers)s are settled; the other answers count as skipped "
            "here. For the team only, until all are settled and put into the figures.",
            coded=_counts(made.coded),
            answers=_counts(made.answers),
        )
    yield both(
        "Coded from the open answers to %(question)s. %(twice)s of the answers were coded by two people who did not "
        "see each other’s codes; a third step settled where they differed.",
        question=made.source,
        twice={language: share(made.twice / made.answers if made.answers else 0.0, language) for language in LANGUAGES},
    )
    if not math.isnan(made.kappa):
        kappa, low, high = (_two_decimals(value) for value in (made.kappa, made.low, made.high))
        yield both(
            "Agreement before that: pooled kappa over all codes %(kappa)s (95%% interval %(low)s to %(high)s).",
            kappa=kappa,
            low=low,
            high=high,
        )


def _two_decimals(value: float) -> dict[str, str]:
    return {language: mean(value, language, 2) for language in LANGUAGES}


def _counts(value: int) -> dict[str, str]:
    return {language: count(value, language) for language in LANGUAGES}
