"""Dialog: a screen over the reader that gives one answer, or None."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A dialog for people who type fast: their keys may come before its widgets are there, or when it is closed."""

    @property
    def is_open(self) -> bool:
        """Are its widgets there, and is it the screen that has the keys?"""
        return self.is_mounted and self.is_active and bool(self.children)

    def on_mount(self) -> None:
        """Begin, unless it was closed before its widgets were there."""
        if self.children:
            self.begin()

    def begin(self) -> None:
        """Called once, with the widgets there."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """May the action run now?"""
        return self.is_open and super().check_action(action, parameters)

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Give the answer and close; the second time nothing happens, where Textual would close the reader itself."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
