"""A real terminal for tests: a pty, a pyte screen, and the output of the program in it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pyte

from tests.conftest import root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_private = re.compile(rb"\x1b\[[<=>?][0-9;]*[a-zA-Z$]|\x1b\[\?[0-9;]*\$[a-z]|\x1b[PX^_].*?\x1b\\", re.DOTALL)
"""Sequences that a terminal answers or ignores, and that pyte would print."""


class Terminal:
    """A program in its own pty. If the pty is its controlling terminal, the program gets SIGHUP when the pty closes."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
        *,
        controls: bool = True,
    ) -> None:
        self.screen = pyte.Screen(*size)
        self.screen.write_process_input = self._answer  # type: ignore[method-assign]
        self._stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.answers = True
        """Does it say where its cursor is when it is asked?"""
        self.descriptor, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(self.descriptor)
        variables = {**os.environ, "TERM": "xterm-256color", **(environment or {})}
        self.process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, cwd=root, env=variables, start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controls else None,  # noqa: PLW1509 - no thread runs yet
        )  # fmt: skip
        os.close(child)

    def _answer(self, data: str) -> None:
        if self.answers:
            os.write(self.descriptor, data.encode())

    @property
    def text(self) -> str:
        """The text on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float) -> bytes:
        """Read what the program writes within this time."""
        got = b""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                try:
                    block = os.read(self.descriptor, 65_536)
                except OSError:
                    break
                if not block:
                    break
                got += block
                self.show(block)
        self.written += got
        return got

    def show(self, data: bytes) -> None:
        """Draw the data on the screen."""
        self._stream.feed(_private.sub(b"", data))

    def wait_for(self, text: str, seconds: float = 15) -> None:
        """Wait until the text is on the screen."""
        end = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < end, f"no {text!r} on the screen:\n{self.text}"
            self.read(0.05)

    def settle(self, seconds: float = 0.15) -> bytes:
        """Wait until the program has written nothing for this time. Return what it wrote before."""
        got = b""
        while block := self.read(seconds):
            got += block
        return got

    def press(self, keys: str) -> bytes:
        """Send keys. Return what the program wrote until it was silent."""
        self.send(keys.encode())
        return self.settle()

    def send(self, data: bytes) -> None:
        """Send all of the data, however slowly the program reads it, and read its output meanwhile."""
        while data:
            readable, writable, _ = select.select([self.descriptor], [self.descriptor], [], 15)
            if readable:
                self.read(0.01)
            if writable:
                data = data[os.write(self.descriptor, data[:1_024]) :]

    def resize(self, width: int, height: int) -> None:
        """Change the size and notify the program."""
        self.screen.resize(height, width)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def wait_for_exit(self, seconds: float = 15) -> int:
        """Wait for the program to end. Return its exit status."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running:\n{self.text}"
            self.read(0.05)
        self.read(0.2)
        return self.process.returncode

    def is_restored(self) -> bool:
        """Are the line discipline, the main screen, the cursor and the mouse as they were before?"""
        modes: dict[bytes, bytes] = {}
        for names, final in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", self.written):
            modes.update(dict.fromkeys(names.split(b";"), final))
        on = {name for name, final in modes.items() if final == b"h"} - {b"25", b"7"}
        return not on and modes.get(b"25") != b"l" and termios.tcgetattr(self.descriptor) == self.before

    def close(self) -> None:
        """Close the terminal, as if its window were closed."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def end(self) -> None:
        """End the program if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.close()


def newscast(*arguments: str) -> list[str]:
    """Return the command line of newscast."""
    return [sys.executable, "-m", "tui.cli", *arguments]
