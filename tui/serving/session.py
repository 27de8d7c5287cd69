"""Session: one channel of a client's connection, which runs the reader on a terminal or one command."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
import time
import tty
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

import asyncssh

from search import NewscastError
from tui.cli import out_of_memory
from tui.serving.environment import check_environment
from tui.serving.fork_client import ForkRequest, ForkServerEndedError
from tui.serving.login import Login, OpenSession
from tui.serving.memory_limit import is_nearly_used_up, read_memory
from tui.serving.requests import find_arguments
from tui.serving.streams import Input, Outlet, most_waiting
from tui.terminal.input_limits import clamp_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.serving.fork_client import ForkClient, ForkedProcess
    from tui.serving.limits import SessionLimiter
    from tui.serving.log import Log

_grace = 3.0  # seconds for a reader to save its position and restore the terminal
_size_pause = 0.1  # seconds between two changes of the size
_usage = 2  # exit status
used_up = "this session has used up its memory; your place is kept"
_restore = b"\x1b[?1000;1002;1003;1006;1015;1004;2004l\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
"""Control sequences that restore a terminal after a session that died before it did so itself."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts of the server that all sessions use."""

    fork_client: ForkClient
    session_limiter: SessionLimiter
    log: Log
    login_grace: float
    """Seconds that a client has to request a reader or a command after it has opened a channel."""
    idle_timeout: float | None
    """Seconds that a reader's session waits for a client that does not read its output; None waits for ever."""
    patience: float = 120.0
    """Seconds that a command's session waits for a client that does not read its output."""


