"""The peer: a bare Textual app that shows one line. It shows how much of a start is Textual's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Bare(App[None]):
    """An app that shows one line of text."""

    def compose(self) -> ComposeResult:
        """Yield the line."""
        yield Static("a bare article")


if __name__ == "__main__":
    Bare().run()
