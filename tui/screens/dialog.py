"""Dialog: a screen over the reader that gives one answer, or None."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """Keys act once its widgets are there: what is typed fast may come before."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """May the action run now?"""
        return self.is_mounted and super().check_action(action, parameters)
