"""How strongly each quality rule strikes for each case: a function from the evidence to a mark per case.

One that has nothing to go by says why.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.careless import (
    LEAST_GROUP,
    MILD,
    PEER_PART,
    SPEED_PART,
    STRONG,
    Marked,
    copies,
    fingerprints,
    long_runs,
    odd_spreads,
    speeders,
)
from surveyapp.analysis.columns import DONT_KNOW, NOT_ASKED, REFUSED, SKIPPED, Bools, Floats, Ints
from surveyapp.analysis.quality import straight_lines
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.minutes import word_count
from surveyapp.instrument.model import Page
from surveyapp.reports.quality_evidence import LEAST_STATEMENTS, Evidence, batteries
from surveyapp.reports.sentences import Words, both

SKIPPED_PART = 0.6
QUICK_PAGE, READ_ON_PAGE = 2, 20
"""A page of so many words that is sent before so many seconds was read by nobody."""
LEAST_SAME = 20
"""Valid answers from which on two questionnaires that are the same throughout are no chance."""
AT_A_TIME = 20_000
"""Cases whose answers stand in one table at a time."""


class NothingToJudge(Exception):
    """A rule has nothing to go by in this wave; ``why`` says so."""

    def __init__(self, why: Words) -> None:
        super().__init__(why["en"])
        self.why = why


def _nothing(n: int) -> Marked:
    return Marked(np.zeros(n, dtype=np.int8), np.full(n, np.nan))


def very_fast(evidence: Evidence) -> Marked:
    """Who took less than a part of the median of the own role, and less per word than anybody reads."""
    found = _nothing(evidence.n)
    part = PEER_PART if evidence.instrument.quality.speed == "half" else SPEED_PART
    is_timed = False
    for _, here in evidence.roles():
        marked = speeders(evidence.cases.seconds[here], evidence.words[here], strong=part)
        found.strengths[here], found.values[here] = marked.strengths, marked.values
        is_timed = is_timed or not np.isnan(marked.values).all()
    if not is_timed:
        raise NothingToJudge(both("No role has %(least)s timed questionnaires yet.", least=LEAST_GROUP))
    return found


def straight(evidence: Evidence) -> Marked:
    """Who answered whole sets of statements with one and the same answer."""
    found, seen = _nothing(evidence.n), 0
    for questionnaire, here in evidence.roles():
        lines, opposed = np.zeros(len(here)), np.zeros(len(here), dtype=np.bool_)
        for battery in batteries(questionnaire, evidence.instrument):
            seen += 1
            is_straight = straight_lines(evidence.scored(battery.names, here), least=LEAST_STATEMENTS)
            lines += is_straight
            opposed |= is_straight & battery.has_opposed
        found.values[here] = lines
        found.strengths[here] = np.where(lines >= 2, np.where(opposed, STRONG, MILD), 0)
    _require_statements(seen)
    return found


def long_rows(evidence: Evidence) -> Marked:
    """Who gave one answer to many statements after one another."""
    found, seen = _nothing(evidence.n), 0
    for questionnaire, here in evidence.roles():
        names = tuple(
            name
            for battery in batteries(questionnaire, evidence.instrument)
            if not battery.is_shuffled
            for name in battery.names
        )
        seen += len(names)
        for some in _parts(here) if names else ():
            marked = long_runs(evidence.scored(names, some))
            found.strengths[some], found.values[some] = marked.strengths, marked.values
    _require_statements(seen)
    return found


def odd_spread(evidence: Evidence) -> Marked:
    """Whose answers to statements differ as little among themselves, or as much, as those of hardly anybody."""
    found, seen = _nothing(evidence.n), 0
    for questionnaire, here in evidence.roles():
        sets = list(batteries(questionnaire, evidence.instrument))
        names = tuple(name for battery in sets for name in battery.names)
        seen += len(names)
        if not names:
            continue
        low = np.array([battery.low for battery in sets for _ in battery.names], dtype=np.float64)
        high = np.array([battery.high for battery in sets for _ in battery.names], dtype=np.float64)
        # All at once: who differs little is told from the others of the role.
        marked = odd_spreads((evidence.scored(names, here) - low) / (high - low))
        found.strengths[here], found.values[here] = marked.strengths, marked.values
    _require_statements(seen)
    return found


def _require_statements(seen: int) -> None:
    if not seen:
        raise NothingToJudge(
            both("No page of this wave has %(least)s statements on one scale.", least=LEAST_STATEMENTS)
        )


def _parts(here: Ints) -> list[Ints]:
    return [here[start : start + AT_A_TIME] for start in range(0, len(here), AT_A_TIME)]


def same_as_another(evidence: Evidence) -> Marked:
    """Who wrote what somebody else wrote, or answered everything as somebody else did."""
    found = np.zeros(evidence.n, dtype=np.intp)
    if evidence.texts is not None:
        found = copies(evidence.texts.prints, evidence.texts.owners, evidence.n)
    is_same: Bools = np.zeros(evidence.n, dtype=np.bool_)
    for questionnaire, here in evidence.roles():
        columns = [evidence.cases.columns[name] for name in questionnaire.questions if name in evidence.cases.columns]
        valid = np.zeros(len(here), dtype=np.intp)
        parts = []
        for column in columns:
            valid += column.missing[here] >= 0
            codes = (array for array in column.arrays().values() if array.dtype != object)
            parts += [flat[here] for array in codes for flat in _flat(array)]
        marks = fingerprints(parts, len(here))
        _, which, times = np.unique(marks, return_inverse=True, return_counts=True)
        is_same[here] = (times[which] > 1) & (valid >= LEAST_SAME)
    strengths = np.where((found >= 2) | is_same, STRONG, np.where(found == 1, MILD, 0)).astype(np.int8)
    return Marked(strengths, found.astype(np.float64))


def _flat(array: NDArray[Any]) -> list[NDArray[Any]]:
    return [array] if array.ndim == 1 else list(array.T)


def impossible(evidence: Evidence) -> Marked:
    """Who gave answers that the questionnaire calls impossible together."""
    rules = evidence.instrument.quality.impossible
    if not rules:
        raise NothingToJudge(both("The questionnaire names no impossible combinations."))
    found = _nothing(evidence.n)
    found.values[:] = 0
    for rule in rules:
        here = is_true(rule.condition, evidence.cases)
        found.values[here] += 1
        strength = STRONG if rule.strength == "strong" else MILD
        found.strengths[here] = np.maximum(found.strengths[here], strength)
    return found


def mostly_skipped(evidence: Evidence) -> Marked:
    """Who left most of what was asked without an answer."""
    asked, none, skipped = (np.zeros(evidence.n) for _ in range(3))
    for questionnaire, here in evidence.roles():
        for name in questionnaire.questions:
            missing = evidence.missing(name)[here]
            asked[here] += missing != NOT_ASKED
            skipped[here] += missing == SKIPPED
            none[here] += np.isin(missing, (DONT_KNOW, REFUSED, SKIPPED))
    if not asked.any():
        raise NothingToJudge(both("Nobody finished yet."))
    values = np.divide(none, asked, out=np.full(evidence.n, np.nan), where=asked > 0)
    is_mostly = np.divide(skipped, asked, out=np.zeros(evidence.n), where=asked > 0) > SKIPPED_PART
    strengths = np.where(is_mostly, STRONG, np.where(values > SKIPPED_PART, MILD, 0)).astype(np.int8)
    return Marked(strengths, values)


def as_a_program(evidence: Evidence) -> Marked:
    """Who filled in what nobody sees, or sent pages before anybody could have read them."""
    pages, quick = np.zeros(evidence.n), np.zeros(evidence.n)
    for questionnaire, here in evidence.roles():
        for page in questionnaire.pages:
            saved = evidence.saved.get(page.id)
            if saved is None or _least_words(page, evidence) < READ_ON_PAGE:
                continue
            seen = saved[here] > 0
            pages[here] += seen
            quick[here] += seen & (saved[here].astype(np.intp) - 1 < QUICK_PAGE)
    is_mild = (quick >= 2) & (quick * 2 < pages)
    is_strong = evidence.trapped | ((quick >= 2) & (quick * 2 >= pages))
    strengths = np.where(is_strong, STRONG, np.where(is_mild, MILD, 0)).astype(np.int8)
    return Marked(strengths, quick)


def _least_words(page: Page, evidence: Evidence) -> int:
    return min(word_count(page, language) for language in evidence.instrument.languages)


def missed_attention(evidence: Evidence) -> Marked:
    """Who answered questions with a known right answer otherwise."""
    items = evidence.instrument.quality.attention
    if not items:
        raise NothingToJudge(both("The questionnaire has no attention items."))
    failed: Floats = np.zeros(evidence.n)
    for item in items:
        codes = evidence.cases.codes(item.variable)
        failed += (codes >= 0) & ~np.isin(codes, item.codes)
    strengths = np.where(failed >= 2, STRONG, np.where(failed == 1, MILD, 0)).astype(np.int8)
    return Marked(strengths, failed)


def noise(evidence: Evidence) -> Marked:
    """Whose open answers look like no language."""
    if evidence.texts is None:
        raise NothingToJudge(both("The questionnaire has no open answers."))
    noise = evidence.texts.noise
    return Marked(np.where(noise >= 2, STRONG, np.where(noise == 1, MILD, 0)).astype(np.int8), noise.astype(np.float64))
