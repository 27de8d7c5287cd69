"""Which segments the index has, and what is deleted in them: Whoosh's storage, segments and table of contents.

A commit renames a new table of contents into place, and then deletes the files that it does not name.
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
    """A segment as the table of contents holds it; its documents are numbered from 0, as Whoosh numbers them."""

    def __init__(self) -> None:
        super().__init__(_name)
        self._documents = 0
        self._deleted: frozenset[int] = frozenset()

    def __getstate__(self) -> tuple[str, int, tuple[int, ...], int]:
        state = str(self.segid), self._documents, tuple(sorted(self._deleted))
        return *state, zlib.crc32(ascii(state).encode())

    def __setstate__(self, kept: tuple[str, int, tuple[int, ...], int]) -> None:
        # The file may be damaged, or made by an attacker.
        name, documents, deleted, checksum = kept
        if zlib.crc32(ascii((name, documents, deleted)).encode()) != checksum or not re.fullmatch("[0-9a-z]+", name):
            raise pickle.UnpicklingError("a segment that is not as it was written")
        super().__init__(_name)
        self.segid, self._documents, self._deleted = name, documents, frozenset(deleted)

    def codec(self) -> Codec:
        """The codec that reads it for Whoosh."""
        from search.fulltext.codec import NewscastCodec

        return NewscastCodec()

    @property
    def file_name(self) -> str:
        """The name of its file in the index's folder."""
        return str(self.make_filename(_extension))

    def doc_count_all(self) -> int:
        """How many documents it was written with."""
        return self._documents

    def set_doc_count(self, doccount: int) -> None:
        """Keep with how many documents it was written."""
        self._documents = doccount

    def has_deletions(self) -> bool:
        """Has any of its documents been deleted?"""
        return bool(self._deleted)

    def deleted_count(self) -> int:
        """Count the deleted documents."""
        return len(self._deleted)

    def deleted_docs(self) -> frozenset[int]:
        """Return the numbers of the deleted documents."""
        return self._deleted

    def is_deleted(self, docnum: int) -> bool:
        """Was this document deleted?"""
        return docnum in self._deleted

    def delete_documents(self, docnums: Iterable[int]) -> None:
        """Delete documents from the next commit on."""
        self._deleted = self._deleted.union(docnums)

    def delete_document(self, docnum: int, delete: bool = True) -> None:  # noqa: FBT001, FBT002 - Whoosh's signature
        """Delete a document from the next commit on, or bring it back."""
        self._deleted = self._deleted | {docnum} if delete else self._deleted - {docnum}

    def should_assemble(self) -> bool:
        """A segment is one file already."""
        return False


@dataclass(frozen=True, slots=True)
class Commit:
    """One state of the index: its number, counted from 0, and its segments in the order they were written."""

    generation: int
    segments: tuple[StoredSegment, ...]


class Commits:
    """The states of the index in one folder."""

    def __init__(self, folder: Path) -> None:
        self._storage = FileStorage(str(folder))

    def read_generation(self) -> int:
        """The number of the last commit; -1 without any."""
        return max((int(found[1]) for found in map(_TOC_NAME.fullmatch, self._storage.list()) if found), default=-1)

    def read(self) -> Commit:
        """The last commit."""
        generation = self.read_generation()
        if generation < 0:
            raise FileNotFoundError("no table of contents")
        return Commit(generation, tuple(_read_segments(self._storage, generation)))

    def write(self, generation: int, segments: Sequence[StoredSegment]) -> None:
        """Commit these segments, and remove the files of all others."""
        TOC(build_schema(), list(segments), generation).write(self._storage, _name)
        clean_files(self._storage, _name, generation, segments)


class _SegmentUnpickler(pickle.Unpickler):
    """Unpickles segments and nothing else, because a pickle can call whatever it can name."""

    def find_class(self, module: str, name: str) -> type[StoredSegment]:
        """The one class that a table of contents needs."""
        if (module, name) != (StoredSegment.__module__, StoredSegment.__qualname__):
            raise pickle.UnpicklingError(f"a table of contents with {module}.{name} in it")
        return StoredSegment


def _read_segments(storage: FileStorage, generation: int) -> list[StoredSegment]:
    """The segments in a table of contents, which Whoosh's own reading would unpickle whatever is in it."""
    with contextlib.closing(storage.open_file(f"_{_name}_{generation}.toc")) as stream:
        for _ in range(3):
            stream.read_varint()  # the sizes of numbers on the machine that wrote it
        stream.read_int(), stream.read_int()  # the order of its bytes, and the format
        for _ in range(3):
            stream.read_varint()  # Whoosh's release
        stream.skip_string()  # the schema
        stream.read_int(), stream.read_int()  # the generation, and one that is not used
        found = _SegmentUnpickler(io.BytesIO(stream.file.read())).load()
    if not all(isinstance(segment, StoredSegment) for segment in found):
        raise pickle.UnpicklingError("a table of contents with something else than segments in it")
    return list(found)
