"""Entries → articles: what is new is added, what changed replaces its article, what was removed stays removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from search.errors import DocumentDamagedError, NotFoundError, SourceRefusedError
from search.feeds.full_text import wants_page
from search.feeds.identity import build_digest, build_likeness, match_entries
from search.model import Addition
from search.sources import Draft, Raw, build_document
from search.store import Documents, EntryRow, EntryRows
from search.text import hide_password

if TYPE_CHECKING:
    import sqlite3

    from search.adding import Adder
    from search.feeds.entry import FeedEntry, ParsedFeed
    from search.model import Document, Feed, FullTextChoice
    from search.store import PageState

_most_changes = 3
"""A day, of one entry; a feed that changes at each fetch is not followed further."""


class Taker:
    """Takes the entries of feeds into a Library, in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, adder: Adder, full_text: FullTextChoice) -> None:
        self._documents, self._entries = Documents(connection), EntryRows(connection)
        self._adder = adder
        self._full_text = full_text

    def take(self, feed: Feed, parsed: ParsedFeed, now: float) -> list[Addition]:
        """Take all entries of a feed: what became of those that are new or changed, or were refused."""
        additions = []
        choice = feed.full_text or self._full_text
        for entry, key, row in match_entries(parsed.entries, self._entries.list_entries(feed.number)):
            build = _Builder(feed, parsed, entry, key, now)
            try:
                addition = self._add(build, row, choice) if self._is_new(row) else self._change(build, row, choice)
            except SourceRefusedError as refusal:
                addition = Addition(refusal.origin, "refused", reason=refusal.reason)
            if addition is not None:
                additions.append(addition)
        return additions

    def _is_new(self, row: EntryRow | None) -> bool:
        """Was this entry never here, or its article lost?"""
        return row is None or not (self._entries.has_document(row.document) or self._entries.was_removed(row.document))

    def _add(self, build: _Builder, lost: EntryRow | None, choice: FullTextChoice) -> Addition | None:
        same = self._adder.find_same(build.origin, build.digest) or self._entries.find_removed(build.origin)
        addition = None if same else self._adder.write(build.origin, build.digest, build.build_document())
        document = same or (addition.document if addition else None) or ""
        page: PageState = "wanted" if addition and wants_page(build.entry, choice) else ""
        number = lost.number if lost else 0
        row = EntryRow(build.feed.number, build.key, build.likeness, build.digest, document, number=number)
        self._entries.write(replace(row, link=build.entry.link, added=build.now, page=page))
        return addition

    def _change(self, build: _Builder, row: EntryRow | None, choice: FullTextChoice) -> Addition | None:
        assert row is not None
        now = replace(row, key=build.key, likeness=build.likeness, link=build.entry.link)
        today = build.today
        changes = row.changes if row.changed_on == today else 0
        if row.digest == build.digest or self._entries.was_removed(row.document) or changes >= _most_changes:
            # Of a removed article no later version is news either.
            digest = row.digest if changes >= _most_changes else build.digest
            if (now.key, now.likeness, now.link, digest) != (row.key, row.likeness, row.link, row.digest):
                self._entries.write(replace(now, digest=digest))
            return None
        document, origin = build.build_document(), self._documents.read_origin(row.document)
        before = self._read(row.document)
        if before is not None:
            # It keeps its place in the list.
            document = replace(document, published=before.published or document.published)
        addition = self._adder.write(origin, build.digest, document)
        page: PageState = "wanted" if wants_page(build.entry, choice) else ""
        self._entries.write(
            replace(now, digest=build.digest, changed_on=today, changes=changes + 1, page=page, page_note=None, tries=0)
        )
        return addition

    def _read(self, identifier: str) -> Document | None:
        try:
            return self._documents.read(identifier).document
        except (DocumentDamagedError, NotFoundError):
            return None


class _Builder:
    """What is made of one entry of a feed."""

    def __init__(self, feed: Feed, parsed: ParsedFeed, entry: FeedEntry, key: str, now: float) -> None:
        self.feed, self.parsed, self.entry, self.key, self.now = feed, parsed, entry, key, now
        self.digest, self.likeness = build_digest(entry), build_likeness(entry)
        self.origin = f"feed:{hide_password(feed.url)} {key}"
        self.day = datetime.fromtimestamp(now, UTC).date()
        self.today = self.day.isoformat()

    def build_document(self) -> Document:
        """The article in the entry; one without text is its title. Raises SourceRefusedError."""
        entry = self.entry
        paragraphs = entry.paragraphs or ((entry.title,) if entry.title else ())
        draft = Draft(
            paragraphs,
            entry.title,
            entry.source or self.parsed.title,
            entry.link,
            entry.published,
            self.parsed.language,
        )
        document = build_document(Raw(self.origin, b"", url=entry.link), draft)
        published = document.published if document.published and document.published <= self.day else self.day
        return replace(document, published=entry.published or published)
