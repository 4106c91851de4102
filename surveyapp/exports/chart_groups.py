"""Which groups of a table a chart draws, in which tone, and what is said of the others."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.exports.words import Words
from surveyapp.reports.table import Table, TableColumn

MOST_GROUPS = 28  # pairs of a colour (of four) and a marker (of seven); more groups could not be told apart


def charted_columns(table: Table, *, with_total: bool = False) -> list[TableColumn]:
    """The columns a chart has a tone for, the total only if it is asked for."""
    total = [column for column in table.columns if column.key == "total" and not column.suppressed]
    return [*(total if with_total else []), *(c for c in groups_of(table) if tone_of(table, c) != "total")]


def groups_of(table: Table) -> list[TableColumn]:
    """Groups of every banner that may be shown."""
    return [c for c in table.columns if c.banner and not c.suppressed and c.n]


def left_out_of(table: Table, drawn: Sequence[TableColumn], words: Words) -> str:
    """The groups that have figures in the table and none in the chart, in a sentence; empty when there are none."""
    kept = {column.key for column in drawn}
    missed = [column for column in groups_of(table) if column.key not in kept]
    names = names_of(missed, words)
    if not missed:
        return ""
    return words("Not drawn, see the table: {groups}.", groups=", ".join(names[column.key] for column in missed))


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
    """A group's own tone: roles keep that of their place in the study, the groups of other banners follow on."""
    if column.key == "total":
        return "total"
    order = sorted((one for one in table.columns if one.banner), key=lambda one: one.banner != "role")
    place = [one.key for one in order].index(column.key) + 1
    return f"group-{place}" if place <= MOST_GROUPS else "total"
