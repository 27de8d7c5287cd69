"""ForkClient: starts the fork server, sends it requests, and follows the processes that it forks."""

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
    """The fork server has ended, and so have the processes that it forked."""


@dataclass(frozen=True, slots=True)
class ForkRequest:
    """A request to run newscast with these arguments in a forked process."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    """The reader whose session it is; arguments then cannot choose another library or reader."""


class ForkedProcess:
    """The process that runs a ForkRequest."""

    def __init__(self, client: ForkClient, number: int) -> None:
        self._client, self._number = client, number
        loop = asyncio.get_running_loop()
        self._begun: asyncio.Future[int | str | None] = loop.create_future()
        self._ended: asyncio.Future[int | None] = loop.create_future()
        self.process = 0
        """The process id; 0 until the process has started."""

    async def begin(self) -> None:
        """Wait until the process runs. Raises NewscastError if the system refuses to start one."""
        begun = await asyncio.shield(self._begun)
        if isinstance(begun, str):
            raise NewscastError(f"cannot start a session ({begun}); try again later")
        if begun is None:
            raise ForkServerEndedError("the fork server has ended")
        self.process = begun

    async def wait(self) -> int:
        """Wait for the end and return the exit status, or -n for signal n. Raises ForkServerEndedError."""
        status = await asyncio.shield(self._ended)
        if status is None:
            raise ForkServerEndedError("the fork server has ended")
        return status

    async def end(self, number: int, grace: float) -> None:
        """Send a signal, and SIGKILL if the process still runs after `grace` seconds. Raises ForkServerEndedError."""
        await self._client.signal(self._number, number)
        try:
            await asyncio.wait_for(self.wait(), grace)
        except TimeoutError:
            await self._client.signal(self._number, signal.SIGKILL)
            await self.wait()

    def note(self, said: Mapping[str, int | str]) -> bool:
        """Note a message of the fork server about this process; return whether it was the last one."""
        if "process" in said:
            self._begun.set_result(said["process"])
            return False
        if "failed" in said:
            self._begun.set_result(str(said["failed"]))
        else:
            self._ended.set_result(int(said["status"]))
        return True

    def abandon(self) -> None:
        """Ask the process to end, because the fork server has ended and cannot do so."""
        if not self._begun.done():
            self._begun.set_result(None)
        self._ended.set_result(None)
        self.kill(signal.SIGTERM)

    def kill(self, number: int) -> None:
        """Send a signal directly, for when the fork server has ended."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, number)


class ForkClient:
    """Starts processes that have imported everything already.

    Create it before any thread or event loop exists.
    """

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
        """Listen to the fork server in the running event loop.

        When sessions can start, it calls `report` with the reason why the library could not be searched, or None.
        """
        self._report = report
        self._lock, self.gone = asyncio.Lock(), asyncio.Event()
        asyncio.get_running_loop().add_reader(self._channel, self._read)

    async def start(self, request: ForkRequest, descriptors: Sequence[int]) -> ForkedProcess:
        """Fork a process for the request and return it once it runs. Raises NewscastError.

        Pass one descriptor for a terminal, or two for standard output and standard error.
        """
        number = next(self._numbers)
        message = json.dumps({"request": number, **asdict(request)}).encode()
        if len(message) > longest_message:
            raise NewscastError("the command is too long; shorten it")
        process = self._processes[number] = ForkedProcess(self, number)
        try:
            await self._send(message, descriptors)
        except NewscastError:
            self._processes.pop(number, None)
            raise
        await process.begin()
        return process

    async def signal(self, request: int, number: int) -> None:
        """Send a signal to the process of a request, if it still runs."""
        if request in self._processes:
            await self._send(json.dumps({"request": request, "signal": number}).encode())

    async def close(self) -> int:
        """End the fork server and all that it forked; return its exit status, or -n for signal n."""
        asyncio.get_running_loop().remove_reader(self._channel)
        self._channel.close()
        _, status = await asyncio.to_thread(os.waitpid, self.process, 0)
        for process in self._processes.values():  # those that the fork server has not ended
            process.kill(signal.SIGKILL)
        return os.waitstatus_to_exitcode(status)

    async def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        async with self._lock:
            while not self.gone.is_set():
                try:
                    socket.send_fds(self._channel, [message], list(descriptors))
                except BlockingIOError:
                    await asyncio.sleep(0.005)  # the queue holds few messages, and the fork server empties it quickly
                except OSError:
                    self._abandon()
                else:
                    return
            raise ForkServerEndedError("the fork server has ended")

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
        """End everything that the fork server forked, after it ended unexpectedly."""
        if not self.gone.is_set():
            self.gone.set()
            asyncio.get_running_loop().remove_reader(self._channel)
            for process in self._processes.values():
                process.abandon()
