"""The one shape of every figure: measures × groups. Page, book, chart, JSON and list are all drawn from it.

Values are unrounded; shares are 0..1. The valid answers of a figure's bases are what it rests on. A hidden figure has
no value, no count and no error anywhere in the object: what must not be shown is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surveyapp.analysis.verdict import Verdict
from surveyapp.reports.sentences import Words, in_both

KINDS = ("code", "first", "points", "net", "mean", "sd", "median", "quartile", "score", "missing")
"""What is measured of a variable, in the order of a sheet; see :class:`Measure`. An analysis may add others."""


@dataclass(frozen=True, slots=True)
class TableTest:
    """Whether the answers to one variable have to do with one banner; None what does not exist, with the reason."""

    banner: str
    label: Words
    groups: int  # that took part: shown, and large enough to be tested
    test: str  # pearson · rao-scott
    statistic: float | None  # χ², or F
    freedom: tuple[float | None, float | None]  # of χ² its own and nothing, of F both
    p: float | None
    cramers_v: float | None
    n: int
    reason: str | None

    def as_dict(self) -> dict[str, object]:
        """The public JSON."""
        return {
            "banner": self.banner,
            "groups": self.groups,
            "test": self.test,
            "statistic": self.statistic,
            "df": list(self.freedom),
            "p": self.p,
            "cramers_v": self.cramers_v,
            "n": self.n,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """What is spoken of: a variable, what the platform knows of a case, or a construct."""

    variable: str  # its name, once in a grid
    title: Words
    question: Words
    base: Words  # who was asked
    method: Words  # how its figures were made
    questions: Mapping[str, Words] = field(default_factory=dict)  # by role
    wordings: Words | None = None  # the note that gives every wording, where roles were asked in other words
    notes: tuple[Words, ...] = ()  # all there is to remark, the notes below and ``wordings`` included
    not_shown: Words | None = None  # why it has no figures at all
    precision: Words | None = None  # the note with the rule, where it makes a figure less than reliable
    series_break: Words | None = None  # what keeps it from the wave before
    tests: tuple[TableTest, ...] = ()  # of the whole of its shares by each banner
    is_descending: bool = False  # its first code means most
    ends: tuple[float, float] | None = None  # of the scale its answers stand on
    palette: str = "agreement"  # agreement: two sides with a middle · level: each step holds the one before


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of figures.

    ``kind`` says what is measured: code (share) · net (share; ``code`` is top2, bottom2, high_marks, low_marks,
    promoters, passives or detractors) · missing (count, and its share of who answered; skipped has no share) · mean ·
    sd · median · quartile · score (recommendation, −1..1) · first (share that ranked it first) · points (ranking,
    allocation), and what an analysis adds to these.
    """

    item: str
    kind: str
    code: int | str
    label: Words
    unit: str  # share · mean · mark · score · count · year · month (year * 100 + month) · minutes · coefficient
    statistic: Words | None = None  # what stands above the lines of its kind, whose labels alone do not tell

    @property
    def public_kind(self) -> str:
        """The kind in the JSON, where each net is a kind of its own."""
        return str(self.code) if self.kind == "net" else self.kind


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a column speaks of. ``key`` is "total", or "<variable>:<code>"."""

    key: str
    label: Words
    banner: str | None = None  # variable of the banner; None for the total
    banner_label: Words | None = None
    letter: str | None = None
    year: int | None = None  # of another wave than the grid's
    is_difference: bool = False  # its figures are those of the grid's wave minus those of that one


@dataclass(frozen=True, slots=True)
class Bases:
    """What the figures of an item rest on in one group; counts are None where they are hidden."""

    asked: int | None = None
    answered: int | None = None
    valid: int | None = None
    weighted: float | None = None
    effective: float | None = None
    is_hidden: bool = False
    is_low: bool = False
    precision: Verdict | None = None  # by base and degrees of freedom; None where there is nobody
    is_left_out: bool = False  # the filter leaves nobody of this group
    is_outside: bool = False  # nobody of this group was asked: its figures are empty, which is not the same as zero


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its error and interval; all None where it is hidden or does not exist."""

    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    letters: str = ""
    p: float | None = None  # of a difference that was tested
    step: int = 0  # −3..3: how far it lies from all others together; 0 where no test says that it differs
    is_hidden: bool = False
    bases: Bases = Bases()
    precision: Verdict | None = None  # of what was estimated: not of a count, nor of what does not exist

    @property
    def is_imprecise(self) -> bool:
        """Whether it is not shown because it says too little; it has no value then, and is not hidden."""
        return self.precision is Verdict.NOT_SHOWN

    @property
    def is_indicative(self) -> bool:
        """Whether it is shown, to be read with care."""
        return self.precision is Verdict.INDICATIVE

    @property
    def is_marked(self) -> bool:
        """Whether it is indicative in a column whose base does not say so already."""
        return self.is_indicative and not self.bases.is_low


@dataclass(frozen=True, slots=True)
class Restriction:
    """Whom a filter leaves."""

    sentence: Words
    source: str  # as it was asked for: an expression, or the name of a filter of the plan
    condition: Words | None = None  # what it asks besides the roles, which the bases of items name


@dataclass(frozen=True, slots=True)
class Look:
    """How it wants to be drawn."""

    chart: str | None = None  # bars · stacked · profile · dots; None: what fits, and none in the book


