"""RefusalsScreen: what could not be added, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.dialog import Dialog
from tui.widgets import ListRow, RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.controllers.refusals import Refusals


class RefusalsScreen(Dialog[None]):
    """Lists each file or address with the reason below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,!", "close", "close", id="close_refusals"),
    ]

    def __init__(self, refusals: Refusals) -> None:
        super().__init__()
        self._refusals = refusals

    def compose(self) -> ComposeResult:
        """A line with their number, and the list."""
        more = self._refusals.count - len(self._refusals.kept)
        words = f"{self._refusals.count:,} not added" + (f"; {more:,} more are not listed" if more else "")
        with Vertical(id="dialog", classes="list"):
            yield Static(Content(words), markup=False)
            yield RowList("everything was added", id="choices")

    def begin(self) -> None:
        """List them."""
        rows = [ListRow(str(index), origin, reason) for index, (origin, reason) in enumerate(self._refusals.kept)]
        listed = self.query_one(RowList)
        listed.reset(len(rows), rows)
        self.set_focus(listed)

    @on(RowList.Chosen)
    @on(RowList.Pointed)
    def _stay(self, message: RowList.Chosen | RowList.Pointed) -> None:
        message.stop()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)
