"""RemovingController: removes an article, and brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.controllers.writing import change_library

if TYPE_CHECKING:
    from search import Library
    from tui.controllers.articles import ArticleController
    from tui.controllers.live_updates import LiveUpdatesController
    from tui.controllers.reading import ReadingController
    from tui.controllers.view import ReaderView


class RemovingController:
    """Removes at once and without a question, since it can be undone."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("D", "remove", "remove the article from the library", id="remove"),
        Binding("U", "undo_remove", "bring back what was removed last", id="undo_remove"),
    ]

    def __init__(
        self, view: ReaderView, library: Library, articles: ArticleController, reading: ReadingController,
        live_updates: LiveUpdatesController,
    ) -> None:  # fmt: skip
        self._view, self._library, self._articles = view, library, articles
        self._reading, self._live_updates = reading, live_updates

    def action_remove(self) -> None:
        """Remove the article of the current row, or the one that is read."""
        self._view.start("remove", self._remove)

    async def _remove(self) -> None:
        identifier = self._articles.find_document()
        if identifier is None:
            return
        (gone,) = await change_library(self._library, self._library.remove, [identifier])
        if not self._view.panes.is_list_focused:
            self._reading.forget_document()
            self._view.panes.show_results()
        await self._live_updates.follow_own_change()
        self._view.status.say(f"removed, {self._view.find_key('undo_remove')} brings it back: “{gone.title}”")

    def action_undo_remove(self) -> None:
        """Bring back what was removed last, and go to it in the list."""
        self._view.start("remove", self._undo_remove)

    async def _undo_remove(self) -> None:
        brought = await change_library(self._library, self._library.undo_remove)
        if not brought:
            self._view.status.say("no article was removed: there is nothing to bring back")
            return
        await self._live_updates.follow_own_change()
        await self._live_updates.go_to(brought[0].id)
        titles = f"“{brought[0].title}” is" if len(brought) == 1 else f"{len(brought):,} articles are"
        self._view.status.say(f"{titles} back in the library")
