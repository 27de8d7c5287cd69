"""The stored fields of a segment's documents, which a hit shows. They are compressed in blocks."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.model import Document

block_documents = 64
"""Documents in one compressed block. To read one of them, the whole block is decompressed."""


class StoredFields(NamedTuple):
    """The fields of one document as they are written: None for a missing value, a date as YYYY-MM-DD."""

    id: str
    title: str | None
    date: str | None
    source: str | None
    url: str | None


def build_stored_fields(document: Document) -> StoredFields:
    """Pick the stored fields of a document."""
    day = document.published.isoformat() if document.published else None
    return StoredFields(document.id, document.title, day, document.source, document.url)


def pack_block(documents: Sequence[StoredFields]) -> bytes:
    """Compress the fields of some documents, field by field."""
    return zlib.compress(json.dumps(list(zip(*documents, strict=True)), ensure_ascii=False).encode())


def unpack_block(data: bytes) -> list[StoredFields]:
    """Return the documents in a compressed block. Raises zlib.error or ValueError if it is damaged."""
    return [StoredFields(*values) for values in zip(*json.loads(zlib.decompress(data)), strict=True)]
