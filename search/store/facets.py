"""Facets: counts of the actors, sources and months of a set of documents."""

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

# CROSS JOIN makes SQLite keep this order; it does not know how few documents are chosen.
_BY_TYPE = (
    "SELECT type, id, name, found FROM (SELECT actors.type, actors.id, actors.name, found,"
    " row_number() OVER (PARTITION BY actors.type ORDER BY found DESC, actors.id) AS place FROM"
    " (SELECT actor, count(DISTINCT document) AS found FROM chosen"
    " CROSS JOIN document_actors ON document = chosen.number"
    " GROUP BY actor) JOIN actors ON actors.number = actor WHERE is_named) WHERE place <= ? ORDER BY place"
)
_BY_SOURCE = (
    "SELECT source, source, count(*) AS found FROM chosen CROSS JOIN documents USING (number)"
    " WHERE source NOT NULL GROUP BY source ORDER BY found DESC, source LIMIT ?"
)
_BY_MONTH = (
    "SELECT substr(published, 1, 7) AS month, substr(published, 1, 7), count(*)"
    " FROM chosen CROSS JOIN documents USING (number) WHERE published <> '' GROUP BY month ORDER BY month"
)


class FacetCounter:
    """Counts with a connection of its own, so that no search waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def count(self, numbers: Collection[int], limit: int) -> Facets:
        """Count the facets of the documents in these rows: the `limit` most frequent of each kind, and all months."""
        with self._lock:
            if self._connection is None:
                self._connection = connect(str(self._path), read_only=True)
                self._connection.execute("PRAGMA temp_store = MEMORY")
                self._connection.execute("CREATE TEMP TABLE chosen (number INTEGER PRIMARY KEY)")
            self._connection.execute("DELETE FROM chosen")
            self._connection.execute("INSERT INTO chosen SELECT value FROM json_each(?)", [json.dumps(list(numbers))])
            by_type: dict[str, list[FacetCount]] = {}
            for type_, *rest in self._connection.execute(_BY_TYPE, [limit]):
                by_type.setdefault(type_, []).append(FacetCount(*rest))
            return Facets(
                tuple(by_type.get("person", ())),
                tuple(by_type.get("organisation", ())),
                tuple(by_type.get("place", ())),
                tuple(FacetCount(*row) for row in self._connection.execute(_BY_SOURCE, [limit])),
                tuple(FacetCount(*row) for row in self._connection.execute(_BY_MONTH)),
            )
