"""The stored fields of a segment's documents: what a hit shows. Compressed by the block, to be small."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.model import Document

block_documents = 64
"""Documents to one compressed block; to read one is to read them all."""


class StoredFields(NamedTuple):
    """The fields of one document as they are written: None where it has none, a date as YYYY-MM-DD."""

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
    """Return what was packed. Raises zlib.error, ValueError."""
    return [StoredFields(*values) for values in zip(*json.loads(zlib.decompress(data)), strict=True)]
