"""The administrator's requests to a running server: list the sessions, end sessions.

Each server listens on its own socket in the state folder, which only its user can open. A request is one line of JSON,
and so is the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from search import NewscastError
from tui.settings import find_state_folder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from pathlib import Path

    from tui.serving.login import OpenSession

_longest_address = 100  # bytes
_longest = 65_536  # bytes of a request
_patience = 20.0  # seconds for an answer
_columns = "process", "user", "fingerprint", "address", "since", "size"


def find_control_folder() -> Path:
    """Return the folder of the sockets of this user's servers."""
    return find_state_folder() / "serve"


@contextlib.contextmanager
def _address_of(path: Path) -> Iterator[str]:
    """Yield an address for the socket that fits into a system call, which takes about a hundred bytes."""
    if len(os.fsencode(path)) <= _longest_address:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Control:
    """The server's side of the socket.

    `list_sessions` returns the open sessions; `end_sessions` ends those of a reader or process and
    returns their number.
    """

    def __init__(
        self, list_sessions: Callable[[], Iterable[OpenSession]], end_sessions: Callable[[str], Awaitable[int]]
    ) -> None:
        self._list_sessions, self._end_sessions = list_sessions, end_sessions
        self._path = find_control_folder() / f"{os.getpid()}.sock"
        self._server: asyncio.Server

    async def listen(self) -> None:
        """Create the socket, which only this user can open, and answer requests. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.parent.chmod(0o700)
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        with _address_of(self._path) as address:
            listener.bind(address)
        self._server = await asyncio.start_unix_server(self._answer, sock=listener, limit=_longest)
        self._path.chmod(0o600)

    def close(self) -> None:
        """Remove the socket, so that nobody else can connect."""
        self._path.unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError):
            asked = json.loads(await reader.readline())
            if "end" in asked:
                answer: dict[str, Any] = {"ended": await self._end_sessions(str(asked["end"]))}
            else:
                answer = {"sessions": [asdict(session) for session in self._list_sessions()]}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()


def describe_sessions() -> Iterator[str]:
    """Yield a line with the names of the columns, then one for each session. Raises NewscastError."""
    rows: list[tuple[str, ...]] = [_columns]
    for answer in _ask({}):
        rows += [tuple(str(session[column]) or "-" for column in _columns) for session in answer["sessions"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def end_sessions(whose: str) -> int:
    """End the sessions of a reader, or the session with a process id; return how many they were.

    Raises NewscastError.
    """
    return sum(answer["ended"] for answer in _ask({"end": whose}))


def _ask(question: dict[str, str]) -> list[dict[str, Any]]:
    """Send a request to all servers of this user and return their answers. Raises NewscastError if there are none."""
    answers = []
    for path in sorted(find_control_folder().glob("*.sock")):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_patience)
            try:
                with _address_of(path) as address:
                    connection.connect(address)
                connection.sendall(json.dumps(question).encode() + b"\n")
                with connection.makefile("rb") as file:
                    answers.append(json.loads(file.readline()))
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # a server that was killed left it
            except (OSError, ValueError) as error:
                raise NewscastError(f"{path}: the server does not answer: {error}") from error
    if not answers:
        raise NewscastError("you have no running server; if another user runs it: sudo -u USER -H newscast serve …")
    return answers
