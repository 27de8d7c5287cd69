"""One person's searches: the last queries, and those saved under a name."""

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
    """A query saved under a name."""

    name: str
    query: str


class Searches:
    """One person's searches, in the database at `path`; None keeps them in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = ReaderDatabase(path)

    @property
    def note(self) -> str | None:
        """One line that says why the file is not used, or was replaced; None if all is well."""
        return self._database.note

    @property
    def is_kept(self) -> bool:
        """Does what is saved here survive this process?"""
        return self._database.is_kept

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def remember(self, query: str) -> None:
        """Put a query at the top of the history."""
        query = make_safe_line(query)
        if not query:
            return
        self._database.execute("DELETE FROM history WHERE query = ?", [query])
        self._database.execute("INSERT INTO history (query) VALUES (?)", [query])
        self._database.execute(
            "DELETE FROM history WHERE number <= (SELECT max(number) FROM history) - ?", [_longest_history]
        )

    def list_history(self) -> list[str]:
        """List the queries of the history, the last one first."""
        return [row[0] for row in self._database.execute("SELECT query FROM history ORDER BY number DESC")]

    def save(self, name: str, query: str) -> SavedSearch | None:
        """Save a query under a name, and return the search that had this name before, or None.

        Raises ValueError if the name has other characters than letters, digits, ".", "-" and "_", or more than 40.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"“{make_safe_line(name)}” is not a valid name: use up to 40 letters, digits, “.”, “-” and “_”"
            )
        rows = self._database.execute("SELECT name, query FROM searches WHERE name = ?", [name])
        self._database.execute(
            "INSERT OR REPLACE INTO searches (name, query) VALUES (?, ?)", [name, make_safe_line(query)]
        )
        return SavedSearch(*rows[0]) if rows else None

    def forget(self, name: str) -> SavedSearch:
        """Delete a saved search, and return it. Raises NotFoundError."""
        rows = self._database.execute("DELETE FROM searches WHERE name = ? RETURNING name, query", [name])
        if not rows:
            raise _miss(name)
        return SavedSearch(*rows[0])

    def list_saved(self) -> list[SavedSearch]:
        """List the saved searches by name."""
        return [SavedSearch(*row) for row in self._database.execute("SELECT name, query FROM searches ORDER BY name")]


def _miss(name: str) -> NotFoundError:
    return NotFoundError(f"no saved search “{make_safe_line(name)}”; newscast search --saved lists them")
