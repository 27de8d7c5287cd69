"""Sends the terminal what has changed on the screen, in few bytes and no faster than the terminal draws it."""

from tui.terminal.driver import DrawingFailed, TerminalClosed, TerminalDriver

__all__ = ["DrawingFailed", "TerminalClosed", "TerminalDriver"]
