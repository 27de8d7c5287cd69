"""Listing: reads the results of a query from the Library, page by page, as rows with the reader's marks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search import Hit, Library, Mark, Marks, NotFoundError, Query, expand_saved_searches, restrict_query
from tui.render import build_byline, build_short_byline
from tui.widgets import ListRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Facets, Results, SavedSearch, Searches

_lead = 10  # characters
_most_facets = 12  # of each kind
_around = 100  # rows on either side of one that is looked for
_most_attempts = 5


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The question that a list answers: the text as it was typed, and the Query made of it. Each search makes one.

    `is_expanded` is False where a saved search in it could not be put in place of its @name.
    """

    typed: str
    query: Query
    is_expanded: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list: those from `first` on, counted from 0, of `total` rows; `folded` more articles are below them.

    In an answer of `fetch_around`, `position` is the index of the row that was looked for; None if it is not there.
    """

    asked: Asked
    total: int
    first: int
    rows: tuple[ListRow, ...]
    note: str | None = None
    position: int | None = None
    folded: int = 0


class Listing:
    """Reads from the Library, in threads, what the list of results shows.

    Each answer is a Page. `take` makes a page's list the present one; `accept` says whether a page belongs to the
    present list. So a late answer to an older question changes nothing.
    """

    def __init__(self, library: Library, marks: Marks, searches: Searches) -> None:
        self._library, self._marks, self.searches = library, marks, searches
        self._rows: dict[str, ListRow] = {}
        self._asked = Asked("", Query("", as_you_type=True, folds=True))
        self.total = self.folded = 0

    @property
    def typed(self) -> str:
        """What was typed to search the present list."""
        return self._asked.typed

    @property
    def query(self) -> Query:
        """The query that the present list answers."""
        return self._asked.query

    async def search(self, query: Query, limit: int) -> Page:
        """Search: the first `limit` rows, and a note on the query. Each @name in it stands for a saved search."""
        return await asyncio.to_thread(self._search, query, limit)

    def _search(self, query: Query, limit: int) -> Page:
        try:
            text, missing = expand_saved_searches(query.text, self.searches), None
        except NotFoundError as error:
            text, missing = query.text, str(error)
        asked = Asked(query.text, replace(query, text=text, folds=True), is_expanded=missing is None)
        page = self._read(asked, 0, limit)
        return replace(page, note=missing or page.note)

    def take(self, page: Page) -> None:
        """Make the list of this page the present one."""
        self._asked, self.total, self.folded = page.asked, page.total, page.folded
        self._rows.update((row.key, row) for row in page.rows)

    def accept(self, page: Page) -> bool:
        """Take in the rows of a page and its total; False if it is a page of another list."""
        if page.asked is not self._asked:
            return False
        self.total, self.folded = page.total, page.folded
        self._rows.update((row.key, row) for row in page.rows)
        return True

    def _read(self, asked: Asked, first: int, count: int) -> Page:
        results = self._ask(asked.query, first, count)
        rows = self._build_rows(results.hits)
        return Page(asked, results.rows, first, rows, results.note, folded=results.folded)

    def _ask(self, query: Query, offset: int, limit: int) -> Results:
        return self._library.search(query, offset, limit, marks=self._marks)

    async def suggest(self, query: Query) -> str | None:
        """A corrected query for one with few results; None if there is none."""
        return await asyncio.to_thread(self._library.suggest, query, marks=self._marks)

    async def count_facets(self, query: Query) -> Facets:
        """Count the persons, organisations, places, sources and months of the results."""
        return await asyncio.to_thread(self._library.facets, query, _most_facets, marks=self._marks)

    def list_history(self) -> list[str]:
        """Earlier queries, the latest first."""
        return self.searches.list_history()

    async def list_saved(self) -> list[tuple[SavedSearch, int, int]]:
        """Each saved search with the number of its results, and of the unread ones among them."""
        return await asyncio.to_thread(self._list_saved)

    def _list_saved(self) -> list[tuple[SavedSearch, int, int]]:
        return [(each, *self._count_saved(each.query)) for each in self.searches.list_saved()]

    def _count_saved(self, text: str) -> tuple[int, int]:
        """The numbers of results and of unread ones; both 0 if the search names another one that does not exist."""
        try:
            text = expand_saved_searches(text, self.searches)
        except NotFoundError:
            return 0, 0
        total, unread = (self._ask(Query(each), 0, 0).total for each in (text, restrict_query(text, "is:unread")))
        return total, unread

    async def fetch(self, first: int, count: int) -> Page:
        """Read `count` rows of the present list from `first` on."""
        return await asyncio.to_thread(self._read, self._asked, first, count)

    async def fetch_around(self, key: str | None, index: int, above: int, count: int) -> Page:
        """Read rows from `above` rows before the one with this key on. It was at `index`, and may have moved."""
        return await asyncio.to_thread(self._read_around, self._asked, key, index, above, count)

    def _read_around(self, asked: Asked, key: str | None, index: int, above: int, count: int) -> Page:
        for _ in range(_most_attempts):
            total = self._ask(asked.query, 0, 1).rows
            position = self._find_position(asked.query, key, index, total) if key is not None else None
            at = position if position is not None else min(index, max(0, total - 1))
            page = self._read(asked, max(0, at - above), count)
            if page.total == total:
                break  # else the library changed between the two questions
        return replace(page, position=position)

    def _find_position(self, query: Query, key: str, near: int, total: int) -> int | None:
        if not query.text.strip():
            position = self._library.position(key, folds=True)
            there = self._ask(query, position, 1).hits
            return position if there and _stands_for(there[0], key) else None
        change = total - self.total
        first = max(0, near - _around + min(0, change))
        hits = self._ask(query, first, 2 * _around + abs(change)).hits
        return next((at for at, hit in enumerate(hits, first) if _stands_for(hit, key)), None)

    def find_title(self, document: str) -> str:
        """The title of a document that was listed; "" if it was not."""
        row = self._rows.get(document)
        return row.title if row else ""

    async def list_copies(self, document: str) -> tuple[ListRow, ...]:
        """The rows of the copies that are folded below a document in the present list."""
        return await asyncio.to_thread(self._list_copies, self._asked.query, document)

    def _list_copies(self, query: Query, document: str) -> tuple[ListRow, ...]:
        return self._build_rows(self._library.copies(query, document, marks=self._marks))

    def change_mark(self, document: str, what: str) -> tuple[Mark, str]:
        """Change "star" or "unread" of a document to its opposite; return the new mark, and what was done in words."""
        mark = self._marks.read([document]).get(document, Mark())
        if what == "star":
            mark = replace(mark, is_starred=not mark.is_starred)
            said = "starred" if mark.is_starred else "unstarred"
        else:
            mark = replace(mark, is_read=not mark.is_read)
            said = "marked read" if mark.is_read else "marked unread"
        self._marks.write(document, mark)
        return mark, said

    def keep_paragraph(self, document: str, paragraph: int) -> None:
        """Write down in which paragraph reading stopped."""
        mark = self._marks.read([document]).get(document, Mark())
        if mark.paragraph != paragraph:
            self._marks.write(document, replace(mark, paragraph=paragraph))

    def build_row(self, document: str, mark: Mark) -> ListRow | None:
        """Build the row of a document again with another mark; None if the document was not listed."""
        row = self._rows.get(document)
        if row is None:
            return None
        self._rows[document] = replace(row, glyph=_find_glyph(mark), is_bold=not mark.is_read)
        return self._rows[document]

    def describe(self, index: int) -> str:
        """Say which row is current: "3 of 17 articles and 2 copies for “homs”"; copies are below the rows."""
        what = f" for “{self.typed.strip()}”" if self.typed.strip() else ""
        if not self.total:
            return f"no articles{what}"
        copies = f" and {_count_copies(self.folded)}" if self.folded else ""
        return f"{index + 1:,} of {self.total:,} article{'s' if self.total > 1 else ''}{copies}{what}"

    def _build_rows(self, hits: Sequence[Hit]) -> tuple[ListRow, ...]:
        marks = self._marks.read([hit.summary.id for hit in hits])
        rows = tuple(_build_row(hit, marks.get(hit.summary.id, Mark())) for hit in hits)
        self._rows.update((row.key, row) for row in rows)
        return rows


def _stands_for(hit: Hit, document: str) -> bool:
    """Is this the row of the document, or the row that it is folded below?"""
    return document == hit.summary.id or document in hit.copies


def _count_copies(count: int) -> str:
    return f"{count:,} {'copy' if count == 1 else 'copies'}"


def _build_row(hit: Hit, mark: Mark) -> ListRow:
    summary, snippet = hit.summary, hit.snippet
    detail = build_byline(summary)
    spans: tuple[tuple[int, int], ...] = ()
    if snippet is not None and snippet.matches:
        day = f"{summary.published.day} {summary.published:%b} · " if summary.published else ""
        # Text before the first match is cut short, so that a narrow list shows the match.
        cut = max(0, snippet.matches[0][0] - _lead)
        cut = snippet.text.find(" ", cut) + 1 if cut else 0
        head = f"{day}…" if cut else day
        detail = head + snippet.text[cut:]
        spans = tuple((start + len(head) - cut, end + len(head) - cut) for start, end in snippet.matches)
    return ListRow(
        summary.id, summary.title, detail, spans, build_short_byline(summary), _find_glyph(mark),
        is_bold=not mark.is_read, title_spans=hit.title_matches,
        ending=f"+{_count_copies(len(hit.copies))}" if hit.copies else "",
    )  # fmt: skip


def _find_glyph(mark: Mark) -> str:
    if mark.is_starred:
        return "★"
    return " " if mark.is_read else "●"
