"""MonthsLine: shows how many results were published in each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.render import build_months_line

if TYPE_CHECKING:
    from collections.abc import Sequence


class MonthsLine(Static):
    """A bar for each month, in one line."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", markup=False, id=id)
        self._months: Sequence[tuple[str, int]] = ()

    def show(self, months: Sequence[tuple[str, int]]) -> None:
        """Show the months, each with its number of results; a month is written "2024-12", and the first comes first."""
        if tuple(months) != self._months:
            self._months = tuple(months)
            self._fill()

    def on_resize(self) -> None:
        """Fit the bars to the new width."""
        self._fill()

    def _fill(self) -> None:
        self.update(Content(build_months_line(self._months, self.size.width)), layout=False)
