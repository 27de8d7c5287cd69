"""Concordance: the mentions of an actor, each with the sentence around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.errors import DocumentDamagedError
from search.model import MentionInContext
from search.text import find_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.access import LibraryAccess
    from search.model import Document, Mention, Summary
    from search.store import Actors, Documents


def read_concordance(
    actor: str, documents: Documents, actors: Actors, access: LibraryAccess
) -> Iterator[MentionInContext]:
    """Read an actor's mentions from each document that is not damaged. Between documents, other threads may read."""
    with access.reading():
        listed = actors.list_documents(actor)
    for number, summary in listed:
        with access.reading():
            try:
                document = documents.read_number(number).document
            except DocumentDamagedError:
                continue  # `health` reports it
            mentions = actors.read_cast(document, number).of_actor(actor)
        yield from (_build_mention_in_context(summary, document, mention) for mention in mentions)


def _build_mention_in_context(summary: Summary, document: Document, mention: Mention) -> MentionInContext:
    """Build the line of the concordance for one mention in a document."""
    text = document.paragraphs[mention.paragraph].text
    start, end = next(
        (span for span in find_sentences(text) if span[0] <= mention.start < span[1]),
        (0, len(text)),
    )
    end = max(end, mention.end)
    return MentionInContext(summary, mention, text[start:end], mention.start - start, mention.end - start)
