"""The lines above and below: the search bar, the status, progress and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from search import make_safe_line
from tui.render import build_months_line, clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

_bar_width = 20
_between = 4  # cells: the space within a key's words, and three to the next key
_longest_query = 2_000  # characters


class SearchBar(Input):
    """Where a query is typed; every change is a question. Up and down go through what was asked before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave the search bar", id="leave_search"),
        Binding("up", "recall(1)", "what was asked before", id="recall"),
        Binding("down", "recall(-1)", "what was asked after that; to the results", id="to_results"),
        Binding("tab", "take_suggestion", "search what was perhaps meant", id="take_suggestion"),
    ]

    @dataclass
    class Left(Message):
        """The reader is done with typing."""

    @dataclass
    class SuggestionTaken(Message):
        """What was perhaps meant is to be searched."""

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="/ search", compact=True, max_length=_longest_query, select_on_focus=False, id=id)
        self.cursor_blink = False  # a blinking cursor writes to an idle terminal
        self._history: Sequence[str] = ()
        self._at = 0

    def _on_paste(self, event: events.Paste) -> None:
        """As much of the first line as there is room for; Textual would take all of it or nothing."""
        event.stop()
        event.prevent_default()
        room = (self.max_length or 0) - len(self.value)
        self.insert_text_at_cursor(make_safe_line(event.text[: 2 * _longest_query])[:room])

    def select_query(self) -> None:
        """Select what was asked: typing replaces it, an arrow key or End goes on with it."""
        self.selection = Selection(0, len(self.value))

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

    def action_take_suggestion(self) -> None:
        """Search what was perhaps meant."""
        self.post_message(self.SuggestionTaken())


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


class MonthsLine(Static):
    """When the results were published: a bar a month, in one line."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._months: Sequence[tuple[str, int]] = ()

    def show(self, months: Sequence[tuple[str, int]]) -> None:
        """Show how many there are in each month, given in order."""
        if tuple(months) != self._months:
            self._months = tuple(months)
            self._fill()

    def on_resize(self) -> None:
        """As wide as the screen."""
        self._fill()

    def _fill(self) -> None:
        self.update(Content(build_months_line(self._months, self.size.width)), layout=False)


class StatusLine(Static):
    """Where one is, or what has just happened; on the right, what is new."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._shown = self._note = ""

    def say(self, text: str) -> None:
        """Show a line; the same one is not drawn twice."""
        if text != self._shown:
            self._shown = text
            self._fill()

    def note(self, text: str) -> None:
        """Show a few words on the right until they are other ones."""
        if text != self._note:
            self._note = text
            self._fill()

    def on_resize(self) -> None:
        """As wide as the screen."""
        self._fill()

    def _fill(self) -> None:
        note = f" {self._note} " if self._note else ""
        width = self.size.width - cell_len(note)
        shown = clip(f" {self._shown}", width)
        self.update(Content(shown + " " * (width - cell_len(shown)) + note), layout=False)


class ProgressLine(Static):
    """How far the adding of documents is."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)

    def show(self, what: str, done: int, total: int, note: str) -> None:
        """Show a bar; `total` is 0 while it is not known."""
        filled = _bar_width * done // total if total else 0
        counts = f"{done:,} of {total:,}" if total else ""
        line = f" {what} {'━' * filled}{'─' * (_bar_width - filled)} {counts} {note}"
        self.update(Content(clip(line, max(10, self.size.width or 200))), layout=False)


class KeyLine(Static):
    """The keys that matter most, in one line."""

    def __init__(self, keys: Sequence[tuple[str, str]], *, id: str) -> None:
        self._keys = keys
        super().__init__("", markup=False, id=id)

    def on_resize(self) -> None:
        """As many keys as fit, each whole, the most important ones first."""
        shown, left = [], self.size.width
        for key, what in self._keys:
            left -= cell_len(key) + cell_len(what) + _between
            if left + _between - 1 < 0:
                break
            shown.append(Content.assemble((key, "bold"), f" {what}"))
        self.update(Content(" " * (_between - 1)).join(shown), layout=False)
