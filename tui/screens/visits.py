"""Where a reader was last, from one session to the next: what is kept, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import NotFoundError, Visit
from tui.history import Place

if TYPE_CHECKING:
    from search import Library


def build_visit(query: str, place: Place, position: int) -> Visit:
    """A place, the search that led to it and the position in its results, to be kept."""
    mention = (place.mention.paragraph, place.mention.start, place.mention.end) if place.mention else None
    return Visit(query, place.document, place.paragraph, place.top, place.taken, mention, position)


def find_place(library: Library, visit: Visit) -> tuple[Place, str] | None:
    """The place of a visit, and what it is in words; None if the article is gone."""
    try:
        document = library.document(visit.document)
    except NotFoundError:
        return None
    paragraph = min(visit.paragraph, len(document.paragraphs) - 1)
    cast = library.cast(document.id)
    there = (each for each in cast.mentions if (each.paragraph, each.start, each.end) == visit.mention)
    parts = [f"“{document.title}”", f"¶ {paragraph + 1}"]
    if visit.taken in cast.actors:
        parts.append(cast.actors[visit.taken].name)
    if visit.query.strip():
        parts.append(f"search “{visit.query.strip()}”")
    return Place(document.id, paragraph, visit.top, visit.taken, next(there, None)), " · ".join(filter(None, parts))
