"""Builds articles with gold mentions in place of those that the network finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from search.cast.recognise import RecognisedMention, RecognisedType
from search.model import Document, MentionKind, Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

_types: dict[str | None, RecognisedType] = {
    "person": "person", "organisation": "organisation", "place": "place", "event": "event",
    "nationality": "nationality",
}  # fmt: skip
_longest = 80
"""Characters; a longer nominal is a clause."""


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """A document, its mentions in reading order, the actor of each, and the weight of the article in training."""

    document: Document
    found: tuple[RecognisedMention, ...]
    actors: tuple[str, ...]
    weight: float = 1.0


def build_document(fields: dict[str, Any]) -> Document:
    """Build the document of a line of annotated data."""
    paragraphs = tuple(Paragraph(index, text) for index, text in enumerate(fields["paragraphs"]))
    return Document(fields["id"], fields.get("title"), None, None, None, None, paragraphs)


def build_gold(fields: dict[str, Any], weight: float = 1.0) -> GoldArticle:
    """Build an article from a line of annotated data, without times and clauses among its mentions."""
    pairs = [
        (_build_mention(mention, fields["paragraphs"]), str(mention["actor"]))
        for mention in fields["mentions"]
        if mention["type"] != "time" and (mention["kind"] != "nominal" or len(mention["text"]) <= _longest)
    ]
    pairs.sort(key=lambda pair: (pair[0].paragraph, pair[0].start, -pair[0].end))
    found, actors = zip(*pairs, strict=True) if pairs else ((), ())
    return GoldArticle(build_document(fields), found, actors, weight)


def _build_mention(mention: dict[str, Any], texts: Sequence[str]) -> RecognisedMention:
    start, end = mention["start"], mention["end"]
    text = texts[mention["paragraph"]][start:end]
    kind = cast("MentionKind", mention["kind"])
    last_word = max(start, start + text.rstrip().rfind(" ") + 1)
    head = (last_word, end)
    if kind == "nominal" and mention.get("head"):
        head = (mention["head"][0], min(end, mention["head"][1]))
    return RecognisedMention(mention["paragraph"], start, end, text, kind, _types.get(mention["type"], "other"), head)
