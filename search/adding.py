"""Adding files and pages: documents, their names, the index. A kill at any moment loses nothing that was reported."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from search.cast.recognisers import build_recogniser
from search.cast.resolve import find_cast
from search.errors import FullTextDamagedError, SourceRefusedError
from search.folding import CopyFinder
from search.model import Addition, Progress
from search.origins import find_outermost, is_url
from search.reannotate import Reannotator
from search.removing import drop_documents
from search.sources import Parser, Reader, explain, find_files, name_origin, read_file
from search.store import Checksums, Corrections, Damage, Documents, Removed, begin
from search.text import make_safe_line

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from search.fulltext import FullText
    from search.model import Document, Outcome
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
    with Reader() as reader, Parser() as parser:
        adder = Adder(connection, fulltext, parser)
        found = _read_all(origins, reader)
        done = 0
        while True:
            begun, additions = adder.add_step(found)
            if not additions:
                break
            done += len(additions)
            # A file may hold many articles; how many is known at its end.
            yield Progress(done, done + len(origins) - begun, "adding", tuple(additions))
            # The documents can be found by now; merging only keeps searches quick.
            yield from adder.merge_index()
        adder.write_index()
    yield from adder.merge_index()


def _read_all(
    origins: Iterable[str | SourceRefusedError], reader: Reader
) -> Iterator[tuple[int, Raw | SourceRefusedError]]:
    """What is at each of these places, one after the other, and how many places were begun by then."""
    for begun, origin in enumerate(origins, 1):
        if isinstance(origin, SourceRefusedError):
            yield begun, origin
            continue
        try:
            with _contain(origin, "read"):
                for found in reader.read(origin):
                    yield begun, found
        except SourceRefusedError as refusal:
            yield begun, refusal


class Adder:
    """Adds Documents to a Library in the caller's transaction; `write_index` then updates the index."""

    def __init__(self, connection: sqlite3.Connection, fulltext: FullText, parser: Parser | None = None) -> None:
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

    def add_step(self, found: Iterator[tuple[int, Raw | SourceRefusedError]]) -> tuple[int, list[Addition]]:
        """Add the next of these in one transaction; return how many origins were begun, and the outcomes."""
        additions: list[Addition] = []
        written: list[StoredDocument] = []
        begun = size = 0
        with begin(self._connection):
            for count, raw in islice(found, _files_per_step):
                begun = count
                try:
                    addition, stored = self._add(raw)
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
        return begun, additions

    def _add(self, raw: Raw | SourceRefusedError) -> tuple[Addition, StoredDocument | None]:
        if isinstance(raw, SourceRefusedError):
            raise raw
        origin = name_origin(raw)
        known = self._documents.find_number(origin)
        same = self._documents.find_by_content(raw.content_hash)
        damaged = self._find_damaged({number for number, _, _ in same} | ({known} if known is not None else set()))
        if not damaged and (addition := self._find_addition(raw, known, same)):
            return addition, None
        stored = self._write(origin, raw.content_hash, self._parse(raw), known, damaged)
        outcome: Outcome = "added" if known is None and not damaged else "changed"
        return Addition(raw.origin, outcome, stored.document.id, "it was damaged" if damaged else None), stored

    def find_same(self, origin: str, content_hash: str) -> str | None:
        """The id of the document with these contents, from there or elsewhere, or of a removed one."""
        known = self._documents.find_number(origin)
        same = [each for each in self._documents.find_by_content(content_hash) if self._checksums.is_whole(each[0])]
        if known is not None:
            return next((identifier for number, identifier, _ in same if number == known), None)
        removed = self._removed.find(content_hash) if self._has_removed else None
        return same[0][1] if same else removed

    def write(self, origin: str, content_hash: str, document: Document) -> Addition:
        """Add a Document that comes ready, or put it in place of the one from there. Raises SourceRefusedError."""
        known = self._documents.find_number(origin)
        damaged = self._find_damaged({known} if known is not None else set())
        stored = self._write(origin, content_hash, document, known, damaged)
        self._unindexed.append(stored)
        return Addition(origin, "added" if known is None else "changed", stored.document.id)

    def _write(
        self, origin: str, content_hash: str, document: Document, known: int | None, damaged: set[int]
    ) -> StoredDocument:
        with _contain(origin, "annotated"):
            cast = find_cast(document, self._recogniser)
        self._drop_damaged(damaged)
        if self._has_removed:
            self._removed.forget(origin)
        stored = self._documents.write(origin, content_hash, document, min(damaged, default=None))
        if known is not None:
            self._corrections.forget(known)
        self._reannotator.replace_cast(stored.number, cast, self._recogniser.name)
        self._copies.add(stored.number, stored.document)
        return stored

    def _parse(self, raw: Raw) -> Document:
        """Parse a file, before anything is written."""
        assert self._parser is not None
        with _contain(raw.origin, "read"):
            return self._parser.parse(raw)

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
            return Addition(raw.origin, "skipped", identifier, self._move(raw, same) or reason)
        drop_documents([known], self._connection)
        self._gone[known] = self._documents.read_newest_revision()
        return Addition(raw.origin, "changed", identifier, reason or "a copy of another article's file")

    def _move(self, raw: Raw, same: list[tuple[int, str, str]]) -> str | None:
        """Let an article whose file was moved come from where it lies; what to say of that."""
        gone = next(((number, origin) for number, _, origin in same if _is_gone(origin)), None)
        if gone is None or raw.origin == "-":
            return None
        number, origin = gone
        if self._has_removed:
            self._removed.forget(raw.origin)
        self._documents.move(number, raw.origin)
        return f"moved from {origin}"

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
    """Has the file at `origin`, which had these bytes, been changed? It has if two files were swapped.

    For a member of an archive it is taken to be so, since to know would take reading the archive: both texts stay.
    """
    if find_outermost(origin) != origin:
        return True
    try:
        return not is_url(origin) and read_file(origin).content_hash != raw.content_hash
    except SourceRefusedError:
        return False


def _is_gone(origin: str) -> bool:
    """Is nothing left where an article came from: no file, or no archive around it?"""
    return Path(origin).is_absolute() and not os.path.lexists(find_outermost(origin))


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
