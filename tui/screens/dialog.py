"""Dialog: a screen over the reader that returns one answer, or None."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """Stands keys that are typed fast: they may come before its widgets exist, or after it was closed."""

    @property
    def is_open(self) -> bool:
        """Do its widgets exist, and do keys go to it?"""
        return self.is_mounted and self.is_active and bool(self.children)

    def on_mount(self) -> None:
        """Begin, unless it was closed before its widgets existed."""
        if self.children:
            self.begin()

    def begin(self) -> None:
        """Fill the widgets; called once, when they exist."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """May the action run now?"""
        return self.is_open and super().check_action(action, parameters)

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Return the answer and close. A second call does nothing; Textual would close the reader below."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
