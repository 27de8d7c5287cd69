"""Checksums: whether each document's text and cast are as they were written.

`text` covers a document's own row. `cast` covers its mentions, its document actors and its corrections, but not the
actors of the Library that these are linked to: linking changes that, and with it `links`, a sum over the links. What
actors are called and how often they are mentioned follows from the document actors (`derived.py`).
"""

from __future__ import annotations

import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

text_columns = "number, id, origin, content_hash, revision, title, source, url, published, language, text"
"""What build_text_checksum takes."""
# SQLite does not write fractions alike in all versions; times a power of two, every bit of one is in a whole number.
_CONFIDENCE = f"CAST(confidence * {float(1 << 60):.0f}.0 AS INTEGER)"


def _concatenate(columns: str, table: str, order: str) -> str:
    """All rows of a document as one string: far quicker than to fetch them."""
    values = " || ' ' || ".join(f"quote({column})" for column in columns.split(", "))
    rows = f"SELECT * FROM {table} WHERE document = ?1 ORDER BY {order}"
    return f"(SELECT coalesce(CAST(group_concat({values}) AS BLOB), '') FROM ({rows}))"


def _build_cast_query(document_actors: str, document_actor: str) -> str:
    """What reads a document's cast; given are the name of the table, and of the columns that point into it."""
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
    """The checksum of a document's row, given as its `text_columns`."""
    *others, text = columns
    found = blake2b(ascii(tuple(others)).encode(), digest_size=8)
    found.update(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else ascii(text).encode())
    return found.digest()


def build_actor_checksum(identifier: str, *flags: int) -> int:
    """The checksum of what an actor's row says and its document actors do not: id, is_person, is_full, is_named."""
    return zlib.crc32(ascii((identifier, *(int(flag) if isinstance(flag, bool) else flag for flag in flags))).encode())


def build_link_checksum(document_actor: int, actor: int) -> int:
    """What one document actor adds to its document's sum of links."""
    return zlib.crc32(b"%d:%d" % (document_actor, actor))


class Checksums:
    """The checksums of one Library's documents; written in the caller's transaction."""

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
        """Keep the checksum of a document's row, given as its `text_columns`."""
        self._connection.execute(
            "INSERT INTO checksums (document, text) VALUES (?, ?)"
            " ON CONFLICT (document) DO UPDATE SET text = excluded.text",
            [columns[0], build_text_checksum(columns)],
        )

    def write_cast(self, number: int) -> None:
        """Keep the checksums of a document's cast as it is."""
        self._connection.execute(
            'UPDATE checksums SET "cast" = ?, links = ? WHERE document = ?',
            [*self._build_cast_checksums(number), number],
        )

    def is_text_whole(self, number: int) -> bool:
        """Is the document's row as it was written?"""
        row = self._connection.execute(f"SELECT {text_columns} FROM documents WHERE number = ?", [number]).fetchone()
        kept = self._connection.execute("SELECT text FROM checksums WHERE document = ?", [number]).fetchone()
        return row is not None and kept is not None and build_text_checksum(row) == kept[0]

    def is_cast_whole(self, number: int) -> bool:
        """Is the document's cast as it was written, and linked as it was?"""
        kept = self._connection.execute('SELECT "cast", links FROM checksums WHERE document = ?', [number]).fetchone()
        return bool(kept == self._build_cast_checksums(number))

    def is_whole(self, number: int) -> bool:
        """Are the document's row and its cast as they were written?"""
        return self.is_text_whole(number) and self.is_cast_whole(number)

    def drop(self, number: int) -> None:
        """Forget a document that is gone."""
        self._connection.execute("DELETE FROM checksums WHERE document = ?", [number])

    def _build_cast_checksums(self, number: int) -> tuple[bytes, int]:
        """Of the cast, and of its links."""
        found = blake2b(digest_size=8)
        for part in self._connection.execute(self._cast_query, [number]).fetchone():
            found.update(part or b"")
            found.update(b"\n")
        links = self._connection.execute(self._links_query, [number])
        return found.digest(), sum(build_link_checksum(*row) for row in links)


def fill_checksums(connection: sqlite3.Connection, document_actors: str, document_actor: str) -> None:
    """Write the checksums of all that an older version has left, whose table and columns have these names."""
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
