"""Paragraphs → what the encoder reads: words cut into pieces, packed into windows of a bounded length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from search.cast.labels import find_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizers import Tokenizer

window_pieces = 224
"""The longest window, in pieces; attention grows with its square, and context beyond it helps little."""
_overlap = 40
"""Words that two windows of one long paragraph share, so that each word is read with some on either side."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a paragraph: where each stands, its piece ids, how it is written."""

    spans: tuple[tuple[int, int], ...]
    pieces: tuple[tuple[int, ...], ...]
    cases: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.spans)


@dataclass(frozen=True, slots=True)
class Window:
    """Input of the encoder: piece ids, their cases; `places` names (paragraph, word), `positions` its first piece."""

    ids: tuple[int, ...]
    cases: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    positions: tuple[int, ...]


class Frame(NamedTuple):
    """The ids of the pieces before a window's first word and behind each paragraph."""

    start: int
    end: int


def split_words(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Words]:
    """The words of each text as the encoder's own tokeniser cuts them: at spaces and around punctuation."""
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
    # What is cut off would not fit into a window, and is of no word that anybody could read.
    return Words(tuple(spans), tuple(tuple(each[: window_pieces - 2]) for each in pieces), cases)


def find_frame(tokenizer: Tokenizer) -> Frame:
    """The tokeniser's pieces for where a window begins and a paragraph ends."""
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    assert start is not None
    assert end is not None
    return Frame(start, end)


def build_windows(paragraphs: Sequence[Words], frame: Frame) -> list[Window]:
    """Windows over the paragraphs in order: short ones together, long ones in several that overlap."""
    windows: list[Window] = []
    pending: list[tuple[int, int, int, int, int]] = []
    size = 1
    for stretch in _find_stretches(paragraphs):
        index, start, end, _, _ = stretch
        length = sum(map(len, paragraphs[index].pieces[start:end])) + 1
        if pending and size + length > window_pieces:
            windows.append(_build_window(paragraphs, pending, frame))
            pending, size = [], 1
        pending.append(stretch)
        size += length
    if pending:
        windows.append(_build_window(paragraphs, pending, frame))
    return windows


def _find_stretches(paragraphs: Sequence[Words]) -> Iterator[tuple[int, int, int, int, int]]:
    """(paragraph, first and last word read, first and last word whose labels count from here)."""
    room = window_pieces - 2
    for index, words in enumerate(paragraphs):
        start = counted = 0
        while counted < len(words):
            end, pieces = start, 0
            while end < len(words) and pieces + len(words.pieces[end]) <= room:
                pieces += len(words.pieces[end])
                end += 1
            end = max(end, counted + 1)
            # Of long words a window holds few; half of them count, so that not every word takes a window of its own.
            until = end if end == len(words) else max((counted + end + 1) // 2, end - _overlap // 2)
            yield index, start, end, counted, until
            counted = until
            start = _find_start(words, counted)


def _find_start(words: Words, counted: int) -> int:
    """The first word to be read before this one; those before it leave half of the window for what follows."""
    start = max(0, counted - _overlap // 2)
    before = sum(map(len, words.pieces[start:counted]))
    following = len(words.pieces[counted]) if counted < len(words) else 0
    room = window_pieces - 2
    while start < counted and before > min(room // 2, room - following):
        before -= len(words.pieces[start])
        start += 1
    return start


def _build_window(paragraphs: Sequence[Words], stretches: list[tuple[int, int, int, int, int]], frame: Frame) -> Window:
    ids, cases = [frame.start], [0]
    places: list[tuple[int, int]] = []
    positions: list[int] = []
    for index, start, end, counted, until in stretches:
        words = paragraphs[index]
        for word in range(start, end):
            if counted <= word < until:
                places.append((index, word))
                positions.append(len(ids))
            pieces = words.pieces[word]
            ids += pieces
            cases += [words.cases[word]] * len(pieces)
        ids.append(frame.end)
        cases.append(0)
    return Window(tuple(ids), tuple(cases), tuple(places), tuple(positions))
