"""What leaving some people out does to the headlines: each with and without them, as far as the release shows both.

Both versions are judged as two populations of one family: without them is everybody less a few, so where they are fewer
than the threshold nothing is shown, whoever asks. Unweighted: weights without somebody are another question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from surveyapp.analysis.columns import Bools, Codes, Column
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.analysis.design import Design
from surveyapp.catalogues import LANGUAGES
from surveyapp.reports.formatting import printed
from surveyapp.reports.key_figures import headline
from surveyapp.reports.quality_rules import RULES
from surveyapp.reports.release import release_of
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.subjects import Subject, subject
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.case_feed import Keys, places_of


@dataclass(frozen=True, slots=True)
class Effect:
    """One headline with and without some people; no value where the release keeps one of the two hidden."""

    variable: str
    label: Words
    unit: str
    with_all: float | None
    without: float | None
    is_hidden: bool


def effects(data: WaveData, left_out: Keys) -> tuple[Effect, ...]:
    """The headlines of all finished questionnaires, and without these; ``left_out`` are keys of finished cases."""
    everyone = with_everyone(data)
    release = release_of(everyone)
    is_out: Bools = places_of(release.cases.keys, np.sort(left_out)) >= 0
    return tuple(_effect(everyone, one, release.is_counted & ~is_out) for one in _headlines(everyone))


def headline_notes(data: WaveData) -> Iterator[Words]:
    """Each headline with the excluded ones and without them, as far as the release shows both.

    Of what is published in parts nothing is told: who is excluded may have counted in one part and not in another.
    """
    if not data.left_out or data.extent is not None or data.whole is None:
        return
    finished = data.finished
    for effect in effects(data, finished.keys[finished.is_excluded]):
        if effect.is_hidden or effect.with_all is None or effect.without is None:
            continue
        values = {
            name: {language: printed(value, effect.unit, language) for language in LANGUAGES}
            for name, value in (("before", effect.with_all), ("after", effect.without))
        }
        yield both(
            "%(label)s: %(before)s with the questionnaires that are left out, %(after)s without them (unweighted).",
            label=effect.label,
            **values,
        )


def failed_rules(data: WaveData) -> Words | None:
    """Which quality rules failed at the last run, so that nobody takes their silence for good news; None: none."""
    if not data.rules_not_run:
        return None
    titles = [RULES[code].title for code in data.rules_not_run if code in RULES]
    listed = {language: "; ".join(title[language] for title in titles) for language in LANGUAGES}
    return both("Quality rules that were not run, since they failed: %(rules)s.", rules=listed)


def with_everyone(data: WaveData) -> WaveData:
    """The same data as if nobody were excluded."""
    if data.whole is None:
        return data
    found = data.kept.get("everyone")
    if not isinstance(found, WaveData):
        dataset = replace(data.whole, state=_sent(data.whole), _cache={})
        found = data.kept["everyone"] = replace(data, dataset=dataset, whole=None, left_out=0, kept={})
    return found


def _sent(cases: Dataset) -> Codes:
    found: Codes = np.where(cases.is_excluded, STATES.index("complete"), cases.state).astype(cases.state.dtype)
    return found


def _headlines(data: WaveData) -> Iterator[Subject]:
    for variable in data.instrument.variables.values():
        if variable.use == "outcome" and variable.type.traits.headline and variable.name in data.dataset.columns:
            yield subject(variable.name, data.instrument, data.dataset)


def _effect(data: WaveData, one: Subject, without: Bools) -> Effect:
    release = release_of(data)
    column = one.column(release.cases)
    hidden = release.beside(without, ()).hidden(column.missing)[0]
    released = release.judge(None, ())
    hidden = hidden or released is None or bool(released.hidden(column.missing)[0])
    label = {language: one.variable.label[language] for language in LANGUAGES}
    if hidden:
        return Effect(one.name, label, headline(one, data)[1], None, None, is_hidden=True)
    value, unit = _value(data, one, column, release.is_counted)
    return Effect(one.name, label, unit, value, _value(data, one, column, without)[0], is_hidden=False)


def _value(data: WaveData, one: Subject, column: Column, here: Bools) -> tuple[float | None, str]:
    index = np.flatnonzero(here)
    return headline(one, data, column.take(index), Design.plain(len(index)))
