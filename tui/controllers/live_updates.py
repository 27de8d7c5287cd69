"""LiveUpdatesController: shows what others add to the library or remove from it, without moving the reader."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from search import NewscastError
from tui.controllers.opening import OpeningPosition

if TYPE_CHECKING:
    from search import Library
    from tui.controllers.reading import ReadingController
    from tui.controllers.result_list import ResultList
    from tui.controllers.search import SearchController
    from tui.controllers.view import ReaderView


class LiveUpdatesController:
    """Looks at the size of the library, and brings the list level with it."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("r", "show_new", "to what is new: the newest of all articles", id="show_new"),
    ]
    seconds_between_looks = 2.0

    def __init__(
        self, view: ReaderView, library: Library, results: ResultList, reading: ReadingController,
        search: SearchController,
    ) -> None:  # fmt: skip
        self._view, self._library, self._results, self._reading, self._search = view, library, results, reading, search
        self._is_looking = False
        self._unreadable = ""
        self._total = self._seen_total = 0

    async def begin(self) -> None:
        """Take what is there for seen."""
        self._seen_total = self._total = await asyncio.to_thread(self._library.size)

    def look(self) -> None:
        """Look whether somebody has added or removed articles, unless the last look is still under way."""
        if not self._is_looking and not self._view.is_adding:
            self._is_looking = True
            self._view.start("look", self._look)

    async def _look(self) -> None:
        try:
            size = await asyncio.to_thread(self._library.size)
            if size != self._total:
                await self.show_growth()
                self._total = size
                self._note_new()
            self._unreadable = ""
        except NewscastError as error:
            if str(error) != self._unreadable:  # one line, and not one for each look
                self._unreadable = str(error)
                self._view.meet(error)
        finally:
            self._is_looking = False

    def _note_new(self) -> None:
        self._seen_total = min(self._seen_total, self._total)
        new = self._total - self._seen_total
        self._view.status.show_new(new)

    def note_pointed(self, index: int) -> None:
        """At the top of the list of all articles, the reader has seen what is new."""
        if index == 0 and not self._results.listing.query.text.strip():
            self._seen_total = self._total
            self._note_new()

    def action_show_new(self) -> None:
        """Go to the top of the list of all articles."""
        self._seen_total = self._total
        self._note_new()
        self._search.clear()
        self._view.panes.show_results()
        self._results.rows.action_go(0)

    async def fetch(self, first: int, count: int) -> None:
        """Fill in rows that the list lacks; if the library has grown or shrunk, show that."""
        if not await self._results.fetch(first, count):
            await self.show_growth()

    async def show_growth(self) -> None:
        """Show more or fewer articles than before; the current row stays in its place."""
        page = await self._results.grow()
        if page is None:
            return
        if page.position is None and self._reading.is_preview and not self._view.panes.takes_turns:
            self._search.preview()
        elif self._reading.find_position() is None and page.rows:
            await self._reading.open(page.rows[0].key, OpeningPosition("saved"), preview=True)
        self._view.status.show()

    async def follow_own_change(self) -> None:
        """Show the list after this reader has removed articles or brought some back; they do not count as new."""
        await self.show_growth()
        size = await asyncio.to_thread(self._library.size)
        self._seen_total += size - self._total
        self._total = size

    async def go_to(self, document: str) -> None:
        """Make the row of a document current; it is shown where nothing else is read."""
        await self._results.point_at(document, self._results.rows.index)
        if not self._view.panes.takes_turns and self._reading.is_preview:
            self._search.preview()

    async def follow_own_adding(self) -> None:
        """Show the list after this reader has added articles; the reader has seen them."""
        await self.show_growth()
        await self.begin()
