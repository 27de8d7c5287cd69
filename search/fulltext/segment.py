"""A segment of the index, read: a file mapped into memory, of which only what is asked for is looked at."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from search.fulltext.blocks import Blocks
from search.fulltext.segment_file import IndexedDocument, Postings, header_size, unpack_header
from search.fulltext.stored_fields import block_documents, unpack_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from search.fulltext.stored_fields import StoredFields

_item_sizes = {"H": 2, "I": 4}
_bisecting_cost = 8
"""How many rows are compared with a set in the time of looking one up among them."""


class Segment:
    """One segment file. Terms are bytes, known by their index in the order of all; documents are known by their rows.

    `deleted_documents` says which documents are deleted, counted from 0 within the segment. Raises ValueError, OSError.
    """

    def __init__(self, path: Path, deleted_documents: frozenset[int] = frozenset()) -> None:
        self.path, self.deleted_documents = path, deleted_documents
        self._blocks = blocks = Blocks(path)
        self.header, self.row_code, self.position_code = unpack_header(blocks.map[:4096])
        header = self.header
        if header.end != blocks.end:
            raise ValueError("a segment of another length than it was written with")
        blocks.check(0, header_size)
        self._stem_starts = Table(blocks, header.stem_starts, header.stems, "Q")
        self._stem_counts = Table(blocks, header.stem_counts, header.stems, "I")
        self._stem_occurrences = Table(blocks, header.stem_occurrences, header.stems, "I")
        self._form_starts = Table(blocks, header.form_starts, header.forms, "Q")
        self._form_counts = Table(blocks, header.form_counts, header.forms, "I")
        self._form_of_stem = Table(blocks, header.form_of_stem, header.forms, "I")
        self._first_form_of_stem = Table(blocks, header.first_form_of_stem, header.stems + 1, "I")
        self._field_ends = Table(blocks, header.stored_field_ends, -(-header.documents // block_documents), "Q")
        self.deleted = frozenset(self.rows[document] for document in deleted_documents)

    @property
    def is_damaged(self) -> bool:
        """Has a block been found that does not match its checksum?"""
        return self._blocks.is_damaged

    @cached_property
    def stems(self) -> Terms:
        """Its stems."""
        return Terms(self._blocks, self.header.stem_text, self.header.stem_ends, self.header.stems, gap=0)

    @cached_property
    def forms(self) -> Terms:
        """Its forms."""
        return Terms(self._blocks, self.header.form_text + 1, self.header.form_ends, self.header.forms, gap=1)

    @cached_property
    def rows(self) -> array[int]:
        """The rows of its documents, in ascending order, deleted ones with them."""
        return self._read(self.header.rows, self.header.documents, "I")

    @cached_property
    def revisions(self) -> array[int]:
        """Their revisions."""
        return self._read(self.header.rows + 4 * self.header.documents, self.header.documents, "I")

    @cached_property
    def lengths(self) -> array[int]:
        """How many words each of them has."""
        return self._read(self.header.rows + 8 * self.header.documents, self.header.documents, "I")

    def find_document(self, row: int) -> int | None:
        """Find the live document of this row: its number within the segment, counted from 0."""
        at = bisect_left(self.rows, row)
        is_live = at < len(self.rows) and self.rows[at] == row and row not in self.deleted
        return at if is_live else None

    def list_documents(self) -> Iterator[IndexedDocument]:
        """List its live documents in ascending order of their rows."""
        fields = (each for block in range(len(self._field_ends)) for each in self.read_stored_fields(block))
        documents = map(IndexedDocument, self.rows, self.revisions, self.lengths, fields)
        return (document for document in documents if document.row not in self.deleted)

    def read_stored_fields(self, block: int) -> list[StoredFields]:
        """Read the stored fields of one block of documents."""
        start = self._field_ends[block - 1] if block else self.header.stored_fields
        return unpack_block(self._read_bytes(start, self._field_ends[block] - start))

    def count_live(self) -> int:
        """How many documents it has that are not deleted."""
        return self.header.documents - len(self.deleted)

    def _read(self, offset: int, length: int, code: str) -> array[int]:
        end = offset + _item_sizes[code] * length
        self._blocks.check(offset, end)
        found = array(code)
        found.frombytes(self._blocks.view[offset:end])
        return found

    def _read_bytes(self, offset: int, length: int) -> bytes:
        self._blocks.check(offset, offset + length)
        return self._blocks.map[offset : offset + length]

    def read_rows_of_form(self, form: int) -> array[int]:
        """The rows of the documents that have this form."""
        return self._drop_deleted(self._read(self._form_starts[form], self._form_counts[form], self.row_code))

    def count_form(self, form: int) -> int:
        """How many documents have this form, deleted ones with them."""
        return int(self._form_counts[form])

    def list_forms(self, stem: int) -> list[int]:
        """The forms of a stem."""
        return self._form_of_stem.read(self._first_form_of_stem[stem], self._first_form_of_stem[stem + 1])

    def read_weights(self, stem: int) -> tuple[array[int], bytes]:
        """The rows of the documents that have this stem, and the weight of it in each."""
        start, count = self._stem_starts[stem], self._stem_counts[stem]
        rows = self._read(start, count, self.row_code)
        after = start + _item_sizes[self.row_code] * count
        weights = self._read_bytes(after, count)
        if self.deleted and not self.deleted.isdisjoint(rows):
            live = [index for index, row in enumerate(rows) if row not in self.deleted]
            return array("I", [rows[index] for index in live]), bytes(weights[index] for index in live)
        return rows, weights

    def read_positions(self, stem: int) -> TermPositions:
        """Where a stem stands in each of its documents."""
        return TermPositions(self.read_postings(stem))

    def read_postings(self, stem: int) -> Postings:
        """All of a stem's postings, those of deleted documents with them."""
        at, count = self._stem_starts[stem], self._stem_counts[stem]
        rows = self._read(at, count, self.row_code)
        at += _item_sizes[self.row_code] * count
        weights = bytearray(self._read_bytes(at, count))
        ends = self._read(at + count, count, "I")
        positions = self._read(at + 5 * count, self._stem_occurrences[stem], self.position_code)
        return Postings(rows, weights, ends, positions)

    def _drop_deleted(self, rows: array[int]) -> array[int]:
        if not self.deleted or self.deleted.isdisjoint(rows):
            return rows
        return array("I", [row for row in rows if row not in self.deleted])

    def find_forms_with(self, piece: bytes, first: int, last: int) -> set[int]:
        """The forms in which these bytes begin at an offset from `first` to `last`."""
        header, find, forms = self.header, self._blocks.map.find, self.forms
        self._blocks.check(header.form_text, header.form_ends)
        found: set[int] = set()
        at = find(piece, header.form_text, header.form_ends)
        while at >= 0:
            form = forms.find_at(at - header.form_text - 1)
            if first <= at - header.form_text - 1 - forms.start(form) <= last:
                found.add(form)
            at = find(piece, at + 1, header.form_ends)
        return found

    def find_forms_ending(self, piece: bytes) -> set[int]:
        """The forms that end with these bytes."""
        return self.find_forms_with(piece + b"\n", 0, 1 << 30)


