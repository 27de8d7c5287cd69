"""Listing: the results as rows: the query, pages of its hits, and one's own marks on them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from search import Hit, Library, Mark, Marks, NotFoundError, Query, restrict_query
from tui.render import build_byline
from tui.widgets import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Facets, Results, SavedSearch, Searches

_lead = 10  # characters
_most_facets = 12  # of each kind
_around = 100  # rows on either side of one that is looked for


class Listing:
    """What the list of results shows, read from the Library in threads."""

    def __init__(self, library: Library, marks: Marks, searches: Searches) -> None:
        self._library, self._marks, self.searches = library, marks, searches
        self._rows: dict[str, Row] = {}
        self.typed = ""
        self.query = Query("", as_you_type=True)
        self.total = 0

    async def search(self, query: Query, limit: int) -> tuple[int, list[Row], str | None]:
        """Ask another query, each @name in it for what is saved: how many hits, the first rows, and a note on it."""
        try:
            text, missing = self.searches.expand(query.text), None
        except NotFoundError as error:
            text, missing = query.text, str(error)
        expanded = replace(query, text=text)
        results = await asyncio.to_thread(self._ask, expanded, 0, limit)
        self.typed, self.query, self.total = query.text, expanded, results.total
        return results.total, await self._build_rows(results.hits), missing or results.note

    def _ask(self, query: Query, offset: int, limit: int) -> Results:
        return self._library.search(query, offset, limit, marks=self._marks)

    async def suggest(self, query: Query) -> str | None:
        """A query that was perhaps meant."""
        return await asyncio.to_thread(self._library.suggest, query, marks=self._marks)

    async def count_facets(self, query: Query) -> Facets:
        """Who, where from and when."""
        return await asyncio.to_thread(self._library.facets, query, _most_facets, marks=self._marks)

    def list_history(self) -> list[str]:
        """What was asked before, the last query first."""
        return self.searches.list_history()

    def remember(self) -> None:
        """What was typed is worth being found again."""
        self.searches.remember(self.typed)

    async def list_saved(self) -> list[tuple[SavedSearch, int, int]]:
        """The saved searches, how many answers each has, and how many of those are unread."""
        return await asyncio.to_thread(self._list_saved)

    def _list_saved(self) -> list[tuple[SavedSearch, int, int]]:
        return [(each, *self._count_saved(each.query)) for each in self.searches.list_saved()]

    def _count_saved(self, text: str) -> tuple[int, int]:
        """How many answers a saved search has, and how many of them are unread; none if it cannot be asked."""
        try:
            text = self.searches.expand(text)
        except NotFoundError:
            return 0, 0
        total, unread = (self._ask(Query(each), 0, 0).total for each in (text, restrict_query(text, "is:unread")))
        return total, unread

    async def fetch(self, first: int, count: int) -> list[Row]:
        """Rows from further down."""
        results = await asyncio.to_thread(self._ask, self.query, first, count)
        return await self._build_rows(results.hits)

    async def count(self) -> int:
        """How many hits there are now."""
        results = await asyncio.to_thread(self._ask, self.query, 0, 1)
        self.total = results.total
        return results.total

    async def find_position(self, key: str, near: int) -> int | None:
        """Where a document stands now that was at `near` when there were fewer; None if it is nowhere around."""
        if not self.query.text.strip():
            return await asyncio.to_thread(self._library.position, key)
        first = max(0, near - _around)
        hits = (await asyncio.to_thread(self._ask, self.query, first, 2 * _around)).hits
        return next((at for at, hit in enumerate(hits, first) if hit.summary.id == key), None)

    def change_mark(self, document: str, what: str) -> tuple[Mark, str]:
        """Star or unstar a document, mark it unread or read: the mark, and what was done, in words."""
        mark = self._marks.read([document]).get(document, Mark())
        if what == "star":
            mark = replace(mark, is_starred=not mark.is_starred)
            said = "starred" if mark.is_starred else "the star is gone"
        else:
            mark = replace(mark, is_read=not mark.is_read)
            said = "marked read" if mark.is_read else "marked unread"
        self._marks.write(document, mark)
        return mark, said

    def keep_paragraph(self, document: str, paragraph: int) -> None:
        """Where reading stopped."""
        mark = self._marks.read([document]).get(document, Mark())
        if mark.paragraph != paragraph:
            self._marks.write(document, replace(mark, paragraph=paragraph))

    def build_row(self, document: str, mark: Mark) -> Row | None:
        """A row that was listed before, with another mark; None for one that was not."""
        row = self._rows.get(document)
        if row is None:
            return None
        self._rows[document] = replace(row, glyph=_find_glyph(mark), is_bold=not mark.is_read)
        return self._rows[document]

    def describe(self, index: int) -> str:
        """Where one is in the list."""
        what = f" for “{self.typed.strip()}”" if self.typed.strip() else ""
        if not self.total:
            return f"no articles{what}"
        return f"{index + 1:,} of {self.total:,} article{'s' if self.total > 1 else ''}{what}"

    async def _build_rows(self, hits: Sequence[Hit]) -> list[Row]:
        marks = await asyncio.to_thread(self._marks.read, [hit.summary.id for hit in hits])
        rows = [_build_row(hit, marks.get(hit.summary.id, Mark())) for hit in hits]
        self._rows.update((row.key, row) for row in rows)
        return rows


def _build_row(hit: Hit, mark: Mark) -> Row:
    summary, snippet = hit.summary, hit.snippet
    detail = build_byline(summary)
    spans: tuple[tuple[int, int], ...] = ()
    if snippet is not None and snippet.matches:
        day = f"{summary.published.day} {summary.published:%b} · " if summary.published else ""
        # What comes before the first match is cut short, so that the match is in sight in a narrow list.
        cut = max(0, snippet.matches[0][0] - _lead)
        cut = snippet.text.find(" ", cut) + 1 if cut else 0
        head = f"{day}…" if cut else day
        detail = head + snippet.text[cut:]
        spans = tuple((start + len(head) - cut, end + len(head) - cut) for start, end in snippet.matches)
    byline = build_byline(summary)
    return Row(
        summary.id, summary.title, detail, spans, byline, _find_glyph(mark),
        is_bold=not mark.is_read, title_spans=hit.title_matches,
    )  # fmt: skip


def _find_glyph(mark: Mark) -> str:
    if mark.is_starred:
        return "★"
    return " " if mark.is_read else "●"
