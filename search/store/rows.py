"""Sets of rows: the documents that have an actor, a source, an address or a date."""

from __future__ import annotations

import json
import sqlite3
from array import array
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from search.store.database import is_corrupt
from search.text import find_word_texts, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_chunk = 500
_most_dated = 4  # date ranges in the cache


class Rows:
    """Finds sets of documents by their rows, which queries combine."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._days: array[int] | None = None
        self._stamp: tuple[int, int] | None = None
        self._all: tuple[tuple[int, int], frozenset[int]] | None = None
        self._sources: tuple[tuple[int, int], list[tuple[str, str, frozenset[str]]]] | None = None
        self._dated: dict[tuple[date | None, date | None], frozenset[int]] = {}
        self._dated_stamp: tuple[int, int] | None = None

    def read_stamp(self) -> tuple[int, int]:
        """Return a value that changes with every write to the database, by any process."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return version, self._connection.total_changes

    def list_all(self) -> frozenset[int]:
        """List the rows of all documents."""
        stamp = self.read_stamp()
        if self._all is None or self._all[0] != stamp:
            self._all = stamp, frozenset(row[0] for row in self._connection.execute("SELECT number FROM documents"))
        return self._all[1]

    def read_days(self) -> array[int]:
        """Read the date of each document by its row, as days since the start of the year 1; 0 for undated ones."""
        stamp = self.read_stamp()
        if self._days is None or self._stamp != stamp:
            (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM documents").fetchone()
            days = array("i", bytes(4 * (last + 1)))
            rows = self._connection.execute(
                "SELECT published, json_group_array(number) FROM documents INDEXED BY documents_by_date"
                " WHERE published <> '' GROUP BY published"
            )
            for published, numbers in rows:
                try:
                    day = date.fromisoformat(published).toordinal()
                except (ValueError, TypeError):
                    continue  # damaged; reported when the document is read
                for number in json.loads(numbers):
                    if number <= last:
                        days[number] = day
            self._days, self._stamp = days, stamp
        return self._days

    def find_by_dates(self, since: date | None, until: date | None) -> frozenset[int]:
        """Find the documents published from one day to another, both included; None leaves that end open."""
        stamp = self.read_stamp()
        if self._dated_stamp != stamp:
            self._dated, self._dated_stamp = {}, stamp
        if (since, until) not in self._dated:
            (found,) = self._connection.execute(
                "SELECT json_group_array(number) FROM documents WHERE published BETWEEN ? AND ?",
                [(since or date.min).isoformat(), (until or date.max).isoformat()],
            ).fetchone()
            while len(self._dated) >= _most_dated:
                self._dated.pop(next(iter(self._dated)))
            self._dated[since, until] = frozenset(json.loads(found))
        return self._dated[since, until]

    def find_by_actors(self, actors: Iterable[str]) -> set[int]:
        """Find the documents that mention any of the actors with these ids."""
        return self._find(
            "SELECT document FROM document_actors JOIN actors ON actors.number = actor"
            " WHERE actors.id IN (SELECT value FROM json_each(?))",
            list(actors),
        )

    def find_by_ids(self, identifiers: Iterable[str]) -> set[int]:
        """Find the documents with these ids."""
        return self._find(
            "SELECT number FROM documents WHERE id IN (SELECT value FROM json_each(?))", list(identifiers)
        )

    def find_by_source(self, name: str) -> set[int]:
        """Find the documents with this source, else those whose source has all of these words."""
        folded = fold(name)
        words = set(find_word_texts(folded))
        sources = self._list_sources()
        chosen = [source for source, known, _ in sources if known == folded]
        chosen = chosen or [source for source, _, known in sources if words <= known]
        return self._find(
            "SELECT number FROM documents WHERE source IN (SELECT value FROM json_each(?))", chosen if words else []
        )

    def _list_sources(self) -> list[tuple[str, str, frozenset[str]]]:
        """List each source as written, folded, and as the words of the folded name."""
        stamp = self.read_stamp()
        if self._sources is None or self._sources[0] != stamp:
            rows = self._connection.execute("SELECT DISTINCT source FROM documents")
            names = [row[0] for row in rows if row[0] and isinstance(row[0], str)]  # a damaged one may be bytes
            known = [(name, fold(name), frozenset(find_word_texts(fold(name)))) for name in names]
            self._sources = stamp, known
        return self._sources[1]

    def find_by_url(self, part: str) -> set[int]:
        """Find the documents whose address contains this text."""
        rows = self._connection.execute("SELECT number FROM documents WHERE instr(lower(url), lower(?)) > 0", [part])
        return {row[0] for row in rows}

    def _find(self, statement: str, values: list[str]) -> set[int]:
        return {row[0] for row in self._connection.execute(statement, [json.dumps(values)])}

    def read_texts(self, numbers: Iterable[int]) -> Iterator[tuple[int, str, str]]:
        """Read the row, title and text of these documents in the order given; each line of a text is a paragraph."""
        wanted = list(numbers)
        for start in range(0, len(wanted), _chunk):
            chunk = wanted[start : start + _chunk]
            try:
                found = self._read_chunk(chunk)
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise
                found = {}
                for number in chunk:
                    with suppress(sqlite3.DatabaseError):  # a row that cannot be read is left out
                        found |= self._read_chunk([number])
            yield from (found[number] for number in chunk if number in found)

    def _read_chunk(self, numbers: list[int]) -> dict[int, tuple[int, str, str]]:
        rows = self._connection.execute(
            "SELECT number, coalesce(title, ''), text FROM documents WHERE number IN (SELECT value FROM json_each(?))",
            [json.dumps(numbers)],
        )
        return {row[0]: row for row in rows if isinstance(row[1], str) and isinstance(row[2], str)}

    def find_paragraphs_by_actors(self, actors: Iterable[str], numbers: Iterable[int]) -> dict[int, set[int]]:
        """Find the paragraphs of these documents that mention any of the actors with these ids, by row."""
        rows = self._connection.execute(
            "SELECT mentions.document, paragraph FROM document_actors JOIN actors ON actors.number = actor"
            " JOIN mentions ON mentions.document = document_actors.document AND document_actor = document_actors.number"
            " WHERE actors.id IN (SELECT value FROM json_each(?))"
            " AND document_actors.document IN (SELECT value FROM json_each(?))",
            [json.dumps(list(actors)), json.dumps(list(numbers))],
        )
        found: dict[int, set[int]] = {}
        for document, paragraph in rows:
            found.setdefault(document, set()).add(paragraph)
        return found
