"""The line of months: when the results were published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.render import build_months_line

if TYPE_CHECKING:
    from collections.abc import Sequence


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
