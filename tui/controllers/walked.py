"""WalkedArticles: the articles that the selected actor is in, in the order in which they are walked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search import Library
    from tui.controllers.view import ReaderView
    from tui.widgets import ReadingPane


class WalkedArticles:
    """The ids of the articles, oldest first; none while no actor is selected."""

    def __init__(self, view: ReaderView, library: Library, pane: ReadingPane) -> None:
        self._view, self._library, self._pane = view, library, pane
        self._documents: tuple[str, ...] = ()

    async def find(self) -> None:
        """Find the articles of the actor that is selected; if it is in none, release it and say so."""
        actor, name = self._pane.selected, self._pane.selected_name
        summaries = await asyncio.to_thread(self._library.documents_of, actor) if actor is not None else []
        if actor != self._pane.selected:
            return
        self._documents = tuple(summary.id for summary in summaries)
        if actor is not None and not summaries:
            self._pane.release()
            self._view.status.say(f"{name} is no longer among the actors of the library")

    def clear(self) -> None:
        """Forget the articles: no actor is selected."""
        self._documents = ()

    def __len__(self) -> int:
        return len(self._documents)

    def find_beside(self, document: str, direction: int) -> str | None:
        """The next article (`direction` 1) or the one before (-1); None at the end.

        From an article that the actor is not in, the first one.
        """
        at = self._documents.index(document) + direction if document in self._documents else 0
        return self._documents[at] if 0 <= at < len(self._documents) else None

    def describe_position(self) -> str:
        """Where the reader is: the paragraph, the mention of the selected actor, which of its articles this is."""
        document = self._pane.document
        if document is None:
            return ""
        at = self._documents.index(document.id) + 1 if document.id in self._documents else 0
        return self._pane.describe_position(at, len(self._documents))
