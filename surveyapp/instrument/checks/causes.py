"""Where the cause of a finding stands: the key that is wrong, not the page or the question it belongs to.

The instrument keeps one place for a page, a question or a set. An author who is sent to the first line of a page has
its introduction and five questions to look through; so what a check knows to be wrong is looked up in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveyapp.errors import Place
from surveyapp.instrument.source import Document, Position

Step = str | int


class Causes:
    """The entries of one file, found by the place of one of their keys."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._entries: Mapping[Position, Any] = {place: node for node, place in self._keys(document.data)}

    def _keys(self, node: Any) -> Iterator[tuple[Any, Position]]:
        marks = self.document.marks.get(id(node), {})
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for step, child in children:
            if isinstance(node, dict) and step in marks:
                yield node, marks[step]
            yield from self._keys(child)

    def within(self, place: Place, *path: Step) -> Place:
        """Where ``path`` stands in the entry that has a key at ``place``; that place itself without such an entry.

        Steps that are not there are passed over: ``text``, ``manager``, ``default``, ``nl`` leads to the Dutch words
        for managers, whether the text is written per role or not.
        """
        node: Any = self._entries.get((place.line, place.column))
        line, column = place.line, place.column
        for step in path:
            found = self.document.marks.get(id(node), {}).get(step)
            if found is not None:
                line, column = found
                node = node[step]
        return Place(place.file, line, column)
