"""Bytes between a client's channel and a session's terminal or pipes, in neither direction more than is taken."""

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
    """What is written to a client, no faster than it takes it."""

    def __init__(self) -> None:
        self._room = asyncio.Event()
        self._room.set()

    def pause(self) -> None:
        """The client takes nothing more for now."""
        self._room.clear()

    def resume(self) -> None:
        """It does again, or is gone."""
        self._room.set()

    async def hand_on(
        self, channel: asyncssh.SSHServerChannel[bytes], kind: int | None, pipe: BinaryIO, patience: float | None
    ) -> None:
        """Give the client what is written to the pipe until nobody writes to it any more.

        Raises NewscastError if the client takes nothing for `patience` seconds; None waits for ever.
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
            raise NewscastError("the client does not take the answer") from None
        except OSError:
            pass  # a terminal that the last process has let go of reads as an error
        finally:
            transport.close()


class Input(asyncio.BaseProtocol):
    """Where keys are written to; a client that pastes more than the reader takes has to wait."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = channel
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The descriptor is there to be written to."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=most_waiting)
        self._transport = transport

    @classmethod
    async def open(cls, descriptor: int, channel: asyncssh.SSHServerChannel[bytes]) -> Input:
        """Write to a duplicate of that descriptor."""
        pipe = os.fdopen(os.dup(descriptor), "wb", buffering=0)
        with contextlib.ExitStack() as unless_opened:
            unless_opened.callback(pipe.close)
            _, protocol = await asyncio.get_running_loop().connect_write_pipe(lambda: cls(channel), pipe)
            unless_opened.pop_all()
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
