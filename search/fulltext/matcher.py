"""The postings of one term of the field `text`, through which Whoosh steps."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from whoosh.formats import Format
    from whoosh.matching import Matcher
    from whoosh.reading import TermInfo
    from whoosh.scoring import BaseScorer

Term = tuple[str, bytes]


class TextPostings:
    """The documents of a term, numbered from 0 in their segment, and how often each has the term.

    `read_positions(i)` returns the term's positions in `documents[i]`; it is None if the positions are not known.
    """

    def __init__(
        self,
        documents: Sequence[int],
        frequencies: Sequence[int],
        read_positions: Callable[[int], list[int]] | None,
    ) -> None:
        self.documents, self.frequencies, self.read_positions = documents, frequencies, read_positions


class TextMatcher(LeafMatcher):  # type: ignore[misc] # Whoosh's classes are untyped
    """Steps through the postings of a term. Whoosh sees all of them as one block."""

    def __init__(
        self, term: Term, postings: TextPostings, info: TermInfo, format_: Format, scorer: BaseScorer | None
    ) -> None:
        self.format, self.scorer = format_, scorer
        self._own_term, self._postings, self._info = term, postings, info
        self._at = 0

    def term(self) -> Term:
        """Return the field and the term."""
        return self._own_term

    def is_active(self) -> bool:
        """Is there a current posting?"""
        return self._at < len(self._postings.documents)

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def copy(self) -> TextMatcher:
        """Return a copy at the same posting."""
        copied = TextMatcher(self._own_term, self._postings, self._info, self.format, self.scorer)
        copied._at = self._at
        return copied

    def replace(self, minquality: float = 0) -> Matcher:
        """Return this matcher, or an empty one if no posting is left or none can reach a score of `minquality`."""
        is_useless = minquality and self.supports_block_quality() and self.max_quality() < minquality
        return NullMatcher() if is_useless or not self.is_active() else self

    def id(self) -> int:
        """Return the document of the current posting."""
        return self._postings.documents[self._at]

    def all_ids(self) -> Iterator[int]:
        """Return the documents of all postings."""
        return iter(self._postings.documents)

    def next(self) -> bool:
        """Go to the next posting and return True. Raises ReadTooFar after the last."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return True

    def skip_to(self, docnum: int) -> bool:
        """Go forward to the first posting whose number is `docnum` or more, and return True. Raises ReadTooFar."""
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._postings.documents, docnum, self._at)
        return True

    def skip_to_quality(self, minquality: float) -> int:
        """Go to the end if no posting can score more than `minquality`; return how many blocks were skipped."""
        if self.is_active() and self.block_quality() <= minquality:
            self._at = len(self._postings.documents)
            return 1
        return 0

    def supports_block_quality(self) -> bool:
        """Does the scorer know an upper bound of its scores?"""
        return self.scorer is not None and bool(self.scorer.supports_block_quality())

    def supports(self, astype: str) -> bool:
        """Can `value_as` return this kind of value?"""
        has_positions = self._postings.read_positions is not None
        return bool(self.format.supports(astype)) and (has_positions or astype != "positions")

    def weight(self) -> float:
        """Return how often the current document has the term."""
        return float(self._postings.frequencies[self._at])

    def value(self) -> bytes:
        """Return the positions in the current document, as Whoosh encodes them."""
        return bytes(self.format.encode(self._read_positions()))

    def value_as(self, astype: str) -> Any:  # noqa: ANN401 - what it is depends on the name
        """Return the positions in the current document, or another kind of value that Whoosh computes from them."""
        return self._read_positions() if astype == "positions" else super().value_as(astype)

    def _read_positions(self) -> list[int]:
        return self._postings.read_positions(self._at) if self._postings.read_positions else []

    def block_max_weight(self) -> float:
        """Return the most times that any document has the term."""
        return float(self._info.max_weight())

    def block_min_length(self) -> int:
        """Return a lower bound of the lengths of the documents, in words."""
        return int(self._info.min_length() or 0)

    def block_max_length(self) -> int:
        """Return an upper bound of the lengths of the documents, in words."""
        return int(self._info.max_length())

    def score(self) -> float:
        """Return the score of the current document; without a scorer, its weight."""
        return float(self.scorer.score(self)) if self.scorer else self.weight()
