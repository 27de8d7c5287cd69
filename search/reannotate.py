"""Re-annotation: finds the cast of documents in a library again, with another recogniser than before."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from search.cast.link import Linker
from search.cast.recognisers import build_recogniser, choose_recogniser, read_version
from search.cast.resolve import find_cast
from search.errors import DocumentDamagedError
from search.model import Progress
from search.store import Checksums, Corrections, Documents, begin
from search.store.links import Links

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from search.cast.recognise import Recogniser
    from search.model import Cast, Document

_log = logging.getLogger(__name__)
_documents_per_step = 4
"""Few, because a cast takes long to find, and an interruption loses only the step that it interrupts."""


class Reannotator:
    """Replaces the casts of documents in the caller's transaction; corrections by people stay."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._documents, self._links = Documents(connection), Links(connection)
        self._corrections, self._checksums = Corrections(connection), Checksums(connection)
        self._linker = Linker(self._links)

    def replace_cast(self, number: int, cast: Cast, version: str) -> None:
        """Replace the cast of the document with this row number; actors that stay keep their ids."""
        shorts = self._links.list_shorts(number) | self._linker.find_shorts(cast)
        owners = self._linker.find_sole_owners(shorts)
        self._links.set_aside(number)
        self._linker.link(number, cast)
        self._links.write_mentions(number, cast.mentions)
        self._corrections.apply(number)
        self._links.drop_set_aside(number)
        now = self._linker.find_sole_owners(shorts)
        self._linker.link_shorts(short for short in shorts if now[short] is None or now[short] != owners[short])
        self._documents.mark_annotated(number, version)
        self._checksums.write_cast(number)


def reannotate_documents(connection: sqlite3.Connection, recogniser: str) -> Iterator[Progress]:
    """Find the cast of all documents that this recogniser has not annotated; yields its progress.

    After an interruption, call it again: it continues where it stopped. Raises UnknownRecogniserError.
    """
    name, _ = choose_recogniser(recogniser)
    version = read_version(name)
    documents, reannotator = Documents(connection), Reannotator(connection)
    numbers = documents.list_unannotated(version)
    if not numbers:
        return
    yield Progress(0, len(numbers), "finding the cast")
    chosen = build_recogniser(name)
    for start in range(0, len(numbers), _documents_per_step):
        step = numbers[start : start + _documents_per_step]
        casts: list[tuple[int, Cast | None]] = []
        for number in step:
            try:
                casts.append((number, _find_cast(documents.read_number(number).document, chosen)))
            except DocumentDamagedError:
                casts.append((number, None))  # `newscast doctor` reports it
        with begin(connection):
            for number, cast in casts:
                if cast is None:
                    documents.mark_annotated(number, version)
                else:
                    reannotator.replace_cast(number, cast, version)
        yield Progress(start + len(step), len(numbers), "finding the cast")


def _find_cast(document: Document, recogniser: Recogniser) -> Cast | None:
    """Find the cast of a document; if that fails, log it and return None, so that the document keeps its cast."""
    try:
        return find_cast(document, recogniser)
    except Exception:  # noqa: BLE001 - an unforeseen error must not stop the other documents; it is logged
        _log.exception("%s: cannot find its cast; it keeps the one that it has", document.id)
        return None
