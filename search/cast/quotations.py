"""The quotations of a paragraph, and who speaks in them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from search.cast.lexicon import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.cast.recognise import RecognisedMention
    from search.cast.tokens import TokenisedParagraph

_Each = TypeVar("_Each")
_QUOTATION = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")
_speaking_pronouns = frozenset({"he", "she", "they", "i", "we"})
"""Pronouns that can be the subject of a verb of speaking. Our own list."""

# How far from a quotation its speaker may stand, and how far from the speaker the verb, in characters.
_farthest_before, _farthest_after = 90, 60
_verb_before, _verb_after = 30, 40


class Quotations:
    """The quotations of a paragraph: from an opening mark to a closing one, or to the paragraph's end."""

    def __init__(self, paragraph: TokenisedParagraph) -> None:
        self._paragraph = paragraph
        self._spans = [match.span() for match in _QUOTATION.finditer(paragraph.text)]

    def __len__(self) -> int:
        return len(self._spans)

    def find(self, offset: int) -> int | None:
        """Return the index of the quotation that holds this character; None if none does."""
        index = bisect_right(self._spans, offset, key=itemgetter(0)) - 1
        return index if index >= 0 and offset < self._spans[index][1] else None

    def find_speakers(self, mentions: Sequence[RecognisedMention]) -> dict[int, RecognisedMention]:
        """Return, by a quotation's index, the mention beside a verb of speaking just before or after the quotation.

        `mentions` are those of the paragraph, in reading order.
        """
        speakers: dict[int, RecognisedMention] = {}
        outside = [mention for mention in mentions if self.find(mention.start) is None]
        by_end = sorted(range(len(outside)), key=lambda index: outside[index].end)
        for index, (start, end) in enumerate(self._spans):
            following = _slice(outside, end, end + _farthest_after, lambda mention: mention.start)
            near = _slice(by_end, start - _farthest_before, start, lambda index: outside[index].end)
            preceding = [outside[each] for each in sorted(near)]
            speaker = self._find_speaker(following, preceding, start, end)
            if speaker is not None:
                speakers[index] = speaker
        return speakers

    def _find_speaker(
        self, following: list[RecognisedMention], preceding: list[RecognisedMention], start: int, end: int
    ) -> RecognisedMention | None:
        """Return the speaker of the quotation from `start` to `end`."""
        for mention in following:
            if self._is_beside_verb(mention, end, mention.end + _verb_after):
                return mention
        for mention in preceding:
            if self._is_beside_verb(mention, max(0, mention.start - _verb_before), start):
                return mention
        return None

    def _is_beside_verb(self, mention: RecognisedMention, start: int, end: int) -> bool:
        """Is a verb of speaking, or "according", among the three words before or after the mention?

        Only text from `start` to `end` counts.
        """
        text = self._paragraph
        if mention.kind == "pronoun" and _speaking_pronouns.isdisjoint(text.get_folded(mention.start, mention.end)):
            return False
        before = text.get_folded(max(start, text.step_back(mention.start, 3)), mention.start)
        after = text.get_folded(mention.end, end)[:3]
        return not speaking.isdisjoint((*before, *after)) or "according" in before


def _slice(ordered: list[_Each], first: int, last: int, key: Callable[[_Each], int]) -> list[_Each]:
    """Return those of an ordered list whose keys are from `first` to `last`."""
    return ordered[bisect_left(ordered, first, key=key) : bisect_right(ordered, last, key=key)]
