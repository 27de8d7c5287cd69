"""Losses: that the full-text index knew of more than the database holds, kept until a repair has said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Loss:
    """What the database held, up to which change, what its index knew, and where copies of both are."""

    documents: int
    revision: int
    known_documents: int
    known_revision: int
    evidence: str | None = None

    def __str__(self) -> str:
        kept = f"; all that is left is kept in {self.evidence}" if self.evidence else ""
        return (
            f"library.db has lost articles: it held {self.documents:,} (change {self.revision:,}) when its full-text"
            f" index knew {self.known_documents:,} (change {self.known_revision:,});"
            " bring them back with: newscast add PATH, the files of all articles;"
            f" newscast doctor --repair ends this message{kept}"
        )


class Losses:
    """The losses of one Library that were noticed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def read(self) -> Loss | None:
        """The last one."""
        row = self._connection.execute(
            "SELECT documents, revision, known_documents, known_revision, evidence FROM losses"
            " ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        return Loss(*row) if row else None

    def write(self, loss: Loss) -> None:
        """Keep a loss, and count on from the index's revision, so that none that it knows comes again."""
        self._connection.execute(
            "INSERT INTO losses (found, documents, revision, known_documents, known_revision, evidence)"
            " VALUES (datetime(), ?, ?, ?, ?, ?)",
            [loss.documents, loss.revision, loss.known_documents, loss.known_revision, loss.evidence],
        )
        self._connection.execute(
            "UPDATE counters SET value = max(value, ?) + 1 WHERE name = 'revision'", [loss.known_revision]
        )

    def clear(self) -> None:
        """Forget them: somebody has been told."""
        self._connection.execute("DELETE FROM losses")
