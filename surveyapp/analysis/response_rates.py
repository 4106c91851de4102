"""AAPOR's outcome rates: who of the people one set out to ask took part, refused and was reached.

The rates speak of a sample: of people one knows to have asked. With an open link nobody knows them, and what one can
give then is a participation rate.

References
----------
AAPOR (2016), Standard Definitions, 9th edition, "Calculating outcome rates from final disposition distributions".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np

from surveyapp.errors import AnalysisError


@dataclass(frozen=True, slots=True)
class DispositionCounts:
    """How many of a sample ended in which way: cases, or their weights.

    Raises
    ------
    AnalysisError     a count is no number of at least 0
    """

    complete: float = 0  # I
    partial: float = 0  # P
    refusal: float = 0  # R: refusal and break-off
    non_contact: float = 0  # NC
    other: float = 0  # O
    unknown_household: float = 0  # UH: nobody knows whether there is somebody to ask
    unknown_other: float = 0  # UO
    not_eligible: float = 0  # NE

    def __post_init__(self) -> None:
        for name, count in zip(self.__slots__, astuple(self), strict=True):
            if not (np.isfinite(count) and count >= 0):
                raise AnalysisError("The count of %(name)s is %(count)s; it must be 0 or more.", name=name, count=count)

    @property
    def eligible(self) -> float:
        """How many are known to belong to those one wants to ask."""
        return self.complete + self.partial + self.refusal + self.non_contact + self.other

    @property
    def proportional_eligibility(self) -> float | None:
        """The share of the known who are eligible, which the unknown are taken to have too (CASRO); None without any.

        4 + 2 + 1 + 1 + 1 eligible and 1 not: 9 / 10 (README of R's outcomerate).
        """
        known = self.eligible + self.not_eligible
        return self.eligible / known if known else None


@dataclass(frozen=True, slots=True)
class Rate:
    """One outcome rate.

    ``value`` is on 0..1; None where the denominator is 0, or e is wanted and not known. ``formula`` is AAPOR's;
    ``filled_in`` is the same with the counts.
    """

    name: str
    value: float | None
    formula: str
    filled_in: str


FORMULAS: Mapping[str, tuple[str, str]] = {
    "RR1": ("I", "(I + P) + (R + NC + O) + (UH + UO)"),
    "RR2": ("(I + P)", "(I + P) + (R + NC + O) + (UH + UO)"),
    "RR3": ("I", "(I + P) + (R + NC + O) + e(UH + UO)"),
    "RR4": ("(I + P)", "(I + P) + (R + NC + O) + e(UH + UO)"),
    "RR5": ("I", "(I + P) + (R + NC + O)"),
    "RR6": ("(I + P)", "(I + P) + (R + NC + O)"),
    "COOP1": ("I", "(I + P) + R + O"),
    "COOP2": ("(I + P)", "(I + P) + R + O"),
    "COOP3": ("I", "(I + P) + R"),
    "COOP4": ("(I + P)", "(I + P) + R"),
    "REF1": ("R", "(I + P) + (R + NC + O) + (UH + UO)"),
    "REF2": ("R", "(I + P) + (R + NC + O) + e(UH + UO)"),
    "REF3": ("R", "(I + P) + (R + NC + O)"),
    "CON1": ("(I + P) + R + O", "(I + P) + R + O + NC + (UH + UO)"),
    "CON2": ("(I + P) + R + O", "(I + P) + R + O + NC + e(UH + UO)"),
    "CON3": ("(I + P) + R + O", "(I + P) + R + O + NC"),
}
"""Numerator and denominator of every rate, as the Standard Definitions print them."""
LETTERS = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
"""What the formulas call the counts, in the order of :class:`DispositionCounts`."""
UNKNOWN = LETTERS[5:7]


def outcome_rates(counts: DispositionCounts, *, eligibility: float | None = None) -> dict[str, Rate]:
    """AAPOR's response, cooperation, refusal and contact rates by name, RR1 to CON3.

    Parameters
    ----------
    eligibility : e, the share of cases of unknown eligibility that is taken to be eligible; absent: proportional
                  allocation, :attr:`DispositionCounts.proportional_eligibility`

    Raises
    ------
    AnalysisError     e does not lie on 0..1

    References
    ----------
    AAPOR (2016), Standard Definitions. I 4, P 2, R 1, NC 1, O 1, UH 1, UO 1, NE 1: RR1 0.364, RR3 0.370, COOP4 0.857,
    CON2 0.741 (README of R's outcomerate).
    """
    if eligibility is not None and not 0 <= eligibility <= 1:
        raise AnalysisError("The eligibility e is %(e)s; it lies on 0 to 1.", e=eligibility)
    e = counts.proportional_eligibility if eligibility is None else eligibility
    unknown = counts.unknown_household + counts.unknown_other
    if e is None and not unknown:
        e = 0.0  # of nobody
    values = dict(zip(LETTERS, astuple(counts), strict=True))
    return {name: _rate(name, values, e) for name in FORMULAS}


def _rate(name: str, values: Mapping[str, float], e: float | None) -> Rate:
    above, below = FORMULAS[name]
    formula = f"({above}) / ({below})" if name.startswith("CON") else f"{above} / ({below})"
    known = "?" if e is None else f"{e:.6g}"
    filled_in = _LETTERS.sub(lambda letter: f"{values[letter[0]]:.15g}", formula.replace("e(", f"{known} × ("))
    if e is None and "e(" in below:
        return Rate(name, None, formula, filled_in)
    denominator = _sum(below, values, e)
    return Rate(name, _sum(above, values, e) / denominator if denominator else None, formula, filled_in)


def _sum(side: str, values: Mapping[str, float], e: float | None) -> float:
    """A numerator or denominator: brackets in it only group, but for e's."""
    times = e or 0.0 if "e(" in side else 1.0
    return sum(values[letter] * (times if letter in UNKNOWN else 1) for letter in _LETTERS.findall(side))


_LETTERS = re.compile("[A-Z]+")
