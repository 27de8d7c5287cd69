"""A cache of limited size for what searches read from the index."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Callable

Built = TypeVar("Built")

_large = 5_000


class Cache:
    """Answers by key. Small ones and large ones have a room each, so that one large answer does not evict many others.

    A room is counted in numbers of about 30 bytes. When it is full, the least recently used answers go. Several threads
    may ask at once.
    """

    def __init__(self, room: int) -> None:
        # An answer larger than the room fills it: to build it again would take longest.
        self._small, self._large = (
            LRUCache[tuple[str, ...], tuple[int, object]](room, lambda entry: min(entry[0], room)) for _ in range(2)
        )
        self._lock = Lock()

    def find(self, key: tuple[str, ...], build: Callable[[], tuple[int, Built]]) -> Built:
        """Return the answer for this key; if it is not in the cache, `build` returns its size and the answer."""
        with self._lock:
            entry = self._small.get(key) or self._large.get(key)
        if entry is None:
            size, found = build()
            with self._lock:
                (self._large if size > _large else self._small)[key] = size, found
            return found
        return entry[1]  # type: ignore[return-value] # one key, one type
