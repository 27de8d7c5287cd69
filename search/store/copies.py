"""Copies: which document is a near-duplicate of which, and the sketches by which such documents are found."""

from __future__ import annotations

import json
import struct
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from search.shingles import Sketch

if TYPE_CHECKING:
    import sqlite3

_too_common = 64
"""Documents of a week with one hash: so many share boilerplate, so the hash is neither kept for more nor looked up."""
_most_candidates = 16


class Copies:
    """The near-duplicates in one Library, in the caller's transaction.

    Each document that was compared has a row with its original, or with NULL if it is shown. Only shown documents are
    found by their hashes, so a story with a thousand copies costs as much as one with a single copy.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def has_uncompared(self) -> bool:
        """Is there a document that was never compared? Quick in a library of any size."""
        row = self._connection.execute(
            "SELECT (SELECT count(*) FROM documents) > (SELECT count(*) FROM copies)"
        ).fetchone()
        return bool(row[0])

    def list_uncompared(self) -> list[int]:
        """List the rows of the documents that were never compared."""
        rows = self._connection.execute(
            "SELECT number FROM documents WHERE number NOT IN (SELECT document FROM copies) ORDER BY number"
        )
        return [row[0] for row in rows]

    def read_sketch(self, number: int) -> Sketch | None:
        """Read the sketch of the document in this row; None if it has none, being too short, or a damaged one."""
        row = self._connection.execute(
            "SELECT day, shingles, hashes FROM sketches WHERE document = ?", [number]
        ).fetchone()
        if row is None:
            return None
        day, shingles, hashes = row
        if not isinstance(hashes, bytes) or len(hashes) % 4:
            return None
        return Sketch(day, shingles, struct.unpack(f"<{len(hashes) // 4}I", hashes))

    def write_sketch(self, number: int, sketch: Sketch) -> None:
        """Write the sketch of a document."""
        hashes = struct.pack(f"<{len(sketch.hashes)}I", *sketch.hashes)
        self._connection.execute(
            "INSERT OR REPLACE INTO sketches (document, day, shingles, hashes) VALUES (?, ?, ?, ?)",
            [number, sketch.day, sketch.shingles, hashes],
        )

    def write_original(self, number: int, original: int | None) -> None:
        """Write which document this one is a copy of; None if it is shown."""
        self._connection.execute("INSERT OR REPLACE INTO copies (document, original) VALUES (?, ?)", [number, original])

    def read_original(self, number: int) -> int | None:
        """Read which document this one is a copy of; None if it is shown."""
        row = self._connection.execute("SELECT original FROM copies WHERE document = ?", [number]).fetchone()
        return row[0] if row else None

    def read_original_id(self, number: int) -> str | None:
        """Read the id of the document that this one is a copy of; None if it is shown."""
        row = self._connection.execute(
            "SELECT id FROM copies JOIN documents ON number = original WHERE document = ?", [number]
        ).fetchone()
        return str(row[0]) if row else None

    def list_copies(self, original: int) -> list[int]:
        """List the rows of the copies of a document."""
        rows = self._connection.execute("SELECT document FROM copies WHERE original = ? ORDER BY document", [original])
        return [row[0] for row in rows]

    def enter(self, number: int, sketch: Sketch) -> None:
        """Enter the document under its hashes, so that `find_candidates` finds it."""
        self._connection.execute(
            "INSERT OR IGNORE INTO sketch_hashes SELECT ?1, value, ?2 FROM json_each(?3)"
            " WHERE (SELECT count(*) FROM sketch_hashes WHERE week = ?1 AND hash = value) < ?4",
            [_find_week(sketch), number, json.dumps(sketch.hashes), _too_common],
        )

    def withdraw(self, number: int, sketch: Sketch) -> None:
        """Remove what `enter` wrote."""
        self._connection.execute(
            "DELETE FROM sketch_hashes WHERE week = ? AND hash IN (SELECT value FROM json_each(?)) AND document = ?",
            [_find_week(sketch), json.dumps(sketch.hashes), number],
        )

    def find_candidates(self, sketch: Sketch) -> list[int]:
        """Find the shown documents of the same and the adjacent weeks that share most hashes with the sketch."""
        week = _find_week(sketch)
        weeks = [week - 1, week, week + 1] if sketch.day else [week] * 3
        rows = self._connection.execute(
            "SELECT week, hash, document FROM sketch_hashes"
            " WHERE week IN (?, ?, ?) AND hash IN (SELECT value FROM json_each(?)) ORDER BY week, hash",
            [*weeks, json.dumps(sketch.hashes)],
        )
        shared = Counter[int]()
        for _, group in groupby(rows, key=lambda row: row[:2]):
            documents = [document for _, _, document in group]
            if len(documents) < _too_common:
                shared.update(documents)
        ranked = sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))
        return [document for document, _ in ranked[:_most_candidates]]

    def forget(self, number: int) -> None:
        """Forget the document in this row; its copies still name it."""
        sketch = self.read_sketch(number)
        if sketch is not None:
            self.withdraw(number, sketch)
        self._connection.execute("DELETE FROM sketches WHERE document = ?", [number])
        self._connection.execute("DELETE FROM copies WHERE document = ?", [number])

    def forget_all(self) -> None:
        """Forget everything, so that all documents are compared again."""
        for table in ("sketch_hashes", "sketches", "copies"):
            self._connection.execute(f"DELETE FROM {table}")

    def count_stray(self) -> int:
        """Count the rows of documents that are gone, and of copies that have hashes or copies of their own."""
        shown = "(SELECT document FROM copies WHERE original IS NULL)"
        (count,) = self._connection.execute(
            "SELECT (SELECT count(*) FROM copies WHERE document NOT IN (SELECT number FROM documents))"
            " + (SELECT count(*) FROM sketches WHERE document NOT IN (SELECT document FROM copies))"
            f" + (SELECT count(*) FROM copies WHERE original NOT IN {shown})"
            f" + (SELECT count(DISTINCT document) FROM sketch_hashes WHERE document NOT IN {shown})"
        ).fetchone()
        return int(count)

    def is_entered(self, number: int, sketch: Sketch) -> bool:
        """Is the document entered under all of its hashes, except those that are too common?"""
        row = self._connection.execute(
            "SELECT 1 FROM json_each(?3) WHERE NOT EXISTS"
            " (SELECT 1 FROM sketch_hashes WHERE week = ?1 AND hash = value AND document = ?2)"
            " AND (SELECT count(*) FROM sketch_hashes WHERE week = ?1 AND hash = value) < ?4",
            [_find_week(sketch), number, json.dumps(sketch.hashes), _too_common],
        ).fetchone()
        return row is None


def _find_week(sketch: Sketch) -> int:
    """Undated articles have a week of their own."""
    return sketch.day // 7 if sketch.day else -1
