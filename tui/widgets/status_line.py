"""The lines at the bottom of a screen: status, progress and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.render import clip, shorten_status

if TYPE_CHECKING:
    from collections.abc import Sequence


_bar_width = 20
_between = 4  # cells: the space within a key's words, and three to the next key


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
        shown = clip(f" {shorten_status(self._shown, width - 1)}", width)
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
