"""The cells of a row of the sheet survey: what kind of row it is, and which of its cells nobody reads."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.xlsform.form import Row, column_language

READ_COLUMNS = frozenset({"type", "name", "relevant", "required", "constraint", "appearance", "parameters"})
OF_QUESTIONS = frozenset({"required", "constraint", "parameters"})
APPEARANCES = {
    "text": {"multiline"},
    "select_one": {"likert"},
    "date": {"month-year"},
    "begin_group": {"field-list", "table-list"},
}
"""Looks that mean something here, per type of row."""
_SELECTS = ("select_one", "select_multiple", "rank")


def type_of(row: Row) -> str:
    """The type of a row; '' for a row that holds only remarks."""
    return row.get("type", "")


def where_of(row: Row) -> str:
    """How a row is called in the list of what could not be carried."""
    return row.get("name") or row.get("type") or "row"


def unread_cells(row: Row) -> Iterator[str]:
    """Every cell nobody reads, as ``column: content``."""
    kind = type_of(row).split(" ")[0]
    is_group_or_note = kind in ("begin_group", "note")
    for column, cell in row.items():
        named = column_language(column)
        if named is not None:
            is_read = named[0] == "label" or not is_group_or_note
        elif column == "appearance":
            is_read = cell in APPEARANCES.get(kind, ())
        elif column == "parameters":
            is_read = (cell.strip() == "randomize=true" and kind in _SELECTS) or kind == "range"
        else:
            is_read = column in READ_COLUMNS and not (is_group_or_note and column in OF_QUESTIONS)
        if not is_read:
            yield f"{column}: {cell}"