class Session(asyncssh.SSHServerSession[bytes]):
    """One session, from the client's request to the end of its process. An error ends this session only."""

    def __init__(self, login: Login, shared: Shared, forget: Callable[[Session], None]) -> None:
        self.login = login
        self._shared, self._forget = shared, forget
        self._channel: asyncssh.SSHServerChannel[bytes]
        self._term: str | None = None
        self._size = self._shown_size = self._passed_size = (0, 0)
        self._command: str | None = None
        self._master: int | None = None
        self._input: Input | None = None
        self._outlet = Outlet()
        self._process: ForkedProcess | None = None
        self._task: asyncio.Task[None] | None = None
        self._farewell = ""
        self._memory_at_start: int | None = None
        self._is_gone = False
        self._begun = datetime.now(UTC)
        self._hanging_up: asyncio.Task[None] | None = None
        self._waiting: asyncio.TimerHandle
        self._resizing: asyncio.TimerHandle | None = None

    # Requests of the client

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel, and start the time that the client has for its request."""
        self._channel = chan
        chan.set_write_buffer_limits(high=most_waiting)
        self._waiting = asyncio.get_running_loop().call_later(self._shared.login_grace, self._give_up)

    def pty_requested(
        self,
        term_type: str,
        term_size: tuple[int, int, int, int],
        term_modes: Mapping[int, int],  # noqa: ARG002 - asyncssh's signature
    ) -> bool:
        """Accept the client's terminal, and note its type and size."""
        self._term, self._size = term_type, clamp_size(*term_size[:2])
        self._passed_size = self._size
        return True

    def shell_requested(self) -> bool:
        """Accept the request for a shell: the client gets the reader instead."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Accept a command; `session_started` checks it."""
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """Refuse every subsystem, sftp included."""
        self._note("refused", why=f"the subsystem {subsystem[:40]}")
        return False

    def session_started(self) -> None:
        """Start the reader or the command, or tell the client why not."""
        self._waiting.cancel()
        try:
            arguments = find_arguments(self._term, self._command)
        except NewscastError as error:
            self._refuse(str(error))
            return
        full = self._shared.session_limiter.take(self.login.fingerprint)
        if full is not None:
            self._refuse(full, status=1)
            return
        self._task = asyncio.get_running_loop().create_task(self._run(arguments))

    def _refuse(self, why: str, status: int = _usage) -> None:
        self._note("refused", why=why)
        self._say(why)
        self._channel.exit(status)

    def _say(self, text: str) -> None:
        """Send the client one line of text, after the output that is already on its way."""
        if self._term is None:
            self._channel.write_stderr(f"newscast: {text}\n".encode())
        else:
            self._channel.write(f"newscast: {text}\r\n".encode())

    def _note(self, event: str, **fields: str | float | None) -> None:
        self._shared.log.write(event, user=self.login.user, address=self.login.address, **fields)

    def _give_up(self) -> None:
        """Close the channel of a client that has requested nothing."""
        self._note("refused", why="the client requested no session")
        self._channel.close()

    # The process

    async def _run(self, arguments: Sequence[str]) -> None:
        begun, status = time.monotonic(), 1
        try:
            status = await (self._run_reader() if self._term is not None else self._run_command(arguments))
        except (NewscastError, OSError) as error:
            self._note("failed", why=str(error))
            self._farewell = self._farewell or _describe(error)
            await self._end(signal.SIGHUP)
        finally:
            self._shared.session_limiter.give_back(self.login.fingerprint)
            if self._process is not None:
                seconds = round(time.monotonic() - begun, 1)
                self._note("out", what=self._what, pid=self._process.process, status=status, seconds=seconds)
            self._finish(status)

    async def _run_reader(self) -> int:
        assert self._term is not None
        self._channel.pause_reading()  # until the terminal is open and takes keys
        master, terminal = pty.openpty()
        with contextlib.ExitStack() as stack:
            stack.callback(self._close_input)
            pipe = stack.enter_context(os.fdopen(master, "rb", buffering=0))
            with os.fdopen(terminal, "rb", buffering=0):
                # The terminal must not echo or change keys that arrive before the reader sets its own mode.
                tty.setraw(terminal)
                self._master = master
                self._show_size()
                self._input = await Input.open(master, self._channel)
                self._channel.resume_reading()
                environment = {"TERM": self._term, "SSH_CONNECTION": f"{self.login.address} 0 - 0"}
                await self._start([], environment, [terminal])
            # The transport closes the duplicate; the original stays open for changes of the size.
            output = stack.enter_context(os.fdopen(os.dup(pipe.fileno()), "rb", buffering=0))
            await self._outlet.hand_on(self._channel, None, output, self._shared.idle_timeout)
            return await self._wait()

    def _close_input(self) -> None:
        self._master = None
        if self._input is not None:
            self._input.close()
            self._input = None

    async def _run_command(self, arguments: Sequence[str]) -> int:
        kinds = None, asyncssh.EXTENDED_DATA_STDERR
        with contextlib.ExitStack() as ours:
            with contextlib.ExitStack() as theirs:
                pipes = [_open_pipe(ours, theirs) for _ in kinds]
                await self._start(arguments, {}, [written.fileno() for _, written in pipes])
            patience = self._shared.patience
            outlets = zip(kinds, pipes, strict=True)
            await asyncio.gather(
                *(self._outlet.hand_on(self._channel, kind, read, patience) for kind, (read, _) in outlets)
            )
            return await self._wait()

    async def _start(
        self, arguments: Sequence[str], environment: Mapping[str, str], descriptors: Sequence[int]
    ) -> None:
        given = check_environment(self._channel.get_environment())
        request = ForkRequest(arguments, {**given, **environment}, self.login.user)
        self._memory_at_start = read_memory(self._shared.fork_client.process)
        self._process = await self._shared.fork_client.start(request, descriptors)
        self._note("in", what=self._what, pid=self._process.process)
        if self._is_gone:
            self._hang_up()

    @property
    def _what(self) -> str:
        return "reader" if self._term is not None else "command"

    async def _wait(self) -> int:
        assert self._process is not None
        return await self._process.wait()

    def _finish(self, status: int) -> None:
        """Send the exit status and a last line to the client, unless it has gone."""
        if self._resizing is not None:
            self._resizing.cancel()
        if self._channel.is_closing():
            return
        if status == out_of_memory:
            self._farewell = self._farewell or used_up
        if self._term is not None and (status < 0 or status == out_of_memory):
            self._farewell = self._farewell or "an internal error ended the session"
            self._channel.write(_restore)
        if self._farewell:
            self._say(self._farewell)
        self._channel.exit(status if status >= 0 else 128 - status)

    async def stop(self, why: str) -> None:
        """End the session: the reader saves its position and restores the terminal, then the client is told why."""
        self._farewell = why
        await self._end(signal.SIGTERM)
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_grace)
        await self._channel.wait_closed()  # the client closes it when it has the message

    async def _end(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(NewscastError):
                await self._process.end(number, _grace)

    def describe(self) -> OpenSession | None:
        """Return what `newscast serve --sessions` lists; None before the process has started and after it has ended."""
        if self._process is None or self._task is None or self._task.done():
            return None
        since = self._begun.isoformat(timespec="seconds").replace("+00:00", "Z")
        size = "{}x{}".format(*self._size) if self._term is not None else ""
        login = self.login
        return OpenSession(self._process.process, login.user, login.fingerprint, login.address, since, size)

    def needs_too_much(self, megabytes: int) -> bool:
        """Has the session used nearly all of the MB that it may use?"""
        if self._process is None or self._memory_at_start is None:
            return False
        has = read_memory(self._process.process)
        return has is not None and is_nearly_used_up(self._memory_at_start, has, megabytes)

    # Events of the channel

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002 - asyncssh's signature
        """Pass on the keys that the client sent."""
        if self._input is not None:
            self._input.write(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002 - asyncssh's signature
        """Pass on the terminal's new size; of many quick changes pass on only some, and always the last."""
        self._size = clamp_size(width, height)
        if self._size != self._shown_size:
            self._passed_size = self._size
        if self._resizing is None:
            self._show_size()

    def _show_size(self) -> None:
        self._resizing = None
        # A terminal that was smaller for a moment has lost some of its text: the change makes the reader redraw.
        size = self._size if self._size != self._shown_size else self._passed_size
        if self._master is not None and size != self._shown_size:
            self._shown_size = self._passed_size = size
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            self._resizing = asyncio.get_running_loop().call_later(_size_pause, self._show_size)

    def pause_writing(self) -> None:
        """Stop writing, because the client reads too slowly."""
        self._outlet.pause()

    def resume_writing(self) -> None:
        """Write again."""
        self._outlet.resume()

    def eof_received(self) -> bool:
        """Keep the channel open for a command's output; close a reader's."""
        return self._command is not None

    def signal_received(self, signal: str) -> None:
        """Ignore the client's signals: to leave, it closes the connection."""

    def break_received(self, msec: int) -> bool:  # noqa: ARG002 - asyncssh's signature
        """Refuse a break."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        """Hang up the terminal of a client that has gone."""
        self._is_gone = True
        self._waiting.cancel()
        self._outlet.resume()
        self._forget(self)
        # `_start` hangs up a process that is still starting.
        if self._process is not None and self._task is not None and not self._task.done():
            self._hang_up()

    def _hang_up(self) -> None:
        self._hanging_up = asyncio.get_running_loop().create_task(self._end(signal.SIGHUP))


def _describe(error: NewscastError | OSError) -> str:
    """Describe an error for the person at the client."""
    if isinstance(error, ForkServerEndedError):
        return "the server has failed; your place is kept. Try again in a moment"
    if isinstance(error, OSError):
        return f"cannot start a session ({error.strerror}); try again later"
    return str(error)


def _open_pipe(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[BinaryIO, BinaryIO]:
    """Open a pipe and return its two ends; each closes with its own stack."""
    read, written = os.pipe()
    return (
        ours.enter_context(os.fdopen(read, "rb", buffering=0)),
        theirs.enter_context(os.fdopen(written, "wb", buffering=0)),
    )
