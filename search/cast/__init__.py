"""Who is in the news: recognise (find names) → resolve (same actor in a document) → link (across documents)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.link import Linker
from search.cast.recognise import Recogniser, build_recogniser
from search.cast.resolve import resolve

if TYPE_CHECKING:
    from search.model import Cast, Document

__all__ = ["Linker", "Recogniser", "build_recogniser", "find_cast"]


def find_cast(document: Document, recogniser: Recogniser) -> Cast:
    """The mentions and actors of one document."""
    return resolve(document, recogniser.recognise(document))
