"""TerminalDriver: Textual's driver for Linux and macOS, with newscast's Output."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from itertools import chain
from typing import TYPE_CHECKING, Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.terminal.input_limits import LimitedParser, Pace, can_limit, clamp_size
from tui.terminal.keyboard import TerminalGoneError, read_keyboard
from tui.terminal.kinds import find_terminal_kind
from tui.terminal.output import Output

if TYPE_CHECKING:
    from textual.app import App

_patience = 1.0  # seconds to wait for the terminal's last answers


class DrawingFailed(Message):
    """An error has ended the drawing."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class TerminalClosed(Message):
    """The terminal has been closed or hung up."""


class TerminalDriver(LinuxDriver):
    """Passes what Textual writes to an Output, the terminal's answers to that Output, and keys to Textual."""

    def __init__(self, app: App[object], **named: Any) -> None:  # noqa: ANN401 - Textual's own arguments
        super().__init__(app, **named)
        self._owner = app
        self._kind = find_terminal_kind()
        self._output: Output | None = None
        self._pace = Pace(app, asyncio.get_running_loop())
        if not self.can_suspend:
            # With Textual's handler, Ctrl+Z at a terminal that is already restored would stop the process for ever.
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    @property
    def can_suspend(self) -> bool:
        """Can a shell resume this process? Nobody resumes one that leads its session."""
        return os.getsid(0) != os.getpid()

    def start_application_mode(self) -> None:
        """Take over the terminal and start the output."""
        assert sys.__stderr__ is not None
        self._output = Output(sys.__stderr__.fileno(), self._kind, self._find_size(), self._report)
        self._output.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        if self._output is not None:
            self._output.settle(_patience)
        super().stop_application_mode()

    def close(self) -> None:
        """Send the rest of the output and end its thread."""
        super().close()
        if self._output is not None:
            self._output.stop()
            self._output = None

    def write(self, data: str) -> None:
        """Pass on Textual's drawing and control sequences."""
        if self._output is not None:
            self._output.write(data)

    def _report(self, error: Exception) -> None:
        self._owner.post_message(DrawingFailed(error))

    def repaint(self) -> None:
        """Draw everything again."""
        if self._output is not None:
            self._output.repaint()

    def run_input_thread(self) -> None:
        """Pass on what you type. Textual's own loop fails at bytes that are not UTF-8, and spins at the end."""
        if not can_limit:
            super().run_input_thread()
            return
        parser = LimitedParser()
        try:
            for text in read_keyboard(self.fileno, self.exit_event.is_set):
                for message in chain(parser.feed(text) if text else (), parser.tick()):
                    self.process_message(message)
        except TerminalGoneError:
            if self._output is not None:
                self._output.give_up()
            self._owner.post_message(TerminalClosed())

    def process_message(self, message: Message) -> None:
        """Pass a key to Textual, and an answer of the terminal to the Output."""
        if isinstance(message, events.CursorPosition) and self._output is not None:
            self._output.note_answer()
        else:
            super().process_message(message)
            self._pace.wait(self.exit_event)

    def _get_terminal_size(self) -> tuple[int, int]:
        size = self._find_size()
        if self._output is not None:
            self._output.resize(size)
        return size

    def _find_size(self) -> tuple[int, int]:
        """Return the size that the terminal reports. Textual prefers COLUMNS and LINES, which may be out of date."""
        try:
            width, height = os.get_terminal_size(self.fileno)
        except OSError:
            width, height = shutil.get_terminal_size()
        return clamp_size(width, height)
