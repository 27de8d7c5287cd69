"""What one person did with the documents: read, starred, and where reading stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

from search.store.database import open_reader_database

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mark:
    """What was done with one document; `paragraph` is where reading stopped."""

    is_read: bool = False
    is_starred: bool = False
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a reader was last: the search, the document, its current paragraph, the line at the top, the taken actor.

    `mention` is the one at the cursor: its paragraph, start and end; `position` is the document's in the results.
    """

    query: str
    document: str
    paragraph: int
    top: int
    taken: str | None = None
    mention: tuple[int, int, int] | None = None
    position: int = 0


class Marks:
    """One person's marks, in the `reader.db` of that person's state folder; None keeps them in memory."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = open_reader_database(str(path) if path else ":memory:")
        self._lock = Lock()

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def read(self, documents: Sequence[str]) -> dict[str, Mark]:
        """The marks of these documents, of those that have any."""
        places = ",".join("?" * len(documents))
        with self._lock:
            rows = self._connection.execute(
                f"SELECT document, is_read, is_starred, paragraph FROM marks WHERE document IN ({places})",
                list(documents),
            ).fetchall()
        return {row[0]: Mark(bool(row[1]), bool(row[2]), row[3]) for row in rows}

    def read_stamp(self) -> tuple[int, int]:
        """Another one with every change, by whomever."""
        with self._lock:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            return version, self._connection.total_changes

    def list_marked(self, what: Literal["read", "starred"]) -> list[str]:
        """The ids of all documents that are read, or starred."""
        with self._lock:
            rows = self._connection.execute(f"SELECT document FROM marks WHERE is_{what}").fetchall()
        return [row[0] for row in rows]

    def write(self, document: str, mark: Mark) -> None:
        """Replace what is known of one document."""
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO marks (document, is_read, is_starred, paragraph) VALUES (?, ?, ?, ?)",
                [document, mark.is_read, mark.is_starred, mark.paragraph],
            )

    def read_visit(self) -> Visit | None:
        """Where this person was last, in whichever session."""
        with self._lock:
            row = self._connection.execute(
                "SELECT query, document, paragraph, top, taken, mention, position FROM visit"
            ).fetchone()
        if row is None:
            return None
        query, document, paragraph, top, taken, mention, position = row
        return Visit(query, document, paragraph, top, taken, tuple(json.loads(mention)) if mention else None, position)

    def write_visit(self, visit: Visit) -> None:
        """Keep where this person is now."""
        mention = json.dumps(visit.mention) if visit.mention else None
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO visit (number, query, document, paragraph, top, taken, mention, position)"
                " VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
                [visit.query, visit.document, visit.paragraph, visit.top, visit.taken, mention, visit.position],
            )

    def read_widths(self) -> dict[str, int]:
        """The panes that this person has made wider or narrower: their names and how many columns they have."""
        with self._lock:
            return dict(self._connection.execute("SELECT pane, columns FROM widths").fetchall())

    def write_width(self, pane: str, columns: int) -> None:
        """Keep how wide a pane is."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO widths (pane, columns) VALUES (?, ?)", [pane, columns])
