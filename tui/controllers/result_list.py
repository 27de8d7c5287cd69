"""ResultList: the rows of a Listing in the list on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search import Mark
    from tui.controllers.listing import Listing, Page
    from tui.widgets import ListRow, RowList


class ResultList:
    """Fills the list from the Listing. A page of another list than the present one changes nothing."""

    def __init__(self, listing: Listing, rows: RowList) -> None:
        self.listing, self.rows = listing, rows

    @property
    def current(self) -> ListRow | None:
        """The current row, if it was read."""
        return self.rows.current

    def show(self, page: Page, empty: str) -> None:
        """Show another list from its top; `empty` is what an empty one says."""
        self.listing.take(page)
        self.rows.empty = empty
        self.rows.reset(page.total, page.rows)

    async def fetch(self, first: int, count: int) -> bool:
        """Fill in rows that the list lacks; False if the library has more or fewer articles by now."""
        page = await self.listing.fetch(first, count)
        if page.total != self.rows.count:
            return False
        if self.listing.accept(page):
            self.rows.fill(first, page.rows)
        return True

    async def read_key(self, index: int) -> str | None:
        """Make the row at `index` current: its document's id; None if there is no such row."""
        page = await self.listing.fetch(index, 1) if 0 <= index < self.rows.count else None
        if page is None or not page.rows or not self.listing.accept(page):
            return None
        self.rows.action_go(index)
        return page.rows[0].key

    async def point_at(self, document: str, position: int) -> None:
        """Make the row of a document current, which was at that position, and open nothing."""
        rows = self.rows
        page = await self.listing.fetch_around(document, position, rows.rows_in_sight, 2 * rows.rows_in_sight)
        if page.total and self.listing.accept(page):
            index = page.position if page.position is not None else min(position, page.total - 1)
            rows.grow(page.total, page.first, page.rows, index)

    async def grow(self) -> Page | None:
        """Show what was added or removed; the current row stays in its place. None if the list is another by now."""
        rows, current, index = self.rows, self.rows.current, self.rows.index
        above = index - rows.first_in_sight
        page = await self.listing.fetch_around(current.key if current else None, index, above, 2 * rows.rows_in_sight)
        if not self.listing.accept(page):
            return None
        moved = rows.index + (page.position - index if page.position is not None else 0)
        rows.grow(page.total, page.first, page.rows, min(max(0, moved), max(0, page.total - 1)))
        return page

    def show_mark(self, document: str, mark: Mark) -> None:
        """Show in the list what was done with a document."""
        row = self.listing.build_row(document, mark)
        if row is not None:
            self.rows.replace_row(row)
