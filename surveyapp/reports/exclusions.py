"""How many finished questionnaires are excluded from figures, as everybody may be told it.

A number from 1 to one less than the threshold is told to nobody but the team: it is a count of a few people.
"""

from __future__ import annotations

from surveyapp.catalogues import LANGUAGES
from surveyapp.reports.formatting import count
from surveyapp.reports.ledger import told_count
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.wave_data import WaveData


def told_exclusions(data: WaveData) -> int | None:
    """How many are excluded; None: more than nobody, and fewer than may be told."""
    return told_count(data.left_out, data.instrument.study.threshold)


def excluded_note(data: WaveData) -> Words | None:
    """How many are excluded, in one sentence; None where nobody is."""
    if not data.left_out:
        return None
    told, threshold = told_exclusions(data), data.instrument.study.threshold
    few = both("fewer than %(threshold)s", threshold=threshold)
    many = few if told is None else {language: count(told, language) for language in LANGUAGES}
    return both("Finished questionnaires left out for their quality: %(many)s.", many=many)
