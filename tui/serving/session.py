"""Session: a channel of a reader's connection: the reader on a terminal, or a command whose output goes back."""

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

_grace = 3.0  # seconds for a reader to keep its place and restore the terminal
_size_pause = 0.1  # seconds from one size to the next
_usage = 2
used_up = "this session has used up its memory; your place is kept"
_restore = b"\x1b[?1000;1002;1003;1006;1015;1004;2004l\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
"""What leaves a terminal as it was, for a session that did not come to do it itself."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sessions share."""

    fork_client: ForkClient
    session_limiter: SessionLimiter
    log: Log
    login_grace: float
    """Seconds that a client has to say what it wants of a channel."""
    idle_timeout: float | None
    """Seconds that the reader waits for a client that does not take what is drawn; None is for ever."""
    patience: float = 120.0
    """Seconds that a command waits for a client that does not take its answer."""


class Session(asyncssh.SSHServerSession[bytes]):
    """From the client's asking for it to its end; whatever happens here touches no other."""

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

    # What the client asks for

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is there."""
        self._channel = chan
        chan.set_write_buffer_limits(high=most_waiting)
        self._waiting = asyncio.get_running_loop().call_later(self._shared.login_grace, self._give_up)

    def pty_requested(
        self,
        term_type: str,
        term_size: tuple[int, int, int, int],
        term_modes: Mapping[int, int],  # noqa: ARG002 - asyncssh's signature
    ) -> bool:
        """A terminal to read on."""
        self._term, self._size = term_type, clamp_size(*term_size[:2])
        self._passed_size = self._size
        return True

    def shell_requested(self) -> bool:
        """Nobody gets a shell: on a terminal it is the reader."""
        return True

    def exec_requested(self, command: str) -> bool:
        """One of the commands that print JSON; which one, is looked at when the session starts."""
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """There are none, sftp included."""
        self._note("refused", why=f"the subsystem {subsystem[:40]}")
        return False

    def session_started(self) -> None:
        """All is known that the client wants."""
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
        """A line for whoever reads; on a terminal behind what is on its way there."""
        if self._term is None:
            self._channel.write_stderr(f"newscast: {text}\n".encode())
        else:
            self._channel.write(f"newscast: {text}\r\n".encode())

    def _note(self, event: str, **fields: str | float | None) -> None:
        self._shared.log.write(event, user=self.login.user, address=self.login.address, **fields)

    def _give_up(self) -> None:
        """A client that has opened a channel and asks for nothing."""
        self._note("refused", why="no session was asked for")
        self._channel.close()

    # From its start to its end

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
        self._channel.pause_reading()  # until there is somewhere to write keys to
        master, terminal = pty.openpty()
        with contextlib.ExitStack() as stack:
            stack.callback(self._close_input)
            pipe = stack.enter_context(os.fdopen(master, "rb", buffering=0))
            with os.fdopen(terminal, "rb", buffering=0):
                # Nothing is echoed or changed on the way, not even before the reader has said so.
                tty.setraw(terminal)
                self._master = master
                self._show_size()
                self._input = await Input.open(master, self._channel)
                self._channel.resume_reading()
                environment = {"TERM": self._term, "SSH_CONNECTION": f"{self.login.address} 0 - 0"}
                await self._start([], environment, [terminal])
            # The pipe is closed with its transport; sizes are still to be set meanwhile.
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
        """Tell the client how it ended, if it is still there."""
        if self._resizing is not None:
            self._resizing.cancel()
        if self._channel.is_closing():
            return
        if status == out_of_memory:
            self._farewell = self._farewell or used_up
        if self._term is not None and (status < 0 or status == out_of_memory):
            self._farewell = self._farewell or "the session was ended by an error of its own"
            self._channel.write(_restore)
        if self._farewell:
            self._say(self._farewell)
        self._channel.exit(status if status >= 0 else 128 - status)

    async def stop(self, why: str) -> None:
        """End it from here: the reader keeps its place and restores the terminal first, then is told why."""
        self._farewell = why
        await self._end(signal.SIGTERM)
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_grace)
        await self._channel.wait_closed()  # which the client does when it has been told

    async def _end(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(NewscastError):
                await self._process.end(number, _grace)

    def describe(self) -> OpenSession | None:
        """What an administrator is told of it; None if it is over, or has not begun."""
        if self._process is None or self._task is None or self._task.done():
            return None
        since = self._begun.isoformat(timespec="seconds").replace("+00:00", "Z")
        size = "{}x{}".format(*self._size) if self._term is not None else ""
        login = self.login
        return OpenSession(self._process.process, login.user, login.fingerprint, login.address, since, size)

    def needs_too_much(self, megabytes: int) -> bool:
        """Has it nearly used up the memory that it may take?"""
        if self._process is None or self._memory_at_start is None:
            return False
        has = read_memory(self._process.process)
        return has is not None and is_nearly_used_up(self._memory_at_start, has, megabytes)

    # What happens meanwhile

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002 - asyncssh's signature
        """Keys."""
        if self._input is not None:
            self._input.write(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002 - asyncssh's signature
        """Another size of the terminal; of many at once only a few are shown, the last one among them."""
        self._size = clamp_size(width, height)
        if self._size != self._shown_size:
            self._passed_size = self._size
        if self._resizing is None:
            self._show_size()

    def _show_size(self) -> None:
        self._resizing = None
        # A terminal that has been smaller meanwhile has lost what was on it: the reader is to draw it again.
        size = self._size if self._size != self._shown_size else self._passed_size
        if self._master is not None and size != self._shown_size:
            self._shown_size = self._passed_size = size
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            self._resizing = asyncio.get_running_loop().call_later(_size_pause, self._show_size)

    def pause_writing(self) -> None:
        """The client takes nothing more for now."""
        self._outlet.pause()

    def resume_writing(self) -> None:
        """It does again."""
        self._outlet.resume()

    def eof_received(self) -> bool:
        """The client sends nothing more; a command's answer is sent all the same."""
        return self._command is not None

    def signal_received(self, signal: str) -> None:
        """A client's signals do nothing: whoever wants to leave closes the connection."""

    def break_received(self, msec: int) -> bool:  # noqa: ARG002 - asyncssh's signature
        """Nor does a break."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        """The client is gone: its terminal hangs up."""
        self._is_gone = True
        self._waiting.cancel()
        self._outlet.resume()
        self._forget(self)
        # A process that is being started just now is hung up on as soon as it is there.
        if self._process is not None and self._task is not None and not self._task.done():
            self._hang_up()

    def _hang_up(self) -> None:
        self._hanging_up = asyncio.get_running_loop().create_task(self._end(signal.SIGHUP))


def _describe(error: NewscastError | OSError) -> str:
    """What a reader is told of it."""
    if isinstance(error, ForkServerEndedError):
        return "the server has failed; your place is kept. Try again in a moment"
    if isinstance(error, OSError):
        return f"no session can be started just now ({error.strerror}); try again later"
    return str(error)


def _open_pipe(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[BinaryIO, BinaryIO]:
    """A pipe's two ends; each is closed with its stack."""
    read, written = os.pipe()
    return (
        ours.enter_context(os.fdopen(read, "rb", buffering=0)),
        theirs.enter_context(os.fdopen(written, "wb", buffering=0)),
    )
