"""Access to a Library's database: one thread at a time, one writer at a time, and every failure as one clear error."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from search.errors import LibraryDamagedError, LibraryUnreadableError
from search.store import WriterLock, is_corrupt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class LibraryAccess:
    """Guards the database of the library in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._database = folder, folder / "library.db"
        self._opened = _identify(self._database)
        self._lock = RLock()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let one thread at a time use the connection. Raises LibraryUnreadableError if SQLite fails."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise self.build_error(error) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the library's lock. Raises LibraryLockedError, and LibraryUnreadableError if a write fails."""
        with WriterLock(self._folder):
            if _identify(self._database) != self._opened:
                raise LibraryUnreadableError(
                    f"{self._database} was removed or replaced while newscast had it open;"
                    " nothing was written; start newscast again"
                )
            try:
                yield
            except sqlite3.Error as error:
                raise self.build_error(error) from error
            except OSError as error:
                raise LibraryUnreadableError(f"{self._folder}: cannot be written to: {error.strerror}") from error

    def build_error(self, error: sqlite3.Error) -> LibraryUnreadableError:
        """Build the error that says what SQLite said of the database."""
        said = f"{self._database}: {error}"
        if is_corrupt(error):
            return LibraryDamagedError(f"{said}; newscast doctor says more")
        return LibraryUnreadableError(said)


def _identify(path: Path) -> tuple[int, int] | None:
    """Find the device and inode of the file at this path; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
