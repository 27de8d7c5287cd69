"""Facets: how many of a set of documents each actor, source and month has."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING

from search.model import FacetCount, Facets
from search.store.database import connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from pathlib import Path

_BY_TYPE = (
    "SELECT actors.id, actors.name, count(DISTINCT document) AS found FROM chosen"
    " JOIN appearances ON document = chosen.number JOIN actors ON actors.number = actor"
    " WHERE actors.type = ? AND is_named GROUP BY actors.number ORDER BY found DESC, actors.id LIMIT ?"
)
_BY_SOURCE = (
    "SELECT source, source, count(*) AS found FROM chosen JOIN documents USING (number)"
    " WHERE source NOT NULL GROUP BY source ORDER BY found DESC, source LIMIT ?"
)
_BY_MONTH = (
    "SELECT substr(published, 1, 7) AS month, substr(published, 1, 7), count(*) FROM chosen"
    " JOIN documents USING (number) WHERE published <> '' GROUP BY month ORDER BY month"
)


class FacetCounter:
    """Counts over a connection of its own, so that nobody who searches waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def count(self, numbers: Collection[int], limit: int) -> Facets:
        """The most frequent of each kind in the documents of these rows, and all their months."""
        with self._lock:
            if self._connection is None:
                self._connection = connect(str(self._path), read_only=True)
                self._connection.execute("PRAGMA temp_store = MEMORY")
                self._connection.execute("CREATE TEMP TABLE chosen (number INTEGER PRIMARY KEY)")
            self._connection.execute("DELETE FROM chosen")
            self._connection.execute("INSERT INTO chosen SELECT value FROM json_each(?)", [json.dumps(list(numbers))])
            return Facets(
                self._list(_BY_TYPE, "person", limit),
                self._list(_BY_TYPE, "organisation", limit),
                self._list(_BY_TYPE, "place", limit),
                self._list(_BY_SOURCE, limit),
                self._list(_BY_MONTH),
            )

    def _list(self, statement: str, *values: object) -> tuple[FacetCount, ...]:
        assert self._connection is not None
        return tuple(FacetCount(*row) for row in self._connection.execute(statement, values))
