"""Adding: files and pages → documents, their names and index, so that a kill at any moment loses nothing reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.recognise import build_recogniser
from search.cast.resolve import find_cast
from search.errors import SourceRefusedError
from search.model import Addition, Progress
from search.recasting import Recaster
from search.sources import find_files, is_url, parse_raw, read_file, read_page
from search.store import Corrections, Documents, Removed, begin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from search.fulltext import FullText
    from search.sources import Raw
    from search.store import StoredDocument

_files_per_step = 32
_characters_per_step = 2_000_000
_first_index_batch, _largest_index_batch = 32, 512
"""Documents: the first are to be found by words soon, while later commits to the index grow dear."""


def add_documents(paths: Iterable[str], connection: sqlite3.Connection, fulltext: FullText) -> Iterator[Progress]:
    """Add what the paths and addresses hold; a step's additions are committed before it is yielded."""
    origins: list[str | SourceRefusedError] = []
    for path in paths:
        origins += [path] if is_url(path) else find_files(path)
        yield Progress(len(origins), len(origins), "looking for files")
    adder = _Adder(connection, fulltext)
    done = 0
    while done < len(origins):
        taken, additions = adder.add_step(origins[done:])
        done += taken
        yield Progress(done, len(origins), "adding", tuple(additions))
        # What was added and indexed is findable; to keep the index quick comes after that.
        yield from fulltext.merge()
    adder.write_index()
    yield from fulltext.merge()


class _Adder:
    def __init__(self, connection: sqlite3.Connection, fulltext: FullText) -> None:
        self._connection = connection
        self._documents = Documents(connection)
        self._recaster, self._corrections = Recaster(connection), Corrections(connection)
        self._removed = Removed(connection)
        self._fulltext = fulltext
        # Rules are quick, so that names are there before the rest is.
        self._recogniser = build_recogniser("rules")
        self._unindexed: list[StoredDocument] = []
        self._batch = _first_index_batch

    def add_step(self, origins: list[str | SourceRefusedError]) -> tuple[int, list[Addition]]:
        """Add the first of these in one transaction: how many were taken, and what became of them."""
        additions: list[Addition] = []
        written: list[StoredDocument] = []
        size = 0
        with begin(self._connection):
            for origin in origins[:_files_per_step]:
                try:
                    addition, stored = self._add(origin)
                except SourceRefusedError as refusal:
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
        raw = read_page(origin) if is_url(origin) else read_file(origin)
        if self._documents.has_content(raw.content_hash):
            return Addition(origin, "skipped"), None
        if removed := self._removed.find(raw.content_hash):
            return Addition(origin, "skipped", removed, "removed; newscast undo brings it back"), None
        self._removed.forget(_build_origin(raw))
        known = self._documents.find_number(_build_origin(raw))
        stored = self._documents.write(_build_origin(raw), raw.content_hash, parse_raw(raw))
        if known is not None:
            self._corrections.forget(known)
        cast = find_cast(stored.document, self._recogniser)
        self._recaster.replace_cast(stored.number, cast, self._recogniser.name)
        return Addition(origin, "added" if known is None else "changed", stored.document.id), stored

    def write_index(self) -> None:
        """Bring the index level with what was committed."""
        if not self._unindexed:
            return
        self._fulltext.write((stored.number, stored.revision, stored.document) for stored in self._unindexed)
        self._fulltext.mark_current(self._documents.count(), self._documents.read_newest_revision())
        self._unindexed.clear()
        self._batch = min(self._batch * 2, _largest_index_batch)


def _build_origin(raw: Raw) -> str:
    """Where a document came from, by which it is found again; standard input gives each text its own."""
    return f"stdin:{raw.content_hash}" if raw.origin == "-" else raw.origin
