"""The flags of a wave: every rule gone through once, for every finished case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from surveyapp import clock
from surveyapp.analysis.careless import Marked
from surveyapp.analysis.columns import Bools, Ints
from surveyapp.fieldwork import quality as stored
from surveyapp.fieldwork.quality import CaseFlag
from surveyapp.journal import structlog
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.quality_evidence import Evidence, evidence, read_texts
from surveyapp.reports.quality_judges import NothingToJudge
from surveyapp.reports.quality_rules import RULES, Rule
from surveyapp.reports.sentences import Words
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.case_feed import Keys, case_ids, keys_of, places_of
from surveyapp.storage.database import Database

SMALL = 5_000
"""Waves of so many finished cases are gone through whenever somebody looks; larger ones by the worker."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Flags:
    """What the rules said of the finished cases of a wave.

    Attributes
    ----------
    keys :    of the finished cases, sorted
    marked :  by rule, over these; a rule that did not run, or had nothing to go by, is not there
    lacking : by rule why it had nothing to go by
    not_run : by rule the kind of fault that kept it from running
    at :      when they were gone through
    """

    keys: Keys
    marked: Mapping[str, Marked]
    lacking: Mapping[str, Words]
    not_run: Mapping[str, str]
    at: datetime

    @property
    def checked(self) -> int:
        """How many finished cases were gone through."""
        return len(self.keys)

    def strikes(self, rule: str, least: int = 1) -> Bools:
        """For whom a rule strikes, so strongly at least."""
        found = self.marked.get(rule)
        here: Bools = np.zeros(self.checked, dtype=np.bool_) if found is None else found.strengths >= least
        return here

    def any_strikes(self, least: int = 1) -> Bools:
        """For whom any rule strikes."""
        here: Bools = np.zeros(self.checked, dtype=np.bool_)
        for rule in self.marked:
            here |= self.strikes(rule, least)
        return here

    def of(self, at: int) -> tuple[CaseFlag, ...]:
        """The flags of one case, in the order of the rules."""
        found = []
        for code, marked in self.marked.items():
            if marked.strengths[at]:
                value = float(marked.values[at])
                found.append(CaseFlag(code, int(marked.strengths[at]), None if np.isnan(value) else value))
        return tuple(found)

    def overlap(self) -> tuple[tuple[int, ...], ...]:
        """For how many cases two rules strike together, rule by rule; on the diagonal each by itself."""
        hits = np.stack([self.strikes(code) for code in RULES], axis=1).astype(np.intp)
        return tuple(tuple(row) for row in (hits.T @ hits).tolist())

    def all(self) -> Iterator[tuple[int, CaseFlag]]:
        """Every flag with the place of its case."""
        for at in np.flatnonzero(self.any_strikes()).tolist():
            yield from ((at, flag) for flag in self.of(at))


def judged(seen: Evidence, rules: Mapping[str, Rule] = RULES) -> Flags:
    """Go through the rules; one that fails is noted as not run and keeps no other from it."""
    marked: dict[str, Marked] = {}
    lacking: dict[str, Words] = {}
    not_run: dict[str, str] = {}
    for code, rule in rules.items():
        try:
            marked[code] = rule.judge(seen)
        except NothingToJudge as nothing:
            lacking[code] = nothing.why
        except Exception as fault:
            log.error(
                "quality_rule", rule=code, kind=type(fault).__name__
            )  # no more: a fault can hold what was answered
            not_run[code] = type(fault).__name__
    return Flags(seen.cases.keys, marked, lacking, not_run, clock.now())


def go_through(database: Database, live: LiveWaves, study: str, year: int) -> Flags:
    """Go through the rules now."""
    return _gone_through(database, live, live.data(study, year))


def _gone_through(database: Database, live: LiveWaves, data: WaveData) -> Flags:
    study, year = data.instrument.study.id, data.instrument.wave.year
    finished = data.finished
    with database.read() as session:
        cases = live.cases(session, study, year)
    has_texts = any(name in finished.columns for name in _texts(data))
    texts = read_texts(database, study, finished) if has_texts else None
    return judged(evidence(data.instrument, finished, cases, finished.is_trapped, texts))


def _texts(data: WaveData) -> Iterator[str]:
    return (name for name, variable in data.instrument.variables.items() if variable.maximum_characters)


def flags_of(database: Database, live: LiveWaves, study: str, year: int) -> Flags | None:
    """The flags of a wave: of a small one as it stands now, of a large one those of the last run; None before it."""
    data = live.data(study, year)
    if data.finished.n <= SMALL:
        found = data.kept.get("quality flags")
        if not isinstance(found, Flags):
            found = data.kept["quality flags"] = _gone_through(database, live, data)
        return found
    return kept_flags(database, data)


def kept_flags(database: Database, data: WaveData) -> Flags | None:
    """The flags of the last run, as far as their cases are finished still."""
    with database.read() as session:
        run = stored.last_run(session, data.instrument.study.id, data.instrument.wave.year)
        flags = stored.flags_of_wave(session, data.instrument.study.id, data.instrument.wave.year) if run else []
    if run is None:
        return None
    keys = data.finished.keys
    rows: Ints = places_of(keys_of([case for case, _ in flags]), keys) if flags else np.zeros(0, dtype=np.intp)
    marked = {
        code: Marked(np.zeros(len(keys), dtype=np.int8), np.full(len(keys), np.nan))
        for code in RULES
        if code not in run.not_run
    }
    for at, (_, flag) in zip(rows.tolist(), flags, strict=True):
        if at >= 0 and flag.rule in marked:
            marked[flag.rule].strengths[at] = flag.strength
            marked[flag.rule].values[at] = np.nan if flag.value is None else flag.value
    return Flags(keys, marked, {}, run.not_run, run.at)


def keep(database: Database, live: LiveWaves, study: str, year: int) -> Flags:
    """Go through the rules and keep what they say; for the worker.

    The version of the data is read before the cases: what changes in between is found again by the next run.
    """
    with database.read_primary() as session:
        version = stored.data_version(session, study, year)
    found = go_through(database, live, study, year)
    ids = case_ids(found.keys)
    with database.write() as session:
        stored.keep_flags(
            session, study, year, [(ids[at], flag) for at, flag in found.all()], at=found.at, version=version,
            checked=found.checked, not_run=found.not_run,
        )  # fmt: skip
    return found
