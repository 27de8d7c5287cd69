"""Between Textual and the terminal: what has changed on the screen, in few bytes, no faster than it is taken."""

from tui.terminal.driver import DrawingFailed, TerminalClosed, TerminalDriver

__all__ = ["DrawingFailed", "TerminalClosed", "TerminalDriver"]
