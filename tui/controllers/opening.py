"""Where a document opens, and what is read from the Library to open it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from search import FullTextDamagedError, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Cast, Document, Library, Marks, Match, Mention, NewscastError, Query
    from tui.history import ReadingPosition
    from tui.widgets import ReadingPane

_enough = 60  # paragraphs on either side of an opening position, more than any screen shows
_all = 1_000_000_000


@dataclass(frozen=True, slots=True)
class OpeningPosition:
    """Where a document opens: at the best match, at the first (`direction` 1) or last (-1) match or mention, …"""

    kind: Literal["saved", "best", "match", "actor", "mention", "position", "stay"]
    direction: int = 1
    selected: str | None = None
    mention: Mention | None = None
    position: ReadingPosition | None = None

    def find_paragraph(self, mark: Mark, matches: Sequence[Match], best: Match | None) -> int | None:
        """The index of the paragraph at which it opens; None where the whole cast is needed to tell."""
        if self.kind in {"actor", "mention"}:
            return None
        if best is not None:
            return best.paragraph
        if self.kind == "match" and matches:
            return matches[0 if self.direction > 0 else -1].paragraph
        return self.position.paragraph if self.position else mark.paragraph


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with all that is shown of it. Of a long one, the cast covers the paragraphs around its opening."""

    document: Document
    cast: Cast
    is_partial: bool
    matches: tuple[Match, ...]
    best: Match | None
    mark: Mark
    title_matches: tuple[tuple[int, int], ...] = ()
    trouble: NewscastError | None = None
    """The error that kept the matches from being found, if any."""


def read_document(
    library: Library, marks: Marks, identifier: str, query: Query, opening_position: OpeningPosition, *, mark_read: bool
) -> Opened:
    """Read a document with its cast, the query's matches and the reader's mark. Raises NotFoundError."""
    document = library.document(identifier)
    mark = marks.read([document.id]).get(document.id, Mark())
    if mark_read and not mark.is_read:
        mark = replace(mark, is_read=True)
        marks.write(document.id, mark)
    matches, best, trouble = _find_matches(library, query, document, opening_position)
    around = opening_position.find_paragraph(mark, matches, best)
    is_partial = around is not None and len(document.paragraphs) > 2 * _enough
    first, last = (around - _enough, around + _enough) if around is not None and is_partial else (0, _all)
    cast = read_cast(library, document, first, last)
    if cast is None:  # the document was replaced in the meantime
        return read_document(library, marks, identifier, query, opening_position, mark_read=mark_read)
    title_matches = library.title_matches(query, document) if document.title and trouble is None else ()
    return Opened(document, cast, is_partial, matches, best, mark, title_matches, trouble)


def read_cast(library: Library, document: Document, first: int = 0, last: int = _all) -> Cast | None:
    """Read the cast in these paragraphs; None if the document has another text by now. Raises NotFoundError."""
    cast = library.cast(document.id, first, last)
    return cast if library.document(document.id) == document else None


def _find_matches(
    library: Library, query: Query, document: Document, opening_position: OpeningPosition
) -> tuple[tuple[Match, ...], Match | None, NewscastError | None]:
    """The matches and the best one; where the index is damaged, none, and the error."""
    try:
        matches = library.matches(query, document)
        return matches, library.best_match(query, document) if opening_position.kind == "best" else None, None
    except FullTextDamagedError as error:
        return (), None, error


def go_to_opening_position(pane: ReadingPane, opened: Opened, opening_position: OpeningPosition) -> None:
    """Go to the opening position in the pane that shows the document."""
    stopped = opened.mark.paragraph
    if opened.best is not None:
        pane.go_to_match(opened.best)
    elif opening_position.kind == "match":
        pane.step_match_from_end(opening_position.direction)
    elif opening_position.kind == "actor":
        pane.walk_from_end(opening_position.direction)
    elif opening_position.mention is not None:
        pane.return_to(opening_position.mention.paragraph, None, opening_position.mention)
    elif opening_position.position is not None:
        pane.return_to(
            opening_position.position.paragraph, opening_position.position.top, opening_position.position.mention
        )
    elif opening_position.kind != "best" and 0 < stopped < len(opened.document.paragraphs):
        pane.article.go_to(stopped)
