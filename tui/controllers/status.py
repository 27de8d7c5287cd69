"""Status: what the lines at the bottom of the screen say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.widgets import ProgressLine, StatusLine


class Status:
    """A notice of what has just happened, or else where the reader is, which `describe_position` says."""

    def __init__(self, line: StatusLine, progress: ProgressLine, describe_position: Callable[[], str]) -> None:
        self._line, self._progress, self._describe_position = line, progress, describe_position
        self._notice = ""

    def say(self, notice: str) -> None:
        """Say what has just happened, until the next key; "" says where the reader is."""
        self._notice = notice
        self.show()

    def clear_notice(self) -> None:
        """Forget what was said last; the line shows it until `show`."""
        self._notice = ""

    def show(self) -> None:
        """Write the line again: the notice, or where the reader is."""
        self._line.say(self._notice or self._describe_position())

    def show_new(self, count: int) -> None:
        """Show at the end of the line how many articles are new."""
        self._line.note(f"{count:,} new" if count > 0 else "")

    def show_progress(self, what: str, done: int, total: int, note: str) -> None:
        """Show how far the adding is; `total` is 0 while it is not known."""
        self._progress.show(what, done, total, note)
