"""What the quality rules come to in a wave: per rule how many, what overlaps, what waits, and what leaving out does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.careless import STRONG
from surveyapp.analysis.columns import Bools
from surveyapp.fieldwork.quality import Decision
from surveyapp.reports.quality_effect import Effect, effects
from surveyapp.reports.quality_flags import Flags
from surveyapp.reports.quality_rules import RULES, Rule
from surveyapp.reports.sentences import Words
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.case_feed import case_ids

WAITING, KEPT, EXCLUDED = 0, 1, 2
"""Positions of what was decided of a case."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: for how many finished cases it strikes, and what becomes of the headlines without them."""

    rule: Rule
    mild: int
    strong: int
    waiting: int
    lacking: Words | None  # why there was nothing to go by
    is_run: bool
    effects: tuple[Effect, ...]

    @property
    def count(self) -> int:
        """For how many it strikes at all."""
        return self.mild + self.strong


@dataclass(frozen=True, slots=True, eq=False)
class QualitySummary:
    """A wave's quality at a look."""

    flags: Flags
    decided: NDArray[np.int8]  # per finished case, in the order of the flags
    lines: tuple[RuleLine, ...]
    overlap: tuple[tuple[int, ...], ...]
    effects: tuple[Effect, ...]  # of all that is excluded
    without_flagged: tuple[Effect, ...]  # of all that bears a flag

    @property
    def flagged(self) -> int:
        """How many cases bear a flag."""
        return int(self.flags.any_strikes().sum())

    @property
    def waiting(self) -> int:
        """How many flagged cases wait for a decision."""
        return int((self.flags.any_strikes() & (self.decided == WAITING)).sum())

    def count(self, decided: int) -> int:
        """How many cases were decided so."""
        return int((self.decided == decided).sum())

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "checked": self.flags.checked,
            "at": self.flags.at.isoformat(timespec="seconds"),
            "flagged": self.flagged,
            "waiting": self.waiting,
            "kept": self.count(KEPT),
            "excluded": self.count(EXCLUDED),
            "not_run": dict(self.flags.not_run),
            "rules": [_line_as_dict(line) for line in self.lines],
            "overlap": [list(row) for row in self.overlap],
            "effect_of_excluded": list(map(_effect_as_dict, self.effects)),
            "effect_of_flagged": list(map(_effect_as_dict, self.without_flagged)),
        }


def summary(data: WaveData, flags: Flags, decisions: Mapping[UUID, Decision]) -> QualitySummary:
    """Put together what the rules said and what was decided."""
    decided = decided_of(flags, decisions)
    is_out: Bools = decided == EXCLUDED
    return QualitySummary(
        flags,
        decided,
        tuple(_lines(data, flags, decided)),
        flags.overlap(),
        effects(data, flags.keys[is_out]) if is_out.any() else (),
        _kept_effects(data, flags) if flags.any_strikes().any() else (),
    )


def decided_of(flags: Flags, decisions: Mapping[UUID, Decision]) -> NDArray[np.int8]:
    """What was decided of each case, in the order of the flags."""
    found = np.zeros(flags.checked, dtype=np.int8)
    if decisions:
        for at, case in enumerate(case_ids(flags.keys)):
            decision = decisions.get(case)
            if decision is not None:
                found[at] = EXCLUDED if decision.is_excluded else KEPT
    return found


def _lines(data: WaveData, flags: Flags, decided: NDArray[np.int8]) -> Iterator[RuleLine]:
    for code, rule in RULES.items():
        here, strong = flags.strikes(code), int(flags.strikes(code, STRONG).sum())
        yield RuleLine(
            rule,
            int(here.sum()) - strong,
            strong,
            int((here & (decided == WAITING)).sum()),
            flags.lacking.get(code),
            code not in flags.not_run,
            _kept_effects(data, flags, code) if here.any() else (),
        )


def _kept_effects(data: WaveData, flags: Flags, code: str = "") -> tuple[Effect, ...]:
    """What leaving out does to the headlines: whoever a rule strikes, or whoever any strikes."""
    name = f"effect of {code} {flags.at.isoformat()}"
    found = data.kept.get(name)
    if not isinstance(found, tuple):
        found = data.kept[name] = effects(data, flags.keys[flags.strikes(code) if code else flags.any_strikes()])
    return found


def _line_as_dict(line: RuleLine) -> dict[str, object]:
    return {
        "code": line.rule.code,
        "title": dict(line.rule.title),
        "rule": dict(line.rule.words),
        "needs": dict(line.rule.needs),
        "run": line.is_run,
        "lacking": dict(line.lacking) if line.lacking else None,
        "mild": line.mild,
        "strong": line.strong,
        "waiting": line.waiting,
        "effect": list(map(_effect_as_dict, line.effects)),
    }


def _effect_as_dict(effect: Effect) -> dict[str, object]:
    return {
        "variable": effect.variable,
        "label": dict(effect.label),
        "unit": effect.unit,
        "with": effect.with_all,
        "without": effect.without,
        "suppressed": effect.is_hidden,
    }
