"""ArticleLayout: an article broken into lines, paragraph by paragraph, as far as somebody has asked for them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from tui.render import build_byline, wrap

if TYPE_CHECKING:
    from search import Document


class Line(NamedTuple):
    """A line of an article: the characters `start` to `end` of a paragraph, of the title or of the byline."""

    kind: Literal["title", "byline", "text", "blank"]
    paragraph: int
    start: int
    end: int


class ArticleLayout:
    """The lines of an article, each at most `width` columns wide; a blank line follows the byline and each paragraph.

    A paragraph is wrapped when a method first needs it or one below it. So a long article is shown as fast as a short
    one, and the number of a line that is known never changes. Lines and paragraphs count from 0.
    """

    def __init__(self, document: Document, width: int) -> None:
        self.document, self.width = document, width
        self.title, self.byline = document.title or "", build_byline(document)
        # A title made of the article's first words would only repeat them.
        is_headline = bool(self.title) and (
            self.title.rstrip("…") not in document.paragraphs[0].text[: len(self.title) + 80]
        )
        self._lines = [Line("title", -1, *span) for span in wrap(self.title, width)] if is_headline else []
        self.title_lines = range(len(self._lines))
        self._lines += [Line("byline", -1, *span) for span in wrap(self.byline, width)] if self.byline else []
        self._lines.append(Line("blank", -1, 0, 0))
        self._first: list[int] = []

    @property
    def wrapped(self) -> int:
        """How many paragraphs have been wrapped, from the first on."""
        return len(self._first)

    @property
    def is_complete(self) -> bool:
        """Whether every paragraph has been wrapped."""
        return self.wrapped == len(self.document.paragraphs)

    def measure(self) -> int:
        """Return the number of lines; those of paragraphs that have not been wrapped are estimated."""
        rest = self.document.paragraphs[self.wrapped :]
        return len(self._lines) + sum(len(paragraph.text) // self.width + 2 for paragraph in rest)

    def wrap_paragraphs(self, count: int) -> None:
        """Wrap paragraphs until the first `count` have their lines."""
        for paragraph in self.document.paragraphs[self.wrapped : count]:
            self._first.append(len(self._lines))
            self._lines += [Line("text", paragraph.index, *span) for span in wrap(paragraph.text, self.width)]
            self._lines.append(Line("blank", paragraph.index, 0, 0))

    def wrap_lines(self, count: int) -> None:
        """Wrap paragraphs until there are `count` lines, or all of the article's."""
        while len(self._lines) < count and not self.is_complete:
            self.wrap_paragraphs(self.wrapped + 1)

    def find(self, index: int) -> Line | None:
        """Return the line with this number; None below the last line."""
        self.wrap_lines(index + 1)
        return self._lines[index] if index < len(self._lines) else None

    def first_line(self, paragraph: int) -> int:
        """Return the number of a paragraph's first line."""
        self.wrap_paragraphs(paragraph + 1)
        return self._first[paragraph]

    def last_line(self, paragraph: int) -> int:
        """Return the number of a paragraph's last line of text."""
        self.wrap_paragraphs(paragraph + 1)
        following = self._first[paragraph + 1] if paragraph + 1 < self.wrapped else len(self._lines)
        return following - 2

    def find_line(self, paragraph: int, character: int) -> int:
        """Return the number of the line with this character of a paragraph."""
        first, last = self.first_line(paragraph), self.last_line(paragraph)
        return max(first, bisect_right(self._lines, character, first, last + 1, key=attrgetter("start")) - 1)

    def find_paragraph_from(self, top: int, height: int) -> int:
        """Return the first paragraph that begins in the `height` lines from `top` on, else the one that fills them."""
        self.wrap_lines(top + height)
        below = bisect_left(self._first, top)
        begins = below < self.wrapped and self._first[below] < top + height
        return below if begins else max(0, below - 1)

    def clamp_top(self, top: int, height: int) -> int:
        """Return `top`, or the nearest line that may be the first of `height` lines on the screen."""
        self.wrap_lines(top + height)
        return min(max(0, top), max(0, len(self._lines) - height))
