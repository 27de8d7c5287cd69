"""Documents: their text, where they came from, and in which order they are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from search.errors import NotFoundError
from search.model import Document, Paragraph, Summary

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_COLUMNS = "number, revision, id, title, source, url, published, language, text"
summary_columns = "documents.id, coalesce(documents.title, documents.id), documents.source, documents.published"
"""What build_summary takes."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A Document and its row: `number` in order of adding, `revision` higher with every change of the Library."""

    number: int
    revision: int
    document: Document


class Documents:
    """The documents of one Library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self) -> int:
        """How many there are."""
        return int(self._connection.execute("SELECT count(*) FROM documents").fetchone()[0])

    def has_content(self, content_hash: str) -> bool:
        """Is a document with these bytes there, wherever it came from?"""
        found = self._connection.execute("SELECT 1 FROM documents WHERE content_hash = ?", [content_hash]).fetchone()
        return found is not None

    def find_number(self, origin: str) -> int | None:
        """The row of the document that came from there."""
        found = self._connection.execute(
            "SELECT number FROM documents WHERE origin = ?", [make_storable(origin)]
        ).fetchone()
        return int(found[0]) if found else None

    def write(self, origin: str, content_hash: str, document: Document, number: int | None = None) -> StoredDocument:
        """Add the document, or replace the one of the same origin, which keeps its id and its row.

        `number` is the row of a new one, if it is to have a certain one.
        """
        revision = self._count_revision()
        number, identifier = self._connection.execute(
            "INSERT INTO documents"
            " (number, id, origin, content_hash, revision, title, source, url, published, language, text)"
            # The row of a removed document is not given to another: it may come back.
            " VALUES (coalesce(?, (SELECT max(number) + 1 FROM"
            " (SELECT max(number) AS number FROM documents UNION ALL SELECT max(number) FROM removed)), 1),"
            " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (origin) DO UPDATE SET content_hash = excluded.content_hash, revision = excluded.revision,"
            " title = excluded.title, source = excluded.source, url = excluded.url, published = excluded.published,"
            " language = excluded.language, text = excluded.text RETURNING number, id",
            [
                number,
                document.id or _build_id(origin),
                make_storable(origin),
                content_hash,
                revision,
                document.title,
                document.source,
                document.url,
                document.published.isoformat() if document.published else "",
                document.language,
                "\n".join(paragraph.text for paragraph in document.paragraphs),
            ],
        ).fetchone()
        return StoredDocument(number, revision, replace(document, id=identifier))

    def restore(self, stored: StoredDocument, origin: str, content_hash: str) -> StoredDocument:
        """Bring a dropped document back into its row, under its id."""
        return self.write(origin, content_hash, stored.document, stored.number)

    def drop(self, number: int) -> None:
        """Drop the document in this row."""
        self._count_revision()
        self._connection.execute("DELETE FROM documents WHERE number = ?", [number])

    def _count_revision(self) -> int:
        """The next revision. No number comes twice, so that whoever knows a higher one knows of a loss."""
        (revision,) = self._connection.execute(
            "UPDATE counters SET value = value + 1 WHERE name = 'revision' RETURNING value"
        ).fetchone()
        return int(revision)

    def mark_annotated(self, number: int, version: str) -> None:
        """Keep by what version of a recogniser the document's cast was found."""
        self._connection.execute("UPDATE documents SET annotated_by = ? WHERE number = ?", [version, number])

    def list_unannotated(self, version: str) -> list[int]:
        """The rows of the documents whose cast another recogniser found, or another version of it."""
        rows = self._connection.execute(
            # Not OR: that would look at every document.
            "SELECT number FROM documents WHERE annotated_by < ?"
            " UNION ALL SELECT number FROM documents WHERE annotated_by > ?",
            [version, version],
        )
        return sorted(row[0] for row in rows)

    def has_unannotated(self, version: str) -> bool:
        """Is there such a document? Quick at any size."""
        found = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM documents WHERE annotated_by < ?)"
            " OR EXISTS (SELECT 1 FROM documents WHERE annotated_by > ?)",
            [version, version],
        ).fetchone()
        return bool(found[0])

    def read(self, identifier: str) -> StoredDocument:
        """The document with this id, or with the one id that begins so."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM documents WHERE id = ?", [identifier]).fetchone()
        if row is None and identifier:
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM documents WHERE id >= ? AND id < ? LIMIT 2",
                [identifier, identifier + "\U0010ffff"],
            ).fetchall()
            if len(rows) > 1:
                raise NotFoundError(f'more than one document\'s id begins with "{identifier}": give more of it')
            row = rows[0] if rows else None
        if row is None:
            raise NotFoundError(f'no document "{identifier}"; newscast search shows the ids')
        return build_document(row)

    def read_origin(self, identifier: str) -> str:
        """Where the document with this id came from. Raises NotFoundError."""
        row = self._connection.execute("SELECT origin FROM documents WHERE id = ?", [identifier]).fetchone()
        if row is None:
            raise NotFoundError(f'no document "{identifier}"; newscast search shows the ids')
        return str(row[0])

    def read_number(self, number: int) -> StoredDocument:
        """The document in this row."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM documents WHERE number = ?", [number]).fetchone()
        return build_document(row)

    def read_revisions(self) -> dict[int, int]:
        """Every document's row and revision."""
        return dict(self._connection.execute("SELECT number, revision FROM documents"))

    def read_newest_revision(self) -> int:
        """The last revision given out; 0 for a new Library."""
        return int(self._connection.execute("SELECT value FROM counters WHERE name = 'revision'").fetchone()[0])

    def list_summaries(self, offset: int, limit: int) -> list[Summary]:
        """A page of all documents, newest first, undated ones last."""
        rows = self._connection.execute(
            f"SELECT {summary_columns} FROM documents ORDER BY published DESC, number LIMIT ? OFFSET ?",
            [limit, offset],
        )
        return [build_summary(row) for row in rows]

    def find_position(self, identifier: str) -> int:
        """How many documents stand before this one in the list of all; 0 for one that is gone."""
        row = self._connection.execute(
            "SELECT (SELECT count(*) FROM documents AS before WHERE before.published > here.published)"
            " + (SELECT count(*) FROM documents AS before"
            " WHERE before.published = here.published AND before.number < here.number)"
            " FROM documents AS here WHERE here.id = ?",
            [identifier],
        ).fetchone()
        return int(row[0]) if row else 0

    def read_with_texts(self, numbers: Sequence[int]) -> dict[int, tuple[Summary, str]]:
        """The summaries and texts of these rows, of those that are there; a paragraph of a text is a line."""
        marks = ",".join("?" * len(numbers))
        rows = self._connection.execute(
            f"SELECT number, text, {summary_columns} FROM documents WHERE number IN ({marks})", list(numbers)
        )
        return {row[0]: (build_summary(row[2:]), row[1]) for row in rows}


def _build_id(origin: str) -> str:
    from hashlib import blake2b

    return blake2b(make_storable(origin).encode(), digest_size=6).hexdigest()


def make_storable(origin: str) -> str:
    """A path that is not UTF-8 as SQLite can keep it."""
    return origin.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def build_document(
    row: tuple[int, int, str, str | None, str | None, str | None, str, str | None, str],
) -> StoredDocument:
    """The row of the columns as `read` selects them as a StoredDocument."""
    number, revision, identifier, title, source, url, published, language, text = row
    paragraphs = tuple(Paragraph(index, line) for index, line in enumerate(text.split("\n")))
    day = date.fromisoformat(published) if published else None
    return StoredDocument(number, revision, Document(identifier, title, source, url, day, language, paragraphs))


def build_summary(row: tuple[str, str, str | None, str]) -> Summary:
    """The row of the `summary_columns` as a Summary."""
    identifier, title, source, published = row
    return Summary(identifier, title, source, date.fromisoformat(published) if published else None)
