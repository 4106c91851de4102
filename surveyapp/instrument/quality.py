"""What a definition says of the quality of answers, as every floor above sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveyapp.instrument.variables import Text

if TYPE_CHECKING:
    from surveyapp.instrument.conditions import Condition


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """A question whose right answers are known."""

    variable: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Impossible:
    """Answers that cannot all be true of one person, in words."""

    id: str
    condition: Condition
    text: Text
    strength: str = "strong"  # mild · strong


@dataclass(frozen=True, slots=True)
class QualityRules:
    """The part of the quality rules that a definition decides; ``speed``: third or half of the role's median."""

    speed: str = "third"
    attention: tuple[AttentionItem, ...] = ()
    impossible: tuple[Impossible, ...] = ()
