"""GrowingScreen: what comes into the library while it is read, and is shown without moving whoever reads."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from search import FullTextDamagedError, NewscastError
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
        self._is_damaged = self._is_hopeless = False
        self._is_looking = False
        self._unreadable = ""
        self._total = self._seen_total = 0

    # By others

    async def watch_library(self) -> None:
        """Look from now on whether somebody adds to the library."""
        self._seen_total = self._total = await asyncio.to_thread(self.library.size)
        self.set_interval(_between_looks, self._look)

    def _look(self) -> None:
        if not self._is_looking and not self.has_class("adding"):
            self._is_looking = True
            self._look_for_growth()

    @work(group="look")
    async def _look_for_growth(self) -> None:
        try:
            size = await asyncio.to_thread(self.library.size)
            if size != self._total:
                await self.show_growth()
                self._total = size
                self._note_new()
            self._unreadable = ""
        except NewscastError as error:
            if str(error) != self._unreadable:  # one line, and not one for each look
                self._unreadable = str(error)
                self.meet(error)
        finally:
            self._is_looking = False

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

    def meet(self, error: NewscastError) -> None:
        """Say what has gone wrong; a damaged index is built again in the background, then the search is repeated."""
        if not isinstance(error, FullTextDamagedError):
            super().meet(error)
        elif self.library.read_only or self._is_hopeless:
            self.say("the full-text index is damaged: words are not found until newscast doctor --repair mends it")
        else:
            self.say("the full-text index is damaged; it is being built again, and the search is repeated then")
            self._is_damaged = True
            if not self.has_class("adding"):
                self.add(())

    @work(exclusive=True, group="add")
    async def add(self, paths: Sequence[str]) -> None:
        """Add paths, or without any mend the index; what is ready is shown and can be read meanwhile."""
        self.add_class("adding")
        try:
            last = await self._show_adding(paths)
            if paths and self._is_damaged and not last.error:
                last = await self._show_adding(())
        finally:
            self.remove_class("adding")
        await self.show_growth()
        self._seen_total = self._total = await asyncio.to_thread(self.library.size)
        if (self._is_damaged or not paths) and not last.error:
            await self._search_again()
        self._is_damaged = False
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in last.counts.items())
        self.say(last.error or (counts if paths else self._notice))

    async def _search_again(self) -> None:
        """Ask an index that was mended."""
        if self.search_bar.value.strip():
            try:
                await self.search(self.search_bar.value, is_again=True)
            except FullTextDamagedError as error:
                self._is_hopeless = True
                self.meet(error)

    async def _show_adding(self, paths: Sequence[str]) -> Step:
        """Add, and show how far it is; the last step."""
        bar, last, shown = self.query_one(ProgressLine), Step(0, 0, "", {}), 0
        async with aclosing(add_in_background(self.library.folder, self.library.recogniser, paths)) as steps:
            async for step in steps:
                last = step
                refused = step.counts.get("refused", 0)
                notes = [f"· {refused:,} refused"] if refused else []
                notes += [f"· {describe_duration(step.left)} left"] if step.left is not None and step.left > 1 else []
                bar.show(step.what, step.done, step.total, " ".join(notes))
                news = step.counts.get("added", 0) + step.counts.get("changed", 0)
                try:
                    if news > shown:
                        shown = news
                        await self.show_growth()
                    await self.renew_cast()
                except NewscastError as error:
                    self.meet(error)  # what cannot be shown is no reason to stop adding
        return last

    async def show_growth(self) -> None:
        """More articles than before, or fewer: the list changes around the row that one is at, which stays in place."""
        results, current, index = self.results, self.results.current, self.results.index
        above = index - results.first_in_sight
        page = await self.listing.fetch_around(
            current.key if current else None, index, above, 2 * results.rows_in_sight
        )
        if not self.listing.accept(page):
            return
        moved = results.index + (page.position - index if page.position is not None else 0)
        results.grow(page.total, page.first, page.rows, min(max(0, moved), max(0, page.total - 1)))
        if page.position is None and self.is_preview and not self.takes_turns:
            self.preview()
        elif self.pane.document is None and page.rows:
            await self.open(page.rows[0].key, Landing("saved"), preview=True)
        self.show_status()
