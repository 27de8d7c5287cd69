"""Opening a database: its pragmas, its schema and the migrations between schemas."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from search.errors import LibraryDamagedError, LibraryOutdatedError, LibraryUnreadableError
from search.store.checksums import fill_checksums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Migration = str | Callable[[sqlite3.Connection], None]

_LIBRARY_MIGRATIONS: tuple[Migration, ...] = (
    """
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        origin TEXT NOT NULL UNIQUE,
        content_hash TEXT NOT NULL,
        revision INTEGER NOT NULL UNIQUE,
        title TEXT, source TEXT, url TEXT,
        published TEXT NOT NULL DEFAULT '',
        language TEXT,
        text TEXT NOT NULL
    );
    CREATE INDEX documents_by_content ON documents (content_hash);
    CREATE INDEX documents_by_date ON documents (published DESC, number, id);
    CREATE TABLE actors (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        is_person INTEGER NOT NULL,
        is_full INTEGER NOT NULL,
        documents INTEGER NOT NULL DEFAULT 0,
        mentions INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX actors_by_documents ON actors (documents DESC, mentions DESC, id);
    CREATE TABLE actor_names (
        actor INTEGER NOT NULL REFERENCES actors,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        uses INTEGER NOT NULL,
        PRIMARY KEY (actor, name)
    ) WITHOUT ROWID;
    CREATE INDEX actor_names_by_folded ON actor_names (folded, actor);
    CREATE TABLE actor_keys (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        actor INTEGER NOT NULL REFERENCES actors,
        uses INTEGER NOT NULL,
        PRIMARY KEY (kind, key, actor)
    ) WITHOUT ROWID;
    CREATE INDEX actor_keys_by_actor ON actor_keys (actor, kind);
    CREATE TABLE appearances (
        number INTEGER PRIMARY KEY,
        document INTEGER NOT NULL REFERENCES documents,
        local TEXT NOT NULL,
        actor INTEGER NOT NULL REFERENCES actors,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        is_person INTEGER NOT NULL,
        short TEXT,
        names TEXT NOT NULL,
        keys TEXT NOT NULL,
        shorts TEXT NOT NULL,
        mentions INTEGER NOT NULL
    );
    CREATE INDEX appearances_by_document ON appearances (document);
    CREATE INDEX appearances_by_actor ON appearances (actor, document);
    CREATE INDEX appearances_by_short ON appearances (short) WHERE short IS NOT NULL;
    CREATE TABLE mentions (
        document INTEGER NOT NULL REFERENCES documents,
        paragraph INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        kind TEXT NOT NULL,
        type TEXT NOT NULL,
        appearance INTEGER REFERENCES appearances,
        why TEXT,
        confidence REAL,
        PRIMARY KEY (document, paragraph, start, end)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE actors ADD COLUMN is_named INTEGER NOT NULL DEFAULT 1;
    DROP INDEX actors_by_documents;
    CREATE INDEX actors_by_documents ON actors (is_named, documents DESC, mentions DESC, id);
    ALTER TABLE documents ADD COLUMN annotated_by TEXT NOT NULL DEFAULT '';
    CREATE INDEX documents_by_annotation ON documents (annotated_by, number);
    CREATE TABLE corrections (
        document INTEGER NOT NULL REFERENCES documents,
        paragraph INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        appearance INTEGER,
        why TEXT,
        confidence REAL,
        PRIMARY KEY (document, paragraph, start, end)
    ) WITHOUT ROWID;
    """,
    """
    CREATE INDEX documents_by_source ON documents (source);
    CREATE INDEX documents_by_url ON documents (url);
    """,
    """
    CREATE TABLE actor_descriptions (
        actor INTEGER NOT NULL REFERENCES actors,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        is_full INTEGER NOT NULL,
        uses INTEGER NOT NULL,
        PRIMARY KEY (actor, name, type, is_full)
    ) WITHOUT ROWID;
    INSERT INTO actor_descriptions
        SELECT actor, name, type, short IS NULL, count(*) FROM appearances GROUP BY actor, name, type, short IS NULL;
    """,
    """
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO counters SELECT 'revision', coalesce(max(revision), 0) FROM documents;
    CREATE TABLE removed (
        number INTEGER PRIMARY KEY,
        removal INTEGER NOT NULL,
        id TEXT NOT NULL UNIQUE,
        origin TEXT NOT NULL UNIQUE,
        content_hash TEXT NOT NULL,
        document TEXT NOT NULL
    );
    CREATE INDEX removed_by_content ON removed (content_hash);
    CREATE INDEX removed_by_removal ON removed (removal);
    """,
    """
    CREATE TABLE checksums (
        document INTEGER PRIMARY KEY REFERENCES documents,
        text BLOB NOT NULL,
        "cast" BLOB,
        links INTEGER
    );
    ALTER TABLE actors ADD COLUMN checksum INTEGER;
    CREATE TABLE losses (
        found TEXT NOT NULL,
        documents INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        known_documents INTEGER NOT NULL,
        known_revision INTEGER NOT NULL,
        evidence TEXT
    );
    """,
    # When it was released, the tables had these names.
    partial(fill_checksums, document_actors="appearances", document_actor="appearance"),
    "ALTER TABLE removed ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0",
    """
    ALTER TABLE appearances RENAME TO document_actors;
    ALTER TABLE mentions RENAME COLUMN appearance TO document_actor;
    ALTER TABLE corrections RENAME COLUMN appearance TO document_actor;
    DROP INDEX appearances_by_document;
    DROP INDEX appearances_by_actor;
    DROP INDEX appearances_by_short;
    CREATE INDEX document_actors_by_document ON document_actors (document);
    CREATE INDEX document_actors_by_actor ON document_actors (actor, document);
    CREATE INDEX document_actors_by_short ON document_actors (short) WHERE short IS NOT NULL;
    """,
    """
    CREATE TABLE copies (document INTEGER PRIMARY KEY REFERENCES documents, original INTEGER REFERENCES documents);
    CREATE INDEX copies_by_original ON copies (original, document) WHERE original IS NOT NULL;
    CREATE TABLE sketches (
        document INTEGER PRIMARY KEY REFERENCES documents,
        day INTEGER NOT NULL,
        shingles INTEGER NOT NULL,
        hashes BLOB NOT NULL
    );
    CREATE TABLE sketch_hashes (
        week INTEGER NOT NULL,
        hash INTEGER NOT NULL,
        document INTEGER NOT NULL,
        PRIMARY KEY (week, hash, document)
    ) WITHOUT ROWID;
    """,
)

_READER_CACHE = 256  # kB
_TIMEOUT = 10  # seconds to wait for another process's lock
_NO_ROOM = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL}
_READER_MIGRATIONS = (
    """
    CREATE TABLE marks (
        document TEXT PRIMARY KEY,
        is_read INTEGER NOT NULL DEFAULT 0,
        is_starred INTEGER NOT NULL DEFAULT 0,
        paragraph INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE history (number INTEGER PRIMARY KEY AUTOINCREMENT, query TEXT NOT NULL UNIQUE);
    CREATE TABLE searches (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE visit (
        number INTEGER PRIMARY KEY CHECK (number = 1),
        query TEXT NOT NULL,
        document TEXT NOT NULL,
        paragraph INTEGER NOT NULL,
        top INTEGER NOT NULL,
        taken TEXT,
        mention TEXT
    );
    """,
    """
    ALTER TABLE visit ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE widths (pane TEXT PRIMARY KEY, columns INTEGER NOT NULL) WITHOUT ROWID;
    """,
    "ALTER TABLE visit RENAME COLUMN taken TO selected",
)


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
    return _open(target, _LIBRARY_MIGRATIONS, read_only=read_only)


def open_reader_database(target: str) -> sqlite3.Connection:
    """Open the database of one reader, and migrate it to the present schema."""
    return _open(target, _READER_MIGRATIONS, read_only=False)


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
