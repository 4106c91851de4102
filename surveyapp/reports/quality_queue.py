"""Flagged cases in the order in which somebody should look at them, chosen by rule, strength and decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.careless import STRONG
from surveyapp.analysis.columns import Bools, Ints
from surveyapp.errors import BadQuery, NotFound
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.reports.quality_flags import Flags
from surveyapp.reports.quality_rules import RULES
from surveyapp.reports.quality_summary import EXCLUDED, KEPT, WAITING
from surveyapp.storage.case_feed import case_ids

DECISIONS = {"waiting": WAITING, "kept": KEPT, "excluded": EXCLUDED}
STRENGTHS = {"mild": 1, "strong": STRONG}


@dataclass(frozen=True, slots=True)
class QueueChoice:
    """Which cases; an empty part asks nothing. The names are those of the address."""

    rule: str = ""
    strength: str = ""
    decision: str = "waiting"

    def __post_init__(self) -> None:
        """Refuse what there is not.

        Raises
        ------
        BadQuery     an unknown rule, strength or decision
        """
        known = (
            ("rule", self.rule, RULES),
            ("strength", self.strength, STRENGTHS),
            ("decision", self.decision, DECISIONS),
        )
        for name, value, among in known:
            if value and value not in among:
                raise BadQuery("There is no %(name)s “%(value)s”.", tuple(among), name=name, value=value)

    def parts(self) -> dict[str, str]:
        """The parts that ask something, as they stand in an address."""
        return {
            "decision": self.decision,
            **{name: value for name in ("rule", "strength") if (value := getattr(self, name))},
        }


def chosen(flags: Flags, decided: NDArray[np.int8], choice: QueueChoice) -> Ints:
    """The places of the chosen cases: who is flagged most strongly first, then by most rules, then by key.

    Without a rule these are all that bear a flag, and of decided ones those too that lost theirs.
    """
    hits = np.stack([flags.strikes(code) for code in RULES], axis=1)
    strong = np.stack([flags.strikes(code, STRONG) for code in RULES], axis=1)
    here: Bools = np.asarray(hits.any(axis=1))
    if choice.decision:
        is_so: Bools = decided == DECISIONS[choice.decision]
        here = here & is_so if choice.decision == "waiting" else is_so
    if choice.rule:
        here = here & flags.strikes(choice.rule)
    if choice.strength:
        among = flags.marked.get(choice.rule) if choice.rule else None
        strongest = np.where(strong.any(axis=1), STRONG, 1) if among is None else among.strengths
        here = here & (strongest == STRENGTHS[choice.strength])
    found = np.flatnonzero(here)
    order = np.lexsort((found, -hits[found].sum(axis=1), -strong[found].sum(axis=1)))
    ordered: Ints = found[order]
    return ordered


def place_of(flags: Flags, code: str) -> int:
    """The place of the finished case with this short name.

    Raises
    ------
    NotFound     there is none
    """
    flagged = np.flatnonzero(flags.any_strikes())
    for among in (flagged, np.arange(flags.checked)):
        ids = case_ids(flags.keys[among])
        for at, case in zip(among.tolist(), ids, strict=True):
            if short_id(case) == code:
                return int(at)
    raise NotFound("There is no finished questionnaire %(code)s.", code=code)


def case_at(flags: Flags, at: int) -> UUID:
    """The key of one case."""
    return case_ids(flags.keys[at : at + 1])[0]


def cases_at(flags: Flags, places: NDArray[Any]) -> list[UUID]:
    """The keys of some cases."""
    return case_ids(flags.keys[places])
