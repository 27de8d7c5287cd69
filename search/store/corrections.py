"""Corrections: mentions that a reader has unlinked. They stay when the cast is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from search.model import Mention

_IS_MENTION = "document = ? AND paragraph = ? AND start = ? AND end = ?"


class Corrections:
    """The corrections of one Library. They are written in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def unlink(self, document: int, mention: Mention) -> bool:
        """Unlink a mention from its actor. Returns False if it has no link."""
        spot = [document, mention.paragraph, mention.start, mention.end]
        row = self._connection.execute(
            f"SELECT document_actor, why, confidence FROM mentions WHERE {_IS_MENTION} AND document_actor NOT NULL",
            spot,
        ).fetchone()
        if row is None:
            return False
        self._connection.execute(
            "INSERT OR REPLACE INTO corrections (document, paragraph, start, end, document_actor, why, confidence)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [*spot, *row],
        )
        self._set_link(spot, (None, None, None))
        self._count(row[0], -1)
        return True

    def restore(self, document: int, mention: Mention) -> bool:
        """Undo a correction. Returns False if there is none."""
        spot = [document, mention.paragraph, mention.start, mention.end]
        row = self._connection.execute(
            f"DELETE FROM corrections WHERE {_IS_MENTION} RETURNING document_actor, why, confidence", spot
        ).fetchone()
        if row is None or row[0] is None:
            return row is not None
        self._set_link(spot, row)
        self._count(row[0], 1)
        return True

    def apply(self, document: int) -> None:
        """Unlink the document's new mentions at the positions of its corrections."""
        rows = self._connection.execute(
            "SELECT paragraph, start, end FROM corrections WHERE document = ?", [document]
        ).fetchall()
        for row in rows:
            spot = [document, *row]
            link = self._connection.execute(
                f"SELECT document_actor, why, confidence FROM mentions WHERE {_IS_MENTION}", spot
            ).fetchone() or (None, None, None)
            self._connection.execute(
                f"UPDATE corrections SET document_actor = ?, why = ?, confidence = ? WHERE {_IS_MENTION}",
                [*link, *spot],
            )
            self._set_link(spot, (None, None, None))
            if link[0] is not None:
                self._count(link[0], -1)

    def remember(self, document: int, positions: Iterable[tuple[int, int, int]]) -> None:
        """Record corrections at these positions (paragraph, start, end); the next `apply` makes them."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO corrections (document, paragraph, start, end) VALUES (?, ?, ?, ?)",
            [(document, *place) for place in positions],
        )

    def forget(self, document: int) -> None:
        """Delete the corrections of a document, because its text has changed."""
        self._connection.execute("DELETE FROM corrections WHERE document = ?", [document])

    def _set_link(self, spot: list[int], link: tuple[int | None, str | None, float | None]) -> None:
        self._connection.execute(
            f"UPDATE mentions SET document_actor = ?, why = ?, confidence = ? WHERE {_IS_MENTION}", [*link, *spot]
        )

    def _count(self, document_actor: int, sign: int) -> None:
        self._connection.execute(
            "UPDATE actors SET mentions = mentions + ?"
            " WHERE number = (SELECT actor FROM document_actors WHERE number = ?)",
            [sign, document_actor],
        )
        self._connection.execute(
            "UPDATE document_actors SET mentions = mentions + ? WHERE number = ?", [sign, document_actor]
        )
