"""AddingController: adds articles in the background, and has a damaged index built again."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from search import FullTextDamagedError, NewscastError
from tui.controllers.refusals import Refusals
from tui.indexer import Step, add_in_background
from tui.render import describe_duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search import Library
    from tui.controllers.live_updates import LiveUpdatesController
    from tui.controllers.reading import ReadingController
    from tui.controllers.search import SearchController
    from tui.controllers.view import ReaderView


class AddingController:
    """One run of the indexer's process at a time. What is ready is shown, and can be read meanwhile."""

    def __init__(
        self, view: ReaderView, library: Library, reading: ReadingController, search: SearchController,
        live_updates: LiveUpdatesController,
    ) -> None:  # fmt: skip
        self._view, self._library, self._reading, self._search = view, library, reading, search
        self._live_updates = live_updates
        self.refusals = Refusals()
        self._is_damaged = self._is_hopeless = False

    def meet(self, error: NewscastError) -> None:
        """Say what has gone wrong; have a damaged index built again, then the search is repeated."""
        if not isinstance(error, FullTextDamagedError):
            self._view.status.say(str(error))
        elif self._library.read_only or self._is_hopeless:
            self._view.status.say(
                "the full-text index is damaged: words are not found until newscast doctor --repair mends it"
            )
        else:
            self._view.status.say(
                "the full-text index is damaged; it is being built again, and the search is repeated then"
            )
            self._is_damaged = True
            if not self._view.is_adding:
                self.add(())

    def add(self, paths: Sequence[str]) -> None:
        """Add files, folders and addresses; without any, bring index and cast level with the library."""
        self._view.start("add", partial(self._add, paths))

    async def _add(self, paths: Sequence[str]) -> None:
        self._view.set_adding(True)
        if paths:
            self.refusals = Refusals()
        try:
            last = await self._show_adding(paths)
            if paths and self._is_damaged and not last.error:
                last = await self._show_adding(())
        finally:
            self._view.set_adding(False)
        await self._live_updates.follow_own_adding()
        if (self._is_damaged or not paths) and not last.error:
            await self._search_again()
        self._is_damaged = False
        if last.error or paths:
            self._view.status.say(last.error or self._describe_counts(last.counts))
        else:
            self._view.status.show()

    def _describe_counts(self, counts: Mapping[str, int]) -> str:
        refused = f"; {self._view.find_key('refusals')} shows what was refused" if counts.get("refused") else ""
        return ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()) + refused

    async def _search_again(self) -> None:
        """Search an index that was mended; if it is still damaged, do not mend it once more."""
        try:
            await self._search.search_again()
        except FullTextDamagedError as error:
            self._is_hopeless = True
            self.meet(error)

    async def _show_adding(self, paths: Sequence[str]) -> Step:
        """Add, and show how far it is; the last step."""
        last, shown = Step(0, 0, "", {}), 0
        async with aclosing(add_in_background(self._library.folder, self._library.recogniser, paths)) as steps:
            async for step in steps:
                last = step
                self.refusals.note(step.refusals)
                self._view.status.show_progress(step.what, step.done, step.total, self._describe_rest(step))
                news = step.counts.get("added", 0) + step.counts.get("changed", 0)
                try:
                    if news > shown:
                        shown = news
                        await self._live_updates.show_growth()
                    await self._reading.refresh_cast()
                except NewscastError as error:
                    self.meet(error)  # what cannot be shown is no reason to stop adding
        return last

    def _describe_rest(self, step: Step) -> str:
        refused = step.counts.get("refused", 0)
        notes = [f"· {refused:,} refused ({self._view.find_key('refusals')})"] if refused else []
        notes += [f"· {describe_duration(step.left)} left"] if step.left is not None and step.left > 1 else []
        return " ".join(notes)
