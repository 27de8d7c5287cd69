"""Shingles: tells whether two texts are near-duplicates, and makes sketches by which such texts are found.

A shingle is three words that follow each other (Broder, 1997). The sketch is a FracMinHash (Irber et al., 2022): of the
hashes of all shingles it keeps those below a bar. Unlike the signature of a fixed length of plain MinHash it grows with
the text, so it also finds a short text in a long one. Each kept hash is a band of one row for the LSH.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from datetime import date

least_shingles = 25
"""A text with fewer is not compared: captions and short notices are too much alike."""
most_words = 20_000
"""Words of a text that are compared."""
days_apart = 7
_least_jaccard, _least_containment = 0.7, 0.8
_least_numbers = 0.75
_NUMBER = re.compile(r"\d[\d,./-]*")
_WORD = re.compile(r"\w+")
_ALL = 1 << 32
_BAR = _ALL // 8  # so a sketch keeps one shingle of eight
_SPREAD = 2_654_435_761  # Knuth's multiplier: a CRC alone is too regular to be compared with a bar
_fuller = math.log(1.25)
_deviations = 2.5


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is needed to look for copies of a text: its day (0 for none), number of shingles, some of their hashes."""

    day: int
    shingles: int
    hashes: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, int]:
        """Of several copies the one of lowest rank is shown: the fullest, in steps of a quarter, then the oldest."""
        return -int(math.log(max(self.shingles, 1)) / _fuller), self.day

    @property
    def is_comparable(self) -> bool:
        """Is the text long enough to be compared?"""
        return self.shingles >= least_shingles

    def may_be_near(self, other: Sketch) -> bool:
        """Are the days near, and is the smaller text perhaps contained in the larger, to judge by the hashes?

        The share of the smaller one's hashes that the other has, with an allowance for chance, estimates containment.
        This covers Jaccard, too: if it is at least 0.7, at least 0.82 of the smaller text is in the other.
        """
        if (self.day == 0) != (other.day == 0) or abs(self.day - other.day) > days_apart:
            return False
        smaller = min(len(self.hashes), len(other.hashes))
        if not smaller:
            return False
        share = len(set(self.hashes).intersection(other.hashes)) / smaller
        spread = math.sqrt(_least_containment * (1 - _least_containment) / smaller)
        return share >= _least_containment - _deviations * spread


def build_sketch(text: str, published: date | None) -> Sketch:
    """Build the sketch of an article's text."""
    words = _list_words(text)
    different = set(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
    hashes = {crc32(shingle.encode()) * _SPREAD % _ALL for shingle in different}
    kept = sorted(each for each in hashes if each < _BAR)
    return Sketch(published.toordinal() if published else 0, len(different), tuple(kept))


@dataclass(frozen=True, slots=True)
class Wording:
    """What two texts are compared by: the set of their shingles, and the numbers in them."""

    shingles: frozenset[tuple[str, str, str]]
    numbers: frozenset[str]


def find_wording(text: str) -> Wording:
    """Find the shingles and numbers of a text."""
    words = _list_words(text)
    return Wording(
        frozenset(zip(words, words[1:], words[2:], strict=False)),
        frozenset(number.rstrip(",./-") for number in _NUMBER.findall(text)),
    )


def are_near_duplicates(one: Wording, other: Wording, *, are_of_one_day: bool) -> bool:
    """Is Jaccard at least 0.7, or is at least 0.8 of the smaller text in the other?

    Texts of different days with different numbers are instalments of one notice: rates, prices, yields.
    """
    smaller = min(len(one.shingles), len(other.shingles))
    if smaller < least_shingles:
        return False
    shared = len(one.shingles & other.shingles)
    if shared < _least_containment * smaller and shared < _least_jaccard * len(one.shingles | other.shingles):
        return False
    fewer = min(len(one.numbers), len(other.numbers))
    return are_of_one_day or len(one.numbers & other.numbers) >= _least_numbers * fewer


def _list_words(text: str) -> list[str]:
    """List the words in lower case and without punctuation, so that typography makes no difference."""
    return _WORD.findall(text.casefold())[:most_words]
