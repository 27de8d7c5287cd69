"""newscast and its peers behind one interface: build an index, answer with 20 hits and snippets, add one article."""

from __future__ import annotations

import re
import sqlite3
import time
from typing import TYPE_CHECKING, Any, Protocol

from search import Library, Query
from search.cast.recognisers import read_version
from search.folding import CopyFinder
from search.store import Documents, begin, open_library_database

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.search_corpus import Asked
    from search import Document

_hits = 20
_snippet = 180


class Engine(Protocol):
    """A search engine to measure. It works in its own folder."""

    def build(self, documents: Iterable[Document]) -> float:
        """Index these documents in an empty folder. Return the seconds that indexing took."""

    def open(self) -> None:
        """Open the index for queries."""

    def ask(self, asked: Asked) -> list[tuple[str, str]]:
        """Return the ids of the first hits with their snippets."""

    def rank(self, words: list[str]) -> list[str]:
        """Return the ids of the first hundred hits for any of these words."""

    def add(self, document: Document) -> None:
        """Add one article. When this returns, a search finds it."""


def _text(document: Document) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Newscast:
    """newscast's Library. Its index is built from its store, as `newscast doctor --repair` does it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library: Library | None = None

    def build(self, documents: Iterable[Document]) -> float:
        """Store the documents, then index them from the store."""
        self._folder.mkdir()
        connection = open_library_database(str(self._folder / "library.db"))
        stored, copies = Documents(connection), CopyFinder(connection)
        with begin(connection):
            for document in documents:
                row = stored.write(document.id, document.id, document)
                # The cast is measured by benchmarks/cast.py.
                stored.mark_annotated(row.number, read_version("rules"))
                copies.add(row.number, row.document)
        connection.close()
        with Library(self._folder) as library:
            started = time.monotonic()
            for _ in library.repair():
                pass
            return time.monotonic() - started

    def size(self) -> int:
        """Bytes of the index."""
        return _size(self._folder / "fulltext")

    def open(self) -> None:
        """Open the library as the reader does."""
        self._library = Library(self._folder, recogniser="rules")

    def ask(self, asked: Asked) -> list[tuple[str, str]]:
        """Search as the reader does."""
        assert self._library is not None
        text = f"{asked.text} date:{asked.since}..{asked.until}" if asked.since else asked.text
        results = self._library.search(Query(text, as_you_type=asked.kind == "typing", folds=True), 0, _hits)
        return [(hit.summary.id, hit.snippet.text if hit.snippet else "") for hit in results.hits]

    def rank(self, words: list[str]) -> list[str]:
        """Words joined by OR."""
        assert self._library is not None
        return [hit.summary.id for hit in self._library.search(Query(" OR ".join(words)), 0, 100).hits]

    def add(self, document: Document) -> None:
        """Add a file, as `newscast add` does, with its names and their links. Another open Library finds it."""
        assert self._library is not None
        path = self._folder.parent / f"{document.id}.txt"
        path.write_text(f"{document.title}\n\n{_text(document)}", "utf-8")
        for _ in self._library.add([str(path)]):
            pass


class StockWhoosh:
    """Stock Whoosh, used as in its manual."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Iterable[Document]) -> float:
        """Index with one writer and one commit."""
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        self._folder.mkdir()
        analyzer = StemmingAnalyzer()
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            title=fields.TEXT(stored=True, analyzer=analyzer, field_boost=2.0),
            body=fields.TEXT(stored=True, analyzer=analyzer),
            date=fields.DATETIME(sortable=True),
        )
        known = list(documents)
        started = time.monotonic()
        writer = index.create_in(str(self._folder), schema).writer(limitmb=256)
        for document in known:
            writer.add_document(**_build_whoosh_fields(document))
        writer.commit()
        return time.monotonic() - started

    def size(self) -> int:
        """Bytes of the index, which holds the texts, too."""
        return _size(self._folder)

    def open(self) -> None:
        """Open a searcher, and a parser for both fields."""
        from whoosh import index
        from whoosh.qparser import FuzzyTermPlugin, MultifieldParser

        self._index = index.open_dir(str(self._folder))
        self._searcher = self._index.searcher()
        self._parser = MultifieldParser(["title", "body"], self._index.schema)
        self._parser.add_plugin(FuzzyTermPlugin())

    def ask(self, asked: Asked) -> list[tuple[str, str]]:
        """Search; Whoosh's own highlights are the snippets."""
        from datetime import datetime

        from whoosh.query import DateRange

        text = f"{asked.text}*" if asked.kind == "typing" else asked.text
        if asked.kind == "fuzzy":
            text = f"{asked.text}{_find_distance(asked.text)}"
        days = (
            DateRange("date", datetime.fromisoformat(asked.since), datetime.fromisoformat(f"{asked.until}T23:59:59"))
            if asked.since and asked.until
            else None
        )
        results = self._searcher.search(self._parser.parse(text), limit=_hits, filter=days)
        return [(hit["id"], hit.highlights("body", top=1)) for hit in results]

    def rank(self, words: list[str]) -> list[str]:
        """Words joined by OR."""
        found = self._searcher.search(self._parser.parse(" OR ".join(words)), limit=100)
        return [hit["id"] for hit in found]

    def add(self, document: Document) -> None:
        """A commit, and a fresh searcher."""
        writer = self._index.writer()
        writer.add_document(**_build_whoosh_fields(document))
        writer.commit()
        self._searcher = self._searcher.refresh()


