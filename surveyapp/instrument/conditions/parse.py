"""From an expression's text to a :class:`Condition`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Condition:
    """One parsed expression; equal sources are equal conditions.

    ``names`` are the variables it reads (``role`` and ``lang`` apart). ``evaluate`` answers for one respondent; the
    mask over all cases is :func:`surveyapp.instrument.conditions.mask.mask`, the sentence
    :func:`surveyapp.instrument.conditions.sentence.sentence`, the type check
    :func:`surveyapp.instrument.conditions.typing.type_faults`.
    """

    source: str
    tree: Any = field(repr=False, compare=False)
    names: frozenset[str] = field(compare=False)

    def evaluate(self, answers: Mapping[str, Any], *, role: str, language: str) -> bool | None:
        """True, False, or None for unknown.

        ``answers`` maps variable names to stored values (codes, numbers, lists of codes, texts; negative integers are
        missing codes). A name that is absent counts as not asked (-8).
        """
        raise NotImplementedError


def parse_condition(source: str) -> Condition:
    """Read an expression.

    Raises
    ------
    ConditionError     the text is not of the language; ``offset`` tells where
    """
    raise NotImplementedError
