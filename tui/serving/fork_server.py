"""ForkServer: the server's end of the process that forks, and of the processes that it has forked."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from search import NewscastError
from tui.serving.forking import Forking, longest_message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.setup import Setup


@dataclass(frozen=True, slots=True)
class Job:
    """What a forked process is to do: newscast with these arguments."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    """Whose session it is; then library and reader are settled, and no argument changes that."""


class ForkedProcess:
    """A process that was forked for a Job."""

    def __init__(self, server: ForkServer, number: int) -> None:
        self._server, self._number = server, number
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        """Its exit status, negative for the signal that ended it."""
        return await asyncio.shield(self._ended)

    async def end(self, number: int, grace: float) -> None:
        """Send a signal; SIGKILL, if that has not ended it within so many seconds."""
        await self._server.signal(self._number, number)
        try:
            await asyncio.wait_for(self.wait(), grace)
        except TimeoutError:
            await self._server.signal(self._number, signal.SIGKILL)
            await self.wait()

    def set_status(self, status: int) -> None:
        """It has ended."""
        if not self._ended.done():
            self._ended.set_result(status)


class ForkServer:
    """Starts processes that have everything imported already. Make it before any thread or event loop exists."""

    def __init__(self, setup: Setup) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = os.fork()
        if not self.process:
            self._channel.close()
            Forking(theirs, setup).run()
        theirs.close()
        self._channel.setblocking(False)  # noqa: FBT003 - the library's signature
        self._numbers = count(1)
        self._processes: dict[int, ForkedProcess] = {}
        self._lock: asyncio.Lock
        self._report: Callable[[str | None], None]
        self.gone: asyncio.Event

    def attach(self, report: Callable[[str | None], None]) -> None:
        """Listen to it in the event loop that runs now; `report` is told when it has rehearsed, or why it could not."""
        self._report = report
        self._lock, self.gone = asyncio.Lock(), asyncio.Event()
        asyncio.get_running_loop().add_reader(self._channel, self._read)

    async def start(self, job: Job, descriptors: Sequence[int]) -> ForkedProcess:
        """Fork a process for the job, on one terminal or on the pipes for what it writes. Raises NewscastError."""
        number = next(self._numbers)
        message = json.dumps({"job": number, **asdict(job)}).encode()
        if len(message) > longest_message:
            raise NewscastError("the command is too long")
        process = self._processes[number] = ForkedProcess(self, number)
        await self._send(message, descriptors)
        return process

    async def signal(self, job: int, number: int) -> None:
        """Send a signal to the process of that job, if it still runs."""
        if job in self._processes:
            await self._send(json.dumps({"job": job, "signal": number}).encode())

    async def close(self) -> None:
        """End it, and with it whatever it has forked."""
        asyncio.get_running_loop().remove_reader(self._channel)
        self._channel.close()
        await asyncio.to_thread(os.waitpid, self.process, 0)

    async def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        async with self._lock:
            while not self.gone.is_set():
                try:
                    socket.send_fds(self._channel, [message], list(descriptors))
                except BlockingIOError:
                    await asyncio.sleep(0.005)  # its queue holds few messages, and it empties that quickly
                except OSError:
                    self.gone.set()
                else:
                    return
            raise NewscastError("the process that forks is gone")

    def _read(self) -> None:
        try:
            message = self._channel.recv(longest_message)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if not message:
            self.gone.set()
            asyncio.get_running_loop().remove_reader(self._channel)
            for process in self._processes.values():
                process.set_status(1)
            return
        said = json.loads(message)
        if "job" not in said:
            self._report(said["rehearsed"])
            return
        self._processes.pop(said["job"]).set_status(said["status"])
