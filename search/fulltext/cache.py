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
    """An LRU cache of answers. Small and large answers have separate room, so one large answer evicts few others.

    `room` is the size of each part, in numbers of about 30 bytes. A full part evicts the least recently used answers.
    Several threads may use the cache at once.
    """

    def __init__(self, room: int) -> None:
        # An answer larger than the room fills it, because such an answer takes longest to build again.
        self._small, self._large = (
            LRUCache[tuple[str, ...], tuple[int, object]](room, lambda entry: min(entry[0], room)) for _ in range(2)
        )
        self._lock = Lock()

    def get(self, key: tuple[str, ...], build: Callable[[], tuple[int, Built]]) -> Built:
        """Return the answer for this key. If it is not in the cache, call `build`, which returns (size, answer)."""
        with self._lock:
            entry = self._small.get(key) or self._large.get(key)
        if entry is None:
            size, found = build()
            with self._lock:
                (self._large if size > _large else self._small)[key] = size, found
            return found
        return entry[1]  # type: ignore[return-value] # one key, one type
