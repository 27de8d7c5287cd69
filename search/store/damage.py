"""Damage: finding documents, casts and actors that do not match their checksums, and dropping them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.store.checksums import Checksums, text_columns
from search.store.copies import Copies
from search.store.database import begin, is_corrupt, open_library_database
from search.store.derived import Derived
from search.store.documents import Documents
from search.store.removed import Removed
from search.text import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_of_documents = ("mentions", "document_actors", "corrections")


@dataclass(frozen=True, slots=True)
class DamagedDocument:
    """A damaged document: its row, and its id and origin as far as they can be read."""

    number: int
    identifier: str
    origin: str


class Damage:
    """Checks a whole Library row by row, so that a row that cannot be read hides no other."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._checksums, self._derived = Checksums(connection), Derived(connection)

    def check_database(self) -> list[str]:
        """Run SQLite's integrity check; return up to five problems."""
        try:
            rows = self._connection.execute("PRAGMA integrity_check(5)").fetchall()
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [row[0] for row in rows if row[0] != "ok"]

    def find_texts(self) -> list[DamagedDocument]:
        """Find the documents whose row does not match its checksum."""
        return [self._describe(number) for number in self._list_numbers() if not self._is_whole("text", number)]

    def find_casts(self) -> list[DamagedDocument]:
        """Find the documents whose cast does not match its checksums, or links to a missing actor."""
        lost = {
            row[0]
            for row in self._connection.execute(
                "SELECT document FROM document_actors WHERE actor NOT IN (SELECT number FROM actors)"
            )
        }
        return [
            self._describe(number)
            for number in self._list_numbers()
            if number in lost or not self._is_whole("cast", number)
        ]

    def find_removed(self) -> list[DamagedDocument]:
        """Find the removed documents whose copy does not match its checksum."""
        found = Removed(self._connection).list_damaged()
        return [DamagedDocument(number, *(make_safe_line(str(each)) for each in rest)) for number, *rest in found]

    def count_actors(self) -> int:
        """Count the actors whose name or counts differ from what their documents say."""
        return len(self._derived.find_damage())

    def _list_numbers(self) -> list[int]:
        return [row[0] for row in self._connection.execute("SELECT number FROM documents ORDER BY number")]

    def _is_whole(self, what: str, number: int) -> bool:
        look = self._checksums.is_text_whole if what == "text" else self._checksums.is_cast_whole
        try:
            return look(number)
        except sqlite3.DatabaseError:
            return False

    def _describe(self, number: int) -> DamagedDocument:
        try:
            row = self._connection.execute("SELECT id, origin FROM documents WHERE number = ?", [number]).fetchone()
        except sqlite3.DatabaseError:
            row = None
        return DamagedDocument(number, *(make_safe_line(str(each)) for each in row or ("?", "?")))

    def read_raw(self, number: int) -> str:
        """Read what can still be read of a document's row, as a line of JSON."""
        found: dict[str, Any] = {}
        for column in text_columns.split(", "):
            try:
                row = self._connection.execute(f"SELECT {column} FROM documents WHERE number = ?", [number]).fetchone()
            except sqlite3.DatabaseError as error:
                found[column] = f"({error})"
            else:
                found[column] = row[0] if isinstance(row[0], str | int | None) else ascii(row[0])
        return json.dumps(found)

    def drop(self, texts: Iterable[int], casts: Iterable[int]) -> None:
        """Drop the documents in the rows `texts` and the casts in the rows `casts`; rebuild what is derived."""
        gone = list(texts)
        for number in (*gone, *casts):
            for table in _of_documents[: 3 if number in gone else 2]:
                self._connection.execute(f"DELETE FROM {table} WHERE document = ?", [number])
        copies = Copies(self._connection)
        for number in gone:
            for each in (number, *copies.list_copies(number)):
                copies.forget(each)  # they are compared again when documents are added
            self._connection.execute("DELETE FROM documents WHERE number = ?", [number])
            self._checksums.drop(number)
        Removed(self._connection).drop_damaged()
        for table in _of_documents:
            self._connection.execute(f"DELETE FROM {table} WHERE document NOT IN (SELECT number FROM documents)")
        self._connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'revision'")
        self._derived.rebuild()

    def rebuild_database(self, scratch: Path) -> None:
        """Rebuild the indexes; if that does not help, copy all readable rows into a new database.

        The new database is built in the file `scratch`, and replaces the old one in one transaction.
        """
        try:
            with begin(self._connection):
                self._connection.execute("REINDEX")
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
        if not self.check_database():
            return
        with closing(open_library_database(str(scratch))) as fresh:
            with begin(fresh):
                tables = fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                for (table,) in tables:
                    _copy_rows(self._connection, fresh, table)
                # The next revision must be higher than any that the full-text index has.
                fresh.execute("DELETE FROM counters")
                fresh.execute("INSERT INTO counters VALUES ('revision', ?)", [self._find_revision(fresh)])
            fresh.backup(self._connection)
        for path in scratch.parent.glob(f"{scratch.name}*"):
            path.unlink()

    def _find_revision(self, fresh: sqlite3.Connection) -> int:
        """Find the highest revision that any table has."""
        (highest,) = fresh.execute("SELECT coalesce(max(revision), 0) FROM documents").fetchone()
        try:
            return int(max(highest, Documents(self._connection).read_newest_revision()))
        except sqlite3.DatabaseError:
            return int(highest)


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    names = ", ".join(f'"{column}"' for column in columns)
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    for row in _read_rows(source, table, names):
        target.execute(insert, row)


def _read_rows(source: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[Any, ...]]:
    """Read rows from the front up to the damage, then from the back; documents also one by one, by their row."""
    for order in ("", " DESC"):
        key = names.split(", ", 1)[0]
        try:
            yield from source.execute(f"SELECT {names} FROM {table} NOT INDEXED ORDER BY {key}{order}")
        except sqlite3.DatabaseError:
            continue
        return
    if table != "documents":
        return
    try:
        numbers = source.execute("SELECT number FROM documents INDEXED BY documents_by_date").fetchall()
    except sqlite3.DatabaseError:
        return
    for number in numbers:
        try:
            yield from source.execute(f"SELECT {names} FROM {table} WHERE number = ?", number)
        except sqlite3.DatabaseError:
            continue
