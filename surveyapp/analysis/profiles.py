"""Profiles: the same people's numbers over phases in their order, and the steps from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.analysis.differences import Contrast, Mean, corrected, mean_of, paired_difference
from surveyapp.analysis.matrices import Matrix, Named, Weights
from surveyapp.errors import NotEnoughData


@dataclass(frozen=True, slots=True)
class Step:
    """From one phase to a later one, over those who have both."""

    first: str
    second: str
    difference: Contrast


@dataclass(frozen=True, slots=True)
class Profile:
    """Phases in their order."""

    names: tuple[str, ...]
    means: tuple[Mean, ...]  # each over everyone who has it
    steps: tuple[Step, ...]  # each over those who have both: not the difference of two of these means
    whole: Step  # from the first phase to the last


def profile_steps(
    phases: Named, weights: Weights = None, *, order: Sequence[str] | None = None, level: float = 0.95
) -> Profile:
    """Means of phases, and paired steps between neighbours and from the first to the last.

    Parameters
    ----------
    phases :  by name, each of shape (n,), in one unit; NaN is missing
    weights : above 0, shape (n,); absent: every case counts 1
    order :   of the phases; absent: as they come

    Returns
    -------
    Profile     the steps and, with more than two phases, the whole way are one family, corrected by Holm (``adjusted``)

    Raises
    ------
    NotEnoughData     fewer than two phases

    References
    ----------
    Student (1908), paired; Holm (1979). R's ``t.test(paired = TRUE)`` and ``p.adjust(method = "holm")``, see the test.
    """
    data = Matrix.of(phases, weights, order)
    names, columns = data.names, data.values.T
    if len(names) < 2:
        raise NotEnoughData("A profile has two phases at least; here is one: %(name)s.", name=names[0])
    pairs = [*zip(range(len(names) - 1), range(1, len(names)), strict=True)]
    if len(names) > 2:
        pairs.append((0, len(names) - 1))
    tested = corrected([paired_difference(columns[a], columns[b], data.design, level=level) for a, b in pairs])
    steps = [Step(names[a], names[b], found) for (a, b), found in zip(pairs, tested, strict=True)]
    return Profile(
        names=names,
        means=tuple(mean_of(column, data.design, level=level) for column in columns),
        steps=tuple(steps[: len(names) - 1]),
        whole=steps[-1],
    )
