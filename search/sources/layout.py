"""Lines on pages → blocks of running text: columns in order, no running heads, words and paragraphs joined."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARGIN = 0.15
"""The share of a page, above and below, that running heads and page numbers are in."""
_FEWEST_REPEATED = 0.4
"""On what share of the pages a line is a running head; left and right pages may have one each."""
_FEWEST_LINES = 3
"""A column has so many lines."""
_MOST_CROSSING = 0.3
"""The share of lines, headlines and the like, that may run across the columns of a page."""
_FEWEST_LETTERS = 12
"""On the average line of a column; a table has less."""
_PAGE_NUMBER = re.compile(r"(?i)[\W_]*(?:page|seite|p\.?)?\s*\d{1,4}(?:\s*(?:/|of|von|sur|de)\s*\d{1,4})?[\W_]*")
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_BROKEN = re.compile(r"[^\W\d_]-$")
_WORDS_WITH_HYPHEN = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_LAST_PART, _FIRST_PART = re.compile(r"[^\W\d_]+-$"), re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column: its text and its edges on the page, in points from below; `height` is that of its font."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its height, and its lines as they are drawn."""

    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a headline, and the height of its font."""

    text: str
    height: float


def build_blocks(pages: Sequence[Page]) -> list[Block]:
    """The running text of the pages."""
    columns = [column for page in _drop_running_heads(pages) for column in order_columns(page.lines)]
    lines = [line for column in columns for line in column]
    hyphenated = {word.lower() for line in lines for word in _WORDS_WITH_HYPHEN.findall(line.text)}
    gaps = [above.bottom - below.top for column in columns for above, below in pairwise(column)]
    usual = median(gaps) if gaps else 0.0
    blocks: list[list[Line]] = []
    for column in columns:
        edge = max(line.right for line in column)
        for index, line in enumerate(column):
            if blocks and _goes_on(blocks[-1][-1], line, usual, edge if index else None):
                blocks[-1].append(line)
            else:
                blocks.append([line])
    return [Block(_join(block, hyphenated), block[0].height) for block in blocks]


def _drop_running_heads(pages: Sequence[Page]) -> list[Page]:
    """The pages without what is repeated in their margins, and without page numbers."""
    seen = Counter(key for page in pages for key in {_find_key(line) for line in page.lines})
    fewest = max(2, _FEWEST_REPEATED * len(pages))

    def is_running_head(line: Line, page: Page) -> bool:
        if not _is_marginal(line, page):
            return False
        return seen[_find_key(line)] >= fewest or (bool(_PAGE_NUMBER.fullmatch(line.text)) and _is_last(line, page))

    return [Page(page.height, tuple(line for line in page.lines if not is_running_head(line, page))) for page in pages]


def _find_key(line: Line) -> tuple[str, int]:
    """What is alike on each page: the text but for the number of the page, and its place."""
    return _DIGITS.sub("#", line.text.casefold()), round(line.bottom / 2)


def _is_marginal(line: Line, page: Page) -> bool:
    return line.bottom > page.height * (1 - _MARGIN) or line.top < page.height * _MARGIN


def _is_last(line: Line, page: Page) -> bool:
    return all(line.bottom <= other.bottom + other.height for other in page.lines)


def order_columns(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of a page in the order of reading, a list for each column; what runs across columns parts them."""
    gutter = _find_gutter(lines)
    if gutter is None:
        return [list(lines)] if lines else []
    ordered: list[list[Line]] = []
    left, right, across = list[Line](), list[Line](), list[Line]()
    for line in sorted(lines, key=lambda line: -line.top):
        if line.left < gutter < line.right or (not (left or right) and _ends_with(line, across, lines)):
            if left or right:
                ordered += [across, *order_columns(left), *order_columns(right)]
                left, right, across = [], [], []
            across.append(line)
        else:
            (left if line.right <= gutter else right).append(line)
    ordered += [across, *order_columns(left), *order_columns(right)]
    return [column for column in ordered if column]


def _ends_with(line: Line, across: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Does what runs across the columns end with this short line, which nothing stands beside?"""
    if not across or across[-1].bottom - line.top > line.height or not _are_alike(across[-1], line):
        return False
    return not any(abs(other.bottom - line.bottom) < line.height / 2 for other in lines if other is not line)


def _are_alike(line: Line, other: Line) -> bool:
    return abs(line.height - other.height) <= 0.15 * line.height


def _find_gutter(lines: Sequence[Line]) -> float | None:
    """Where the first column of text ends, if a page has several: few lines run across it, and many stand beside it."""
    for gutter in sorted({line.left - 1 for line in lines}):
        left = [line for line in lines if line.right <= gutter]
        right = [line for line in lines if line.left >= gutter]
        if min(len(left), len(right)) < _FEWEST_LINES:
            continue
        crossing = len(lines) - len(left) - len(right)
        if crossing <= _MOST_CROSSING * len(lines) and all(map(_is_column, (left, right))) and _are_beside(left, right):
            return gutter
    return None


def _is_column(lines: Sequence[Line]) -> bool:
    return sum(len(line.text) for line in lines) >= _FEWEST_LETTERS * len(lines)


def _are_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Do two columns stand side by side, at least in half of the height of the lower one?"""
    top = min(max(line.top for line in left), max(line.top for line in right))
    bottom = max(min(line.bottom for line in left), min(line.bottom for line in right))
    heights = [max(line.top for line in side) - min(line.bottom for line in side) for side in (left, right)]
    return top - bottom > min(heights) / 2


def _goes_on(before: Line, line: Line, usual: float, edge: float | None) -> bool:
    """Does a paragraph go on in this line? `edge` is that of the column, None where a column begins."""
    if not _are_alike(before, line):
        return False
    is_ended = bool(_SENTENCE_END.search(before.text))
    if edge is None:
        # The next column begins further up; what is below ran across the columns.
        return not is_ended and (line.page != before.page or line.bottom > before.bottom)
    if abs(before.bottom - line.bottom) < before.height / 2:
        return True
    if before.bottom - line.top > usual + 0.35 * before.height:
        return False
    is_short = before.right < edge - 0.15 * (edge - before.left)
    is_indented = before.height < 2 * (line.left - before.left) < 8 * before.height
    return not (is_ended and (is_short or is_indented))


def _join(lines: Iterable[Line], hyphenated: set[str]) -> str:
    """The lines as one text. A hyphen at the end of a line goes, unless the same word has one within a line."""
    text = ""
    for line in lines:
        if not _BROKEN.search(text) or not line.text[:1].islower():
            text = f"{text} {line.text}" if text and not text.endswith("-") else text + line.text
            continue
        last, first = _LAST_PART.search(text), _FIRST_PART.match(line.text)
        word = f"{last[0]}{first[0]}".lower() if last and first else ""
        text = (text if word in hyphenated else text[:-1]) + line.text
    return text
