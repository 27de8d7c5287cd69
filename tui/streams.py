"""Standard output and error that may be closed, full, or a pipe whose reader has ended."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(Exception):
    """Writing to standard output or error failed. It is no OSError, so that no library handles it as its own."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output: {error.strerror}")
        self.has_no_reader = error.errno == errno.EPIPE


class _Output(io.FileIO):
    """A file that raises OutputError where writing fails."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, and return the number of bytes written. Raises OutputError."""
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from error


class _Messages(_Output):
    """Standard error: a lost message can be reported only by the exit status."""

    has_lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, and return the number of bytes written or lost. Raises OutputError if a pipe's reader has ended."""
        try:
            return super().write(data)
        except OutputError as error:
            if error.has_no_reader:
                raise
            self.has_lost = True
            return len(memoryview(data))


class Streams:
    """The standard streams of the program, from its start to its end."""

    def __init__(self) -> None:
        """Open descriptors that are closed, and replace Python's streams with ones that raise OutputError."""
        self._fill_closed()
        self._messages: _Messages | None = None
        if _is_descriptor(sys.stdout, 1):
            sys.stdout = _open(_Output(1, "wb", closefd=False), sys.stdout, by_line=os.isatty(1))
        if _is_descriptor(sys.stderr, 2):
            self._messages = _Messages(2, "wb", closefd=False)
            sys.stderr = _open(self._messages, sys.stderr, by_line=True)

    def _fill_closed(self) -> None:
        """Open the closed descriptors 0 to 2, so that no file opened later gets their numbers.

        Reading closed standard input and writing closed standard output fail as in any program; messages to closed
        standard error are dropped.
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
        """Flush the streams, and return the exit status: 1 instead of 0 if a message was lost."""
        sys.stdout.flush()
        sys.stderr.flush()
        lost = self._messages is not None and self._messages.has_lost
        return status or int(lost)

    def give_up(self) -> None:
        """Drop output that cannot be written, so that Python neither reports it nor changes the exit status."""
        for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
            try:
                stream.flush()
            except (OutputError, OSError):
                if _is_descriptor(stream, number):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _open(raw: _Output, old: TextIO, *, by_line: bool) -> io.TextIOWrapper:
    old.flush()
    # A character that the locale cannot show must not stop the program.
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=old.encoding, errors="backslashreplace", line_buffering=by_line
    )


def _is_descriptor(stream: TextIO | None, number: int) -> bool:
    try:
        return stream is not None and stream.fileno() == number
    except (OSError, ValueError):
        return False
