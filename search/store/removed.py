"""Removed documents: copies with their casts and corrections, from which they can be restored."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.errors import LibraryUnreadableError
from search.model import Actor, Cast, Link, Mention
from search.store.checksums import text_columns
from search.store.documents import build_document, make_storable

if TYPE_CHECKING:
    import sqlite3

from search.store.documents import StoredDocument


@dataclass(frozen=True, slots=True)
class RemovedDocument:
    """A copy of a removed document; `corrected` has the paragraph, start and end of each correction."""

    stored: StoredDocument
    origin: str
    content_hash: str
    annotated_by: str
    cast: Cast
    corrected: tuple[tuple[int, int, int], ...]


class Removed:
    """The removed documents of one Library, written in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin_removal(self) -> int:
        """Return the number of the next removal, which is higher than that of all before."""
        return int(self._connection.execute("SELECT coalesce(max(removal), 0) + 1 FROM removed").fetchone()[0])

    def is_empty(self) -> bool:
        """Is there no removed document?"""
        return self._connection.execute("SELECT 1 FROM removed LIMIT 1").fetchone() is None

    def find(self, content_hash: str) -> str | None:
        """Find the id of the removed document that was made of a file with this hash; None if there is none."""
        row = self._connection.execute("SELECT id FROM removed WHERE content_hash = ?", [content_hash]).fetchone()
        return row[0] if row else None

    def forget(self, origin: str) -> None:
        """Delete the removed document with this origin, because the file has another text, which is being added."""
        self._connection.execute("DELETE FROM removed WHERE origin = ?", [make_storable(origin)])

    def keep(self, number: int, removal: int) -> None:
        """Copy the document in this row, before it is dropped, as part of this removal."""
        *columns, annotated_by = self._connection.execute(
            f"SELECT {text_columns}, annotated_by FROM documents WHERE number = ?", [number]
        ).fetchone()
        _, identifier, origin, content_hash, *_ = columns
        fields = {
            "columns": columns,
            "annotated_by": annotated_by,
            "actors": self._connection.execute(
                "SELECT local, name, type, names FROM document_actors WHERE document = ? ORDER BY number", [number]
            ).fetchall(),
            "mentions": self._connection.execute(
                "SELECT paragraph, start, end, mentions.kind, mentions.type, local, coalesce(mentions.why,"
                " corrections.why), coalesce(mentions.confidence, corrections.confidence) FROM mentions"
                " LEFT JOIN corrections USING (document, paragraph, start, end) LEFT JOIN document_actors"
                " ON document_actors.number = coalesce(mentions.document_actor, corrections.document_actor)"
                " WHERE mentions.document = ? ORDER BY paragraph, start, end",
                [number],
            ).fetchall(),
            "corrected": self._connection.execute(
                "SELECT paragraph, start, end FROM corrections WHERE document = ?", [number]
            ).fetchall(),
        }
        kept = json.dumps(fields)
        self._connection.execute(
            "INSERT INTO removed (number, removal, id, origin, content_hash, document, checksum)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, removal, identifier, origin, content_hash, kept, zlib.crc32(kept.encode())],
        )

    def take_last(self) -> list[RemovedDocument]:
        """Return the documents of the last removal, and delete their copies. Raises LibraryUnreadableError."""
        if damaged := self.list_damaged():
            raise LibraryUnreadableError(
                f"the removal cannot be undone, because removed articles are damaged ({len(damaged):,});"
                " newscast doctor --repair drops them and says which files to add again"
            )
        rows = self._connection.execute(
            "DELETE FROM removed WHERE removal = (SELECT max(removal) FROM removed)"
            " RETURNING number, origin, content_hash, document"
        ).fetchall()
        return [_build_removed(row[1], row[2], json.loads(row[3])) for row in sorted(rows)]

    def list_damaged(self) -> list[tuple[int, str, str]]:
        """List the removed documents whose copy does not match its checksum: the row, id and origin of each."""
        rows = self._connection.execute("SELECT number, id, origin, document, checksum FROM removed")
        return [row[:3] for row in rows if zlib.crc32(str(row[3]).encode()) != row[4]]

    def drop_damaged(self) -> None:
        """Drop the damaged copies, so that their files can be added."""
        self._connection.executemany(
            "DELETE FROM removed WHERE number = ?", [(number,) for number, _, _ in self.list_damaged()]
        )


def _build_removed(origin: str, content_hash: str, fields: dict[str, Any]) -> RemovedDocument:
    stored = build_document(fields["columns"])
    texts = [paragraph.text for paragraph in stored.document.paragraphs]
    mentions = tuple(
        Mention(
            paragraph,
            start,
            end,
            texts[paragraph][start:end],
            kind,
            type_,
            Link(local, why, confidence) if local else None,
        )
        for paragraph, start, end, kind, type_, local, why, confidence in fields["mentions"]
    )
    cast = Cast(mentions, {})
    actors = {
        local: Actor(local, name, type_, tuple(json.loads(names)), len(cast.of_actor(local)), 1)
        for local, name, type_, names in fields["actors"]
    }
    return RemovedDocument(
        stored,
        origin,
        content_hash,
        fields["annotated_by"],
        Cast(mentions, actors),
        tuple((paragraph, start, end) for paragraph, start, end in fields["corrected"]),
    )
