"""Runs `newscast watch` beside the server, and starts it again whenever it ends."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from search import NewscastError
from tui.serving.fork_client import ForkRequest, ForkServerEndedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.serving.fork_client import ForkClient
    from tui.serving.log import Log

_restart = 2.0  # seconds before a watch that has ended is started again
_longest_line = 65_536  # bytes


async def keep_watching(fork_client: ForkClient, log: Log, library: Path, folders: Sequence[str]) -> None:
    """Watch the folders until this task is cancelled or the fork server ends."""
    request = ForkRequest(["--library", str(library), "watch", *folders])
    while True:
        try:
            log.write("watch ended", status=await _watch(fork_client, log, request))
        except ForkServerEndedError:
            return
        except (NewscastError, OSError) as error:
            log.write("not watching", why=str(error))
        await asyncio.sleep(_restart)


async def _watch(fork_client: ForkClient, log: Log, request: ForkRequest) -> int:
    """Run the watch, copy its output into the log, and return its exit status."""
    said, output = os.pipe()
    pipe = os.fdopen(said, "rb", buffering=0)
    try:
        process = await fork_client.start(request, [output, output])
    except BaseException:
        pipe.close()
        raise
    finally:
        os.close(output)
    log.write("watching", folders=", ".join(request.arguments[3:]), pid=process.process)
    reader = asyncio.StreamReader(limit=_longest_line)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        while line := await _read_line(reader):
            log.write("watch", said=line.decode("utf-8", "replace").rstrip("\n"))
    finally:
        transport.close()
    return await process.wait()


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:  # newscast writes no such line; its beginning is dropped
        return b"(a line too long for the log)\n"
