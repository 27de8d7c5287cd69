"""Adding files and pages: documents, their names, the index. A kill at any moment loses nothing that was reported."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from search.cast.recognisers import build_recogniser
from search.cast.resolve import find_cast
from search.errors import FullTextDamagedError, SourceRefusedError
from search.folding import CopyFinder
from search.model import Addition, Progress
from search.reannotate import Reannotator
from search.removing import drop_documents
from search.sources import Parser, explain, find_files, is_url, read_file, read_page
from search.store import Checksums, Corrections, Damage, Documents, Removed, begin
from search.text import make_safe_line

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from search.fulltext import FullText
    from search.model import Cast, Document, Outcome
    from search.sources import Raw
    from search.store import StoredDocument

_log = logging.getLogger(__name__)
_files_per_step = 32
_characters_per_step = 2_000_000
_first_index_batch, _largest_index_batch = 32, 512
"""Documents per commit to the index. Batches grow, because later commits cost more."""


def add_documents(paths: Iterable[str], connection: sqlite3.Connection, fulltext: FullText) -> Iterator[Progress]:
    """Add the files and pages at these paths and addresses; a step's additions are committed before it is yielded."""
    origins: list[str | SourceRefusedError] = []
    for path in paths:
        origins += [path] if is_url(path) else find_files(path)
        yield Progress(len(origins), len(origins), "looking for files")
    with Parser() as parser:
        adder = _Adder(connection, fulltext, parser)
        done = 0
        while done < len(origins):
            count, additions = adder.add_step(origins[done:])
            done += count
            yield Progress(done, len(origins), "adding", tuple(additions))
            # The documents can be found by now; merging only keeps searches quick.
            yield from adder.merge_index()
        adder.write_index()
    yield from adder.merge_index()


