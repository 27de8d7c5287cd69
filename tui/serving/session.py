"""Session: a channel of a reader's connection: the reader on a terminal, or a command whose output goes back."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import shlex
import signal
import struct
import termios
import time
import tty
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncssh

from search import NewscastError
from tui.serving.environment import check_environment, is_terminal
from tui.serving.fork_server import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.serving.fork_server import ForkedProcess, ForkServer
    from tui.serving.limits import Seats
    from tui.serving.log import Log

_commands = ("search", "show", "actors", "mentions")
_block = 16_384  # bytes
_most_waiting = 65_536  # bytes, in each direction, before the other side has to wait
_grace = 3.0  # seconds for a reader to keep its place and restore the terminal
_usage = 2
_restore = b"\x1b[?1000;1002;1003;1006;1015;1004;2004l\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
"""What leaves a terminal as it was, for a session that did not come to do it itself."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who has proved which key, from where."""

    user: str
    fingerprint: str
    address: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sessions share."""

    fork_server: ForkServer
    seats: Seats
    log: Log


class Session(asyncssh.SSHServerSession[bytes]):
    """From the client's asking for it to its end; whatever happens here touches no other."""

    def __init__(self, login: Login, shared: Shared, forget: Callable[[Session], None]) -> None:
        self._login, self._shared, self._forget = login, shared, forget
        self._channel: asyncssh.SSHServerChannel[bytes]
        self._terminal: tuple[str, int, int] | None = None
        self._command: str | None = None
        self._master: int | None = None
        self._input: Input | None = None
        self._process: ForkedProcess | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = self._is_gone = False
        self._hanging_up: asyncio.Task[None] | None = None

    # What the client asks for

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is there."""
        self._channel = chan
        chan.set_write_buffer_limits(high=_most_waiting)

    def pty_requested(
        self,
        term_type: str,
        term_size: tuple[int, int, int, int],
        term_modes: Mapping[int, int],  # noqa: ARG002 - asyncssh's signature
    ) -> bool:
        """A terminal to read on."""
        self._terminal = (term_type, *_clamp(*term_size[:2]))
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
        try:
            arguments = self._find_arguments()
        except NewscastError as error:
            self._refuse(str(error))
            return
        full = self._shared.seats.take(self._login.fingerprint)
        if full is not None:
            self._refuse(full, status=1)
            return
        self._channel.pause_reading()  # until there is somewhere to write keys to
        self._task = asyncio.get_running_loop().create_task(self._run(arguments))

    def _find_arguments(self) -> list[str]:
        """The command line for newscast. Raises NewscastError for what is not to be had here."""
        if self._command is None:
            if self._terminal is None:
                raise NewscastError(f"the reader needs a terminal: ssh -t; or a command: {', '.join(_commands)}")
            if not is_terminal(self._terminal[0]):
                raise NewscastError("this terminal (TERM) cannot show a screen; try TERM=xterm-256color ssh …")
            return []
        try:
            name, *arguments = shlex.split(self._command)
        except ValueError:
            name, arguments = "", []
        if name not in _commands:
            raise NewscastError(f"there is no such command here; there are {', '.join(_commands)}")
        if self._terminal is not None:
            raise NewscastError(f"{name} needs no terminal: leave out -t")
        return [name, "--json", *arguments]

    def _refuse(self, why: str, status: int = _usage) -> None:
        self._note("refused", why=why)
        self._channel.write_stderr(f"newscast: {why}{self._line_end}".encode())
        self._channel.exit(status)

    @property
    def _line_end(self) -> str:
        return "\n" if self._terminal is None else "\r\n"

    def _note(self, event: str, **fields: str | float) -> None:
        self._shared.log.write(event, user=self._login.user, address=self._login.address, **fields)

    # From its start to its end

    async def _run(self, arguments: Sequence[str]) -> None:
        what = "reader" if self._terminal is not None else "command"
        self._note("in", what=what)
        begun, status = time.monotonic(), 1
        try:
            status = await (self._run_reader() if self._terminal is not None else self._run_command(arguments))
        except (NewscastError, OSError) as error:
            self._note("failed", why=str(error))
        finally:
            self._shared.seats.give_back(self._login.fingerprint)
            seconds = round(time.monotonic() - begun, 1)
            self._note("out", what=what, status=status, seconds=seconds)
            self._finish(status)

    async def _run_reader(self) -> int:
        assert self._terminal is not None
        term, width, height = self._terminal
        master, terminal = pty.openpty()
        try:
            # Nothing is echoed or changed on the way, not even before the reader has said so.
            tty.setraw(terminal)
            self._master = master
            self.terminal_size_changed(width, height, 0, 0)
            self._input = await Input.open(os.dup(master), self._channel)
            self._channel.resume_reading()
            environment = {
                **check_environment(self._channel.get_environment()), "TERM": term,
                "SSH_CONNECTION": f"{self._login.address} 0 - 0",
            }  # fmt: skip
            await self._start([], environment, [terminal])
        finally:
            os.close(terminal)
        await self._hand_on(os.dup(master), None)
        return await self._wait()

    async def _run_command(self, arguments: Sequence[str]) -> int:
        (output, written), (errors, said) = os.pipe(), os.pipe()
        try:
            environment = check_environment(self._channel.get_environment())
            await self._start(arguments, environment, [written, said])
        finally:
            os.close(written)
            os.close(said)
        await asyncio.gather(self._hand_on(output, None), self._hand_on(errors, asyncssh.EXTENDED_DATA_STDERR))
        return await self._wait()

    async def _start(
        self, arguments: Sequence[str], environment: Mapping[str, str], descriptors: Sequence[int]
    ) -> None:
        job = Job(arguments, environment, self._login.user)
        self._process = await self._shared.fork_server.start(job, descriptors)
        if self._is_gone:
            self._hang_up()

    async def _hand_on(self, descriptor: int, kind: int | None) -> None:
        """Give the client what is written there until nobody writes there any more, no faster than it takes it."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_block)
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            while data := await reader.read(_block):
                self._channel.write(data, kind)
                await self._room.wait()
        except OSError:
            pass  # a terminal that the last process has let go of reads as an error
        finally:
            transport.close()

    async def _wait(self) -> int:
        assert self._process is not None
        return await self._process.wait()

    def _finish(self, status: int) -> None:
        """Tell the client how it ended, if it is still there."""
        if self._master is not None:
            os.close(self._master)
            self._master = None
        if self._input is not None:
            self._input.close()
            self._input = None
        if self._channel.is_closing():
            return
        if self._terminal is not None and status < 0:
            self._channel.write(_restore)
            self._channel.write(b"newscast: the session was ended by an error of its own\r\n")
        if self._is_stopping:
            self._channel.write_stderr(
                f"newscast: the server is being stopped; your place is kept{self._line_end}".encode()
            )
        self._channel.exit(status if status >= 0 else 128 - status)

    async def stop(self) -> None:
        """The server ends: the reader keeps its place and restores the terminal first."""
        self._is_stopping = True
        await self._end(signal.SIGTERM)
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_grace)
        await self._channel.wait_closed()  # which the client does when it has been told

    async def _end(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(NewscastError):
                await self._process.end(number, _grace)

    # What happens meanwhile

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002 - asyncssh's signature
        """Keys."""
        if self._input is not None:
            self._input.write(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002 - asyncssh's signature
        """Another size of the terminal."""
        if self._master is not None:
            width, height = _clamp(width, height)
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def pause_writing(self) -> None:
        """The client takes nothing more for now."""
        self._room.clear()

    def resume_writing(self) -> None:
        """It does again."""
        self._room.set()

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
        self._room.set()
        self._forget(self)
        # A process that is being started just now is hung up on as soon as it is there.
        if self._process is not None and self._task is not None and not self._task.done():
            self._hang_up()

    def _hang_up(self) -> None:
        self._hanging_up = asyncio.get_running_loop().create_task(self._end(signal.SIGHUP))


class Input(asyncio.BaseProtocol):
    """Where keys are written to; a client that pastes more than the reader takes has to wait."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = channel
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The descriptor is there to be written to."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=_most_waiting)
        self._transport = transport

    @classmethod
    async def open(cls, descriptor: int, channel: asyncssh.SSHServerChannel[bytes]) -> Input:
        """Write to that descriptor, which is closed with it."""
        pipe = os.fdopen(descriptor, "wb", buffering=0)
        _, protocol = await asyncio.get_running_loop().connect_write_pipe(lambda: cls(channel), pipe)
        return protocol

    def write(self, data: bytes) -> None:
        """Keys."""
        self._transport.write(data)

    def close(self) -> None:
        """No more keys."""
        self._transport.abort()

    def pause_writing(self) -> None:
        """The reader is behind."""
        self._channel.pause_reading()

    def resume_writing(self) -> None:
        """The reader has caught up."""
        self._channel.resume_reading()


def _clamp(width: int, height: int) -> tuple[int, int]:
    """A size that a screen can have, whatever a client says."""
    return min(max(width or 80, 1), 1_000), min(max(height or 24, 1), 1_000)
