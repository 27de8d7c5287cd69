"""GrowingScreen: what comes into the library while it is read, and is shown without moving whoever reads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from tui.indexer import Step, add_in_background
from tui.render import describe_duration
from tui.screens.landing import Landing
from tui.screens.results import ResultsScreen
from tui.widgets import ProgressLine, RowList, StatusLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search import Library, Marks
    from tui.screens.listing import Listing

_between_looks = 2.0  # seconds


class GrowingScreen(ResultsScreen):
    """What is added by this reader or by anybody else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "show_new", "to what is new: the newest of all articles", id="show_new"),
    ]

    def __init__(self, library: Library, marks: Marks, listing: Listing) -> None:
        super().__init__(library, marks, listing)
        self._was_mended = False
        self._total = self._seen_total = 0

    # By others

    async def watch_library(self) -> None:
        """Look from now on whether somebody adds to the library."""
        self._seen_total = self._total = await asyncio.to_thread(self.library.size)
        self.set_interval(_between_looks, self._look)

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        if self.has_class("adding"):
            return
        size = await asyncio.to_thread(self.library.size)
        if size != self._total:
            self._total = size
            self._note_new()
            await self._show_growth()

    def _note_new(self) -> None:
        new = self._total - self._seen_total
        self.query_one(StatusLine).note(f"{new:,} new" if new > 0 else "")

    @on(RowList.Pointed)
    def _note_seen(self, message: RowList.Pointed) -> None:
        """At the top of the list of all, nothing is new any more."""
        if message.rows is self.results and message.index == 0 and not self.listing.query.text.strip():
            self._seen_total = self._total
            self._note_new()

    def action_show_new(self) -> None:
        """The list of all from its top."""
        self._seen_total = self._total
        self._note_new()
        self.search_bar.value = ""
        self.show_results()
        self.results.action_go(0)

    # By this reader

    def mend(self) -> bool:
        """Build a damaged index anew, once, and not while somebody writes."""
        if self._was_mended or self.library.read_only or self.has_class("adding"):
            return False
        self._was_mended = True
        self.add(())
        return True

    @work(exclusive=True, group="add")
    async def add(self, paths: Sequence[str]) -> None:
        """Add paths, or without any mend the index; what is ready is shown and can be read meanwhile."""
        self.add_class("adding")
        bar, last, shown = self.query_one(ProgressLine), Step(0, 0, "", {}), 0
        async for step in add_in_background(self.library.folder, self.library.recogniser, paths):
            last = step
            refused = step.counts.get("refused", 0)
            notes = [f"· {refused:,} refused"] if refused else []
            notes += [f"· {describe_duration(step.left)} left"] if step.left is not None and step.left > 1 else []
            bar.show(step.what, step.done, step.total, " ".join(notes))
            news = step.counts.get("added", 0) + step.counts.get("changed", 0)
            if news > shown:
                shown = news
                await self._show_growth()
            else:
                await self._show_new_cast()
        self.remove_class("adding")
        await self._show_growth()
        self._seen_total = self._total = await asyncio.to_thread(self.library.size)
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in last.counts.items())
        if not paths and self.listing.query.text.strip():
            await self.search(self.listing.query.text)
        self.say(last.error or (counts if paths else ""))

    async def _show_new_cast(self) -> None:
        """The article that is being read may have been annotated just now."""
        document = self.pane.document
        if document is None:
            return
        cast = await asyncio.to_thread(self.library.cast, document.id)
        if self.pane.document is document:
            self.pane.set_cast(cast)

    async def _show_growth(self) -> None:
        """More articles than before: the list grows around the row that one is at, which stays where it is."""
        current, total = self.results.current, await self.listing.count()
        index = await self.listing.find_position(current.key, self.results.index) if current else 0
        if index is None:
            return
        first = max(0, self.results.first_in_sight + index - self.results.index)
        rows = await self.listing.fetch(first, 2 * self.results.rows_in_sight)
        self.results.grow(total, first, rows, index)
        if self.pane.document is None and rows:
            await self.open(rows[0].key, Landing("saved"), preview=True)
        self.show_status()