class TermPositions:
    """Where one stem stands in the documents of one segment."""

    def __init__(self, postings: Postings) -> None:
        self.rows = postings.rows
        self._positions, self._ends = postings.positions, postings.ends

    def count_positions(self) -> int:
        """Return how many positions it has in one document, rounded up from the mean of all."""
        return -(-len(self._positions) // max(1, len(self.rows)))

    def intersect(self, rows: set[int] | frozenset[int]) -> set[int] | frozenset[int]:
        """Return those of these documents that have it."""
        known = self.rows
        if len(rows) * _bisecting_cost > len(known):
            return rows.intersection(known)
        found = [(row, bisect_left(known, row)) for row in rows]
        return {row for row, at in found if at < len(known) and known[at] == row}

    def find(self, rows: Iterable[int]) -> list[array[int]]:
        """Its positions in the documents in these rows, all of which must have it."""
        ends, positions, known = self._ends, self._positions, self.rows
        return [positions[ends[at - 1] if at else 0 : ends[at]] for at in [bisect_left(known, row) for row in rows]]


class Table:
    """Numbers of a fixed size, end to end."""

    def __init__(self, blocks: Blocks, offset: int, count: int, code: Literal["I", "Q"]) -> None:
        self._blocks, self._offset, self._size = blocks, offset, 8 if code == "Q" else 4
        self._values = blocks.view[offset : offset + self._size * count].cast(code)

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> int:
        at = self._offset + self._size * index
        self._blocks.check(at, at + self._size)
        return int(self._values[index])

    def read(self, first: int, last: int) -> list[int]:
        """The numbers from one index up to another."""
        self._blocks.check(self._offset + self._size * first, self._offset + self._size * last)
        return self._values[first:last].tolist()


class Terms:
    """Terms in ascending order of their bytes, laid end to end, `gap` bytes between them.

    All of them are checked at once: to find one is to look at many.
    """

    def __init__(self, blocks: Blocks, text: int, ends: int, count: int, *, gap: int) -> None:
        self._view, self._text, self._gap = blocks.view, text, gap
        blocks.check(ends, ends + 4 * count)
        self._ends = blocks.view[ends : ends + 4 * count].cast("I")
        blocks.check(text, text + (self._ends[-1] if count else 0))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> bytes:
        return bytes(self._view[self._text + self.start(index) : self._text + self._ends[index] - self._gap])

    def start(self, index: int) -> int:
        """The offset of a term among all."""
        return int(self._ends[index - 1]) if index else 0

    def end(self, index: int) -> int:
        """The offset of the end of a term and its gap."""
        return int(self._ends[index])

    def length(self, index: int) -> int:
        """How many bytes a term has."""
        return self.end(index) - self.start(index) - self._gap

    def find(self, term: bytes) -> int | None:
        """The index of a term."""
        index = self.find_first(term)
        return index if index < len(self) and self[index] == term else None

    def find_first(self, term: bytes) -> int:
        """The index of the first term that does not come before this one."""
        return bisect_left(self, term)

    def find_at(self, offset: int) -> int:
        """The index of the term at this offset among all."""
        found = bisect_left(self._ends, offset + 1)
        return min(found, len(self) - 1)
