"""The heads of a table on a page: banners over their columns, and what each column has to have room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from surveyapp.reports.grid import Grid, Group

MOST_COLUMNS = 3  # of figures, on a phone
MOST_LETTERS = 6  # on one line beside a figure; more of them stand below each other


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """The head of one column, with its group's marker."""

    label: str
    letter: str
    mark: Markup
    is_low_base: bool
    is_beyond: bool  # a phone shows it only when asked for more
    gutter: int  # letters beside one of its figures, at most


@dataclass(frozen=True, slots=True)
class BannerHead:
    """The name over the columns of one banner."""

    label: str
    span: int
    narrow_span: int  # of these, how many a phone shows at first


def banner_heads(groups: Sequence[Group], language: str) -> tuple[BannerHead, ...]:
    """A head over the columns of each banner, the whole without one."""
    heads: list[BannerHead] = []
    for at, group in enumerate(groups):
        label = group.banner_label[language] if group.banner_label else ""
        is_new = not (heads and heads[-1].label == label and label)
        span, narrow = (0, 0) if is_new else (heads[-1].span, heads[-1].narrow_span)
        heads[len(heads) if is_new else -1 :] = [BannerHead(label, span + 1, narrow + (at < MOST_COLUMNS))]
    return tuple(heads)


def column_heads(grid: Grid, language: str) -> tuple[ColumnHead, ...]:
    """A head per group, marked as the chart draws it."""
    from surveyapp.exports.chart_groups import tone_of
    from surveyapp.exports.chart_marks import key

    # Of waves side by side a column is a year, and its group stands over it.
    tones = ["total" if group.year else tone_of(grid.groups, at) for at, group in enumerate(grid.groups)]
    return tuple(
        ColumnHead(
            group.label[language],
            group.letter or "",
            key(tone) if tone != "total" else Markup(),
            bases.is_low,
            at >= MOST_COLUMNS,
            gutter(grid, at),
        )
        for at, ((group, bases), tone) in enumerate(zip(grid.columns, tones, strict=True))
    )


def gutter(grid: Grid, at: int | None = None) -> int:
    """Letters beside a figure, of one column or of all, at most."""
    lines = (line if at is None else (line[at],) for line in grid.figures)
    return min(MOST_LETTERS, max((len(one.letters) for line in lines for one in line), default=0))
