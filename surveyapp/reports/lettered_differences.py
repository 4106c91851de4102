"""The differences that the letters of a table tell of, and which of its columns were tested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from surveyapp.instrument.nesting import nested_in
from surveyapp.reports import formatting
from surveyapp.reports.grid import Figure, Grid, Line, Measure
from surveyapp.reports.sentences import Words, in_both


@dataclass(frozen=True, slots=True)
class BannerColumns:
    """One banner of a table with the columns that stand under it."""

    name: str
    label: Words
    columns: tuple[int, ...]
    grid: Grid
    level: float  # below which a p-value is significant

    @property
    def is_nested(self) -> bool:
        """Whether its groups stand within those of another banner, and are compared within these alone."""
        return len(nested_in(self.name)) > 1

    def has_letters(self, lines: Sequence[Line]) -> bool:
        """Whether a letter or an arrow stands beside one of its figures."""
        return any(figures[at].letters for _, figures in lines for at in self.columns)

    def tested(self, line: Line) -> list[int]:
        """The columns whose mean or score took part: with an error, on a base that is shown and large enough."""
        figures = line[1]
        return [at for at in self.columns if _took_part(figures[at])]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference that was tested and is one."""

    measure: Measure
    higher: int
    lower: int
    figures: tuple[Figure, ...]

    @property
    def size(self) -> float:
        """How far they lie apart."""
        return (self.figures[self.higher].value or 0.0) - (self.figures[self.lower].value or 0.0)

    @property
    def is_seen(self) -> bool:
        """Whether it is still there in the figures as they are printed."""
        ends = (self.figures[at].value for at in (self.higher, self.lower))
        return len({formatting.printed(value, self.measure.unit, "en") for value in ends}) > 1


def banner_columns(grid: Grid, level: float) -> Iterator[BannerColumns]:
    """The banners of a table, the whole in front left out."""
    placed = ((at, group) for at, group in enumerate(grid.groups) if group.banner and group.banner_label)
    for name, columns in groupby(placed, key=lambda one: one[1].banner or ""):
        same = list(columns)
        yield BannerColumns(name, in_both(same[0][1].banner_label or {}), tuple(at for at, _ in same), grid, level)


def differences(lines: Sequence[Line], banner: BannerColumns) -> Iterator[Difference]:
    """Every difference that a letter tells of."""
    groups = banner.grid.groups
    places = {groups[at].letter or "": at for at in banner.columns}
    is_spaced = any(len(group.letter or "") > 1 for group in groups)
    for measure, figures in lines:
        for at in banner.columns:
            letters = figures[at].letters
            for letter in letters.split() if is_spaced else letters:
                lower = places.get(letter)
                if lower is not None and figures[at].value is not None and figures[lower].value is not None:
                    yield Difference(measure, at, lower, figures)


def _took_part(figure: Figure) -> bool:
    bases = figure.bases
    return figure.value is not None and figure.se is not None and bool(bases.valid) and not bases.is_low
