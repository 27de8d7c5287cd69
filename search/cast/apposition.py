"""Finds appositions by rules: "its leader, Hassan Nasrallah" or "Dmitry Peskov, the spokesman of …"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.cast.article import MentionContext
    from search.cast.tokens import TokenisedDocument

_farthest = 90
"""The most characters between a nominal and the name after it."""
_TO_NAME = re.compile(r"(?: (?:of|for|at|in|to) (?:the )?[^,;:.()“”\"]{1,60})?, | ")
_TO_NOMINAL = re.compile(r", (?:then |now |once |also )?")
_CLOSED = re.compile(r"[,.;:)–—]|$| [–—-] ")
_QUALIFIED = re.compile(
    r"[,.;:)–—]|$| [–—-] | (?:of|for|at|in|from|who|whose|which|that|to|with|on|led|based|backed|and an?)\b"
)


def find_appositions(document: TokenisedDocument, contexts: Sequence[MentionContext]) -> dict[int, int]:
    """Map the later mention of each pair to the earlier one, by index."""
    pairs: dict[int, int] = {}
    paired: set[int] = set()
    for context in contexts:
        text = document.paragraphs[context.mention.paragraph].text
        for earlier in reversed(contexts[max(0, context.index - 4) : context.index]):
            if earlier.mention.paragraph != context.mention.paragraph or earlier.mention.end > context.mention.start:
                continue
            if _is_apposition(text, earlier, context) and earlier.index not in paired:
                pairs[context.index] = earlier.index
                paired.add(earlier.index)
                break
    return pairs


def _is_apposition(text: str, earlier: MentionContext, later: MentionContext) -> bool:
    kinds = earlier.mention.kind, later.mention.kind
    if earlier.mention.type != later.mention.type or "plural" in {earlier.grammatical_number, later.grammatical_number}:
        return False
    gap, after = text[earlier.mention.end : later.mention.start], later.mention.end
    if kinds == ("nominal", "name"):
        if len(gap) > _farthest or not _TO_NAME.fullmatch(gap) or later.mention.type == "place":
            return False  # "his office in Cambridge, Massachusetts"
        return later.mention.type == "person" if gap == " " else bool(_CLOSED.match(text, after))
    if kinds == ("name", "nominal"):
        return bool(_TO_NOMINAL.fullmatch(gap) and later.determiner and _QUALIFIED.match(text, after))
    return False
