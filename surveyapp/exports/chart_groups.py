"""Which groups of a grid a chart draws, in which tone, and what is said of the others. Groups go by their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from surveyapp.analysis.verdict import Verdict
from surveyapp.exports.words import Words
from surveyapp.reports.banners import LETTERS
from surveyapp.reports.grid import Bases, Grid, Group

MOST_GROUPS = 28  # pairs of a colour (of four) and a marker (of seven); more groups could not be told apart


def compared(grid: Grid, fits: Callable[[int], bool]) -> list[list[int]]:
    """Per item the groups a chart lays side by side: those of a banner wherever there are any, and only else the total.

    All groups together if so many fit, else those of one banner, the first whose do; ``fits`` answers for their number
    over all items. What does not fit is named by :func:`left_out_of`.
    """
    tones = [tone_of(grid.groups, at) for at in range(len(grid.groups))]
    every = [[at for at in shown if tones[at] != "total"] for shown in groups_of(grid)]
    named = [grid.groups[at] for places in every for at in places]
    for banner in (None, *_banners(named)):
        found = [[at for at in places if banner in (None, grid.groups[at].banner)] for places in every]
        if any(found) and fits(sum(map(len, found))):
            return [places or _total(grid, item) for item, places in enumerate(found)]
    return [_total(grid, item) for item in range(len(grid.items))]


def _total(grid: Grid, item: int) -> list[int]:
    total = grid.bases[item][0]
    return [] if total.is_hidden or _is_imprecise(total) else [0]


def _is_imprecise(bases: Bases) -> bool:
    return bases.precision is Verdict.NOT_SHOWN


def groups_of(grid: Grid) -> list[list[int]]:
    """Per item the groups of every banner that may be shown."""
    return [
        [
            at
            for at, (group, one) in enumerate(zip(grid.groups, bases, strict=True))
            if group.banner and one.valid and not _is_imprecise(one)
        ]
        for bases in grid.bases
    ]


def left_out_of(grid: Grid, drawn: Sequence[Sequence[int]], words: Words) -> str:
    """What the grid holds and the chart does not, in sentences; empty when there is nothing.

    Nothing has four faces here as well: figures there was no room for, groups below the threshold (whom nothing
    names), groups whose figures are too imprecise, and groups that were not asked. A nought is drawn.
    """
    kept = {at for places in drawn for at in places}
    missed = dict.fromkeys(at for places in groups_of(grid) for at in places if at not in kept)
    by_group = list(zip(*grid.bases, strict=True))
    imprecise = [at for at, bases in enumerate(by_group) if any(map(_is_imprecise, bases))]
    outside = [at for at, bases in enumerate(by_group) if all(one.is_outside for one in bases)]
    said = []
    if missed:
        said.append(words("Not drawn, see the table: {groups}.", groups=_listed(grid, missed, words)))
    if any(one.is_hidden for at, bases in enumerate(by_group) if grid.groups[at].banner for one in bases):
        said.append(words("Groups that are too small, or would give a few people away, are not drawn."))
    if imprecise:
        said.append(words("Too imprecise to draw: {groups}.", groups=_listed(grid, imprecise, words)))
    if outside:
        said.append(words("Not asked: {groups}.", groups=_listed(grid, outside, words)))
    return " ".join(said)


def _listed(grid: Grid, places: Iterable[int], words: Words) -> str:
    return ", ".join(names_of(grid, places, words).values())


def names_of(grid: Grid, places: Iterable[int], words: Words) -> dict[int, str]:
    """What each group is called in the chart; with its banner where two banners have a group of one name."""
    names = {at: words.pick(grid.groups[at].label) for at in places}
    alike = list(names.values())
    return {
        at: f"{words.pick(grid.groups[at].banner_label)}: {name}"
        if grid.groups[at].banner and alike.count(name) > 1
        else name
        for at, name in names.items()
    }


def tone_of(groups: Sequence[Group], at: int) -> str:
    """A group's own tone: roles keep that of their place in the study, the groups of other banners follow on.

    The letter tells the place, also where groups before it are left out of the grid.
    """
    group = groups[at]
    if not group.banner:
        return "total"
    before = 0
    for banner in _banners(groups):
        if banner == group.banner:
            break
        before += max(_place(one) for one in groups if one.banner == banner)
    place = before + _place(group)
    return f"group-{place}" if place <= MOST_GROUPS else "total"


def _banners(groups: Sequence[Group]) -> list[str]:
    """The banners of these groups, the roles first."""
    return sorted(dict.fromkeys(one.banner for one in groups if one.banner), key=lambda name: name != "role")


def _place(group: Group) -> int:
    return LETTERS.index(group.letter) + 1 if group.letter else 1
