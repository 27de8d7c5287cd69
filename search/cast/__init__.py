"""Who is in the news: recognise (find mentions) → resolve (same actor in a document) → link (across documents)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.link import Linker
from search.cast.recognise import Recogniser, build_recogniser, find_recogniser, find_version
from search.cast.resolve import resolve

if TYPE_CHECKING:
    from search.model import Cast, Document

__all__ = ["Linker", "Recogniser", "build_recogniser", "find_cast", "find_recogniser", "find_version"]


def find_cast(document: Document, recogniser: Recogniser) -> Cast:
    """The mentions and actors of one document."""
    return resolve(document, recogniser.recognise(document))
