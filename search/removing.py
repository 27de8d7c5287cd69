"""Removing documents from a Library, and restoring them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.folding import CopyFinder
from search.model import Cast, Summary
from search.reannotate import Reannotator
from search.store import Corrections, Documents, Removed, begin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from search.fulltext import FullText
    from search.model import Document


def remove_documents(
    identifiers: Sequence[str], connection: sqlite3.Connection, fulltext: FullText
) -> tuple[Summary, ...]:
    """Remove these documents, all or none, and keep copies to restore them from. Raises NotFoundError."""
    documents, removed = Documents(connection), Removed(connection)
    with begin(connection):
        chosen = {stored.number: stored.document for stored in map(documents.read, identifiers)}
        removal = removed.begin_removal()
        for number in chosen:
            removed.keep(number, removal)
        drop_documents(chosen, connection)
    fulltext.write((), gone=chosen)
    fulltext.mark_current(documents.count(), documents.read_newest_revision())
    return tuple(map(_summarise, chosen.values()))


def drop_documents(numbers: Iterable[int], connection: sqlite3.Connection) -> None:
    """Drop the documents in these rows with their casts, in the caller's transaction."""
    documents, corrections, reannotator = Documents(connection), Corrections(connection), Reannotator(connection)
    copies = CopyFinder(connection)
    for number in numbers:
        copies.forget(number)
        reannotator.replace_cast(number, Cast((), {}), "")
        corrections.forget(number)
        documents.drop(number)


def undo_removal(connection: sqlite3.Connection, fulltext: FullText) -> tuple[Summary, ...]:
    """Restore the documents of the last removal; return () if there is none."""
    documents, corrections, reannotator = Documents(connection), Corrections(connection), Reannotator(connection)
    with begin(connection):
        found = Removed(connection).take_last()
        restored = [documents.restore(each.stored, each.origin, each.content_hash) for each in found]
        for each in found:
            corrections.remember(each.stored.number, each.corrected)
            reannotator.replace_cast(each.stored.number, each.cast, each.annotated_by)
        copies = CopyFinder(connection)
        for stored in restored:
            copies.add(stored.number, stored.document)
    if restored:
        fulltext.write((stored.number, stored.revision, stored.document) for stored in restored)
        fulltext.mark_current(documents.count(), documents.read_newest_revision())
    return tuple(_summarise(stored.document) for stored in restored)


def _summarise(document: Document) -> Summary:
    return Summary(document.id, document.title or document.id, document.source, document.published)
