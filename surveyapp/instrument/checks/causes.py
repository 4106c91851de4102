"""Where the cause of a finding stands: the key that is wrong, not the page or the question it belongs to.

The instrument keeps one place for a page, a question or a set. An author who is sent to the first line of a page has
its introduction and five questions to look through; so what a check knows to be wrong is looked up in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveyapp.errors import Place
from surveyapp.instrument.nodes import Block, Listing, Node, Position, Step
from surveyapp.instrument.source import Document


class Causes:
    """The entries of one file, found by the place of one of their keys."""

    def __init__(self, document: Document) -> None:
        self._entries: Mapping[Position, Block] = {place: node for node, place in self._keys(document.data)}

    def _keys(self, node: Any) -> Iterator[tuple[Block, Position]]:
        if isinstance(node, Block):
            yield from ((node, place) for place in node.places.values())
        for child in node.values() if isinstance(node, Block) else node if isinstance(node, Listing) else ():
            yield from self._keys(child)

    def within(self, place: Place, *path: Step) -> Place:
        """Where ``path`` stands in the entry that has a key at ``place``; that place itself without such an entry.

        Steps that are not there are passed over: ``text``, ``manager``, ``default``, ``nl`` leads to the Dutch words
        for managers, whether the text is written per role or not.
        """
        node: Any = self._entries.get((place.line, place.column))
        for step in path:
            if isinstance(node, Node) and step in node.places:
                place, node = Place(place.file, *node.position(step)), node[step]  # type: ignore[index]  # its own step
        return place
