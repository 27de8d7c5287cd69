"""Where a query's words stand in a stored text: matches to mark, and the snippet of a hit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from search.fulltext.parse import Leaf, Parsed, Prefix
from search.fulltext.terms import build_plain, build_stem
from search.model import Match, Snippet
from search.text import find_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.model import Document

_snippet_length = 180


def find_matches(parsed: Parsed, document: Document) -> tuple[Match, ...]:
    """The stretches of the document's paragraphs that the query asks for, in reading order."""
    leaves = [leaf for leaf in parsed.sought if leaf.field is None]
    if not leaves:
        return ()
    return tuple(
        Match(paragraph.index, start, end)
        for paragraph in document.paragraphs
        for start, end in _merge(sorted(span for _, span in _find(leaves, paragraph.text)))
    )


def build_snippet(parsed: Parsed, document: Document) -> Snippet:
    """The words around the best match, in the paragraph with most of what was asked for; else how the text begins."""
    leaves = [leaf for leaf in parsed.sought if leaf.field is None]
    best: tuple[int, int, list[tuple[int, int]]] | None = None
    for paragraph in document.paragraphs:
        found = list(_find(leaves, paragraph.text))
        kinds = len({index for index, _ in found})
        if found and (best is None or kinds > best[0]):
            best = kinds, paragraph.index, _merge(sorted(span for _, span in found))
            if kinds == len(leaves):
                break
    _, index, spans = best or (0, 0, [])
    return _cut(index, document.paragraphs[index].text, spans)


def _find(leaves: Sequence[Leaf], text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Which leaf (by index) matches where."""
    if not leaves:
        return
    words = list(find_words(text))
    stems = [build_stem(word) for word, _, _ in words]
    at = Counter(stems)
    for index, leaf in enumerate(leaves):
        if isinstance(leaf, Prefix):
            for word, start, end in words:
                if build_plain(word).startswith(leaf.text):
                    yield index, (start, end)
        elif all(stem in at for stem in leaf.stems):
            length = len(leaf.stems)
            for first in range(len(stems) - length + 1):
                if tuple(stems[first : first + length]) == leaf.stems:
                    yield index, (words[first][1], words[first + length - 1][2])


def _merge(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _cut(paragraph: int, text: str, spans: list[tuple[int, int]]) -> Snippet:
    """The stretch of the text around its first match, cut between words."""
    start, end = 0, len(text)
    first_start, first_end = spans[0] if spans else (0, 0)
    if len(text) > _snippet_length:
        start = max(0, min(first_start - _snippet_length // 3, len(text) - _snippet_length))
        if start:
            space = text.find(" ", start, first_start)
            start = space + 1 if space >= 0 else first_start
        end = min(len(text), start + _snippet_length)
        if end < len(text):
            space = text.rfind(" ", min(first_end, end), end)
            end = space if space > 0 else end
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = len(before) - start
    matches = tuple((first + shift, min(last, end) + shift) for first, last in spans if first >= start and first < end)
    return Snippet(paragraph, before + text[start:end] + after, matches)
