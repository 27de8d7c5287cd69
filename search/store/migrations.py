"""The migrations of library.db and reader.db: each brings the schema from one version to the next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from search.store.checksums import fill_checksums

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    Migration = str | Callable[[sqlite3.Connection], None]

library_migrations: tuple[Migration, ...] = (
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
    CREATE TABLE feeds (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        url TEXT NOT NULL UNIQUE,
        title TEXT, name TEXT,
        folder TEXT NOT NULL DEFAULT '[]',
        site TEXT,
        full_text TEXT,
        interval INTEGER,
        pace INTEGER NOT NULL DEFAULT 3600,
        due REAL NOT NULL DEFAULT 0,
        fetched REAL NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        etag TEXT, modified TEXT, body_hash TEXT,
        error TEXT, error_kind TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        is_stopped INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE entries (
        number INTEGER PRIMARY KEY,
        feed INTEGER NOT NULL REFERENCES feeds,
        key TEXT NOT NULL,
        likeness TEXT NOT NULL,
        digest TEXT NOT NULL,
        document TEXT NOT NULL,
        link TEXT,
        added REAL NOT NULL,
        changed_on TEXT NOT NULL DEFAULT '',
        changes INTEGER NOT NULL DEFAULT 0,
        page TEXT NOT NULL DEFAULT '',
        page_note TEXT,
        tries INTEGER NOT NULL DEFAULT 0,
        UNIQUE (feed, key)
    );
    CREATE INDEX entries_by_document ON entries (document);
    CREATE INDEX entries_by_page ON entries (feed) WHERE page = 'wanted';
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

reader_migrations: tuple[Migration, ...] = (
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
