"""The position that is kept from one session to the next, and how it is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import NotFoundError, Visit
from tui.history import ReadingPosition

if TYPE_CHECKING:
    from search import Library


def build_visit(query: str, reading_position: ReadingPosition, in_results: int) -> Visit:
    """Build what is kept: the position, the search that led to it, and the row in its results."""
    mention = (
        (reading_position.mention.paragraph, reading_position.mention.start, reading_position.mention.end)
        if reading_position.mention
        else None
    )
    return Visit(
        query,
        reading_position.document,
        reading_position.paragraph,
        reading_position.top,
        reading_position.selected,
        mention,
        in_results,
    )


def find_reading_position(library: Library, visit: Visit) -> tuple[ReadingPosition, str] | None:
    """The position of a visit, and its description; None if the article was removed."""
    try:
        document = library.document(visit.document)
    except NotFoundError:
        return None
    paragraph = min(visit.paragraph, len(document.paragraphs) - 1)
    cast = library.cast(document.id)
    there = (each for each in cast.mentions if (each.paragraph, each.start, each.end) == visit.mention)
    parts = [f"“{document.title}”", f"¶ {paragraph + 1}"]
    if visit.selected in cast.actors:
        parts.append(cast.actors[visit.selected].name)
    if visit.query.strip():
        parts.append(f"search “{visit.query.strip()}”")
    return ReadingPosition(document.id, paragraph, visit.top, visit.selected, next(there, None)), " · ".join(
        filter(None, parts)
    )
