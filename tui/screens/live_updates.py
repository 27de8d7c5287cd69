"""LiveUpdatesScreen: shows what comes into the library while it is read, without moving whoever reads."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from search import FullTextDamagedError, NewscastError
from tui.indexer import Step, add_in_background
from tui.render import describe_duration
from tui.screens.opening import OpeningPosition
from tui.screens.refusals import Refusals, RefusalsScreen
from tui.screens.results import ResultsScreen
from tui.screens.writing import change_library
from tui.widgets import ProgressLine, RowList, StatusLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search import Library, Marks
    from tui.screens.listing import Listing

_between_looks = 2.0  # seconds


class LiveUpdatesScreen(ResultsScreen):
    """What is added by this reader or by anybody else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "show_new", "to what is new: the newest of all articles", id="show_new"),
        Binding("!", "refusals", "what was refused while adding, and why", id="refusals"),
        Binding("D", "remove", "remove the article from the library", id="remove"),
        Binding("U", "undo_remove", "bring back what was removed last", id="undo_remove"),
    ]

    def __init__(self, library: Library, marks: Marks, listing: Listing) -> None:
        super().__init__(library, marks, listing)
        self._is_damaged = self._is_hopeless = False
        self._is_looking = False
        self._refusals = Refusals()
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
        self._seen_total = min(self._seen_total, self._total)
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
        if paths:
            self._refusals = Refusals()
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
        self.say(last.error or (self._describe_counts(last.counts) if paths else self._notice))

    def _describe_counts(self, counts: Mapping[str, int]) -> str:
        refused = f"; {self.find_key('refusals')} shows what was refused" if counts.get("refused") else ""
        return ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()) + refused

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
                self._refusals.note(step.refusals)
                notes = [f"· {refused:,} refused ({self.find_key('refusals')})"] if refused else []
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
            await self.open(page.rows[0].key, OpeningPosition("saved"), preview=True)
        self.show_status()

    def action_refusals(self) -> None:
        """What was refused while adding, and why."""
        self.app.push_screen(RefusalsScreen(self._refusals))

    # Removing

    @work(exclusive=True, group="remove")
    async def action_remove(self) -> None:
        """Remove the article of the current row, or the one that is read, at once: it can be brought back."""
        identifier = self.find_meant()
        if identifier is None:
            return
        (gone,) = await change_library(self.library, self.library.remove, [identifier])
        if self.focused is not self.results:
            self.is_preview = True  # what is on the screen is not in the library
            self.show_results()
        await self._follow_own_change()
        self.say(f"removed, {self.find_key('undo_remove')} brings it back: “{gone.title}”")

    @work(exclusive=True, group="remove")
    async def action_undo_remove(self) -> None:
        """Bring back what was removed last, and go to it in the list."""
        brought = await change_library(self.library, self.library.undo_remove)
        if not brought:
            self.say("no article was removed: there is nothing to bring back")
            return
        await self._follow_own_change()
        await self.point_at(brought[0].id, self.results.index)
        if not self.takes_turns and self.is_preview:
            self.preview()
        titles = f"“{brought[0].title}” is" if len(brought) == 1 else f"{len(brought):,} articles are"
        self.say(f"{titles} back in the library")

    async def _follow_own_change(self) -> None:
        """Show the list without or with the article, and do not take it for news."""
        await self.show_growth()
        size = await asyncio.to_thread(self.library.size)
        self._seen_total += size - self._total
        self._total = size
