"""Where a reader lands in a document that is opened, and what is read from the Library for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from search import FullTextDamagedError, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Cast, Document, Library, Marks, Match, Mention, NewscastError, Query
    from tui.history import Place
    from tui.widgets import ReadingPane

_enough = 60  # paragraphs on either side of a landing, more than any screen shows
_all = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Landing:
    """Where to land: at the best match, at the first (`direction` 1) or last (-1) match or mention, at a place, …"""

    kind: Literal["saved", "best", "match", "actor", "mention", "place", "stay"]
    direction: int = 1
    taken: str | None = None
    mention: Mention | None = None
    place: Place | None = None

    def find_paragraph(self, mark: Mark, matches: Sequence[Match], best: Match | None) -> int | None:
        """The paragraph where one lands; None where only the whole cast can tell."""
        if self.kind in {"actor", "mention"}:
            return None
        if best is not None:
            return best.paragraph
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
    best: Match | None
    mark: Mark
    title_matches: tuple[tuple[int, int], ...] = ()
    trouble: NewscastError | None = None
    """Why the matches are not known, if so."""


def read_document(
    library: Library, marks: Marks, identifier: str, query: Query, landing: Landing, *, mark_read: bool
) -> Opened:
    """Read a document, its cast, the query's matches in it and one's own mark. Raises NotFoundError."""
    document = library.document(identifier)
    mark = marks.read([document.id]).get(document.id, Mark())
    if mark_read and not mark.is_read:
        mark = replace(mark, is_read=True)
        marks.write(document.id, mark)
    matches, best, trouble = _find_matches(library, query, document, landing)
    around = landing.find_paragraph(mark, matches, best)
    is_partial = around is not None and len(document.paragraphs) > 2 * _enough
    first, last = (around - _enough, around + _enough) if around is not None and is_partial else (0, _all)
    cast = read_cast(library, document, first, last)
    if cast is None:  # somebody has replaced the document meanwhile
        return read_document(library, marks, identifier, query, landing, mark_read=mark_read)
    title_matches = library.title_matches(query, document) if document.title and trouble is None else ()
    return Opened(document, cast, is_partial, matches, best, mark, title_matches, trouble)


def read_cast(library: Library, document: Document, first: int = 0, last: int = _all) -> Cast | None:
    """The cast of a document, in these paragraphs; None if the library has another text of it. Raises NotFoundError."""
    cast = library.cast(document.id, first, last)
    return cast if library.document(document.id) == document else None


def _find_matches(
    library: Library, query: Query, document: Document, landing: Landing
) -> tuple[tuple[Match, ...], Match | None, NewscastError | None]:
    """The matches and the best one; with a damaged index the document is read without them."""
    try:
        matches = library.matches(query, document)
        return matches, library.best_match(query, document) if landing.kind == "best" else None, None
    except FullTextDamagedError as error:
        return (), None, error


def land(pane: ReadingPane, opened: Opened, landing: Landing) -> None:
    """Go to the landing in a document that is shown."""
    stopped = opened.mark.paragraph
    if opened.best is not None:
        pane.go_to_match(opened.best)
    elif landing.kind == "match":
        pane.step_match_from_end(landing.direction)
    elif landing.kind == "actor":
        pane.walk_from_end(landing.direction)
    elif landing.mention is not None:
        pane.return_to(landing.mention.paragraph, None, landing.mention)
    elif landing.place is not None:
        pane.return_to(landing.place.paragraph, landing.place.top, landing.place.mention)
    elif landing.kind != "best" and 0 < stopped < len(opened.document.paragraphs):
        pane.article.go_to(stopped)
