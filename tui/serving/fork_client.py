"""ForkClient: the server's end of the channel to the process that forks, and of the processes that it has forked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from search import NewscastError
from tui.serving.fork_server import ForkServer, longest_message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.setup import Setup


class ForkServerEndedError(NewscastError):
    """The process that forks has ended, and with it whatever it has forked."""


@dataclass(frozen=True, slots=True)
class ForkRequest:
    """What a forked process is to do: newscast with these arguments."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    """Whose session it is; then library and reader are settled, and no argument changes that."""


class ForkedProcess:
    """A process that is forked for a ForkRequest."""

    def __init__(self, client: ForkClient, number: int) -> None:
        self._client, self._number = client, number
        loop = asyncio.get_running_loop()
        self._begun: asyncio.Future[int | str | None] = loop.create_future()
        self._ended: asyncio.Future[int | None] = loop.create_future()
        self.process = 0
        """Its process id, once it has begun."""

    async def begin(self) -> None:
        """Wait until it runs. Raises NewscastError where the system refuses another process."""
        begun = await asyncio.shield(self._begun)
        if isinstance(begun, str):
            raise NewscastError(f"no session can be started just now ({begun}); try again later")
        if begun is None:
            raise ForkServerEndedError("the process that forks has ended")
        self.process = begun

    async def wait(self) -> int:
        """Its exit status, negative for the signal that ended it. Raises ForkServerEndedError."""
        status = await asyncio.shield(self._ended)
        if status is None:
            raise ForkServerEndedError("the process that forks has ended")
        return status

    async def end(self, number: int, grace: float) -> None:
        """Send a signal; SIGKILL, if that has not ended it within so many seconds. Raises ForkServerEndedError."""
        await self._client.signal(self._number, number)
        try:
            await asyncio.wait_for(self.wait(), grace)
        except TimeoutError:
            await self._client.signal(self._number, signal.SIGKILL)
            await self.wait()

    def note(self, said: Mapping[str, int | str]) -> bool:
        """What the process that forks says of it; is it over?"""
        if "process" in said:
            self._begun.set_result(said["process"])
            return False
        if "failed" in said:
            self._begun.set_result(str(said["failed"]))
        else:
            self._ended.set_result(int(said["status"]))
        return True

    def abandon(self) -> None:
        """The process that forks has ended: ask this one to end, too, since nobody else can."""
        if not self._begun.done():
            self._begun.set_result(None)
        self._ended.set_result(None)
        self.kill(signal.SIGTERM)

    def kill(self, number: int) -> None:
        """Send a signal past the process that forks, which has ended."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, number)


class ForkClient:
    """Starts processes that have everything imported already. Make it before any thread or event loop exists."""

    def __init__(self, setup: Setup) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = os.fork()
        if not self.process:
            self._channel.close()
            ForkServer(theirs, setup).run()
        theirs.close()
        self._channel.setblocking(False)  # noqa: FBT003 - the library's signature
        self._numbers = count(1)
        self._processes: dict[int, ForkedProcess] = {}
        self._lock: asyncio.Lock
        self._report: Callable[[str | None], None]
        self.gone: asyncio.Event

    def attach(self, report: Callable[[str | None], None]) -> None:
        """Listen to it in the running event loop.

        `report` is called when sessions can be started, with why the library could not be searched, or None.
        """
        self._report = report
        self._lock, self.gone = asyncio.Lock(), asyncio.Event()
        asyncio.get_running_loop().add_reader(self._channel, self._read)

    async def start(self, request: ForkRequest, descriptors: Sequence[int]) -> ForkedProcess:
        """Fork a process for the request, on one terminal or on the pipes for what it writes. Raises NewscastError."""
        number = next(self._numbers)
        message = json.dumps({"request": number, **asdict(request)}).encode()
        if len(message) > longest_message:
            raise NewscastError("the command is too long")
        process = self._processes[number] = ForkedProcess(self, number)
        try:
            await self._send(message, descriptors)
        except NewscastError:
            self._processes.pop(number, None)
            raise
        await process.begin()
        return process

    async def signal(self, request: int, number: int) -> None:
        """Send a signal to the process of that request, if it still runs."""
        if request in self._processes:
            await self._send(json.dumps({"request": request, "signal": number}).encode())

    async def close(self) -> int:
        """End it, and with it whatever it has forked; its exit status, negative for the signal that ended it."""
        asyncio.get_running_loop().remove_reader(self._channel)
        self._channel.close()
        _, status = await asyncio.to_thread(os.waitpid, self.process, 0)
        for process in self._processes.values():  # only where it has not ended them itself
            process.kill(signal.SIGKILL)
        return os.waitstatus_to_exitcode(status)

    async def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        async with self._lock:
            while not self.gone.is_set():
                try:
                    socket.send_fds(self._channel, [message], list(descriptors))
                except BlockingIOError:
                    await asyncio.sleep(0.005)  # its queue holds few messages, and it empties that quickly
                except OSError:
                    self._abandon()
                else:
                    return
            raise ForkServerEndedError("the process that forks has ended")

    def _read(self) -> None:
        try:
            message = self._channel.recv(longest_message)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if not message:
            self._abandon()
            return
        said = json.loads(message)
        if "request" not in said:
            self._report(said["ready"])
        elif self._processes[said["request"]].note(said):
            del self._processes[said["request"]]

    def _abandon(self) -> None:
        """It has ended without being asked to: nothing that it has forked is to outlive it."""
        if not self.gone.is_set():
            self.gone.set()
            asyncio.get_running_loop().remove_reader(self._channel)
            for process in self._processes.values():
                process.abandon()
