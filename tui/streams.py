"""Standard output and error as a Unix tool uses them: closed, full, or a pipe whose reader has gone."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(Exception):
    """Standard output or error takes no more. No OSError, so that no library takes it for one of its own."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output: {error.strerror}")
        self.has_no_reader = error.errno == errno.EPIPE


class _Output(io.FileIO):
    """A descriptor that is written to; what goes wrong is an OutputError."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as much as the system takes. Raises OutputError."""
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from error


class _Messages(_Output):
    """The same for standard error: nobody can be told that messages are lost, so only the exit status says so."""

    has_lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as much as the system takes; raises OutputError if the reader of a pipe has gone."""
        try:
            return super().write(data)
        except OutputError as error:
            if error.has_no_reader:
                raise
            self.has_lost = True
            return len(memoryview(data))


class Streams:
    """What the program reads and writes, from before its first line to after its last one."""

    def __init__(self) -> None:
        """Fill the descriptors that are closed, and put streams that raise OutputError in the place of Python's own."""
        self._fill_closed()
        self._messages: _Messages | None = None
        if _is_descriptor(sys.stdout, 1):
            sys.stdout = _open(_Output(1, "wb", closefd=False), sys.stdout, by_line=os.isatty(1))
        if _is_descriptor(sys.stderr, 2):
            self._messages = _Messages(2, "wb", closefd=False)
            sys.stderr = _open(self._messages, sys.stderr, by_line=True)

    def _fill_closed(self) -> None:
        """No file that is opened later may be taken for a standard stream.

        Reading from closed standard input and writing to closed standard output fail as they do in any program;
        messages to closed standard error are dropped, as whoever closes it wants.
        """
        for number, flags in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, flags)  # takes the lowest free number
        if sys.stdin is None:
            sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)), encoding="utf-8")
        if sys.stdout is None:
            sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Output(1, "wb", closefd=False)), encoding="utf-8")
        if sys.stderr is None:
            sys.stderr = io.TextIOWrapper(io.BufferedWriter(_Messages(2, "wb", closefd=False)), encoding="utf-8")

    def finish(self, status: int) -> int:
        """Write what is still to be written, and give the exit status: 1 if a message was lost."""
        sys.stdout.flush()
        sys.stderr.flush()
        lost = self._messages is not None and self._messages.has_lost
        return status or int(lost)

    def give_up(self) -> None:
        """Write no more: Python must not complain at its end, nor change the exit status."""
        for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
            try:
                stream.flush()
            except (OutputError, OSError):
                if _is_descriptor(stream, number):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _open(raw: _Output, old: TextIO, *, by_line: bool) -> io.TextIOWrapper:
    old.flush()
    # What a locale cannot show is no reason to stop.
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=old.encoding, errors="backslashreplace", line_buffering=by_line
    )


def _is_descriptor(stream: TextIO | None, number: int) -> bool:
    try:
        return stream is not None and stream.fileno() == number
    except (OSError, ValueError):
        return False
