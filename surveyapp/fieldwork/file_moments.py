"""The moments in a column of text: one order of day and month for the whole column, and time that has passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from surveyapp import clock
from surveyapp.errors import RowFault

Cell = tuple[int, str]
"""Row and content."""


def column_moments(
    cells: Sequence[Cell], spellings: Sequence[str], column: str
) -> tuple[dict[int, datetime], list[RowFault]]:
    """The moment of each row, and what is wrong.

    A column has one order of day and month. Spellings that read the same cell as the same moment go together; where
    two read a cell differently, the one that reads every cell of the column counts. If both do, or neither, every
    reading could be wrong, and the cells are faults.

    Parameters
    ----------
    spellings : as for ``datetime.strptime``
    """
    read = {number: _readings(cell, spellings) for number, cell in cells}
    faults = [
        RowFault(number, column, f"'{cell[:40]}' is no date in any of: {', '.join(spellings)}")
        for number, cell in cells
        if not read[number]
    ]
    faults += [
        RowFault(number, column, f"'{cell[:40]}' never was: the clock in {clock.ZONE.key} skipped that hour")
        for number, cell in cells
        if read[number] and not any(map(_was, read[number].values()))
    ]
    doubtful = [number for number in read if len(set(read[number].values())) > 1]
    if doubtful:
        # One order for the column: a spelling counts if no cell is read by its rivals only.
        rivals = {spelling for number in doubtful for spelling in read[number]}
        orders = {_order(spelling) for spelling in rivals}
        fitting = {
            order
            for order in orders
            if all(any(_order(spelling) == order for spelling in found) for found in read.values() if found)
        }
        if len(fitting) == 1:
            (order,) = fitting
            read = {
                number: {spelling: moment for spelling, moment in found.items() if _order(spelling) == order}
                for number, found in read.items()
            }
        else:
            texts = dict(cells)
            why = "both fit the whole column" if fitting else "some rows fit the one and some the other"
            faults += [
                RowFault(
                    number,
                    column,
                    f"'{texts[number][:40]}' may be two days, by {' or '.join(sorted(read[number]))}; {why}: "
                    "leave one order of day and month in date_formats, and in the file",
                )
                for number in doubtful
            ]
    return {number: next(iter(found.values())) for number, found in read.items() if found}, sorted(
        faults, key=lambda fault: fault.row or 0
    )


def seconds_between(started: datetime, ended: datetime) -> int:
    """Seconds that passed between two moments on the wall clock, over a change of the clock too.

    An hour that the clock shows twice counts as the first, unless the end would then lie before the beginning.
    """
    passed = (ended.astimezone(UTC) - started.astimezone(UTC)).total_seconds()
    if passed < 0:
        later = (ended.replace(fold=1).astimezone(UTC) - started.astimezone(UTC)).total_seconds()
        passed = later if later >= 0 else passed
    return int(passed)


def _readings(cell: str, spellings: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for spelling in spellings:
        try:
            found[spelling] = datetime.strptime(cell, spelling).replace(tzinfo=clock.ZONE)
        except ValueError:
            continue
    return found


def _was(moment: datetime) -> bool:
    """Whether the clock ever showed this moment."""
    return moment.astimezone(UTC).astimezone(clock.ZONE).replace(tzinfo=None) == moment.replace(tzinfo=None)


def _order(spelling: str) -> str:
    """In which order a spelling has day, month and year: ``dmy``."""
    places = {spelling.find(sign): sign[1].lower() for sign in ("%d", "%m", "%b", "%B", "%y", "%Y") if sign in spelling}
    return "".join(places[place].replace("b", "m") for place in sorted(places))
