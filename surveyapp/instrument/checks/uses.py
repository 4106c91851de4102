"""Where things are used in the questionnaire: items and variables."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.instrument.definition import ItemEntry, PageEntry, RowEntry


@dataclass(frozen=True, slots=True)
class ItemUse:
    """An item of the questionnaire with its page."""

    page: PageEntry
    item: ItemEntry


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable put to somebody: as an item, or as a row of a set."""

    name: str
    page: PageEntry
    item: ItemEntry
    row: RowEntry | None

    @property
    def entry(self) -> ItemEntry | RowEntry:
        """What names it."""
        return self.row or self.item
