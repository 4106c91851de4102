"""What was made lately and may be asked for again: a few things by their keys, shared by the threads of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_NOTHING = object()


class Recent(Generic[K, V]):
    """The last things that were asked for, at most ``size``; what nobody asked for the longest goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What is kept by this key, or what is made now. Two threads may make the same thing; nobody waits."""
        kept = self._kept
        with self._lock:
            found = kept.get(key, _NOTHING)
            if found is not _NOTHING:
                kept.move_to_end(key)
                return found  # type: ignore[return-value]
        made = make()
        self.put(key, made)
        return made

    def put(self, key: K, made: V) -> None:
        """Keep something in the place of what was there."""
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def known(self, key: K) -> V | None:
        """What is kept by this key, if it is."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found
