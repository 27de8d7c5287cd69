"""TerminalDriver: Textual's driver for Linux and macOS, with an Output of our own."""

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

_patience = 1.0  # seconds for the last answers to come in


class DrawingFailed(Message):
    """Nothing is drawn any more."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class TerminalClosed(Message):
    """The terminal is gone: nobody types, and nobody sees what is drawn."""


class TerminalDriver(LinuxDriver):
    """Everything that Textual writes goes through an Output; answers to its questions come back to it."""

    def __init__(self, app: App[object], **named: Any) -> None:  # noqa: ANN401 - handed on as it comes
        super().__init__(app, **named)
        self._owner = app
        self._kind = find_terminal_kind()
        self._output: Output | None = None
        self._pace = Pace(app, asyncio.get_running_loop())
        if not self.can_suspend:
            # Textual's handler would stop it for good, even at a ctrl+z typed when the terminal has been given back.
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    @property
    def can_suspend(self) -> bool:
        """Is there a shell to go back to? A process that leads its session would wait for ever."""
        return os.getsid(0) != os.getpid()

    def start_application_mode(self) -> None:
        """The terminal is ours."""
        assert sys.__stderr__ is not None
        self._output = Output(sys.__stderr__.fileno(), self._kind, self._find_size(), self._report)
        self._output.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """The terminal is given back as it was."""
        if self._output is not None:
            self._output.settle(_patience)
        super().stop_application_mode()

    def close(self) -> None:
        """Everything is sent, and no thread is left."""
        super().close()
        if self._output is not None:
            self._output.stop()
            self._output = None

    def write(self, data: str) -> None:
        """What Textual draws, and what it says to the terminal."""
        if self._output is not None:
            self._output.write(data)

    def _report(self, error: Exception) -> None:
        self._owner.post_message(DrawingFailed(error))

    def repaint(self) -> None:
        """Draw everything again."""
        if self._output is not None:
            self._output.repaint()

    def run_input_thread(self) -> None:
        """Hand on what is typed. Textual's own loop stops at a byte that is not UTF-8 and spins at the end."""
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
        """What the terminal sends: keys for Textual, answers for the Output."""
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
        """What the terminal itself says: COLUMNS and LINES, which Textual asks first, may be of another day."""
        try:
            width, height = os.get_terminal_size(self.fileno)
        except OSError:
            width, height = shutil.get_terminal_size()
        return clamp_size(width, height)
