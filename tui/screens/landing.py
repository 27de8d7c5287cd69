"""Where a reader lands in a document that is opened, and what is read from the Library for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from search import Mark

if TYPE_CHECKING:
    from search import Cast, Document, Library, Marks, Match, Mention, Query
    from tui.history import Place


@dataclass(frozen=True, slots=True)
class Landing:
    """Where to land: at the first (`direction` 1) or last (-1) match or mention, at a place, where reading stopped."""

    kind: Literal["saved", "match", "actor", "mention", "place", "stay"]
    direction: int = 1
    taken: str | None = None
    mention: Mention | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with all that is shown of it."""

    document: Document
    cast: Cast
    matches: tuple[Match, ...]
    mark: Mark


def read_document(library: Library, marks: Marks, identifier: str, query: Query, *, mark_read: bool) -> Opened:
    """Read a document, its cast, the query's matches in it and one's own mark. Raises NotFoundError."""
    document = library.document(identifier)
    mark = marks.read([document.id]).get(document.id, Mark())
    if mark_read and not mark.is_read:
        mark = replace(mark, is_read=True)
        marks.write(document.id, mark)
    return Opened(document, library.cast(document.id), library.matches(query, document), mark)
