"""What was read and may be asked for again: small things apart from large ones, that neither drives out the other."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")

_large = 5_000
room_alone, room_among_many = 1_500_000, 200_000
"""For small things, and as much for large ones, counted in numbers of about 30 bytes: where one reads, and where many
do, each in a process of its own."""


class Kept:
    """A memory by key; of either kind, the least recently asked for goes when it grows too much."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._found: dict[bool, OrderedDict[tuple[str, ...], tuple[int, object]]] = {
            False: OrderedDict(),
            True: OrderedDict(),
        }
        self._sizes = {False: 0, True: 0}

    def find(self, key: tuple[str, ...], build: Callable[[], tuple[int, Found]]) -> Found:
        """What was built for this key before, or is now, with its size."""
        for kind in self._found.values():
            if (known := kind.get(key)) is not None:
                kind.move_to_end(key)
                return known[1]  # type: ignore[return-value] # one key, one type
        size, found = build()
        is_large = size > _large
        kind = self._found[is_large]
        kind[key] = size, found
        self._sizes[is_large] += size
        while self._sizes[is_large] > self._room and len(kind) > 1:
            _, (gone, _) = kind.popitem(last=False)
            self._sizes[is_large] -= gone
        return found
