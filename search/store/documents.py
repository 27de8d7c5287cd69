"""Documents: their text, their origin, and their order in the list."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from search.errors import DocumentDamagedError, NotFoundError
from search.model import Document, Paragraph, Summary
from search.origins import find_outermost
from search.store.checksums import Checksums, build_text_checksum, text_columns
from search.store.database import is_corrupt
from search.text import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLUMNS = f"{text_columns}, (SELECT checksums.text FROM checksums WHERE document = documents.number)"
_COUNT_BEFORE = (
    "((SELECT count(*) FROM {0} WHERE before.published > here.published)"
    " + (SELECT count(*) FROM {0} WHERE before.published = here.published AND before.number < here.number))"
)
summary_columns = "documents.id, coalesce(documents.title, documents.id), documents.source, documents.published"
"""The columns whose values `build_summary` takes."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A Document with its row (`number`) and the `revision`, a counter of all changes, in which it was written."""

    number: int
    revision: int
    document: Document


class Documents:
    """The documents of one Library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._checksums = Checksums(connection)
        self._damaged: set[int] = set()
        self._stamp: tuple[int, int] | None = None
        self._counted: tuple[tuple[int, int], int] | None = None

    def count(self) -> int:
        """Count the documents; cached until somebody writes."""
        stamp = self._read_stamp()
        if self._counted is None or self._counted[0] != stamp:
            (count,) = self._connection.execute("SELECT count(*) FROM documents").fetchone()
            self._counted = stamp, int(count)
        return self._counted[1]

    def _read_stamp(self) -> tuple[int, int]:
        """Return a value that changes with every write to the database, by any process."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return version, self._connection.total_changes

    def find_by_content(self, content_hash: str) -> list[tuple[int, str, str]]:
        """Find the documents made of a file with this hash: the row, id and origin of each."""
        return self._connection.execute(
            "SELECT number, id, origin FROM documents WHERE content_hash = ?", [content_hash]
        ).fetchall()

    def find_number(self, origin: str) -> int | None:
        """Find the row of the document with this origin; None if there is none."""
        found = self._connection.execute(
            "SELECT number FROM documents WHERE origin = ?", [make_storable(origin)]
        ).fetchone()
        return int(found[0]) if found else None

    def write(self, origin: str, content_hash: str, document: Document, number: int | None = None) -> StoredDocument:
        """Add a document, or replace the one with the same origin, which keeps its id and its row.

        With `number`, a new document gets that row.
        """
        revision = self._count_revision()
        columns = [
            make_storable(origin),
            content_hash,
            revision,
            document.title,
            document.source,
            document.url,
            document.published.isoformat() if document.published else "",
            document.language,
            "\n".join(paragraph.text for paragraph in document.paragraphs),
        ]
        number, identifier = self._connection.execute(
            f"INSERT INTO documents ({text_columns})"
            # No document gets the row of a removed one, which may be restored.
            " VALUES (coalesce(?, (SELECT max(number) + 1 FROM"
            " (SELECT max(number) AS number FROM documents UNION ALL SELECT max(number) FROM removed)), 1),"
            " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (origin) DO UPDATE SET content_hash = excluded.content_hash, revision = excluded.revision,"
            " title = excluded.title, source = excluded.source, url = excluded.url, published = excluded.published,"
            " language = excluded.language, text = excluded.text RETURNING number, id",
            [number, document.id or self._build_id(origin), *columns],
        ).fetchone()
        self._checksums.write_text([number, identifier, *columns])
        return StoredDocument(number, revision, replace(document, id=identifier))

    def _build_id(self, origin: str) -> str:
        """An id by the origin, which nothing else has: a document that was moved has kept the one of its old place."""
        from hashlib import blake2b

        text = make_storable(origin)
        while True:
            identifier = blake2b(text.encode(), digest_size=6).hexdigest()
            other = self._connection.execute(
                "SELECT origin FROM documents WHERE id = ? UNION ALL SELECT origin FROM removed WHERE id = ?",
                [identifier, identifier],
            ).fetchone()
            if other is None or other[0] == make_storable(origin):
                return identifier
            text += "\n"

    def move(self, number: int, origin: str) -> None:
        """Let the document in this row come from another place, where nothing else comes from."""
        self._connection.execute("UPDATE documents SET origin = ? WHERE number = ?", [make_storable(origin), number])
        row = self._connection.execute(f"SELECT {text_columns} FROM documents WHERE number = ?", [number]).fetchone()
        self._checksums.write_text(row)

    def restore(self, stored: StoredDocument, origin: str, content_hash: str) -> StoredDocument:
        """Write a dropped document into its old row, with its old id."""
        return self.write(origin, content_hash, stored.document, stored.number)

    def drop(self, number: int) -> None:
        """Drop the document in this row."""
        self._count_revision()
        self._connection.execute("DELETE FROM documents WHERE number = ?", [number])
        self._checksums.drop(number)

    def _count_revision(self) -> int:
        """Return the next revision. None is used twice, so that an index with a higher one proves a loss."""
        (revision,) = self._connection.execute(
            "INSERT INTO counters SELECT 'revision', coalesce(max(revision), 0) + 1 FROM documents WHERE true"
            " ON CONFLICT (name) DO UPDATE SET value = max(value + 1, excluded.value) RETURNING value"
        ).fetchone()
        return int(revision)

    def mark_annotated(self, number: int, version: str) -> None:
        """Record which version of a recogniser found the document's cast."""
        self._connection.execute("UPDATE documents SET annotated_by = ? WHERE number = ?", [version, number])

    def list_unannotated(self, version: str) -> list[int]:
        """List the rows of the documents whose cast another recogniser or another version has found."""
        rows = self._connection.execute(
            # With OR, SQLite would scan all documents.
            "SELECT number FROM documents WHERE annotated_by < ?"
            " UNION ALL SELECT number FROM documents WHERE annotated_by > ?",
            [version, version],
        )
        return sorted(row[0] for row in rows)

    def has_unannotated(self, version: str) -> bool:
        """Has another recogniser or version found any document's cast? Quick at any size."""
        found = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM documents WHERE annotated_by < ?)"
            " OR EXISTS (SELECT 1 FROM documents WHERE annotated_by > ?)",
            [version, version],
        ).fetchone()
        return bool(found[0])

    def read(self, identifier: str) -> StoredDocument:
        """Read the document with this id, or the only one whose id begins with it.

        Raises NotFoundError, DocumentDamagedError.
        """
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
            raise NotFoundError(f'no document "{identifier}"; newscast search shows ids')
        return _build_whole(row)

    def read_origin(self, identifier: str) -> str:
        """Read the origin of the document with this id: its path, its address, or "stdin:" and a hash.

        Raises NotFoundError.
        """
        row = self._connection.execute("SELECT origin FROM documents WHERE id = ?", [identifier]).fetchone()
        if row is None:
            raise NotFoundError(f'no document "{identifier}"; newscast search shows ids')
        return str(row[0])

    def read_number(self, number: int) -> StoredDocument:
        """Read the document in this row. Raises DocumentDamagedError."""
        try:
            row = self._connection.execute(f"SELECT {_COLUMNS} FROM documents WHERE number = ?", [number]).fetchone()
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            row = None
        if row is None:
            raise DocumentDamagedError(f"in row {number}", "its file")
        return _build_whole(row)

    def list_damaged(self) -> frozenset[int]:
        """List the rows of the documents that were found to be unreadable; all answers leave them out."""
        if self._damaged:
            stamp = self._read_stamp()
            if self._stamp != stamp:  # somebody has written: they may be whole again
                self._damaged, self._stamp = set(), stamp
        return frozenset(self._damaged)

    def _leave_out(self, number: int) -> None:
        if not self._damaged:
            self._stamp = self._read_stamp()
        self._damaged.add(number)

    def read_revisions(self) -> dict[int, int]:
        """Read the revision of every document, by row."""
        return dict(self._connection.execute("SELECT number, revision FROM documents"))

    def read_newest_revision(self) -> int:
        """Read the newest revision; 0 for a new Library."""
        (highest,) = self._connection.execute(
            "SELECT max(coalesce((SELECT value FROM counters WHERE name = 'revision'), 0),"
            " coalesce((SELECT max(revision) FROM documents), 0))"
        ).fetchone()
        return int(highest)

    def read_summaries(self, numbers: Sequence[int]) -> dict[int, Summary]:
        """Read the summaries of these rows, in their order; leave out rows that are missing or damaged."""
        found = {number: summary for number, _, summary in self._read_each("NULL", numbers)}
        return {number: found[number] for number in numbers if number in found}

    def read_position(self, identifier: str, *, folds: bool = False) -> int:
        """Count the documents before this one in the list of all; 0 if the Library does not have it.

        With `folds`, copies are not counted, and a copy has the position of its original.
        """
        here, counted = "number", f"SELECT {_COUNT_BEFORE.format('documents AS before')}"
        if folds:
            here = "coalesce((SELECT original FROM copies WHERE document = number), number)"
            copies = "copies CROSS JOIN documents AS before ON before.number = document AND original IS NOT NULL"
            counted += f" - {_COUNT_BEFORE.format(copies)}"
        row = self._connection.execute(
            f"{counted} FROM documents AS here WHERE here.number = (SELECT {here} FROM documents WHERE id = ?)",
            [identifier],
        ).fetchone()
        return int(row[0]) if row else 0

    def read_with_texts(self, numbers: Sequence[int]) -> dict[int, tuple[Summary, str]]:
        """Read the summaries and texts of these rows; leave out rows that are missing or damaged."""
        return {
            number: (summary, text)
            for number, text, summary in self._read_each("text", numbers)
            if (isinstance(text, str) and "\ufffd" not in text) or self._is_whole(number)
        }

    def _is_whole(self, number: int) -> bool:
        """Does the text match its checksum? A replacement character may be the author's own."""
        is_whole = self._checksums.is_text_whole(number)
        if not is_whole:
            self._leave_out(number)
        return is_whole

    def _read_each(self, column: str, numbers: Sequence[int]) -> Iterator[tuple[int, str, Summary]]:
        """Read the row, a column and the summary of each document; note the rows that cannot be read."""
        statement = f"SELECT number, {column}, {summary_columns} FROM documents WHERE number IN"
        try:
            rows = self._connection.execute(
                f"{statement} (SELECT value FROM json_each(?))", [json.dumps(list(numbers))]
            )
            found = rows.fetchall()
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            found = [row for number in numbers for row in self._read_alone(statement, number)]
        for number, text, *columns in found:
            try:
                summary = build_summary(columns)
            except (ValueError, TypeError):
                self._leave_out(number)
            else:
                yield number, text, summary

    def _read_alone(self, statement: str, number: int) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(f"{statement} (?)", [number]).fetchall()
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            self._leave_out(number)
            return []


