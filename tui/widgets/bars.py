"""The lines above and below: the search bar, the status, progress and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.render import clip

if TYPE_CHECKING:
    from collections.abc import Sequence

_bar_width = 20


class SearchBar(Input):
    """Where a query is typed; every change is a question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave the search bar", id="leave_search"),
        Binding("down", "leave", "to the results", id="to_results"),
    ]

    @dataclass
    class Left(Message):
        """The reader is done with typing."""

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder="/ search", compact=True, max_length=500, select_on_focus=False, id=id)
        self.cursor_blink = False  # a blinking cursor writes to an idle terminal

    def action_leave(self) -> None:
        """Back to the results."""
        self.post_message(self.Left())


class StatusLine(Static):
    """Where one is, or what has just happened."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._shown = ""

    def say(self, text: str) -> None:
        """Show a line; the same one is not drawn twice."""
        if text != self._shown:
            self._shown = text
            self._fill()

    def on_resize(self) -> None:
        """As wide as the screen."""
        self._fill()

    def _fill(self) -> None:
        width = self.size.width
        self.update(Content(clip(f" {self._shown}", width).ljust(width)), layout=False)


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
        """As many keys as fit."""
        shown, length = [], 0
        for key, what in self._keys:
            length += len(key) + len(what) + 4
            if length > self.size.width:
                break
            shown.append(Content.assemble((f" {key}", "bold"), f" {what} "))
        self.update(Content(" ").join(shown), layout=False)
