"""Packs the words of paragraphs, cut into word pieces, into windows of a bounded length for the encoder.

The encoder has a tokeniser of its own, so its words are not those of `tokens.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from search.cast.labels import find_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizers import Tokenizer

window_pieces = 224
"""The longest window, in pieces: the time of attention grows with its square, and more context helps little."""
_overlap = 40
"""Words that two windows of one long paragraph share, so that each word has context on both sides."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a paragraph: by word, its start and end in characters, its piece ids, its case (`find_case`)."""

    spans: tuple[tuple[int, int], ...]
    pieces: tuple[tuple[int, ...], ...]
    cases: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.spans)


@dataclass(frozen=True, slots=True)
class Window:
    """Input of the encoder: the ids and cases of its pieces.

    `words` are the words whose labels are taken from this window, as (paragraph, word); `positions` are the positions
    of their first pieces in `ids`.
    """

    ids: tuple[int, ...]
    cases: tuple[int, ...]
    words: tuple[tuple[int, int], ...]
    positions: tuple[int, ...]


class _Stretch(NamedTuple):
    """Words `start` to `end` of a paragraph, to read in one window; labels of `first` to `last` are taken from it."""

    paragraph: int
    start: int
    end: int
    first: int
    last: int


class SpecialPieces(NamedTuple):
    """The ids of the pieces before a window's first word and after each paragraph."""

    start: int
    end: int


def split_words(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Words]:
    """Split each text into words with the encoder's tokeniser: at spaces and around punctuation."""
    return [
        _collect_words(text, encoding.ids, encoding.word_ids, encoding.offsets)
        for text, encoding in zip(texts, tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True)
    ]


def _collect_words(text: str, ids: list[int], word_ids: list[int | None], offsets: list[tuple[int, int]]) -> Words:
    spans: list[tuple[int, int]] = []
    pieces: list[list[int]] = []
    last: int | None = None
    for piece, word, (start, end) in zip(ids, word_ids, offsets, strict=True):
        if word is None or word != last:
            spans.append((start, end))
            pieces.append([piece])
        else:
            spans[-1] = (spans[-1][0], end)
            pieces[-1].append(piece)
        last = word
    cases = tuple(find_case(text[start:end]) for start, end in spans)
    # A word of more pieces than a window holds is not a word of a language: its end is left out.
    return Words(tuple(spans), tuple(tuple(each[: window_pieces - 2]) for each in pieces), cases)


def get_special_pieces(tokenizer: Tokenizer) -> SpecialPieces:
    """Return the tokeniser's pieces for the start of a window and the end of a paragraph."""
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    assert start is not None
    assert end is not None
    return SpecialPieces(start, end)


def build_windows(paragraphs: Sequence[Words], special: SpecialPieces) -> list[Window]:
    """Build windows over the paragraphs in order; short paragraphs share one, long ones have several that overlap."""
    windows: list[Window] = []
    pending: list[_Stretch] = []
    size = 1
    for stretch in _find_stretches(paragraphs):
        length = sum(map(len, paragraphs[stretch.paragraph].pieces[stretch.start : stretch.end])) + 1
        if pending and size + length > window_pieces:
            windows.append(_build_window(paragraphs, pending, special))
            pending, size = [], 1
        pending.append(stretch)
        size += length
    if pending:
        windows.append(_build_window(paragraphs, pending, special))
    return windows


def _find_stretches(paragraphs: Sequence[Words]) -> Iterator[_Stretch]:
    """Yield stretches that fit into a window and take the labels of each word once."""
    room = window_pieces - 2
    for index, words in enumerate(paragraphs):
        start = counted = 0
        while counted < len(words):
            end, pieces = start, 0
            while end < len(words) and pieces + len(words.pieces[end]) <= room:
                pieces += len(words.pieces[end])
                end += 1
            end = max(end, counted + 1)
            # A window holds few long words: half of them count, so that a word does not need a window of its own.
            until = end if end == len(words) else max((counted + end + 1) // 2, end - _overlap // 2)
            yield _Stretch(index, start, end, counted, until)
            counted = until
            start = _find_start(words, counted)


def _find_start(words: Words, counted: int) -> int:
    """Return the first word to read before this one; the words before it take at most half of the window."""
    start = max(0, counted - _overlap // 2)
    before = sum(map(len, words.pieces[start:counted]))
    following = len(words.pieces[counted]) if counted < len(words) else 0
    room = window_pieces - 2
    while start < counted and before > min(room // 2, room - following):
        before -= len(words.pieces[start])
        start += 1
    return start


def _build_window(paragraphs: Sequence[Words], stretches: list[_Stretch], special: SpecialPieces) -> Window:
    ids, cases = [special.start], [0]
    counted_words: list[tuple[int, int]] = []
    positions: list[int] = []
    for index, start, end, counted, until in stretches:
        words = paragraphs[index]
        for word in range(start, end):
            if counted <= word < until:
                counted_words.append((index, word))
                positions.append(len(ids))
            pieces = words.pieces[word]
            ids += pieces
            cases += [words.cases[word]] * len(pieces)
        ids.append(special.end)
        cases.append(0)
    return Window(tuple(ids), tuple(cases), tuple(counted_words), tuple(positions))
