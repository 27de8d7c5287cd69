"""Which segments the index has, and what is deleted in them: Whoosh's storage, segments and table of contents.

A commit is a new table of contents beside the old one, put in place by one rename; files that it no longer names go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whoosh.codec.base import Segment as WhooshSegment
from whoosh.fields import ID, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_name = "MAIN"
_extension = ".seg"


class StoredSegment(WhooshSegment):  # type: ignore[misc] # Whoosh's classes are untyped
    """A segment as the table of contents keeps it: documents are known by their rows in the store."""

    def __init__(self) -> None:
        super().__init__(_name)
        self._documents = 0
        self._deleted: frozenset[int] = frozenset()

    @property
    def file_name(self) -> str:
        """Its file in the index's folder."""
        return str(self.make_filename(_extension))

    def doc_count_all(self) -> int:
        """How many documents it was written with."""
        return self._documents

    def set_doc_count(self, doccount: int) -> None:
        """Keep with how many documents it was written."""
        self._documents = doccount

    def has_deletions(self) -> bool:
        """Was any of them deleted since?"""
        return bool(self._deleted)

    def deleted_count(self) -> int:
        """How many were."""
        return len(self._deleted)

    def deleted_docs(self) -> frozenset[int]:
        """The rows of those."""
        return self._deleted

    def delete_documents(self, numbers: frozenset[int]) -> None:
        """Take these rows for deleted from the next commit on."""
        self._deleted |= numbers


@dataclass(frozen=True, slots=True)
class Commit:
    """One state of the index: its number, counted from 0, and its segments in the order they were written."""

    generation: int
    segments: tuple[StoredSegment, ...]


class Commits:
    """The states of the index in one folder."""

    def __init__(self, folder: Path) -> None:
        self._storage = FileStorage(str(folder))

    def create(self) -> None:
        """Start with an empty index."""
        TOC.create(self._storage, _schema, _name)

    def read_generation(self) -> int:
        """The number of the last commit; -1 without any."""
        return int(TOC._latest_generation(self._storage, _name))  # noqa: SLF001 - what Whoosh's own index asks; it has no other way

    def read(self) -> Commit:
        """The last commit."""
        toc = TOC.read(self._storage, _name)
        return Commit(toc.generation, tuple(toc.segments))

    def write(self, generation: int, segments: Sequence[StoredSegment]) -> None:
        """Commit these segments, and remove the files of all others."""
        TOC(_schema, list(segments), generation).write(self._storage, _name)
        clean_files(self._storage, _name, generation, segments)


_schema = Schema(text=ID())  # a table of contents has one; what is in the segments it does not say
