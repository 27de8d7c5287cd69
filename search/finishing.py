"""Finishing: what newscast does with documents after they are safe on disk, because it takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.recognisers import choose_recogniser, read_version
from search.store import Copies, Documents

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from search.model import Progress


def finish_documents(connection: sqlite3.Connection, recogniser: str) -> Iterator[Progress]:
    """Compare the documents that were never compared, and find the cast of those that are new to this recogniser.

    After an interruption, call it again: it continues where it stopped. Raises UnknownRecogniserError.
    """
    from search.folding import fold_documents
    from search.reannotate import reannotate_documents

    yield from fold_documents(connection)
    yield from reannotate_documents(connection, recogniser)


def is_finished(connection: sqlite3.Connection, recogniser: str) -> bool:
    """Are all documents compared, and does this recogniser know all? Takes the same time in a library of any size."""
    version = read_version(choose_recogniser(recogniser)[0])
    return not (Copies(connection).has_uncompared() or Documents(connection).has_unannotated(version))
