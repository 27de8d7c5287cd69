"""Corrections: what a reader said of mentions, kept whatever recogniser looks at the document next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from search.model import Mention

_IS_MENTION = "document = ? AND paragraph = ? AND start = ? AND end = ?"


class Corrections:
    """Mentions that mean somebody else than was found: they are linked to nobody."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def unlink(self, document: int, mention: Mention) -> bool:
        """Link this mention to nobody from now on; False if it is linked to nobody already."""
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
        """Take a correction back; False if there was none."""
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
        """Correct the document's new mentions as its old ones were, where they stand at the same place."""
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

    def remember(self, document: int, places: Iterable[tuple[int, int, int]]) -> None:
        """Keep corrections at these places (paragraph, start, end), which the next `apply` makes."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO corrections (document, paragraph, start, end) VALUES (?, ?, ?, ?)",
            [(document, *place) for place in places],
        )

    def forget(self, document: int) -> None:
        """Drop the corrections of a document whose text is another one now."""
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
