"""The peer: a bare Textual app that shows one line, to tell what of a start is Textual's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("a bare article")


if __name__ == "__main__":
    Bare().run()
