"""DialogsController: the keys that open a dialog, and what is done with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.controllers.selection import nothing_selected
from tui.screens.dialogs import ActorsScreen, CopiesScreen, MentionsScreen
from tui.screens.refusals import RefusalsScreen
from tui.screens.saved import SavedScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from search import Library
    from tui.controllers import AddingController, ArticleController, ReaderView, SearchController, SelectionController


class DialogsController:
    """Opens a dialog over the screen, waits for its answer, and hands it to the controller that it is for."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("@", "saved", "saved searches; save this one", id="saved"),
        Binding("a", "actors", "the actors of the library", id="actors"),
        Binding("m", "mentions", "all mentions of the selected actor", id="mentions"),
        Binding("plus", "copies", "the copies that are folded below the article", id="copies"),
        Binding("!", "refusals", "what was refused while adding, and why", id="refusals"),
    ]

    def __init__(  # noqa: PLR0913, PLR0917 - the screen below, and those whom answers are for
        self, screen: Screen[None], view: ReaderView, library: Library, search: SearchController,
        selection: SelectionController, articles: ArticleController, adding: AddingController,
    ) -> None:  # fmt: skip
        """`screen` and `view` are the same object: the one as Textual knows it, the other as controllers do."""
        self._screen, self._view, self._library, self._pane = screen, view, library, selection.pane
        self._search, self._selection, self._articles, self._adding = search, selection, articles, adding

    def action_saved(self) -> None:
        """Choose a saved search, or save this one."""
        self._view.start("dialog", self._choose_saved, is_exclusive=False)

    async def _choose_saved(self) -> None:
        dialog = SavedScreen(self._search.listing, self._search.query_to_save)
        chosen = await self._screen.app.push_screen_wait(dialog)
        if chosen is not None:
            self._search.search_saved(chosen)

    def action_actors(self) -> None:
        """Choose among all actors of the library."""
        self._view.start("dialog", self._choose_actor, is_exclusive=False)

    async def _choose_actor(self) -> None:
        actor = await self._screen.app.push_screen_wait(ActorsScreen(self._library))
        if actor is not None:
            await self._selection.go_to_actor(actor)

    def action_mentions(self) -> None:
        """Choose among all mentions of the selected actor."""
        if self._pane.selected is None:
            self._view.status.say(nothing_selected)
        else:
            self._view.start("dialog", self._choose_mention, is_exclusive=False)

    async def _choose_mention(self) -> None:
        actor = self._pane.selected
        if actor is None:
            return
        dialog = MentionsScreen(self._library, actor, self._pane.selected_name)
        chosen = await self._screen.app.push_screen_wait(dialog)
        if chosen is not None:
            self._selection.go_to_mention(actor, chosen)

    def action_copies(self) -> None:
        """Choose among the copies that are folded below the article."""
        self._view.start("dialog", self._choose_copy, is_exclusive=False)

    async def _choose_copy(self) -> None:
        document = self._articles.find_document()
        copies = await self._search.listing.list_copies(document) if document is not None else ()
        if document is None or not copies:
            self._view.status.say("no copies are folded below this article")
            return
        title = self._search.listing.find_title(document)
        chosen = await self._screen.app.push_screen_wait(CopiesScreen(title, copies))
        if chosen is not None:
            self._search.open_chosen(chosen)

    def action_refusals(self) -> None:
        """Show what was refused while adding, and why."""
        self._screen.app.push_screen(RefusalsScreen(self._adding.refusals))
