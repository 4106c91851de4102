"""Pieces of a definition file that know where they stand: blocks and lists of plain data with their places.

A block equals the dict of what it holds, a listing the list, so data read from a file and data read back from the
database are equal. What is made of a piece (a loop written out, say) stands where that piece stood.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

Position = tuple[int, int]
Step = str | int
START: Position = (1, 1)


class Node:
    """What blocks and listings have besides what they hold.

    ``start`` says where it stands, ``places`` where its keys or entries do, and ``written`` how a value is written that
    was read otherwise. Which file it is in the node does not say: what two files have in common is read once.
    """

    start: Position
    places: dict[Step, Position]
    written: dict[Step, str]

    def stand(self, start: Position = START, places: dict[Step, Position] | None = None) -> Self:
        """The same, standing there."""
        self.start, self.places, self.written = start, {} if places is None else places, {}
        return self

    def position(self, *path: Step) -> Position:
        """Line and column of the key or entry at this path; of the nearest one above it when the path goes too far."""
        here: Any = self
        found = self.start
        for step in path:
            try:
                child = here[step]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(child, Node):
                found = child.start
            elif isinstance(here, Node):
                found = here.places.get(step, found)
            here = child
        return found


class Block(Node, dict[str, Any]):
    """Keys and their values."""


class Listing(Node, list[Any]):
    """Entries of a list."""


def like(node: Node, made: dict[str, Any] | list[Any]) -> Any:
    """Other content that stands where a node stands, key by key."""
    return (Block(made) if isinstance(made, dict) else Listing(made)).stand(node.start, node.places)


@dataclass(frozen=True, slots=True)
class Origin:
    """What an entry of a model was read from; two entries that say the same are equal wherever they stand."""

    file: str = field(compare=False)
    node: Node = field(compare=False)


NOWHERE = Origin("", Block().stand())


def without_places(data: Any) -> Any:
    """Plain data as pieces of a file of which nobody knows where they stood."""
    if isinstance(data, dict):
        return Block({key: without_places(value) for key, value in data.items()}).stand()
    return Listing(map(without_places, data)).stand() if isinstance(data, list) else data
