"""Reading one commit of the index: the postings of all its segments together, with a cache."""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_left
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from search.fulltext.cache import Cache
from search.fulltext.segment_writer import max_weight
from search.fulltext.spelling import is_near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.fulltext.segment import Segment, TermPositions

most_forms = 4_096
"""A prefix stands for at most so many words of one segment, the most frequent ones."""
_bisecting_cost = 8
"""How many postings are put into a dictionary in the time of looking one up among them all."""


RowSet = set[int] | frozenset[int]


class PostingList(NamedTuple):
    """The documents that have a stem: their rows, and a weight of 1 to 255 in each.

    A document's score by this stem is its weight times `unit_score`.
    """

    rows: array[int]
    weights: bytes
    unit_score: float


class IndexReader:
    """Reads the segments of one commit. Terms are text; rows are the store's."""

    def __init__(self, segments: Sequence[Segment], room: int) -> None:
        self.segments = tuple(segments)
        self.count = sum(segment.count_live() for segment in segments)
        self.remember = Cache(room).find

    def read_posting_list(self, stem: str) -> PostingList:
        """The documents that have a stem."""
        return self.remember(("postings", stem), lambda: self._read_posting_list(stem.encode()))

    def _read_posting_list(self, stem: bytes) -> tuple[int, PostingList]:
        parts = [
            segment.read_weights(index) for segment in self.segments if (index := segment.stems.find(stem)) is not None
        ]
        rows, weights = _join(parts)
        count = len(rows)
        # As BM25 has it, but never below zero.
        idf = math.log(1 + (self.count - count + 0.5) / (count + 0.5))
        return count + 1, PostingList(rows, weights, idf * max_weight / 255)

    def read_rows(self, stem: str) -> frozenset[int]:
        """The rows of the documents that have a stem."""

        def build() -> tuple[int, frozenset[int]]:
            found = frozenset(self.read_posting_list(stem).rows)
            return 2 * len(found) + 1, found

        return self.remember(("rows", stem), build)

    def score(self, stem: str, rows: Sequence[int]) -> list[float]:
        """Score each of these documents by a stem; 0 where it does not occur."""
        postings = self.read_posting_list(stem)
        if len(rows) * _bisecting_cost < len(postings.rows):
            return [_find_score(postings, row) for row in rows]

        def build() -> tuple[int, dict[int, int]]:
            return 4 * len(postings.rows) + 1, dict(zip(postings.rows, postings.weights, strict=True))

        get, unit_score = self.remember(("weights", stem), build).get, postings.unit_score
        return [get(row, 0) * unit_score for row in rows]

    def read_positions(self, segment: int, stems: Sequence[str]) -> list[TermPositions] | None:
        """Where each of these stems stands in the documents of one segment; None if one is not in it at all."""
        found = []
        for stem in stems:
            index = self.segments[segment].stems.find(stem.encode())
            if index is None:
                return None
            key = "positions", str(segment), stem
            found.append(self.remember(key, partial(self._read_positions, segment, index)))
        return found

    def _read_positions(self, segment: int, stem: int) -> tuple[int, TermPositions]:
        positions = self.segments[segment].read_positions(stem)
        return 4 * len(positions.rows) + 1, positions

    def read_near(self, word: str, distance: int) -> frozenset[int]:
        """The rows of the documents that have a word at most so many letters off."""

        def build() -> tuple[int, frozenset[int]]:
            found = self._read_forms(self.find_near(word, distance))
            return 2 * len(found) + 1, found

        return self.remember(("read near", word, str(distance)), build)

    def _read_forms(self, forms: Iterable[str]) -> frozenset[int]:
        found: list[array[int]] = []
        for form in forms:
            for segment in self.segments:
                index = segment.forms.find(form.encode())
                if index is not None:
                    found.append(segment.read_rows_of_form(index))
        return frozenset().union(*found)

    def count_form(self, form: str) -> int:
        """Count the documents that have a form; deleted ones included."""
        encoded = form.encode()
        return sum(
            segment.count_form(index) for segment in self.segments if (index := segment.forms.find(encoded)) is not None
        )

    def list_forms_of(self, stem: str) -> list[str]:
        """The forms in which a stem occurs."""
        return self.remember(("forms", stem), lambda: self._list_forms_of(stem.encode()))

    def _list_forms_of(self, stem: bytes) -> tuple[int, list[str]]:
        found = {
            segment.forms[form].decode()
            for segment in self.segments
            if (index := segment.stems.find(stem)) is not None
            for form in segment.list_forms(index)
        }
        return len(found) + 1, sorted(found)

    def read_prefix(self, prefix: str, within: RowSet | None = None) -> RowSet:
        """The rows of the documents that have a word that begins so, of those `within` if that is given."""
        if within is None:
            return self.remember(("prefix", prefix), lambda: self._read_prefix(prefix.encode()))
        found: set[int] = set()
        for rows in self._list_by_prefix(prefix.encode()):
            found.update(within.intersection(rows))
        return found

    def _read_prefix(self, prefix: bytes) -> tuple[int, frozenset[int]]:
        found = frozenset().union(*self._list_by_prefix(prefix))
        return 2 * len(found) + 1, found

    def has_many_forms(self, prefix: str) -> bool:
        """Does the prefix stand for more words than are searched?"""
        return any(len(_list_forms_by_prefix(each, prefix.encode())) > most_forms for each in self.segments)

    def count_forms(self) -> int:
        """How many forms there are; one that stands in several segments counts in each."""
        return sum(len(segment.forms) for segment in self.segments)

    def count_forms_by_prefix(self, prefix: str) -> int:
        """Count the forms that begin with this prefix, of those that are searched."""
        encoded = prefix.encode()
        return sum(min(most_forms, len(_list_forms_by_prefix(segment, encoded))) for segment in self.segments)

    def _list_by_prefix(self, prefix: bytes) -> Iterator[array[int]]:
        for segment in self.segments:
            forms: Sequence[int] = _list_forms_by_prefix(segment, prefix)
            if len(forms) > most_forms:
                forms = heapq.nlargest(most_forms, forms, key=segment.count_form)
            for form in forms:
                yield segment.read_rows_of_form(form)

    def find_near(self, word: str, distance: int) -> list[str]:
        """Find the forms at most `distance` letters off, including the word itself if it is a form."""
        return self.remember(("near", word, str(distance)), lambda: self._find_near(word, distance))

    def _find_near(self, word: str, distance: int) -> tuple[int, list[str]]:
        """Of the word cut into one piece more than there may be errors, one stands whole in every such form.

        The first piece stands at its beginning then, the last at its end.
        """
        cuts = [len(word) * part // (distance + 1) for part in range(distance + 2)]
        pieces = [word[start:end].encode() for start, end in pairwise(cuts)]
        # A letter may have four bytes, and what is replaced by another letter may have one.
        length, slack = len(word.encode()), distance if word.isascii() else 4 * distance
        found: set[str] = set()
        for segment in self.segments:
            forms = segment.forms
            near = set(range(forms.find_first(pieces[0]), forms.find_first(pieces[0] + b"\xff")))
            near |= segment.find_forms_ending(pieces[-1])
            for piece, start in zip(pieces[1:-1], accumulate(map(len, pieces)), strict=False):
                near |= segment.find_forms_with(piece, start - slack, start + 4 * distance)
            likely = (forms[form].decode() for form in near if -slack <= forms.length(form) - length <= 4 * distance)
            found.update(form for form in likely if is_near(word, form, distance))
        return len(found) + 1, sorted(found)


def _list_forms_by_prefix(segment: Segment, prefix: bytes) -> range:
    return range(segment.forms.find_first(prefix), segment.forms.find_first(prefix + b"\xff"))


def _join(parts: list[tuple[array[int], bytes]]) -> tuple[array[int], bytes]:
    """The rows of some segments and their weights, in ascending order of the rows."""
    if len(parts) == 1:
        return parts[0]
    parts = sorted((part for part in parts if part[0]), key=lambda part: part[0][0])
    rows = array("I")
    for part, _ in parts:
        rows.extend(array("I", part))
    weights = b"".join(part for _, part in parts)
    if any(one[0][-1] > another[0][0] for one, another in pairwise(parts)):
        order = sorted(range(len(rows)), key=rows.__getitem__)
        return array("I", [rows[index] for index in order]), bytes(weights[index] for index in order)
    return rows, weights


def _find_score(postings: PostingList, row: int) -> float:
    at = bisect_left(postings.rows, row)
    if at < len(postings.rows) and postings.rows[at] == row:
        return postings.weights[at] * postings.unit_score
    return 0.0
