"""SearchBar and SearchNote: the line in which a query is typed, and the note beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from search import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

_longest_query = 2_000  # characters


class SearchBar(Input):
    """The line in which the reader types a query; ↑ and ↓ bring back earlier queries."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave the search bar", id="leave_search"),
        Binding("up", "recall(1)", "the query before this one", id="recall"),
        Binding("down", "recall(-1)", "the query after this one; then the results", id="to_results"),
        Binding("tab", "accept_suggestion", "accept the suggested spelling", id="accept_suggestion"),
    ]

    @dataclass
    class Left(Message):
        """The reader has left the search bar."""

    @dataclass
    class SuggestionAccepted(Message):
        """The reader has accepted the suggested spelling."""

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="/ search", compact=True, max_length=_longest_query, select_on_focus=False, id=id)
        self.cursor_blink = False  # a blinking cursor writes to an idle terminal
        self._history: Sequence[str] = ()
        self._at = 0

    def on_paste(self, event: events.Paste) -> None:
        """Insert as much of the first line as fits; Textual would insert all of it or nothing."""
        event.stop()
        event.prevent_default()
        room = (self.max_length or 0) - len(self.value)
        self.insert_text_at_cursor(make_safe_line(event.text[: 2 * _longest_query])[:room])

    def select_query(self) -> None:
        """Select the whole query: typing replaces it, an arrow key or End keeps it."""
        self.selection = Selection(0, len(self.value))

    def show_query(self, text: str) -> None:
        """Show a query without asking it."""
        with self.prevent(Input.Changed):
            self.value = text

    def set_history(self, queries: Sequence[str]) -> None:
        """Set the earlier queries, the latest one first."""
        self._history, self._at = (self.value, *(query for query in queries if query != self.value)), 0

    def action_recall(self, step: int) -> None:
        """Show an older query (1) or a newer one (-1); after the newest one, leave the search bar."""
        if step < 0 and self._at == 0:
            self.post_message(self.Left())
        elif 0 <= self._at + step < len(self._history):
            if self._at == 0:
                self._history = (self.value, *self._history[1:])
            self._at += step
            self.value = self._history[self._at]
            self.action_end()

    def action_leave(self) -> None:
        """Leave the search bar."""
        self.post_message(self.Left())

    def action_accept_suggestion(self) -> None:
        """Accept the suggested spelling."""
        self.post_message(self.SuggestionAccepted())


class SearchNote(Static):
    """A note beside the search bar: how an unusual query was read, or a suggested spelling."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._shown = ""

    def say(self, text: str) -> None:
        """Show a note of half a line at most; "" hides it."""
        if text != self._shown:
            self._shown = text
            self.display = bool(text)
            self.update(Content(text))
