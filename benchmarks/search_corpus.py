"""The corpus for search: 19,035 real articles, any number of articles made of their paragraphs, queries by kind."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from search import Document, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of one kind; `since` and `until` restrict the dates of its results."""

    kind: str
    text: str
    since: str | None = None
    until: str | None = None


def read_queries(shared: Path) -> list[Asked]:
    """Read the queries, in the order in which they are asked."""
    lines = (shared / "bench" / "queries.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Asked(row["kind"], row["query"], row.get("since"), row.get("until")) for row in rows]


def read_articles(shared: Path) -> Iterator[Document]:
    """Yield the real articles."""
    with gzip.open(shared / "bench" / "reuters.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield _build(row["id"], row["title"], date.fromisoformat(row["date"]), row["paragraphs"])


def resample_articles(shared: Path, count: int) -> Iterator[Document]:
    """Yield `count` articles as long as real ones. Paragraphs and titles are drawn at random from all articles."""
    real = list(read_articles(shared))
    if count <= len(real):
        yield from real[:count]
        return
    choice = random.Random(0)
    paragraphs = [paragraph.text for document in real for paragraph in document.paragraphs]
    for number in range(count):
        length = len(choice.choice(real).paragraphs)
        title, day = choice.choice(real).title, choice.choice(real).published
        yield _build(f"resampled-{number}", title or "", day or date.min, choice.choices(paragraphs, k=length))


def _build(identifier: str, title: str, day: date, texts: list[str]) -> Document:
    paragraphs = tuple(Paragraph(index, text) for index, text in enumerate(texts))
    return Document(identifier, title, "Reuters", None, day, "en", paragraphs)
