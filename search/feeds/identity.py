"""Which entries of a feed are the same as before: by id, else link, else title and date."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from search.feeds.entry import FeedEntry
    from search.store import EntryRow


def build_keys(entries: Sequence[FeedEntry]) -> list[str]:
    """The identity of each entry among those of one fetch.

    An id or a link that several different entries carry tells none of them apart, so the next best thing has to.
    """
    ids = Counter(identifier for identifier, _, _ in {(entry.id, entry.link, entry.title) for entry in entries})
    links = Counter(link for link, _ in {(entry.link, entry.title) for entry in entries})
    return [_build_key(entry, ids, links) for entry in entries]


def _build_key(entry: FeedEntry, ids: Mapping[str | None, int], links: Mapping[str | None, int]) -> str:
    if entry.id and ids[entry.id] == 1:
        return f"id:{entry.id}"
    if entry.link and links[entry.link] == 1:
        return f"link:{entry.link}"
    if entry.title:
        return f"title:{entry.title} {entry.published or ''}"
    return f"text:{build_digest(entry)}"


def build_digest(entry: FeedEntry) -> str:
    """What stands for everything that a reader sees of an entry: it changes when that does."""
    return _hash(entry.title, entry.link, *entry.paragraphs)


def build_likeness(entry: FeedEntry) -> str:
    """What an entry is known by in a feed that changes its ids: its link, title and date."""
    return _hash(entry.link, entry.title, str(entry.published))


def match_entries(
    entries: Sequence[FeedEntry], known: Iterable[EntryRow]
) -> list[tuple[FeedEntry, str, EntryRow | None]]:
    """Each entry once, with its key and what is known of it; None for a new one."""
    rows = {row.key: row for row in known}
    keyed = dict(zip(reversed(build_keys(entries)), reversed(entries), strict=True))
    others = [row for row in rows.values() if row.key not in keyed]
    alike = {value: row for row in others for value in (row.likeness, row.digest)}
    matched: list[tuple[FeedEntry, str, EntryRow | None]] = []
    taken: set[int] = set()
    for key, entry in reversed(keyed.items()):
        row = rows.get(key) or alike.get(build_digest(entry)) or alike.get(build_likeness(entry))
        if row is not None and row.number in taken:
            row = None
        if row is not None:
            taken.add(row.number)
        matched.append((entry, key, row))
    return matched


def _hash(*parts: str | None) -> str:
    joined = "\0".join(part or "" for part in parts)
    return blake2b(joined.encode("utf-8", "replace"), digest_size=16).hexdigest()
