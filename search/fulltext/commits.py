"""The commits of the index: which segments it has, and which of their documents are deleted.

A commit is a table of contents of Whoosh. A writer renames a new one into place, then deletes the files of segments
that it does not name.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whoosh.codec.base import Segment as WhooshSegment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from search.fulltext.schema import build_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from whoosh.codec.base import Codec

_name = "MAIN"
_extension = ".seg"
_TOC_NAME = re.compile(rf"_{_name}_([0-9]+)\.toc")


class StoredSegment(WhooshSegment):  # type: ignore[misc] # Whoosh's classes are untyped
    """A segment as the table of contents records it. Its documents are numbered from 0, as Whoosh numbers them."""

    def __init__(self) -> None:
        super().__init__(_name)
        self._documents = 0
        self._deleted: frozenset[int] = frozenset()

    def __getstate__(self) -> tuple[str, int, tuple[int, ...], int]:
        state = str(self.segid), self._documents, tuple(sorted(self._deleted))
        return *state, zlib.crc32(ascii(state).encode())

    def __setstate__(self, kept: tuple[str, int, tuple[int, ...], int]) -> None:
        # The file may be damaged, or an attacker may have written it.
        name, documents, deleted, checksum = kept
        if zlib.crc32(ascii((name, documents, deleted)).encode()) != checksum or not re.fullmatch("[0-9a-z]+", name):
            raise pickle.UnpicklingError("the record of a segment does not match its checksum")
        super().__init__(_name)
        self.segid, self._documents, self._deleted = name, documents, frozenset(deleted)

    def codec(self) -> Codec:
        """Return the codec with which Whoosh reads the segment."""
        from search.fulltext.codec import NewscastCodec

        return NewscastCodec()

    @property
    def file_name(self) -> str:
        """The name of the segment's file in the folder of the index."""
        return str(self.make_filename(_extension))

    def doc_count_all(self) -> int:
        """Return the number of all documents, deleted ones included."""
        return self._documents

    def set_doc_count(self, doccount: int) -> None:
        """Record the number of documents that were written."""
        self._documents = doccount

    def has_deletions(self) -> bool:
        """Is any document deleted?"""
        return bool(self._deleted)

    def deleted_count(self) -> int:
        """Count the deleted documents."""
        return len(self._deleted)

    def deleted_docs(self) -> frozenset[int]:
        """Return the numbers of the deleted documents."""
        return self._deleted

    def is_deleted(self, docnum: int) -> bool:
        """Is this document deleted?"""
        return docnum in self._deleted

    def delete_documents(self, docnums: Iterable[int]) -> None:
        """Delete documents; the next commit records it."""
        self._deleted = self._deleted.union(docnums)

    def delete_document(self, docnum: int, delete: bool = True) -> None:  # noqa: FBT001, FBT002 - Whoosh's signature
        """Delete a document, or restore it with `delete=False`; the next commit records it."""
        self._deleted = self._deleted | {docnum} if delete else self._deleted - {docnum}

    def should_assemble(self) -> bool:
        """Return False: a segment is one file, so Whoosh has nothing to assemble."""
        return False


@dataclass(frozen=True, slots=True)
class Commit:
    """One state of the index: its number, counted from 0, and its segments in the order in which they were written."""

    generation: int
    segments: tuple[StoredSegment, ...]


class Commits:
    """Reads and writes the commits of the index in one folder."""

    def __init__(self, folder: Path) -> None:
        self._storage = FileStorage(str(folder))

    def read_generation(self) -> int:
        """Return the number of the last commit; -1 if there is none."""
        return max((int(found[1]) for found in map(_TOC_NAME.fullmatch, self._storage.list()) if found), default=-1)

    def read(self) -> Commit:
        """Read the last commit. Raises FileNotFoundError if there is none, UnpicklingError if it is damaged."""
        generation = self.read_generation()
        if generation < 0:
            raise FileNotFoundError("no table of contents")
        return Commit(generation, tuple(_read_segments(self._storage, generation)))

    def write(self, generation: int, segments: Sequence[StoredSegment]) -> None:
        """Commit these segments and remove the files of all others."""
        TOC(build_schema(), list(segments), generation).write(self._storage, _name)
        clean_files(self._storage, _name, generation, segments)


class _SegmentUnpickler(pickle.Unpickler):
    """Unpickles segments and nothing else, because a pickle can call any function that it names."""

    def find_class(self, module: str, name: str) -> type[StoredSegment]:
        """Return StoredSegment, the one class that a table of contents needs. Raises UnpicklingError for any other."""
        if (module, name) != (StoredSegment.__module__, StoredSegment.__qualname__):
            raise pickle.UnpicklingError(f"the table of contents names {module}.{name}; it may name segments only")
        return StoredSegment


def _read_segments(storage: FileStorage, generation: int) -> list[StoredSegment]:
    """Read the segments in a table of contents. Whoosh's own reader is not safe: it would unpickle any object."""
    with contextlib.closing(storage.open_file(f"_{_name}_{generation}.toc")) as stream:
        for _ in range(3):
            stream.read_varint()  # the sizes of integers on the machine that wrote the file
        stream.read_int(), stream.read_int()  # the byte order, and the format
        for _ in range(3):
            stream.read_varint()  # the version of Whoosh
        stream.skip_string()  # the schema
        stream.read_int(), stream.read_int()  # the generation, and an unused number
        found = _SegmentUnpickler(io.BytesIO(stream.file.read())).load()
    if not all(isinstance(segment, StoredSegment) for segment in found):
        raise pickle.UnpicklingError("the table of contents lists something that is not a segment")
    return list(found)
