"""Feeds and their entries: what is subscribed to, how the last fetch went, and which article each entry became."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from search.model import Feed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

PageState = Literal["", "wanted", "taken", "refused"]

_feed_fields = tuple(field.name for field in fields(Feed))
_feed_columns = ", ".join(f"feeds.{name}" for name in _feed_fields)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of a feed as it was last seen, and the id of the `document` that it became.

    `key` is its identity, `likeness` what it is known by where a feed changes its ids, `digest` stands for its text.
    `page` says what became of the page behind `link`: nobody asked for it, it is wanted, taken, or of no use;
    `page_note` says why, `tries` how often it was asked for. `changes` counts those of the day `changed_on`.
    """

    feed: int
    key: str
    likeness: str
    digest: str
    document: str
    link: str | None = None
    added: float = 0
    changed_on: str = ""
    changes: int = 0
    page: PageState = ""
    page_note: str | None = None
    tries: int = 0
    number: int = 0


_entry_fields = tuple(field.name for field in fields(EntryRow) if field.name != "number")


class FeedRows:
    """The feeds of one Library, in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def list_feeds(self) -> list[Feed]:
        """All feeds, in the order in which they were subscribed to."""
        return self._read("ORDER BY number", [])

    def list_due(self, now: float) -> list[Feed]:
        """The feeds that are due, the longest waiting first."""
        return self._read("WHERE NOT is_stopped AND due <= ? AND not_before <= ? ORDER BY due, number", [now, now])

    def find(self, number: int) -> Feed | None:
        """The feed in this row; None if it was removed."""
        return next(iter(self._read("WHERE number = ?", [number])), None)

    def find_url(self, url: str) -> Feed | None:
        """The feed with exactly this address."""
        return next(iter(self._read("WHERE url = ?", [url])), None)

    def add(self, feed: Feed) -> Feed:
        """Subscribe: write a feed into a row of its own, whose number it gets."""
        names = [name for name in _feed_fields if name != "number"]
        cursor = self._connection.execute(
            f"INSERT INTO feeds ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [_to_column(name, getattr(feed, name)) for name in names],
        )
        found = self.find(int(cursor.lastrowid or 0))
        assert found is not None
        return found

    def update(self, number: int, **values: object) -> None:
        """Change these columns of one feed."""
        assert values.keys() <= set(_feed_fields)
        self._connection.execute(
            f"UPDATE feeds SET {', '.join(f'{name} = ?' for name in values)} WHERE number = ?",
            [*(_to_column(name, value) for name, value in values.items()), number],
        )

    def remove(self, number: int) -> None:
        """Drop the feed and what is known of its entries; their articles stay."""
        self._connection.execute("DELETE FROM entries WHERE feed = ?", [number])
        self._connection.execute("DELETE FROM feeds WHERE number = ?", [number])

    def _read(self, condition: str, values: Sequence[object]) -> list[Feed]:
        rows = self._connection.execute(f"SELECT {_feed_columns} FROM feeds {condition}", values)
        return [_build_feed(row) for row in rows]


class EntryRows:
    """The entries of all feeds of one Library, in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def list_entries(self, feed: int) -> list[EntryRow]:
        """What is known of one feed's entries."""
        return self._read("WHERE feed = ?", [feed])

    def list_wanted(self, feeds: Sequence[int]) -> list[EntryRow]:
        """The entries of these feeds whose pages are still to be fetched, the newest first."""
        return self._read(
            "WHERE page = 'wanted' AND feed IN (SELECT value FROM json_each(?)) ORDER BY number DESC",
            [json.dumps(list(feeds))],
        )

    def find(self, number: int) -> EntryRow | None:
        """The entry in this row; None if its feed was removed."""
        return next(iter(self._read("WHERE number = ?", [number])), None)

    def find_by_document(self, document: str) -> EntryRow | None:
        """The entry that became the document with this id, of the feed that had it first."""
        return next(iter(self._read("WHERE document = ? ORDER BY number LIMIT 1", [document])), None)

    def write(self, entry: EntryRow) -> None:
        """Keep an entry, in place of what was known of it."""
        values = [getattr(entry, name) for name in _entry_fields]
        if entry.number:
            assignments = ", ".join(f"{name} = ?" for name in _entry_fields)
            self._connection.execute(f"UPDATE entries SET {assignments} WHERE number = ?", [*values, entry.number])
        else:
            self._connection.execute(
                f"INSERT INTO entries ({', '.join(_entry_fields)}) VALUES ({', '.join('?' * len(values))})", values
            )

    def list_documents(self) -> dict[int, list[str]]:
        """The ids of the documents that came from each feed and are in the library."""
        found: dict[int, list[str]] = {}
        for feed, document in self._connection.execute(
            "SELECT DISTINCT feed, document FROM entries JOIN documents ON documents.id = document"
        ):
            found.setdefault(feed, []).append(document)
        return found

    def has_document(self, identifier: str) -> bool:
        """Is the document with this id in the library?"""
        return self._exists("documents", identifier)

    def was_removed(self, identifier: str) -> bool:
        """Did the reader remove the document with this id?"""
        return self._exists("removed", identifier)

    def find_removed(self, origin: str) -> str | None:
        """The id of the removed document that came from there."""
        row = self._connection.execute("SELECT id FROM removed WHERE origin = ?", [origin]).fetchone()
        return row[0] if row else None

    def _exists(self, table: Literal["documents", "removed"], identifier: str) -> bool:
        row = self._connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", [identifier]).fetchone()
        return row is not None

    def _read(self, condition: str, values: Sequence[object]) -> list[EntryRow]:
        columns = ", ".join((*_entry_fields, "number"))
        rows = self._connection.execute(f"SELECT {columns} FROM entries {condition}", values)
        return [EntryRow(**dict(zip((*_entry_fields, "number"), row, strict=True))) for row in rows]


def _build_feed(row: Sequence[Any]) -> Feed:
    values = dict(zip(_feed_fields, row, strict=True))
    values["folder"] = tuple(json.loads(values["folder"]))
    values["is_stopped"] = bool(values["is_stopped"])
    return Feed(**values)


def _to_column(name: str, value: object) -> object:
    return json.dumps(value) if name == "folder" else value
