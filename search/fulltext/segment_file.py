"""The format of a segment file: postings as plain arrays, then tables that give the offset of each term's postings.

    header      magic, type codes, counts, offsets of the tables
    postings    for each stem: rows, weights, ends of each document's positions, positions; for each form: rows
    fields      the stored fields of the documents, in compressed blocks
    tables      documents (row, revision, length), stems, forms, the forms of each stem, ends of the blocks of fields
    checksums   CRC-32 of each block of 64 kB before them, then of the checksums themselves

A row is a document's number in the store; the length is its number of words. A form is a folded word, not stemmed. If a
form is the only one of its stem, it has no rows of its own and uses the stem's. A position is twice the number of the
word, plus one in the title. Integers are in the byte order of the machine.
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
"""Smaller numbers fit into two bytes."""
block_size = 1 << 16
"""Bytes that one checksum (CRC-32) covers."""


@dataclass(frozen=True, slots=True)
class Header:
    """The numbers of documents, stems and forms, and the offset of each table in bytes."""

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
    """The documents of one stem: rows in ascending order, and in each the weight and the positions of the stem.

    `positions` holds the positions of all documents, one document after the other; `ends` holds the end of each.
    """

    rows: array[int]
    weights: bytearray
    ends: array[int]
    positions: array[int]


class IndexedDocument(NamedTuple):
    """A document in a segment: its row, its revision, its length in words, and its stored fields."""

    row: int
    revision: int
    length: int
    fields: StoredFields


def pack_header(header: Header, row_code: str, position_code: str) -> bytes:
    """Return the first bytes of the file."""
    values = [getattr(header, field.name) for field in fields(Header)]
    return _HEADER.pack(magic, order + (row_code + position_code).encode(), *values)


def unpack_header(data: bytes) -> tuple[Header, str, str]:
    """Return the header and the type codes of rows and positions. Raises ValueError if it is no header of a segment."""
    if len(data) < header_size:
        raise ValueError("the file is too short to be a segment")
    found, codes, *values = _HEADER.unpack(data[:header_size])
    if found != magic or codes[:1] != order:
        raise ValueError("the file is not a segment, or a machine with another byte order wrote it")
    return Header(*values), chr(codes[1]), chr(codes[2])


class SegmentFileWriter:
    """Writes a segment file. Call `write_stem` for each stem in ascending order, then `finish`, then `close`."""

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
        """Write a stem, which must come after all stems so far, and its forms in any order, each with its rows."""
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
        """Write the documents, the tables, the header and the checksums, and sync the file to disk.

        `documents` must be in ascending order of their rows.
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
        """Write the stored fields. Return all rows, revisions and lengths in one array, and the ends of the blocks."""
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
