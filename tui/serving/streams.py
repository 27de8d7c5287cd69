"""Copies bytes between a client's channel and a session's terminal or pipes, at the pace of the receiver."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, BinaryIO

from search import NewscastError

if TYPE_CHECKING:
    import asyncssh

most_waiting = 65_536  # bytes, in each direction, before the other side has to wait
_block = 16_384  # bytes


class Outlet:
    """Writes to a client, no faster than it reads."""

    def __init__(self) -> None:
        self._room = asyncio.Event()
        self._room.set()

    def pause(self) -> None:
        """Stop writing until `resume` is called."""
        self._room.clear()

    def resume(self) -> None:
        """Write again; also called when the client has gone, so that nobody waits for it."""
        self._room.set()

    async def hand_on(
        self, channel: asyncssh.SSHServerChannel[bytes], kind: int | None, pipe: BinaryIO, patience: float | None
    ) -> None:
        """Copy the pipe to the client until all writers have closed it.

        Raises NewscastError if the client reads nothing for `patience` seconds; None waits for ever.
        """
        reader = asyncio.StreamReader(limit=_block)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            while data := await reader.read(_block):
                channel.write(data, kind)
                async with asyncio.timeout(patience):
                    await self._room.wait()
        except TimeoutError:
            raise NewscastError("the client does not read the output") from None
        except OSError:
            pass  # reading a terminal fails after its last process has ended
        finally:
            transport.close()


class Input(asyncio.BaseProtocol):
    """Writes a client's keys to the terminal, and makes the client wait while the reader is slow."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = channel
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=most_waiting)
        self._transport = transport

    @classmethod
    async def open(cls, descriptor: int, channel: asyncssh.SSHServerChannel[bytes]) -> Input:
        """Return an Input that writes to a duplicate of the descriptor."""
        pipe = os.fdopen(os.dup(descriptor), "wb", buffering=0)
        with contextlib.ExitStack() as unless_opened:
            unless_opened.callback(pipe.close)
            _, protocol = await asyncio.get_running_loop().connect_write_pipe(lambda: cls(channel), pipe)
            unless_opened.pop_all()
        return protocol

    def write(self, data: bytes) -> None:
        """Write keys."""
        self._transport.write(data)

    def close(self) -> None:
        """Close the duplicate, and drop the keys that are not written yet."""
        self._transport.abort()

    def pause_writing(self) -> None:
        """Stop reading from the client, because the reader has not handled its keys yet."""
        self._channel.pause_reading()

    def resume_writing(self) -> None:
        """Read from the client again."""
        self._channel.resume_reading()
