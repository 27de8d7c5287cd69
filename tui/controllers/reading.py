"""ReadingController: opens documents, keeps their cast fresh, and knows the way back."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from search import NotFoundError
from tui.controllers.opening import OpeningPosition, go_to_opening_position, read_cast, read_document
from tui.controllers.walked import WalkedArticles
from tui.history import History, ReadingPosition

if TYPE_CHECKING:
    from search import Library, Marks
    from tui.controllers.opening import Opened
    from tui.controllers.result_list import ResultList
    from tui.controllers.view import ReaderView
    from tui.widgets import ReadingPane

_cast_delay = 0.1  # seconds: the article is drawn first, since drawing and decoding share the interpreter


class ReadingController:
    """The one document that is shown: as a preview, or opened to be read."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("alt+right", "go_forward", "forward again", id="forward"),
    ]

    def __init__(
        self, view: ReaderView, library: Library, marks: Marks, results: ResultList, pane: ReadingPane
    ) -> None:
        self._view, self._library, self._marks, self._results, self._pane = view, library, marks, results, pane
        self.walked = WalkedArticles(view, library, pane)
        self.is_preview = True
        self._history = History()
        self._stopped: tuple[str, int] | None = None
        self._opening = 0
        self._is_moved = False

    # Opening

    def jump(self, identifier: str, opening_position: OpeningPosition, *, remember: bool = True) -> None:
        """Open a document to be read, and keep the way back; a later call cancels this one."""
        self._view.start("open", partial(self._jump, identifier, opening_position, remember=remember))

    async def _jump(self, identifier: str, opening_position: OpeningPosition, *, remember: bool) -> None:
        here = self.find_position()
        if remember and here is not None and not self.is_preview:
            self._history = self._history.leave(here)
        if await self.open(identifier, opening_position, preview=False):
            self._view.panes.show_article()
            self._view.status.show()

    async def open(self, identifier: str, opening_position: OpeningPosition, *, preview: bool) -> bool:
        """Read a document and show it where it opens; False if it is gone, or another one was to be opened since."""
        self._opening += 1
        opening = self._opening
        await self.keep_position()
        query = self._results.listing.query
        try:
            opened = await asyncio.to_thread(
                read_document, self._library, self._marks, identifier, query, opening_position, mark_read=not preview
            )
        except NotFoundError:
            self._view.status.say("this article has been removed from the library")
            return False
        if opening != self._opening:
            return False
        self._show(opened, opening_position)
        self.is_preview = preview
        if not preview:
            self._view.status.clear_notice()
        self._note_position()
        await self.walked.find()
        self._view.status.show()
        if not preview:
            self._results.show_mark(opened.document.id, opened.mark)
        if opened.trouble is not None:
            self._view.meet(opened.trouble)
        return True

    def _show(self, opened: Opened, opening_position: OpeningPosition) -> None:
        is_given = opening_position.selected is not None or opening_position.kind == "position"
        selected = opening_position.selected if is_given else self._pane.selected
        self._pane.article.set_title_matches(opened.title_matches)
        if opening_position.kind == "stay" and opened.document == self._pane.document:
            self._pane.set_matches(opened.matches)
            return
        self._pane.show(opened.document, opened.cast, opened.matches, selected)
        go_to_opening_position(self._pane, opened, opening_position)
        if opened.is_partial:
            self._view.start("cast", self._read_whole_cast)

    async def _read_whole_cast(self) -> None:
        await asyncio.sleep(_cast_delay)
        await self.refresh_cast()
        self._view.status.show()

    async def refresh_cast(self) -> bool:
        """Show the cast of the document as it is in the library; if its text has changed, show that: False."""
        document = self._pane.document
        if document is None:
            return True
        cast = await asyncio.to_thread(read_cast, self._library, document)
        if self._pane.document is not document:
            return True
        if cast is not None:
            self._pane.set_cast(cast)
        else:
            here, self._is_moved = self.find_position(), True
            position = OpeningPosition("position", selected=self._pane.selected, position=here)
            await self.open(document.id, position, preview=self.is_preview)
            self._view.status.say("this article has changed: this is its new text")
        if self._pane.selected is not None and not self._pane.mentions:
            await self.walked.find()
        return cast is not None

    def forget_document(self) -> None:
        """Treat the document on the screen as a preview, since it was removed: no key goes back to it."""
        self.is_preview = True

    # Positions

    def follow(self) -> None:
        """Another paragraph is current, or another actor is selected."""
        self._note_position()
        if self._is_moved or self.is_preview:
            # newscast has moved, not the reader: what was said last stays.
            self._is_moved = False
            self._view.status.show()
        else:
            self._view.status.say("")

    def find_position(self) -> ReadingPosition | None:
        """The position to come back to; None while no document is shown."""
        document, article = self._pane.document, self._pane.article
        if document is None:
            return None
        return ReadingPosition(document.id, article.paragraph, article.top, self._pane.selected, article.cursor)

    def _note_position(self) -> None:
        document = self._pane.document
        is_read = document is not None and not self.is_preview
        self._stopped = (document.id, self._pane.article.paragraph) if document and is_read else None
        if is_read:
            self._view.note_position()

    async def keep_position(self) -> None:
        """Write down in which paragraph reading stopped, for another day."""
        if self._stopped is not None:
            await asyncio.to_thread(self._results.listing.keep_paragraph, *self._stopped)

    def remember(self, position: ReadingPosition | None) -> None:
        """Make a position the first to go back to."""
        if position is not None:
            self._history = self._history.leave(position)

    def go_back(self) -> None:
        """Go to the position visited before."""
        here = self.find_position()
        self._go_to_visited(self._history.back(here) if here else None, "nothing to go back to")

    def action_go_forward(self) -> None:
        """Go to the position that you came back from."""
        here = self.find_position()
        self._go_to_visited(self._history.forward(here) if here else None, "nothing to go forward to")

    def _go_to_visited(self, moved: tuple[History, ReadingPosition] | None, otherwise: str) -> None:
        if moved is None:
            self._view.status.say(otherwise)
            return
        self._history, position = moved
        document = self._pane.document
        if document is None or document.id != position.document or self.is_preview:
            self.return_to(position)
            return
        if self._pane.selected != position.selected:
            self._pane.select(position.selected)
            self._view.start("select", self.walked.find)
        self._pane.return_to(position.paragraph, position.top, position.mention)

    def return_to(self, position: ReadingPosition) -> None:
        """Open the document of a position there, without a way back to here."""
        opening_position = OpeningPosition("position", selected=position.selected, position=position)
        self.jump(position.document, opening_position, remember=False)
