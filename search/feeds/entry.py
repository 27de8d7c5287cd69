"""A feed as it was fetched: its entries and what it says about itself, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry; its texts are safe, its addresses absolute. `is_summary` says that the feed calls its text one.

    `published` is the date as UTC has it; None where the feed states none that can be.
    """

    id: str | None
    link: str | None
    title: str | None
    published: date | None
    paragraphs: tuple[str, ...]
    is_summary: bool = False
    source: str | None = None
    enclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed; `skip_hours` (0 to 23) and `skip_days` (Monday is 0) are when its maker asks not to be asked, in UTC.

    `ttl` is how many seconds the feed says that it stays as it is. `is_cut_off` says that its end is missing.
    """

    title: str | None
    site: str | None
    language: str | None
    entries: tuple[FeedEntry, ...]
    ttl: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    is_cut_off: bool = False
