"""Documents and mentions as JSON Lines: writing and reading."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from search.errors import InvalidDocumentError
from search.model import Document, Paragraph
from search.text import make_safe, make_safe_line

if TYPE_CHECKING:
    from search.model import Cast, Mention


def build_json(document: Document, cast: Cast | None = None) -> dict[str, Any]:
    """Build the JSON object of a document, as docs/commands.md describes it; with `cast` also its mentions."""
    fields: dict[str, Any] = {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "date": document.published.isoformat() if document.published else None,
        "url": document.url,
        "paragraphs": [paragraph.text for paragraph in document.paragraphs],
    }
    if cast is not None:
        fields["mentions"] = [build_mention_json(mention, document.id) for mention in cast.mentions]
    return fields


def build_mention_json(mention: Mention, document: str) -> dict[str, Any]:
    """Build the JSON object of a mention in the document with this id.

    A mention without a link gets an actor of its own.
    """
    link = mention.link
    lone = f"{document}@{mention.paragraph}:{mention.start}-{mention.end}"
    return {
        "paragraph": mention.paragraph,
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "kind": mention.kind,
        "type": mention.type,
        "actor": link.actor if link else lone,
        "why": link.why if link else None,
        "confidence": link.confidence if link else None,
    }


def parse_json(line: str) -> Document:
    """Parse a line of JSON as a document, and make its texts safe. Empty paragraphs stay, so that indices hold.

    Raises InvalidDocumentError.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidDocumentError("not JSON") from error
    if not isinstance(fields, dict):
        raise InvalidDocumentError("not a JSON object")
    paragraphs = fields.get("paragraphs")
    if not isinstance(paragraphs, list) or not all(isinstance(text, str) for text in paragraphs):
        raise InvalidDocumentError('"paragraphs" must be a list of strings')
    identifier = fields.get("id")
    if not isinstance(identifier, str | int):
        raise InvalidDocumentError('"id" must be a string')
    # A newline inside a paragraph becomes a space: one character for another, so that offsets stay.
    texts = [make_safe(text).replace("\n", " ") for text in paragraphs]
    return Document(
        make_safe_line(str(identifier)),
        _read_text(fields, "title"),
        _read_text(fields, "source"),
        _read_text(fields, "url"),
        _read_date(fields),
        _read_text(fields, "language"),
        tuple(Paragraph(index, text) for index, text in enumerate(texts)),
    )


def _read_text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidDocumentError(f'"{name}" must be a string or null')
    return make_safe_line(value) if value is not None else None


def _read_date(fields: dict[str, Any]) -> date | None:
    value = _read_text(fields, "date")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InvalidDocumentError('"date" must be like 2024-12-08 or null') from error
