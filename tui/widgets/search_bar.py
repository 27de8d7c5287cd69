"""The search bar, and the note beside it."""

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
    """Where a query is typed; every change is a question. Up and down go through what was asked before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave the search bar", id="leave_search"),
        Binding("up", "recall(1)", "what was asked before", id="recall"),
        Binding("down", "recall(-1)", "what was asked after that; to the results", id="to_results"),
        Binding("tab", "accept_suggestion", "accept the suggested spelling", id="accept_suggestion"),
    ]

    @dataclass
    class Left(Message):
        """The reader is done with typing."""

    @dataclass
    class SuggestionAccepted(Message):
        """What was perhaps meant is to be searched."""

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="/ search", compact=True, max_length=_longest_query, select_on_focus=False, id=id)
        self.cursor_blink = False  # a blinking cursor writes to an idle terminal
        self._history: Sequence[str] = ()
        self._at = 0

    def on_paste(self, event: events.Paste) -> None:
        """As much of the first line as there is room for; Textual would take all of it or nothing."""
        event.stop()
        event.prevent_default()
        room = (self.max_length or 0) - len(self.value)
        self.insert_text_at_cursor(make_safe_line(event.text[: 2 * _longest_query])[:room])

    def select_query(self) -> None:
        """Select what was asked: typing replaces it, an arrow key or End goes on with it."""
        self.selection = Selection(0, len(self.value))

    def show_query(self, text: str) -> None:
        """Show a query without asking it."""
        with self.prevent(Input.Changed):
            self.value = text

    def set_history(self, queries: Sequence[str]) -> None:
        """What was asked before, the last query first."""
        self._history, self._at = (self.value, *(query for query in queries if query != self.value)), 0

    def action_recall(self, step: int) -> None:
        """An older query, or a newer one; behind the newest are the results."""
        if step < 0 and self._at == 0:
            self.post_message(self.Left())
        elif 0 <= self._at + step < len(self._history):
            if self._at == 0:
                self._history = (self.value, *self._history[1:])
            self._at += step
            self.value = self._history[self._at]
            self.action_end()

    def action_leave(self) -> None:
        """Back to the results."""
        self.post_message(self.Left())

    def action_accept_suggestion(self) -> None:
        """Search what was perhaps meant."""
        self.post_message(self.SuggestionAccepted())


class SearchNote(Static):
    """Beside the search bar: what was made of an odd query, or what was perhaps meant."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._shown = ""

    def say(self, text: str) -> None:
        """Show half a line, "" for nothing."""
        if text != self._shown:
            self._shown = text
            self.display = bool(text)
            self.update(Content(text))
