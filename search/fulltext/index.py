"""The full-text index of a Library. It is derived from the store, and knows when it is out of date or damaged."""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from search.errors import FullTextDamagedError, LibraryUnreadableError, NewscastError
from search.model import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from search.fulltext.commits import Commits, StoredSegment
    from search.fulltext.index_reader import IndexReader
    from search.fulltext.segment import Segment
    from search.model import Document

schema_version = 5
"""Raise it when the content or format of the index changes; newscast then rebuilds older indexes."""

room_alone, room_among_many = 1_500_000, 200_000
"""The size of the cache for one reader, and for each of many readers on a server."""

_state_file = "state.json"
_most_attempts = 10
_no_damage = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE}
"""System errors that do not mean that a file is damaged."""
_tier = 8
"""So many segments of similar size are merged; sizes are similar if they lie between the same powers of it."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """The state after the last complete update: documents, newest revision, and the size and CRC of each file."""

    schema: int
    documents: int
    revision: int
    files: dict[str, tuple[int, int]]


class FullText:
    """The index in one folder. A writer holds the Library's lock; readers need none."""

    def __init__(self, folder: Path, room: int = room_alone) -> None:
        self._folder, self._room = folder, room
        self._commits: Commits | None = None
        self._reader: IndexReader | None = None
        self._generation = -1
        self._failed = False

    def close(self) -> None:
        """Close every file."""
        self._commits = self._reader = None

    @property
    def is_damaged(self) -> bool:
        """Was any part of it found to be damaged?"""
        return self._failed or (self._reader is not None and any(each.is_damaged for each in self._reader.segments))

    def is_current(self, documents: int, revision: int) -> bool:
        """Does the index have this number of documents and this revision, and all its files? Quick at any size."""
        state = self.read_state()
        if (
            self.is_damaged
            or state is None
            or state.schema != schema_version
            or (state.documents, state.revision) != (documents, revision)
        ):
            return False
        return all(self._size(name) == size for name, (size, _) in state.files.items())

    def read_state(self) -> IndexState | None:
        """Read the state after the last complete update; None if there is none."""
        try:
            data = json.loads((self._folder / _state_file).read_text("utf-8"))
            files = {str(name): (int(size), int(crc)) for name, (size, crc) in data["files"].items()}
            return IndexState(int(data["schema"]), int(data["documents"]), int(data["revision"]), files)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None

    def find_damage(self) -> list[str]:
        """Compare every file with its CRC; return the names of damaged files, or why the index cannot be read."""
        state = self.read_state()
        if state is None:
            return [_state_file]
        found = [name for name, (_, crc) in state.files.items() if self._crc(name) != crc]
        try:
            self.read_revisions()
        except FullTextDamagedError as error:
            found = found or [str(error)]
        return found

    def read_revisions(self) -> dict[int, int]:
        """The row and revision of every document in the index."""
        with self._guard():
            return {
                row: revision
                for segment in self._open_reader().segments
                for row, revision in zip(segment.rows, segment.revisions, strict=True)
                if row not in segment.deleted
            }

    def clear(self) -> None:
        """Start again with an empty index."""
        # Processes that have the old index open notice the new generation.
        generation = self._open_commits().read_generation() + 1 if self._folder.exists() else 0
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._open_commits().write(generation, ())
        self._failed = False
        self._write_state(0, 0)

    def write(self, documents: Iterable[tuple[int, int, Document]], *, gone: Iterable[int] = ()) -> None:
        """Index documents, each given as (row, revision, document), replacing older revisions; delete the rows `gone`.

        Each call writes one segment; call `merge` afterwards.
        """
        from search.fulltext.commits import StoredSegment
        from search.fulltext.segment_writer import SegmentWriter

        with self._guard():
            commit = self._open_commits().read()
            segments = list(commit.segments)
            latest = {row: (revision, document) for row, revision, document in documents}
            writer = SegmentWriter()
            for row, (revision, document) in sorted(latest.items()):
                writer.add(row, revision, document)
            self._delete(segments, {*gone, *latest})
            if len(writer):
                new = StoredSegment()
                new.set_doc_count(len(writer))
                writer.write(self._folder / new.file_name)
                segments.append(new)
            self._open_commits().write(commit.generation + 1, segments)

    def _delete(self, segments: list[StoredSegment], outdated: set[int]) -> None:
        for stored in segments:
            segment = self._open_segment(stored)
            found = map(segment.find_document, outdated)
            stored.delete_documents(document for document in found if document is not None)

    def merge(self) -> Iterator[Progress]:
        """Merge segments of similar size, so that a search reads few of them. Yields a Progress after each step."""
        with self._guard():
            state, merged = self.read_state(), False
            while chosen := _choose_segments(self._open_commits().read().segments):
                yield from self._merge(chosen)
                merged = True
            if merged and state is not None:
                self._write_state(state.documents, state.revision)

    def _merge(self, chosen: Sequence[StoredSegment]) -> Iterator[Progress]:
        from search.fulltext.commits import StoredSegment
        from search.fulltext.segment_merger import merge_segments

        commit = self._open_commits().read()
        new = StoredSegment()
        opened = [self._open_segment(stored) for stored in chosen]
        total = sum(len(segment.stems) for segment in opened)
        for done in merge_segments(opened, self._folder / new.file_name):
            yield Progress(done, total, "merging the full-text index")
        new.set_doc_count(sum(segment.count_live() for segment in opened))
        merged = {segment.file_name for segment in chosen}
        others = [segment for segment in commit.segments if segment.file_name not in merged]
        self._open_commits().write(commit.generation + 1, [*others, new])

    def mark_current(self, documents: int, revision: int) -> None:
        """Record, after a write, that the index has all documents up to this revision."""
        self._write_state(documents, revision)

    @property
    def reader(self) -> IndexReader:
        """Open the newest commit. Raises FullTextDamagedError."""
        with self._guard():
            return self._open_reader()

    def _open_commits(self) -> Commits:
        """Whoosh is imported at the first search, not at the reader's start."""
        if self._commits is None:
            from search.fulltext.commits import Commits

            self._commits = Commits(self._folder)
        return self._commits

    def _open_reader(self) -> IndexReader:
        from search.fulltext.index_reader import IndexReader

        commits = self._open_commits()
        if self._reader is not None and not self.is_damaged and commits.read_generation() == self._generation:
            return self._reader
        for attempt in range(_most_attempts):
            try:
                commit = commits.read()
                known = {segment.path: segment for segment in self._reader.segments} if self._reader else {}
                segments = [self._open_segment(stored, known) for stored in commit.segments]
                break
            except FileNotFoundError:
                # A writer has committed again, and deleted the files of this commit.
                if attempt == _most_attempts - 1:
                    raise
        self._reader, self._generation, self._failed = IndexReader(segments, self._room), commit.generation, False
        return self._reader

    def _open_segment(self, stored: StoredSegment, known: Mapping[Path, Segment] | None = None) -> Segment:
        from search.fulltext.segment import Segment

        path = self._folder / stored.file_name
        segment = known.get(path) if known else None
        if segment is not None and segment.deleted_documents == stored.deleted_docs():
            return segment
        return Segment(path, stored.deleted_docs())

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn any error over a damaged file into FullTextDamagedError; the next call reopens the index."""
        try:
            yield
        except FullTextDamagedError:
            self._fail()
            raise
        except (KeyboardInterrupt, SystemExit, GeneratorExit, NewscastError):
            raise
        except OSError as error:
            if error.errno in _no_damage:
                raise LibraryUnreadableError(f"{self._folder}: cannot be written to: {error.strerror}") from error
            self._fail()
            raise FullTextDamagedError(f"the full-text index cannot be read: {error}") from error
        except Exception as error:
            self._fail()
            raise FullTextDamagedError(f"the full-text index cannot be read: {error!r}") from error

    def _fail(self) -> None:
        self.close()
        self._failed = True

    def _write_state(self, documents: int, revision: int) -> None:
        old = self.read_state()
        known = old.files if old else {}
        names = sorted(path.name for path in self._folder.iterdir() if path.suffix in {".seg", ".toc"})
        # Whoosh never changes a file that it has written, so that only new ones need to be read.
        files = {
            name: known[name]
            if name in known and known[name][0] == self._size(name)
            else (self._size(name), self._crc(name))
            for name in names
        }
        state: dict[str, Any] = asdict(IndexState(schema_version, documents, revision, files))
        new = self._folder / f"{_state_file}.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / _state_file)

    def _size(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except OSError:
            return -1

    def _crc(self, name: str) -> int:
        try:
            with (self._folder / name).open("rb") as file:
                value = 0
                while block := file.read(1 << 20):
                    value = zlib.crc32(block, value)
                return value
        except OSError:
            return -1


def _choose_segments(segments: Sequence[StoredSegment]) -> list[StoredSegment]:
    """The segments to merge next: as many of a size as a tier holds, or one that is half deleted."""
    tiers: dict[int, list[StoredSegment]] = {}
    for segment in segments:
        if segment.deleted_count() * 2 > segment.doc_count_all():
            return [segment]
        tiers.setdefault(int(math.log(max(1, segment.doc_count()), _tier)), []).append(segment)
    full = [size for size, chosen in tiers.items() if len(chosen) >= _tier]
    return tiers[min(full)] if full else []
