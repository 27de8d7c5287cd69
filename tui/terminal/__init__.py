"""Between Textual and the terminal: what has changed on the screen, in few bytes, no faster than it is taken."""

from tui.terminal.driver import DrawingFailed, TerminalDriver

__all__ = ["DrawingFailed", "TerminalDriver"]
