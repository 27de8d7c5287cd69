"""ReaderView: what the controllers ask of the screen that they work for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from search import NewscastError
    from tui.controllers.status import Status


class PanesView(Protocol):
    """Which panes are on the screen, and which of them has the keys."""

    @property
    def takes_turns(self) -> bool:
        """Is either the list or the article on the screen, and not both?"""

    @property
    def has_facets(self) -> bool:
        """Are the facets on the screen?"""

    @property
    def is_list_focused(self) -> bool:
        """Do keys go to the list?"""

    def show_article(self) -> None:
        """Bring the article to the front, and the keys to it."""

    def show_results(self) -> None:
        """Bring the results to the front, and the keys to them."""


class ReaderView(Protocol):
    """The screen, as far as controllers know it. ReaderScreen is one; a test may be another."""

    @property
    def panes(self) -> PanesView:
        """The panes."""

    @property
    def status(self) -> Status:
        """The lines at the bottom."""

    @property
    def is_adding(self) -> bool:
        """Is this reader adding articles?"""

    def set_adding(self, is_adding: bool) -> None:  # noqa: FBT001 - a setter
        """Show or hide the line of progress."""

    def set_dated(self, is_dated: bool) -> None:  # noqa: FBT001 - a setter
        """Show or hide the line of months."""

    def start(self, group: str, work: Callable[[], Awaitable[object]], *, is_exclusive: bool = True) -> None:
        """Run work in the background; if it is exclusive, it cancels unfinished work of the same group."""

    def call_later_by(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back once, after so many seconds."""

    def meet(self, error: NewscastError) -> None:
        """Tell the reader of an error that was to be expected."""

    def note_position(self) -> None:
        """The position in the article has changed."""

    def find_key(self, name: str) -> str:
        """The first key of a binding, as the settings have it and as a reader knows it."""

    def open_url(self, url: str) -> None:
        """Open an address in the desktop's browser."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text by the terminal."""