def _build_whoosh_fields(document: Document) -> dict[str, Any]:
    from datetime import datetime
    from datetime import time as midnight

    day = datetime.combine(document.published, midnight()) if document.published else None
    return {"id": document.id, "title": document.title, "body": _text(document), "date": day}


class Fts5:
    """SQLite's full-text search with bm25() and snippet()."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Iterable[Document]) -> float:
        """Store the texts in a table and index it."""
        self._folder.mkdir()
        self.open()
        known = list(documents)
        started = time.monotonic()
        self._connection.executescript(
            "PRAGMA journal_mode = WAL;"
            "CREATE TABLE articles (number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, body TEXT, day TEXT);"
            "CREATE INDEX by_day ON articles (day);"
            "CREATE VIRTUAL TABLE words USING fts5 (title, body, content='articles', content_rowid='number',"
            " tokenize='porter unicode61', prefix='2 3');"
        )
        self._connection.execute("BEGIN")
        for document in known:
            self._insert(document)
        self._connection.execute("COMMIT")
        return time.monotonic() - started

    def size(self) -> int:
        """Bytes of the database, which holds the texts, too."""
        return _size(self._folder)

    def open(self) -> None:
        """Open the database."""
        self._connection = sqlite3.connect(self._folder / "fts5.db", isolation_level=None)

    def _insert(self, document: Document) -> None:
        row = (document.title, _text(document))
        number = self._connection.execute(
            "INSERT INTO articles (id, title, body, day) VALUES (?, ?, ?, ?)",
            [document.id, *row, str(document.published)],
        ).lastrowid
        self._connection.execute("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", [number, *row])

    def ask(self, asked: Asked) -> list[tuple[str, str]]:
        """Search; FTS5 has no fuzzy words, so return nothing for them."""
        text, days = asked.text, ""
        if asked.kind == "fuzzy":
            return []
        if asked.kind == "typing":
            text = f"{asked.text}*"
        if asked.kind in {"typing", "all"}:
            text = " AND ".join(text.split())
        values = [text]
        if asked.since and asked.until:
            days, values = "AND day BETWEEN ? AND ?", [text, asked.since, asked.until]
        return self._connection.execute(
            "SELECT articles.id, snippet(words, 1, '[', ']', '…', 30) FROM words JOIN articles ON number = words.rowid"
            f" WHERE words MATCH ? {days} ORDER BY bm25(words, 2.0, 1.0) LIMIT {_hits}",
            values,
        ).fetchall()

    def rank(self, words: list[str]) -> list[str]:
        """Words joined by OR."""
        rows = self._connection.execute(
            "SELECT articles.id FROM words JOIN articles ON number = words.rowid"
            " WHERE words MATCH ? ORDER BY bm25(words, 2.0, 1.0) LIMIT 100",
            [" OR ".join(f'"{word}"' for word in words)],
        )
        return [row[0] for row in rows]

    def add(self, document: Document) -> None:
        """Add and commit the article."""
        self._connection.execute("BEGIN")
        self._insert(document)
        self._connection.execute("COMMIT")


class Tantivy:
    """tantivy from its Python package, with one thread and its own snippets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Iterable[Document]) -> float:
        """Index with one writer and one commit, and wait for its merges."""
        import tantivy

        self._folder.mkdir()
        known = list(documents)
        started = time.monotonic()
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("title", stored=True, tokenizer_name="en_stem")
        schema.add_text_field("body", stored=True, tokenizer_name="en_stem")
        schema.add_date_field("date", indexed=True, fast=True)
        index = tantivy.Index(schema.build(), path=str(self._folder))
        writer = index.writer(128_000_000, num_threads=1)
        for document in known:
            writer.add_document(_build_tantivy(document))
        writer.commit()
        writer.wait_merging_threads()
        return time.monotonic() - started

    def size(self) -> int:
        """Bytes of the index, which holds the texts, too."""
        return _size(self._folder)

    def open(self) -> None:
        """Open a searcher."""
        import tantivy

        self._index = tantivy.Index.open(str(self._folder))
        self._searcher = self._index.searcher()
        self._writer: Any = None

    def ask(self, asked: Asked) -> list[tuple[str, str]]:
        """Search; tantivy's generator makes the snippets from the stored bodies."""
        import tantivy

        query = self._build_query(asked)
        hits = [self._searcher.doc(address) for _, address in self._searcher.search(query, _hits).hits]
        snippets = tantivy.SnippetGenerator.create(self._searcher, query, self._index.schema, "body")
        snippets.set_max_num_chars(_snippet)
        return [(hit["id"][0], snippets.snippet_from_doc(hit).to_html()) for hit in hits]

    def _build_query(self, asked: Asked) -> Any:  # noqa: ANN401 - tantivy's queries
        from tantivy import Occur
        from tantivy import Query as Built

        text, fields, schema = asked.text.lower(), ["title", "body"], self._index.schema

        def parse(part: str) -> Any:  # noqa: ANN401 - as above
            return self._index.parse_query(part, fields, field_boosts={"title": 2.0})

        def any_field(build: Any) -> Any:  # noqa: ANN401 - as above
            return Built.boolean_query([(Occur.Should, build(field)) for field in fields])

        def prefix(word: str) -> Any:  # noqa: ANN401 - as above
            return any_field(lambda field: Built.regex_query(schema, field, f"{re.escape(word)}.*"))

        match asked.kind:
            case "typing":
                *whole, last = text.split()
                return Built.boolean_query([(Occur.Must, parse(word)) for word in whole] + [(Occur.Must, prefix(last))])
            case "prefix":
                return prefix(text.removesuffix("*"))
            case "fuzzy":
                word, distance = text.removesuffix("~"), _find_distance(text)
                return any_field(lambda field: Built.fuzzy_term_query(schema, field, word, distance=distance))
            case "dates":
                days = f"date:[{asked.since}T00:00:00Z TO {asked.until}T23:59:59Z]"
                return parse(f"+({text}) +{days}")
            case "all":
                return parse(" AND ".join(text.split()))
            case _:
                return parse(asked.text)

    def rank(self, words: list[str]) -> list[str]:
        """Words joined by OR."""
        query = self._index.parse_query(" ".join(words), ["title", "body"], field_boosts={"title": 2.0})
        return [self._searcher.doc(address)["id"][0] for _, address in self._searcher.search(query, 100).hits]

    def add(self, document: Document) -> None:
        """A commit, and a fresh searcher."""
        if self._writer is None:
            self._writer = self._index.writer(16_000_000, num_threads=1)
        self._writer.add_document(_build_tantivy(document))
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()


def _build_tantivy(document: Document) -> Any:  # noqa: ANN401 - tantivy's document
    from datetime import datetime
    from datetime import time as midnight

    import tantivy

    day = datetime.combine(document.published, midnight()) if document.published else None
    return tantivy.Document(id=document.id, title=document.title or "", body=_text(document), date=day)


def _find_distance(word: str) -> int:
    return 1 if len(word.removesuffix("~")) < 8 else 2


engines: dict[str, type[Any]] = {"newscast": Newscast, "tantivy": Tantivy, "fts5": Fts5, "whoosh": StockWhoosh}
