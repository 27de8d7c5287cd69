"""Updating the full-text index from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.errors import DocumentDamagedError, FullTextDamagedError
from search.fulltext import schema_version
from search.model import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.fulltext import FullText
    from search.store import Documents, StoredDocument

_batch_size = 8_000_000  # characters to a segment when the index is built from nothing
_what = "updating the full-text index"


def update_index(documents: Documents, fulltext: FullText, *, rebuild: bool) -> Iterator[Progress]:
    """Index the documents that the index lacks or has in an older revision, and drop those that are gone.

    With `rebuild`, or if the index cannot be read, index all of them. The caller holds the library's lock.
    """
    state = fulltext.read_state()
    indexed: dict[int, int] = {}
    try:
        rebuild = rebuild or state is None or state.schema != schema_version
        indexed = {} if rebuild else fulltext.read_revisions()
    except FullTextDamagedError:
        rebuild = True
    if rebuild:
        fulltext.clear()
    wanted = documents.read_revisions()
    gone = [number for number in indexed if number not in wanted]
    lacking = [number for number, revision in wanted.items() if indexed.get(number) != revision]
    if gone:
        fulltext.write((), gone=gone)
    done = 0
    while done < len(lacking):
        yield Progress(done, len(lacking), _what)
        count, batch = _read_batch(documents, lacking[done:])
        fulltext.write((row.number, row.revision, row.document) for row in batch)
        done += count
    fulltext.mark_current(len(wanted), documents.read_newest_revision())
    yield from fulltext.merge()
    if lacking:
        yield Progress(len(lacking), len(lacking), _what)


def _read_batch(documents: Documents, numbers: Sequence[int]) -> tuple[int, list[StoredDocument]]:
    """Read as many of these documents as fit into one segment, except damaged ones; return how many were tried."""
    batch: list[StoredDocument] = []
    size = count = 0
    for number in numbers:
        count += 1
        try:
            batch.append(documents.read_number(number))
        except DocumentDamagedError:
            continue  # `Library.health` reports it
        size += sum(len(paragraph.text) for paragraph in batch[-1].document.paragraphs)
        if size > _batch_size:
            break
    return count, batch
