"""Where things are used in the files: items, variables, expressions and texts, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveyapp.errors import Place
from surveyapp.instrument.definition import ItemEntry, PageEntry, RowEntry

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ItemUse:
    """An item of the questionnaire with its page and the path to it."""

    path: Path
    page: PageEntry
    item: ItemEntry


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable put to somebody: as an item, or as a row of a set. ``path`` leads to the entry that names it."""

    name: str
    path: Path
    page: PageEntry
    item: ItemEntry
    row: RowEntry | None


@dataclass(frozen=True, slots=True)
class ConditionUse:
    """An expression in the files. ``role`` is set where it is written for one role; ``kind`` says what it does."""

    source: str
    place: Place
    name: str
    kind: str  # page · item · row · ending · filter
    role: str | None = None


@dataclass(frozen=True, slots=True)
class TextUse:
    """A text in the files, per language. ``role`` is set where it is written for one role."""

    words: Mapping[str, str]
    at: Callable[..., Place]  # where a path stands in its file
    path: Path
    name: str
    kind: str  # label · category · question · statement · hint · title · intro · information · ending · other
    role: str | None = None

    @property
    def place(self) -> Place:
        """Where the text begins."""
        return self.at(*self.path)

    def place_of(self, language: str) -> Place:
        """Where its words in this language stand; the text itself where they are absent."""
        return self.at(*self.path, language)