def make_storable(origin: str) -> str:
    """Escape the bytes of a path that are not UTF-8, which SQLite cannot store."""
    return origin.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def build_document(columns: Sequence[Any]) -> StoredDocument:
    """Build a StoredDocument from the values of `text_columns`."""
    number, identifier, _, _, revision, title, source, url, published, language, text = columns
    paragraphs = tuple(Paragraph(index, line) for index, line in enumerate(text.split("\n")))
    day = date.fromisoformat(published) if published else None
    return StoredDocument(number, revision, Document(identifier, title, source, url, day, language, paragraphs))


@lru_cache(maxsize=1)  # opening a document reads its row three times
def _build_whole(row: tuple[Any, ...]) -> StoredDocument:
    *columns, checksum = row
    if build_text_checksum(columns) != checksum:
        raise DocumentDamagedError(make_safe_line(str(columns[1])), make_safe_line(find_outermost(str(columns[2]))))
    return build_document(columns)


def build_summary(row: Sequence[Any]) -> Summary:
    """Build a Summary from the values of `summary_columns`. Raises ValueError or TypeError if they are damaged."""
    identifier, title, source, published = row
    if not (isinstance(identifier, str) and isinstance(title, str) and (source is None or isinstance(source, str))):
        raise TypeError("a text that is none")
    return Summary(identifier, title, source, date.fromisoformat(published) if published else None)
