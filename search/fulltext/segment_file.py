"""How a segment of the index lies on disk: postings as plain arrays, then tables that say where each term's are.

    header      magic, type codes, counts, offsets of the tables
    postings    of each stem: rows, weights, where each document's positions end, positions; of each form: rows
    fields      the stored fields of the documents, in compressed blocks
    tables      documents (row, revision, length), stems, forms, which forms a stem has, where the blocks of fields end
    checksums   of each block of 64 kB before them, and last of the checksums themselves

A row is a document's number in the store; its length is how many words it has. A form is a word as it is written,
folded; its rows are written only where its stem has other forms, too. A position is twice the number of the word, plus
one in the title. Integers are in the machine's own byte order.
"""

from __future__ import annotations

import os
import struct
import sys
import zlib
from array import array
from dataclasses import dataclass, fields
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from search.fulltext.stored_fields import StoredFields, block_documents, pack_block

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

magic = b"newscast"
order = sys.byteorder[:1].encode()
narrow = 1 << 16
"""What two bytes hold fewer numbers than."""
block_size = 1 << 16
"""Bytes to one checksum (CRC-32)."""


@dataclass(frozen=True, slots=True)
class Header:
    """Counts, and the offset in bytes of each table."""

    documents: int
    stems: int
    forms: int
    stored_fields: int
    rows: int
    stem_text: int
    stem_ends: int
    stem_starts: int
    stem_counts: int
    stem_occurrences: int
    form_text: int
    form_ends: int
    form_starts: int
    form_counts: int
    form_of_stem: int
    first_form_of_stem: int
    stored_field_ends: int
    end: int


_HEADER = struct.Struct(f"=8s3s5x{len(fields(Header))}Q")
header_size = _HEADER.size


class Postings(NamedTuple):
    """The documents of one stem: rows in ascending order, a weight each, and where in each it stands.

    The positions of all documents lie end to end; `ends` says where those of each one end.
    """

    rows: array[int]
    weights: bytearray
    ends: array[int]
    positions: array[int]


class IndexedDocument(NamedTuple):
    """A document as a segment lists it: its row and revision, how many words it has, and its stored fields."""

    row: int
    revision: int
    length: int
    fields: StoredFields


def pack_header(header: Header, row_code: str, position_code: str) -> bytes:
    """The first bytes of the file."""
    values = [getattr(header, field.name) for field in fields(Header)]
    return _HEADER.pack(magic, order + (row_code + position_code).encode(), *values)


def unpack_header(data: bytes) -> tuple[Header, str, str]:
    """The header, and the type codes of rows and positions. Raises ValueError."""
    if len(data) < header_size:
        raise ValueError("too short for a segment")
    found, codes, *values = _HEADER.unpack(data[:header_size])
    if found != magic or codes[:1] != order:
        raise ValueError("no segment, or one of another machine")
    return Header(*values), chr(codes[1]), chr(codes[2])


class SegmentFileWriter:
    """Writes a segment: its stems in order with their forms in any, then `finish`."""

    def __init__(self, path: Path, *, largest_row: int, largest_position: int) -> None:
        self._file: BinaryIO = path.open("w+b")
        self._row_code = "H" if largest_row < narrow else "I"
        self._position_code = "H" if largest_position < narrow else "I"
        self._file.write(bytes(header_size))
        self._at = header_size
        self._stems: list[bytes] = []
        self._stem_starts, self._stem_counts, self._stem_occurrences = array("Q"), array("I"), array("I")
        self._forms: list[tuple[bytes, int, int, int]] = []

    def close(self) -> None:
        """Close the file, finished or not."""
        self._file.close()

    def write_stem(self, stem: bytes, postings: Postings, forms: Iterable[tuple[bytes, array[int]]]) -> None:
        """Write a stem that comes after all stems so far, and its forms with the documents of each."""
        start = self._at
        self._write(_narrow(postings.rows, self._row_code).tobytes())
        self._write(postings.weights)
        self._write(postings.ends.tobytes())
        self._write(_narrow(postings.positions, self._position_code).tobytes())
        index = len(self._stems)
        self._stems.append(stem)
        self._stem_starts.append(start)
        self._stem_counts.append(len(postings.rows))
        self._stem_occurrences.append(len(postings.positions))
        known = list(forms)
        for form, rows in known:
            if len(known) == 1:
                self._forms.append((form, index, start, len(postings.rows)))
            else:
                self._forms.append((form, index, self._at, len(rows)))
                self._write(_narrow(rows, self._row_code).tobytes())

    def finish(self, documents: Iterable[IndexedDocument]) -> None:
        """Write the documents, the tables, the header and, last, the checksums; then the file is safe on disk.

        `documents` are in ascending order of their rows.
        """
        fields_start = self._at
        rows, block_ends = self._write_documents(documents)
        self._forms.sort()
        of_stem = sorted(range(len(self._forms)), key=lambda form: self._forms[form][1])
        firsts = array("I", [0]) * (len(self._stems) + 1)
        for _, stem, _, _ in self._forms:
            firsts[stem + 1] += 1
        tables = [
            rows.tobytes(),
            b"".join(self._stems),
            array("I", accumulate(map(len, self._stems))).tobytes(),
            self._stem_starts.tobytes(),
            self._stem_counts.tobytes(),
            self._stem_occurrences.tobytes(),
            b"\n" + b"".join(form + b"\n" for form, _, _, _ in self._forms),
            array("I", accumulate(len(form) + 1 for form, _, _, _ in self._forms)).tobytes(),
            array("Q", [start for _, _, start, _ in self._forms]).tobytes(),
            array("I", [count for _, _, _, count in self._forms]).tobytes(),
            array("I", of_stem).tobytes(),
            array("I", accumulate(firsts)).tobytes(),
            block_ends.tobytes(),
        ]
        offsets = []
        for table in tables:
            offsets.append(self._at)
            self._write(table)
        counts = (len(rows) // 3, len(self._stems), len(self._forms))
        header = Header(*(*counts, fields_start, *offsets, self._at))
        self._file.seek(0)
        self._file.write(pack_header(header, self._row_code, self._position_code))
        self._write_checksums()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write_documents(self, documents: Iterable[IndexedDocument]) -> tuple[array[int], array[int]]:
        """Write the stored fields; return all rows, then all revisions, then all lengths, and where each block ends."""
        rows, revisions, lengths, ends = array("I"), array("I"), array("I"), array("Q")
        block: list[StoredFields] = []
        for document in documents:
            rows.append(document.row)
            revisions.append(document.revision)
            lengths.append(document.length)
            block.append(document.fields)
            if len(block) == block_documents:
                self._write(pack_block(block))
                ends.append(self._at)
                block.clear()
        if block:
            self._write(pack_block(block))
            ends.append(self._at)
        return rows + revisions + lengths, ends

    def _write_checksums(self) -> None:
        self._file.seek(0)
        checksums = array("I", (zlib.crc32(block) for block in iter(partial(self._file.read, block_size), b"")))
        self._file.write(checksums.tobytes() + array("I", [zlib.crc32(checksums)]).tobytes())

    def _write(self, data: bytes | bytearray) -> None:
        self._file.write(data)
        self._at += len(data)


def _narrow(values: array[int], code: str) -> array[int]:
    return values if values.typecode == code else array(code, values)
