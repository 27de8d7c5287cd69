"""A document cut into words and sentences, once, for all stages that find its cast."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.text import find_sentences, find_words, fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.model import Document, Paragraph


@dataclass(frozen=True, slots=True)
class TokenisedParagraph:
    """A paragraph with its words and sentences; all offsets count characters of `text`.

    Word i is `words[i]` as written and `folded[i]` as compared, from `starts[i]` to `ends[i]`. `sentences` holds the
    offset at which each sentence starts.
    """

    index: int
    text: str
    words: tuple[str, ...]
    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]

    def get_words(self, start: int, end: int) -> tuple[str, ...]:
        """Return the words between two offsets, as written.

        If an offset lies inside a word, the part of the word between the offsets counts: "Egypt" of "Egypt's".
        """
        return self._select(self.words, start, end, str)

    def get_folded(self, start: int, end: int) -> tuple[str, ...]:
        """Return the same words, folded."""
        return self._select(self.folded, start, end, fold)

    def get_spans(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """Return the same words as written, each with its start and end."""
        first, last = self._find_range(start, end)
        return [span for index in range(first, last) for span in self._cut(index, start, end)]

    def step_back(self, offset: int, count: int) -> int:
        """Return where the last `count` words before an offset start; 0 if there are fewer."""
        following = bisect_left(self.starts, offset)
        return self.starts[following - count] if following >= count else 0

    def _select(
        self, forms: tuple[str, ...], start: int, end: int, build_form: Callable[[str], str]
    ) -> tuple[str, ...]:
        first, last = self._find_range(start, end)
        if first >= last or (self.starts[first] >= start and self.ends[last - 1] <= end):
            return forms[first:last]
        edges = [self._cut(index, start, end) for index in dict.fromkeys((first, last - 1))]
        pieces = [tuple(build_form(word) for word, _, _ in edge) for edge in edges]
        return (*pieces[0], *forms[first + 1 : last - 1], *(pieces[1] if len(pieces) > 1 else ()))

    def _find_range(self, start: int, end: int) -> tuple[int, int]:
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def _cut(self, index: int, start: int, end: int) -> list[tuple[str, int, int]]:
        """Return the part of a word between two offsets; nothing if that is an apostrophe."""
        word_start, word_end = self.starts[index], self.ends[index]
        if word_start >= start and word_end <= end:
            return [(self.words[index], word_start, word_end)]
        word_start = max(start, word_start)
        piece = self.text[word_start : min(end, word_end)]
        word = piece.strip("'’")
        word_start += piece.find(word)
        return [(word, word_start, word_start + len(word))] if word else []


@dataclass(frozen=True, slots=True)
class TokenisedDocument:
    """The paragraphs of a document, in order, with their words and sentences."""

    paragraphs: tuple[TokenisedParagraph, ...]


def tokenise(document: Document) -> TokenisedDocument:
    """Cut a document into words and sentences."""
    return TokenisedDocument(tuple(_tokenise_paragraph(paragraph) for paragraph in document.paragraphs))


def _tokenise_paragraph(paragraph: Paragraph) -> TokenisedParagraph:
    spans = list(find_words(paragraph.text))
    words, starts, ends = zip(*spans, strict=True) if spans else ((), (), ())
    sentences = tuple(start for start, _ in find_sentences(paragraph.text))
    return TokenisedParagraph(paragraph.index, paragraph.text, words, tuple(map(fold, words)), starts, ends, sentences)
