"""Apposition: "its leader, Hassan Nasrallah" and "Dmitry Peskov, the spokesman of …" mean one person each, by rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.cast.article import Member
    from search.model import Document

_farthest = 90
"""Characters between a nominal and the name that it stands before."""
_TO_NAME = re.compile(r"(?: (?:of|for|at|in|to) (?:the )?[^,;:.()“”\"]{1,60})?, | ")
_TO_NOMINAL = re.compile(r", (?:then |now |once |also )?")
_CLOSED = re.compile(r"[,.;:)–—]|$| [–—-] ")
_QUALIFIED = re.compile(
    r"[,.;:)–—]|$| [–—-] | (?:of|for|at|in|from|who|whose|which|that|to|with|on|led|based|backed|and an?)\b"
)


def find_appositions(document: Document, members: Sequence[Member]) -> dict[int, int]:
    """The later mention of each pair → the earlier one, by index."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for member in members:
        text = document.paragraphs[member.found.paragraph].text
        for earlier in reversed(members[max(0, member.index - 4) : member.index]):
            if earlier.found.paragraph != member.found.paragraph or earlier.found.end > member.found.start:
                continue
            if _is_apposition(text, earlier, member) and earlier.index not in taken:
                pairs[member.index] = earlier.index
                taken.add(earlier.index)
                break
    return pairs


def _is_apposition(text: str, earlier: Member, later: Member) -> bool:
    kinds = earlier.found.kind, later.found.kind
    if earlier.found.type != later.found.type or earlier.number == "plural" or later.number == "plural":
        return False
    gap, after = text[earlier.found.end : later.found.start], later.found.end
    if kinds == ("nominal", "name"):
        if len(gap) > _farthest or not _TO_NAME.fullmatch(gap) or later.found.type == "place":
            return False  # "his office in Cambridge, Massachusetts"
        return later.found.type == "person" if gap == " " else bool(_CLOSED.match(text, after))
    if kinds == ("name", "nominal"):
        return bool(_TO_NOMINAL.fullmatch(gap) and later.determiner and _QUALIFIED.match(text, after))
    return False