class _Adder:
    def __init__(self, connection: sqlite3.Connection, fulltext: FullText, parser: Parser) -> None:
        self._connection = connection
        self._parser = parser
        self._documents = Documents(connection)
        self._reannotator, self._corrections = Reannotator(connection), Corrections(connection)
        self._copies = CopyFinder(connection)
        self._checksums, self._removed = Checksums(connection), Removed(connection)
        self._has_removed = not self._removed.is_empty()
        self._fulltext = fulltext
        # Rules are quick: a new document has its names at once.
        self._recogniser = build_recogniser("rules")
        self._unindexed: list[StoredDocument] = []
        self._gone: dict[int, int] = {}
        self._is_level = True
        self._batch = _first_index_batch

    def add_step(self, origins: list[str | SourceRefusedError]) -> tuple[int, list[Addition]]:
        """Add the first of these in one transaction; return how many, and the outcome of each."""
        additions: list[Addition] = []
        written: list[StoredDocument] = []
        size = 0
        with begin(self._connection):
            for origin in origins[:_files_per_step]:
                try:
                    addition, stored = self._add(origin)
                except SourceRefusedError as refusal:
                    _log.warning("refused: %s", make_safe_line(str(refusal)))
                    addition, stored = Addition(refusal.origin, "refused", reason=refusal.reason), None
                additions.append(addition)
                if stored is not None:
                    written.append(stored)
                    size += sum(len(paragraph.text) for paragraph in stored.document.paragraphs)
                if size > _characters_per_step:
                    break
        self._unindexed += written
        if len(self._unindexed) >= self._batch or size > _characters_per_step:
            self.write_index()
        return len(additions), additions

    def _add(self, origin: str | SourceRefusedError) -> tuple[Addition, StoredDocument | None]:
        if isinstance(origin, SourceRefusedError):
            raise origin
        with _contain(origin, "read"):
            raw = read_page(origin) if is_url(origin) else read_file(origin)
        known = self._documents.find_number(_build_origin(raw))
        same = self._documents.find_by_content(raw.content_hash)
        damaged = self._find_damaged({number for number, _, _ in same} | ({known} if known is not None else set()))
        if not damaged and (addition := self._find_addition(raw, known, same)):
            return addition, None
        document, cast = self._parse(raw)
        self._drop_damaged(damaged)
        if self._has_removed:
            self._removed.forget(_build_origin(raw))
        stored = self._documents.write(_build_origin(raw), raw.content_hash, document, min(damaged, default=None))
        if known is not None:
            self._corrections.forget(known)
        self._reannotator.replace_cast(stored.number, cast, self._recogniser.name)
        self._copies.add(stored.number, stored.document)
        outcome: Outcome = "added" if known is None and not damaged else "changed"
        return Addition(origin, outcome, stored.document.id, "it was damaged" if damaged else None), stored

    def _parse(self, raw: Raw) -> tuple[Document, Cast]:
        """Parse a file and find its cast; nothing is written yet if that fails."""
        with _contain(raw.origin, "read"):
            document = self._parser.parse(raw)
        with _contain(raw.origin, "annotated"):
            return document, find_cast(document, self._recogniser)

    def _find_damaged(self, numbers: set[int]) -> set[int]:
        """Find which of these documents are damaged."""
        return {number for number in numbers if not self._checksums.is_whole(number)}

    def _drop_damaged(self, damaged: set[int]) -> None:
        """Drop damaged documents, which are about to be added again."""
        if damaged:
            Damage(self._connection).drop(damaged, ())
            self._gone |= dict.fromkeys(damaged, self._documents.read_newest_revision())

    def _find_addition(self, raw: Raw, known: int | None, same: list[tuple[int, str, str]]) -> Addition | None:
        """Decide about a file that an article, or a removed article, was made of; None if it is to be added.

        `known` is the row of the article that was added from this path or address. If the file has become a copy of
        another one's, that article is dropped.
        """
        if any(number == known for number, _, _ in same):
            return Addition(raw.origin, "skipped")
        removed = self._removed.find(raw.content_hash) if self._has_removed else None
        if removed is None and (not same or (known is not None and all(_has_moved_on(each[2], raw) for each in same))):
            return None
        identifier, reason = (same[0][1], None) if same else (removed, "removed; newscast undo brings it back")
        if known is None:
            return Addition(raw.origin, "skipped", identifier, reason)
        drop_documents([known], self._connection)
        self._gone[known] = self._documents.read_newest_revision()
        return Addition(raw.origin, "changed", identifier, reason or "a copy of another article's file")

    def write_index(self) -> None:
        """Write all committed documents to the index."""
        if not (self._unindexed or self._gone):
            return
        # Another document may have this row by now.
        lasting = [stored for stored in self._unindexed if stored.revision > self._gone.get(stored.number, 0)]
        rows = [(stored.number, stored.revision, stored.document) for stored in lasting]
        try:
            self._fulltext.write(rows, gone=self._gone)
        except FullTextDamagedError:
            self._begin_index()
            self._fulltext.write(rows)
        if self._is_level:
            self._fulltext.mark_current(self._documents.count(), self._documents.read_newest_revision())
        self._unindexed.clear()
        self._gone.clear()
        self._batch = min(self._batch * 2, _largest_index_batch)

    def merge_index(self) -> Iterator[Progress]:
        """Merge small segments, so that searches stay quick."""
        try:
            yield from self._fulltext.merge()
        except FullTextDamagedError:
            self._begin_index()

    def _begin_index(self) -> None:
        """Start with an empty index, because the old one is damaged; the Library indexes the older documents later."""
        self._fulltext.clear()
        self._is_level = False


def _has_moved_on(origin: str, raw: Raw) -> bool:
    """Has the file at `origin`, which had these bytes, been changed? It has if two files were swapped."""
    try:
        return not is_url(origin) and read_file(origin).content_hash != raw.content_hash
    except SourceRefusedError:
        return False


@contextmanager
def _contain(origin: str, done: str) -> Iterator[None]:
    """Turn an unexpected error into a refusal of this one file or page, and log its traceback."""
    try:
        yield
    except SourceRefusedError:
        raise
    except Exception as error:
        _log.exception("%s cannot be %s", make_safe_line(origin), done)
        raise SourceRefusedError(origin, f"cannot be {done}: {explain(error)}") from error


def _build_origin(raw: Raw) -> str:
    """Build the origin that is stored with a document; each text from standard input has its own."""
    return f"stdin:{raw.content_hash}" if raw.origin == "-" else raw.origin
