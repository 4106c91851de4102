"""Which groups of a table a chart draws, in which tone, and what is said of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from surveyapp.exports.words import Words
from surveyapp.reports.banners import LETTERS
from surveyapp.reports.table import Table, TableColumn

MOST_GROUPS = 28  # pairs of a colour (of four) and a marker (of seven); more groups could not be told apart


def compared(tables: Sequence[Table], fits: Callable[[int], bool]) -> list[list[TableColumn]]:
    """Per table the columns a chart lays side by side: its groups wherever there are any, and only else the total.

    All groups together if so many fit, else those of one banner, the first whose do; ``fits`` answers for their number
    over all tables. What does not fit is named by :func:`left_out_of`.
    """
    every = [[column for column in groups_of(table) if tone_of(table, column) != "total"] for table in tables]
    for banner in (None, *_banners([column for columns in every for column in columns])):
        found = [[column for column in columns if banner in (None, column.banner)] for columns in every]
        if any(found) and fits(sum(map(len, found))):
            return [columns or _total(table) for columns, table in zip(found, tables, strict=True)]
    return [_total(table) for table in tables]


def _total(table: Table) -> list[TableColumn]:
    return [column for column in table.columns[:1] if not column.suppressed]


def groups_of(table: Table) -> list[TableColumn]:
    """Groups of every banner that may be shown."""
    return [c for c in table.columns if c.banner and not c.suppressed and c.n]


def left_out_of(tables: Sequence[Table], drawn: Sequence[Sequence[TableColumn]], words: Words) -> str:
    """What the tables hold and the chart does not, in sentences; empty when there is nothing.

    Nothing has three faces here as well: figures there was no room for, groups below the threshold (whom nothing
    names), and groups that were not asked. A nought is drawn.
    """
    kept = {column.key for columns in drawn for column in columns}
    missed = {c.key: c for table in tables for c in groups_of(table) if c.key not in kept}
    asked = {c.key for table in tables for c in table.columns if not c.is_outside}
    outside = {c.key: c for table in tables for c in table.columns if c.is_outside and c.key not in asked}
    said = []
    if missed:
        said.append(words("Not drawn, see the table: {groups}.", groups=_listed(missed.values(), words)))
    if any(column.suppressed for table in tables for column in table.columns if column.banner):
        said.append(words("Groups with too few people are not drawn."))
    if outside:
        said.append(words("Not asked: {groups}.", groups=_listed(outside.values(), words)))
    return " ".join(said)


def _listed(columns: Iterable[TableColumn], words: Words) -> str:
    return ", ".join(names_of(list(columns), words).values())


def names_of(columns: Sequence[TableColumn], words: Words) -> dict[str, str]:
    """What each column is called in the chart; with its banner where two banners have a group of one name."""
    names = {column.key: words.pick(column.label) for column in columns}
    alike = list(names.values())
    return {
        column.key: f"{words.pick(column.banner_label)}: {names[column.key]}"
        if column.banner and alike.count(names[column.key]) > 1
        else names[column.key]
        for column in columns
    }


def tone_of(table: Table, column: TableColumn) -> str:
    """A group's own tone: roles keep that of their place in the study, the groups of other banners follow on.

    The letter tells the place, also where groups before it are left out of the table.
    """
    if not column.banner:
        return "total"
    before = 0
    for banner in _banners(table.columns):
        if banner == column.banner:
            break
        before += max(_place(one) for one in table.columns if one.banner == banner)
    place = before + _place(column)
    return f"group-{place}" if place <= MOST_GROUPS else "total"


def _banners(columns: Sequence[TableColumn]) -> list[str]:
    """The banners of these columns, the roles first."""
    return sorted(dict.fromkeys(one.banner for one in columns if one.banner), key=lambda name: name != "role")


def _place(column: TableColumn) -> int:
    return LETTERS.index(column.letter) + 1 if column.letter else 1
