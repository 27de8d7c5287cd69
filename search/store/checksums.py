"""Checksums, by which damage to a document's text or cast is noticed.

`text` covers the document's own row. `cast` covers its mentions, document actors and corrections. `links` is a sum over
the links from its document actors to actors of the Library, which linking changes. The names and counts of actors need
no checksum: they are derived from the document actors (`derived.py`).
"""

from __future__ import annotations

import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

text_columns = "number, id, origin, content_hash, revision, title, source, url, published, language, text"
"""The columns whose values `build_text_checksum` takes."""
# Versions of SQLite format fractions differently. Multiplied by 2^60, a confidence is an integer with all its bits.
_CONFIDENCE = f"CAST(confidence * {float(1 << 60):.0f}.0 AS INTEGER)"


def _concatenate(columns: str, table: str, order: str) -> str:
    """Build SQL that joins all rows of a document into one string, which is far quicker than fetching them."""
    values = " || ' ' || ".join(f"quote({column})" for column in columns.split(", "))
    rows = f"SELECT * FROM {table} WHERE document = ?1 ORDER BY {order}"
    return f"(SELECT coalesce(CAST(group_concat({values}) AS BLOB), '') FROM ({rows}))"


def _build_cast_query(document_actors: str, document_actor: str) -> str:
    """Build the query that reads a document's cast; the table and the columns that refer to it had other names once."""
    mention = "paragraph, start, end"
    columns = "number, local, name, type, is_person, short, names, keys, shorts, mentions"
    parts = (
        _concatenate(
            f"{mention}, kind, type, {document_actor}, why, typeof(confidence), {_CONFIDENCE}", "mentions", mention
        ),
        _concatenate(columns, document_actors, "number"),
        _concatenate(f"{mention}, {document_actor}, why, {_CONFIDENCE}", "corrections", mention),
    )
    return f"SELECT {', '.join(parts)}"


def build_text_checksum(columns: Sequence[object]) -> bytes:
    """Compute the checksum of a document's row, given as its `text_columns`."""
    *others, text = columns
    found = blake2b(ascii(tuple(others)).encode(), digest_size=8)
    found.update(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else ascii(text).encode())
    return found.digest()


def build_actor_checksum(identifier: str, *flags: int) -> int:
    """Compute the checksum of what cannot be derived of an actor: id, is_person, is_full, is_named."""
    return zlib.crc32(ascii((identifier, *(int(flag) if isinstance(flag, bool) else flag for flag in flags))).encode())


def build_link_checksum(document_actor: int, actor: int) -> int:
    """Compute the checksum of one link, which is a summand of `links`."""
    return zlib.crc32(b"%d:%d" % (document_actor, actor))


class Checksums:
    """The checksums of one Library's documents. They are written in the caller's transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        document_actors: str = "document_actors",
        document_actor: str = "document_actor",
    ) -> None:
        self._connection = connection
        self._cast_query = _build_cast_query(document_actors, document_actor)
        self._links_query = f"SELECT number, actor FROM {document_actors} WHERE document = ?"

    def write_text(self, columns: Sequence[object]) -> None:
        """Write the checksum of a document's row, given as its `text_columns`."""
        self._connection.execute(
            "INSERT INTO checksums (document, text) VALUES (?, ?)"
            " ON CONFLICT (document) DO UPDATE SET text = excluded.text",
            [columns[0], build_text_checksum(columns)],
        )

    def write_cast(self, number: int) -> None:
        """Compute and write the checksums of a document's cast."""
        self._connection.execute(
            'UPDATE checksums SET "cast" = ?, links = ? WHERE document = ?',
            [*self._build_cast_checksums(number), number],
        )

    def is_text_whole(self, number: int) -> bool:
        """Does the document's row match its checksum?"""
        row = self._connection.execute(f"SELECT {text_columns} FROM documents WHERE number = ?", [number]).fetchone()
        kept = self._connection.execute("SELECT text FROM checksums WHERE document = ?", [number]).fetchone()
        return row is not None and kept is not None and build_text_checksum(row) == kept[0]

    def is_cast_whole(self, number: int) -> bool:
        """Does the document's cast match its checksums?"""
        kept = self._connection.execute('SELECT "cast", links FROM checksums WHERE document = ?', [number]).fetchone()
        return bool(kept == self._build_cast_checksums(number))

    def is_whole(self, number: int) -> bool:
        """Do the document's row and its cast match their checksums?"""
        return self.is_text_whole(number) and self.is_cast_whole(number)

    def drop(self, number: int) -> None:
        """Delete the checksums of a document."""
        self._connection.execute("DELETE FROM checksums WHERE document = ?", [number])

    def _build_cast_checksums(self, number: int) -> tuple[bytes, int]:
        """Compute the checksums of the cast and of its links."""
        found = blake2b(digest_size=8)
        for part in self._connection.execute(self._cast_query, [number]).fetchone():
            found.update(part or b"")
            found.update(b"\n")
        links = self._connection.execute(self._links_query, [number])
        return found.digest(), sum(build_link_checksum(*row) for row in links)


def fill_checksums(connection: sqlite3.Connection, document_actors: str, document_actor: str) -> None:
    """Write the checksums of a library of an older version, in which the table and its columns have these names."""
    checksums = Checksums(connection, document_actors, document_actor)
    for (number,) in connection.execute("SELECT number FROM documents").fetchall():
        row = connection.execute(f"SELECT {text_columns} FROM documents WHERE number = ?", [number]).fetchone()
        checksums.write_text(row)
        checksums.write_cast(number)
    actors = connection.execute("SELECT number, id, is_person, is_full, is_named FROM actors").fetchall()
    connection.executemany(
        "UPDATE actors SET checksum = ? WHERE number = ?",
        [(build_actor_checksum(*columns), number) for number, *columns in actors],
    )
