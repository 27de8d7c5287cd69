"""What one person searched for: the last queries, and those saved under a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.errors import NotFoundError
from search.store.reader_database import ReaderDatabase
from search.text import make_safe_line

if TYPE_CHECKING:
    from pathlib import Path

_longest_history = 500
_NAME = re.compile(r"[\w.-]{1,40}")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query under a name."""

    name: str
    query: str


class Searches:
    """One person's searches, in the `reader.db` of that person's state folder; None keeps them in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = ReaderDatabase(path)

    @property
    def note(self) -> str | None:
        """What keeps the file from being used as it should be, in a line; None if nothing does."""
        return self._database.note

    @property
    def is_kept(self) -> bool:
        """Does what is saved here outlive this process?"""
        return self._database.is_kept

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def remember(self, query: str) -> None:
        """Make a query the last one asked."""
        query = make_safe_line(query)
        if not query:
            return
        self._database.execute("DELETE FROM history WHERE query = ?", [query])
        self._database.execute("INSERT INTO history (query) VALUES (?)", [query])
        self._database.execute(
            "DELETE FROM history WHERE number <= (SELECT max(number) FROM history) - ?", [_longest_history]
        )

    def list_history(self) -> list[str]:
        """The queries asked, the last one first."""
        return [row[0] for row in self._database.execute("SELECT query FROM history ORDER BY number DESC")]

    def save(self, name: str, query: str) -> SavedSearch | None:
        """Keep a query under a name; gives the one that had this name before. Raises ValueError for an odd name."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"“{make_safe_line(name)}” is no name: letters, digits, “.”, “-” and “_” make one")
        rows = self._database.execute("SELECT name, query FROM searches WHERE name = ?", [name])
        self._database.execute(
            "INSERT OR REPLACE INTO searches (name, query) VALUES (?, ?)", [name, make_safe_line(query)]
        )
        return SavedSearch(*rows[0]) if rows else None

    def forget(self, name: str) -> SavedSearch:
        """Forget a saved search, and give it. Raises NotFoundError."""
        rows = self._database.execute("DELETE FROM searches WHERE name = ? RETURNING name, query", [name])
        if not rows:
            raise _miss(name)
        return SavedSearch(*rows[0])

    def list_saved(self) -> list[SavedSearch]:
        """The saved searches by name."""
        return [SavedSearch(*row) for row in self._database.execute("SELECT name, query FROM searches ORDER BY name")]


def _miss(name: str) -> NotFoundError:
    return NotFoundError(f"no saved search “{make_safe_line(name)}”; newscast search --saved lists them")
