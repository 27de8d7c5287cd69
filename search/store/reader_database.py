"""One person's `reader.db`. If it cannot be used, the data of the session is kept in memory, and reading goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from search.errors import LibraryUnreadableError
from search.store.database import connect, is_corrupt, open_reader_database

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_lost = "the marks, positions and searches of this session are not kept"


class ReaderDatabase:
    """The database at `path`; None keeps it in memory.

    `note` is one line that says why the file is not used or was replaced, or None. `is_kept` says whether what is
    written survives this process.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.note: str | None = None
        self.is_kept = path is not None
        self._lock = Lock()
        self._connection = self._open()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Execute a statement and return its rows. If the file fails, set `note` and continue in memory."""
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as error:
                if self._path is None or isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                    raise
                self._replace(error)
                return self._connection.execute(statement, values).fetchall()

    def read_stamp(self) -> tuple[int, int]:
        """Return a value that changes with every write, by any process."""
        ((version,),) = self.execute("PRAGMA data_version")
        return version, self._connection.total_changes

    def _open(self) -> sqlite3.Connection:
        if self._path is None:
            return open_reader_database(":memory:")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = open_reader_database(str(self._path))
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                connection.close()
                return self._begin_again()
        except OSError as error:
            return self._go_on_in_memory(f"{self._path.parent}: {error.strerror}")
        except LibraryUnreadableError as error:
            cause = error.__cause__
            if not isinstance(cause, sqlite3.Error):
                raise  # a newer newscast wrote it
            return self._begin_again() if is_corrupt(cause) else self._go_on_in_memory(f"{self._path}: {cause}")
        return connection

    def _replace(self, error: sqlite3.DatabaseError) -> None:
        """Replace the database, because this one can no longer be used."""
        old = self._connection
        if is_corrupt(error):
            old.close()
            self._connection = self._begin_again()
        else:
            self._connection = self._go_on_in_memory(f"{self._path}: {error}")
            old.close()

    def _begin_again(self) -> sqlite3.Connection:
        """Rename the damaged file, and create a new one."""
        assert self._path is not None
        aside = self._path.with_name(f"reader-damaged-{datetime.now(UTC).astimezone():%Y-%m-%dT%H-%M-%S-%f}.db")
        try:
            for suffix in ("-wal", "-shm", ""):
                whole = self._path.with_name(f"{self._path.name}{suffix}")
                if whole.exists():
                    whole.rename(f"{aside}{suffix}")
            connection = open_reader_database(str(self._path))
        except (OSError, LibraryUnreadableError) as error:
            return self._go_on_in_memory(f"{self._path} is damaged: {error}")
        self.note = (
            f"{self._path} was damaged; it is kept as {aside.name}, and you start without marks, positions and searches"
        )
        return connection

    def _go_on_in_memory(self, why: str) -> sqlite3.Connection:
        """Copy what can still be read into memory, and use that."""
        assert self._path is not None
        self.note = f"{why}; {_lost}"
        self.is_kept = False
        connection = open_reader_database(":memory:")
        with suppress(sqlite3.Error), closing(connect(str(self._path), read_only=True)) as known:
            (version,) = known.execute("PRAGMA user_version").fetchone()
            if (version,) == connection.execute("PRAGMA user_version").fetchone():
                known.backup(connection)
        return connection
