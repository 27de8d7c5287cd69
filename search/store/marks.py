"""What one person did with the documents: read them, starred them, and stopped reading at a paragraph."""

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
    """What one person did with one document; `paragraph` is the index of the paragraph where reading stopped."""

    is_read: bool = False
    is_starred: bool = False
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """What a reader saw last: the search, the document, its paragraph, the top line, the selected actor.

    `mention` is the paragraph, start and end of the mention at the cursor; `position` is the document's index in the
    results.
    """

    query: str
    document: str
    paragraph: int
    top: int
    selected: str | None = None
    mention: tuple[int, int, int] | None = None
    position: int = 0


class Marks:
    """One person's marks, in the database at `path`; None keeps them in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = ReaderDatabase(path)

    @property
    def note(self) -> str | None:
        """One line that says why the file is not used, or was replaced; None if all is well."""
        return self._database.note

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def read(self, documents: Sequence[str]) -> dict[str, Mark]:
        """Read the marks of these documents by id; documents without marks are left out."""
        rows = self._database.execute(
            "SELECT document, is_read, is_starred, paragraph FROM marks"
            " WHERE document IN (SELECT value FROM json_each(?))",
            [json.dumps(list(documents))],
        )
        return {row[0]: Mark(bool(row[1]), bool(row[2]), row[3]) for row in rows}

    def read_stamp(self) -> tuple[int, int]:
        """Return a value that changes with every write, by any process."""
        return self._database.read_stamp()

    def list_marked(self, what: Literal["read", "starred"]) -> list[str]:
        """List the ids of all documents that are read, or starred."""
        return [row[0] for row in self._database.execute(f"SELECT document FROM marks WHERE is_{what}")]

    def write(self, document: str, mark: Mark) -> None:
        """Write the marks of one document."""
        self._database.execute(
            "INSERT OR REPLACE INTO marks (document, is_read, is_starred, paragraph) VALUES (?, ?, ?, ?)",
            [document, mark.is_read, mark.is_starred, mark.paragraph],
        )

    def read_visit(self) -> Visit | None:
        """Read what this person saw last, in any session; None at the first visit."""
        rows = self._database.execute("SELECT query, document, paragraph, top, selected, mention, position FROM visit")
        if not rows:
            return None
        query, document, paragraph, top, selected, mention, position = rows[0]
        return Visit(
            query, document, paragraph, top, selected, tuple(json.loads(mention)) if mention else None, position
        )

    def write_visit(self, visit: Visit) -> None:
        """Record what this person sees."""
        mention = json.dumps(visit.mention) if visit.mention else None
        self._database.execute(
            "INSERT OR REPLACE INTO visit (number, query, document, paragraph, top, selected, mention, position)"
            " VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            [visit.query, visit.document, visit.paragraph, visit.top, visit.selected, mention, visit.position],
        )

    def read_widths(self) -> dict[str, int]:
        """Read the widths, in columns, of the panes that this person has resized, by pane."""
        return dict(self._database.execute("SELECT pane, columns FROM widths"))

    def write_width(self, pane: str, columns: int) -> None:
        """Record the width of a pane, in columns."""
        self._database.execute("INSERT OR REPLACE INTO widths (pane, columns) VALUES (?, ?)", [pane, columns])
