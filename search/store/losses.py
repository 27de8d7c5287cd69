"""Losses of articles: what the database had when its full-text index knew of more. Kept until a repair reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Loss:
    """The documents and newest revision that the database had, those its index knew, and the folder of the copies."""

    documents: int
    revision: int
    known_documents: int
    known_revision: int
    evidence: str | None = None

    def __str__(self) -> str:
        kept = f"; all that is left is kept in {self.evidence}" if self.evidence else ""
        return (
            f"library.db has lost articles: it had {self.documents:,} (revision {self.revision:,}) when its full-text"
            f" index knew {self.known_documents:,} (revision {self.known_revision:,});"
            " to restore them, add the files of all articles: newscast add PATH;"
            f" newscast doctor --repair ends this message{kept}"
        )


class Losses:
    """The recorded losses of one Library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self) -> Loss | None:
        """Read the last loss; None if there is none."""
        row = self._connection.execute(
            "SELECT documents, revision, known_documents, known_revision, evidence FROM losses"
            " ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        return Loss(*row) if row else None

    def write(self, loss: Loss) -> None:
        """Record a loss, and continue counting after the index's revision, so that no revision is used twice."""
        self._connection.execute(
            "INSERT INTO losses (found, documents, revision, known_documents, known_revision, evidence)"
            " VALUES (datetime(), ?, ?, ?, ?, ?)",
            [loss.documents, loss.revision, loss.known_documents, loss.known_revision, loss.evidence],
        )
        self._connection.execute(
            "UPDATE counters SET value = max(value, ?) + 1 WHERE name = 'revision'", [loss.known_revision]
        )

    def clear(self) -> None:
        """Delete them, after they were reported."""
        self._connection.execute("DELETE FROM losses")
