"""Where a reader lands in a document that is opened, and what is read from the Library for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from search import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Cast, Document, Library, Marks, Match, Mention, Query
    from tui.history import Place

_enough = 60  # paragraphs on either side of a landing, more than any screen shows


@dataclass(frozen=True, slots=True)
class Landing:
    """Where to land: at the first (`direction` 1) or last (-1) match or mention, at a place, where reading stopped."""

    kind: Literal["saved", "match", "actor", "mention", "place", "stay"]
    direction: int = 1
    taken: str | None = None
    mention: Mention | None = None
    place: Place | None = None

    def find_paragraph(self, mark: Mark, matches: Sequence[Match]) -> int | None:
        """The paragraph where one lands; None where only the whole cast can tell."""
        if self.kind in {"actor", "mention"}:
            return None
        if self.kind == "match" and matches:
            return matches[0 if self.direction > 0 else -1].paragraph
        return self.place.paragraph if self.place else mark.paragraph


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with what is shown of it; of a long one the cast is partial: around the landing, the rest can wait."""

    document: Document
    cast: Cast
    is_partial: bool
    matches: tuple[Match, ...]
    mark: Mark


def read_document(
    library: Library, marks: Marks, identifier: str, query: Query, landing: Landing, *, mark_read: bool
) -> Opened:
    """Read a document, its cast, the query's matches in it and one's own mark. Raises NotFoundError."""
    document = library.document(identifier)
    mark = marks.read([document.id]).get(document.id, Mark())
    if mark_read and not mark.is_read:
        mark = replace(mark, is_read=True)
        marks.write(document.id, mark)
    matches = library.matches(query, document)
    around = landing.find_paragraph(mark, matches)
    if around is None or len(document.paragraphs) <= 2 * _enough:
        return Opened(document, library.cast(document.id), is_partial=False, matches=matches, mark=mark)
    cast = library.cast(document.id, around - _enough, around + _enough)
    return Opened(document, cast, is_partial=True, matches=matches, mark=mark)
