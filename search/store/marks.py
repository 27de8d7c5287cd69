"""What one person did with the documents: read, starred, and where reading stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from search.store.reader_database import ReaderDatabase

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
    """Where a reader was last: the search, the document, its paragraph, the line at the top, the selected actor.

    `mention` is the one at the cursor: its paragraph, start and end; `position` is the document's in the results.
    """

    query: str
    document: str
    paragraph: int
    top: int
    selected: str | None = None
    mention: tuple[int, int, int] | None = None
    position: int = 0


class Marks:
    """One person's marks, in the `reader.db` of that person's state folder; None keeps them in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = ReaderDatabase(path)

    @property
    def note(self) -> str | None:
        """What keeps the file from being used as it should be, in a line; None if nothing does."""
        return self._database.note

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def read(self, documents: Sequence[str]) -> dict[str, Mark]:
        """The marks of these documents, of those that have any."""
        rows = self._database.execute(
            "SELECT document, is_read, is_starred, paragraph FROM marks"
            " WHERE document IN (SELECT value FROM json_each(?))",
            [json.dumps(list(documents))],
        )
        return {row[0]: Mark(bool(row[1]), bool(row[2]), row[3]) for row in rows}

    def read_stamp(self) -> tuple[int, int]:
        """Another one with every change, by whomever."""
        return self._database.read_stamp()

    def list_marked(self, what: Literal["read", "starred"]) -> list[str]:
        """The ids of all documents that are read, or starred."""
        return [row[0] for row in self._database.execute(f"SELECT document FROM marks WHERE is_{what}")]

    def write(self, document: str, mark: Mark) -> None:
        """Replace what is known of one document."""
        self._database.execute(
            "INSERT OR REPLACE INTO marks (document, is_read, is_starred, paragraph) VALUES (?, ?, ?, ?)",
            [document, mark.is_read, mark.is_starred, mark.paragraph],
        )

    def read_visit(self) -> Visit | None:
        """Where this person was last, in whichever session."""
        rows = self._database.execute("SELECT query, document, paragraph, top, selected, mention, position FROM visit")
        if not rows:
            return None
        query, document, paragraph, top, selected, mention, position = rows[0]
        return Visit(
            query, document, paragraph, top, selected, tuple(json.loads(mention)) if mention else None, position
        )

    def write_visit(self, visit: Visit) -> None:
        """Keep where this person is now."""
        mention = json.dumps(visit.mention) if visit.mention else None
        self._database.execute(
            "INSERT OR REPLACE INTO visit (number, query, document, paragraph, top, selected, mention, position)"
            " VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            [visit.query, visit.document, visit.paragraph, visit.top, visit.selected, mention, visit.position],
        )

    def read_widths(self) -> dict[str, int]:
        """The panes that this person has made wider or narrower: their names and how many columns they have."""
        return dict(self._database.execute("SELECT pane, columns FROM widths"))

    def write_width(self, pane: str, columns: int) -> None:
        """Keep how wide a pane is."""
        self._database.execute("INSERT OR REPLACE INTO widths (pane, columns) VALUES (?, ?)", [pane, columns])
