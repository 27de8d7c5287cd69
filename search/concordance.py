"""Concordance: the mentions of an actor, each with the sentence around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.model import MentionInContext
from search.text import find_sentences

if TYPE_CHECKING:
    from search.model import Document, Mention, Summary


def build_mention_in_context(summary: Summary, document: Document, mention: Mention) -> MentionInContext:
    """Build the line of the concordance for one mention in a document."""
    text = document.paragraphs[mention.paragraph].text
    start, end = next(
        (span for span in find_sentences(text) if span[0] <= mention.start < span[1]),
        (0, len(text)),
    )
    end = max(end, mention.end)
    return MentionInContext(summary, mention, text[start:end], mention.start - start, mention.end - start)
