"""Opening a database: its pragmas, and the migrations to the present schema."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from search.errors import LibraryDamagedError, LibraryOutdatedError, LibraryUnreadableError
from search.store.migrations import library_migrations, reader_migrations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.store.migrations import Migration

_READER_CACHE = 256  # kB
_TIMEOUT = 10  # seconds to wait for another process's lock
_NO_ROOM = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL}


def connect(target: str, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection that threads may use in turn. `target` is a path or ":memory:"."""
    if read_only:
        connection = _connect_read_only(target)
        # Many processes may read at once; the system's page cache serves all of them.
        connection.execute(f"PRAGMA cache_size = -{_READER_CACHE}")
    else:
        connection = sqlite3.connect(target, check_same_thread=False, timeout=_TIMEOUT)
        _keep_a_log(connection)
        # A document that was reported as added must survive a power cut.
        connection.execute("PRAGMA synchronous = FULL")
    connection.isolation_level = None
    # Bytes that are not UTF-8 must not fail a whole query; the checksum reports the damaged row.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    return connection


def _connect_read_only(target: str) -> sqlite3.Connection:
    """Open a connection that shares the log with the writer; on a full or read-only disk, one without a log."""
    address = f"{Path(target).resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, timeout=_TIMEOUT)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        log = Path(f"{target}-wal")
        if error.sqlite_errorcode & 0xFF not in _NO_ROOM or (log.exists() and log.stat().st_size):
            connection.close()
            raise
        connection.close()
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, check_same_thread=False)
    return connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, so that readers never wait. The first switch locks the file for a moment."""
    end = time.monotonic() + _TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait for this lock by itself.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


_broken_schema = ("malformed database schema", "no such column", "has no column named", "no such table")
"""What SQLite says if a name in its schema is damaged."""


def is_corrupt(error: sqlite3.Error) -> bool:
    """Does this error say that the file is damaged?"""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or any(sign in str(error) for sign in _broken_schema)


@contextmanager
def begin(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block in a transaction that can write; roll it back if the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def open_library_database(target: str, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the database of a Library, and migrate it to the present schema."""
    return _open(target, library_migrations, read_only=read_only)


def open_reader_database(target: str) -> sqlite3.Connection:
    """Open the database of one reader, and migrate it to the present schema."""
    return _open(target, reader_migrations, read_only=False)


def _open(target: str, migrations: Sequence[Migration], *, read_only: bool) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = connect(target, read_only=read_only)
        _migrate(target, connection, migrations, read_only=read_only)
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        if is_corrupt(error):
            raise LibraryDamagedError(f"{target}: {error}; newscast doctor --repair sets it aside") from error
        raise LibraryUnreadableError(f"{target}: {error}") from error
    return connection


def _migrate(target: str, connection: sqlite3.Connection, migrations: Sequence[Migration], *, read_only: bool) -> None:
    version = _read_version(connection)
    if version > len(migrations):
        raise LibraryUnreadableError(f"{target}: written by a newer newscast; update newscast to read it")
    if version == len(migrations):
        return
    if read_only:
        raise LibraryOutdatedError(
            f"{target}: written by an older newscast; open it once without --read-only to bring it up to date"
        )
    with begin(connection):
        # Another session of the same reader may have migrated it in the meantime.
        for script in migrations[_read_version(connection) :]:
            if not isinstance(script, str):
                script(connection)
                continue
            # Python's executescript would commit first; a migration must be made wholly or not at all.
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _read_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
