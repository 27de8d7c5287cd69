"""ArticleController: what is done with one article: star it, mark it unread, open its link, copy its link."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.controllers.linking import copy_link, open_link

if TYPE_CHECKING:
    from search import Document, Library
    from tui.controllers.result_list import ResultList
    from tui.controllers.view import ReaderView
    from tui.widgets import ReadingPane


class ArticleController:
    """Acts on the article of the current row while the list has the keys, else on the one that is read."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("s", "star", "star or unstar", id="star"),
        Binding("u", "mark_unread", "mark unread or read", id="mark_unread"),
        Binding("o", "open_link", "open the link or the file (over SSH: show it)", id="open_link"),
        Binding("y", "copy_link", "copy the link, or the path of the file", id="copy_link"),
    ]

    def __init__(self, view: ReaderView, library: Library, results: ResultList, pane: ReadingPane) -> None:
        self._view, self._library, self._results, self._pane = view, library, results, pane

    def find_document(self) -> str | None:
        """The id of the article that a key acts on."""
        row, document = self._results.current, self._pane.document
        if self._view.panes.is_list_focused and row is not None:
            return row.key
        return document.id if document is not None else None

    def action_star(self) -> None:
        """Star the article, or unstar it."""
        self._view.start("mark", partial(self._change_mark, "star"))

    def action_mark_unread(self) -> None:
        """Mark the article unread, or read."""
        self._view.start("mark", partial(self._change_mark, "unread"))

    async def _change_mark(self, what: str) -> None:
        identifier = self.find_document()
        if identifier is not None:
            mark, said = await asyncio.to_thread(self._results.listing.change_mark, identifier, what)
            self._results.show_mark(identifier, mark)
            self._view.status.say(said)

    def action_open_link(self) -> None:
        """Open the article's link or file in a program of the desktop; over SSH, show it."""
        self._view.start("link", self._open_link)

    async def _open_link(self) -> None:
        document = await self._read_document()
        if document is not None:
            self._view.status.say(await open_link(self._view, self._library, document))

    def action_copy_link(self) -> None:
        """Copy the article's link, or the path of its file."""
        self._view.start("link", self._copy_link)

    async def _copy_link(self) -> None:
        document = await self._read_document()
        if document is not None:
            self._view.status.say(await copy_link(self._view, self._library, document))

    async def _read_document(self) -> Document | None:
        identifier, shown = self.find_document(), self._pane.document
        if identifier is None or (shown is not None and shown.id == identifier):
            return shown
        return await asyncio.to_thread(self._library.document, identifier)
