"""Folds: which documents a list folds below others, and the pages of the list of all documents without them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

_slack = 16
"""Rows read beyond a page, to make up for hidden ones without a second query."""


@dataclass(slots=True)
class _Known:
    """The original of each copy, and the row and id of each copy by original, while the database has `stamp`."""

    stamp: tuple[int, int]
    originals: dict[int, int]
    copies: frozenset[int]
    names: dict[int, list[tuple[int, str]]]


@dataclass(slots=True)
class _Skipped:
    """Where the list of all documents has hidden ones, as far as it was read.

    `places` has for each hidden document the number of shown ones before it; `read` counts both.
    """

    stamp: tuple[int, int]
    hidden: frozenset[int]
    places: list[int] = field(default_factory=list)
    read: int = 0


class Folds:
    """Reads the copies of one Library once for each state of its database; to fold a page then takes no query."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: _Known | None = None
        self._skipped: _Skipped | None = None

    def find_folded(self, numbers: AbstractSet[int]) -> frozenset[int]:
        """Find those of these documents that are copies of another of them."""
        known = self._read()
        originals = known.originals
        return frozenset([number for number in known.copies & numbers if originals[number] in numbers])

    def list_folded(self, left_out: frozenset[int]) -> frozenset[int]:
        """List the documents that are copies of another one, if neither is left out."""
        known = self._read()
        if not left_out:
            return known.copies
        return frozenset(each for each in known.copies - left_out if known.originals[each] not in left_out)

    def read_copies(self) -> Mapping[int, list[tuple[int, str]]]:
        """Read the copies of each original, by its row: the row and id of each, in the order of adding."""
        return self._read().names

    def list_shown(self, offset: int, limit: int, hidden: frozenset[int]) -> list[int]:
        """List the rows on a page of all documents that are not hidden: newest first, undated ones last."""
        if not hidden:
            return self._read_rows(offset, limit)
        stamp = self._read_stamp()
        skipped = self._skipped
        if skipped is None or skipped.stamp != stamp or skipped.hidden != hidden:
            self._skipped = skipped = _Skipped(stamp, hidden)
        while (lacking := offset - (skipped.read - len(skipped.places))) > 0:
            if not self._read_on(skipped, skipped.read, lacking):
                return []
        shown: list[int] = []
        at = offset + bisect_right(skipped.places, offset)
        while len(shown) < limit:
            rows = self._read_on(skipped, at, limit - len(shown) + _slack)
            if not rows:
                break
            shown += [number for number in rows if number not in hidden]
            at += len(rows)
        return shown[:limit]

    def _read_on(self, skipped: _Skipped, at: int, count: int) -> list[int]:
        """Read rows of the list of all, shown and hidden, and note hidden ones that are read for the first time."""
        rows = self._read_rows(at, count)
        if at <= skipped.read < at + len(rows):
            for place, number in enumerate(rows[skipped.read - at :], skipped.read):
                if number in skipped.hidden:
                    skipped.places.append(place - len(skipped.places))
            skipped.read = at + len(rows)
        return rows

    def _read_rows(self, offset: int, limit: int) -> list[int]:
        rows = self._connection.execute(
            "SELECT number FROM documents ORDER BY published DESC, number LIMIT ? OFFSET ?", [limit, offset]
        )
        return [number for (number,) in rows]

    def _read(self) -> _Known:
        stamp = self._read_stamp()
        if self._known is None or self._known.stamp != stamp:
            rows = self._connection.execute(
                "SELECT document, original, id FROM copies JOIN documents ON number = document"
                " WHERE original IS NOT NULL ORDER BY document"
            ).fetchall()
            names: dict[int, list[tuple[int, str]]] = {}
            for number, original, identifier in rows:
                names.setdefault(original, []).append((number, str(identifier)))
            originals = {number: original for number, original, _ in rows}
            self._known = _Known(stamp, originals, frozenset(originals), names)
        return self._known

    def _read_stamp(self) -> tuple[int, int]:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return version, self._connection.total_changes