Line = tuple[Measure, tuple[Figure, ...]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures of one or more items over the same groups: per measure one per group, and so the bases of each item."""

    items: tuple[Item, ...]
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...]
    figures: tuple[tuple[Figure, ...], ...]
    bases: tuple[tuple[Bases, ...], ...]
    id: str | None = None  # permanent: three capitals and two digits
    kind: str = "frequencies"  # of `reports.analyses`
    section: str = ""
    title: Words = field(default_factory=dict)  # of a sheet; the figures of one item go by its own
    filter: Restriction | None = None
    weight: str = "none"  # or the name of the weighting
    look: Look = Look()
    study: str = ""
    year: int = 0
    instrument_hash: str = ""
    stand: str = ""  # ISO moment the data stand at
    version: int = 0  # of the data
    is_made_up: bool = False  # robots answered, to look around in
    left_out: int | None = 0  # excluded for their quality; None: some, and too few to tell how many
    is_released: bool = True  # everyone who sees results may see it
    finding: Words | None = None  # what was found, in a sentence of tested differences
    has_letters: bool = True  # its columns are tested against each other, which letters tell

    @property
    def item(self) -> Item:
        """What a grid of one item speaks of."""
        return self.items[0]

    @property
    def total(self) -> Bases:
        """What a grid of one item rests on in all its groups together; of waves side by side that of its own."""
        own = f"total@{self.year}"
        return next((bases for group, bases in self.columns if group.key == own), self.bases[0][0])

    @property
    def columns(self) -> tuple[tuple[Group, Bases], ...]:
        """The groups of a grid of one item with what its figures rest on."""
        return tuple(zip(self.groups, self.bases[0], strict=True))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Each measure with its figures."""
        return tuple(zip(self.measures, self.figures, strict=True))

    def of_kind(self, kind: str) -> tuple[Line, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line[0].kind == kind)

    def of(self, *items: Item) -> Grid:
        """The part of some of its items."""
        if len(items) == len(self.items):
            return self
        names = {item.variable for item in items}
        lines = [line for line in self.lines if line[0].item in names]
        pairs = [pair for pair in zip(self.items, self.bases, strict=True) if pair[0].variable in names]
        return replace(
            self,
            finding=None,
            items=tuple(item for item, _ in pairs),
            measures=tuple(measure for measure, _ in lines),
            figures=tuple(figures for _, figures in lines),
            bases=tuple(bases for _, bases in pairs),
        )

    def figure(self, code: int | str, key: str = "total") -> Figure:
        """The figure of the first line of this code in one group.

        Raises
        ------
        ValueError     there is no such line or group
        """
        line = [measure.code for measure in self.measures].index(code)
        return self.figures[line][[group.key for group in self.groups].index(key)]

    @property
    def parts(self) -> tuple[Grid, ...]:
        """A grid of each item."""
        return tuple(self.of(item) for item in self.items)

    def as_dict(self) -> dict[str, object]:
        """The public JSON of ``surveyapp table --json`` (names and order as in docs/statistics.md).

        A grid of several items has one such object for each.
        """
        if len(self.items) != 1:
            items = [part.as_dict() for part in self.parts]
            return {"id": self.id, "title": in_both(self.title), **self._found, "items": items}
        item, total = self.item, self.total
        return {
            "id": self.id,
            "study": self.study,
            "year": self.year,
            "variable": item.variable,
            "title": in_both(item.title),
            "question": in_both(item.question),
            "base": {
                "text": in_both(item.base),
                "asked": total.asked,
                "answered": total.answered,
                "valid": total.valid,
            },
            "filter": in_both(self.filter.sentence) if self.filter else None,
            "weight": self.weight,
            "method": in_both(item.method),
            "stand": self.stand,
            "instrument": self.instrument_hash,
            "columns": [
                {
                    "key": group.key,
                    "label": in_both(group.label),
                    "banner": group.banner,
                    "letter": group.letter,
                    **({"year": group.year} if group.year is not None else {}),
                    "n": bases.valid,
                    "n_weighted": bases.weighted,
                    "n_effective": bases.effective,
                    "asked": bases.asked,
                    "answered": bases.answered,
                    "suppressed": bases.is_hidden,
                    "not_asked": bases.is_outside,
                    "low_base": bases.is_low,
                }
                for group, bases in self.columns
            ],
            "rows": [
                {
                    "code": measure.code,
                    "label": in_both(measure.label),
                    "kind": measure.public_kind,
                    "statistic": in_both(measure.statistic) if measure.statistic else None,
                    "steps": [figure.step for figure in figures],
                    "cells": [
                        {
                            "value": figure.value,
                            "se": figure.se,
                            "low": figure.low,
                            "high": figure.high,
                            "count": figure.count,
                            "letters": figure.letters,
                            "suppressed": figure.is_hidden,
                            "precision": figure.precision.name.lower() if figure.precision else None,
                            **({"p": figure.p} if figure.p is not None else {}),
                        }
                        for figure in figures
                    ],
                }
                for measure, figures in self.lines
            ],
            "tests": [one.as_dict() for one in item.tests],
            "notes": [in_both(note) for note in item.notes],
            "excluded": self.left_out,
            "made_up": self.is_made_up,
            **self._found,
        }

    @property
    def _found(self) -> dict[str, object]:
        return {"finding": in_both(self.finding)} if self.finding is not None else {}


def drawn(grid: Grid) -> Grid:
    """The grid without the groups that its filter leaves nobody of.

    An item of which everything is hidden keeps silent about who is left; what another shows, all may leave out.
    """
    kept = [at for at, bases in enumerate(zip(*grid.bases, strict=True)) if not any(one.is_left_out for one in bases)]
    if len(kept) == len(grid.groups):
        return grid
    return replace(
        grid,
        groups=tuple(grid.groups[at] for at in kept),
        figures=tuple(tuple(figures[at] for at in kept) for figures in grid.figures),
        bases=tuple(tuple(bases[at] for at in kept) for bases in grid.bases),
    )
