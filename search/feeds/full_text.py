"""Whole articles: which entries hold only a teaser, and whether the page behind one has more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.feeds.entry import FeedEntry
    from search.model import FullTextChoice

_TEASER_END = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|(?:read|continue|more|weiter|lesen|mehr|lire|suite|leer|más)[\w ’'-]{0,40}[»›→>]?)"
    r"\s*$",
    re.IGNORECASE,
)
_PAYWALL = re.compile(rb"[\"']?isAccessibleForFree[\"']?\s*:\s*[\"']?false", re.IGNORECASE)
_longest_teaser = 600
"""Characters; a feed's text that is longer, and does not break off, is taken for the article."""
_longest_summary = 1_500
"""The same for a text that the feed itself calls a summary."""
_least_gain = 1.2
"""How many times the teaser a page has to have to be worth more."""


def wants_page(entry: FeedEntry, choice: FullTextChoice) -> bool:
    """Is the page behind an entry to be fetched?"""
    if choice == "never" or entry.link is None or entry.link in entry.enclosures:
        return False
    return choice == "always" or is_teaser(entry)


def is_teaser(entry: FeedEntry) -> bool:
    """Does an entry hold only the beginning of its article? Short texts do, and those that break off."""
    length = sum(map(len, entry.paragraphs))
    if length < (_longest_summary if entry.is_summary else _longest_teaser):
        return True
    return _TEASER_END.search(entry.paragraphs[-1][-60:]) is not None


def judge_page(page: bytes, teaser: tuple[str, ...], article: tuple[str, ...]) -> str | None:
    """Why the article on a page is not to take the teaser's place, in a line; None if it is."""
    before, after = sum(map(len, teaser)), sum(map(len, article))
    if after >= before * _least_gain:
        return None
    return "the page is for subscribers" if _PAYWALL.search(page) else "the page has no more text"
