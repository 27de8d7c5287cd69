"""Connection: a client, from its first byte on; a stranger until it has proved a key."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from typing import TYPE_CHECKING, Protocol

import asyncssh

from tui.serving.bounds import bound_environment
from tui.serving.limits import find_source
from tui.serving.login import Login
from tui.serving.session import Session

if TYPE_CHECKING:
    from tui.serving.keys import AuthorizedKeys
    from tui.serving.limits import LoginRateLimiter
    from tui.serving.session import Shared
    from tui.settings import ServeSettings

_most_keys = 8  # that one connection may try
_spare_sessions = 2  # channels beside the sessions that a key may have, for the line that says that there are no more
_window = 131_072  # bytes that a client may send on a channel before they are taken
_send_buffer = 131_072  # bytes
_most_untaken = 262_144  # bytes that a client may send while it takes nothing


class Server(Protocol):
    """What a connection uses of its server."""

    settings: ServeSettings
    shared: Shared
    keys: AuthorizedKeys
    login_limiter: LoginRateLimiter
    connections: set[Connection]

    def find_reason_to_refuse(self, source: str, lot: float) -> str | None:
        """Return why a new connection from this address is refused; None if it is not."""
        ...

    def note_refused(self, address: str, why: str) -> None:
        """Log a refused connection."""
        ...

    def count_connections(self, fingerprint: str) -> int:
        """Count the connections that have logged in with this key."""
        ...


class Connection(asyncssh.SSHServer):
    """A client, from its first byte on: a stranger until it has proved a key."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._address = self.source = "?"
        self.login: Login | None = None
        self._username = ""
        self._tried: dict[str, None] = {}
        self._is_refused = False
        self._candidate: tuple[asyncssh.SSHKey, Login] | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._connection: asyncssh.SSHServerConnection
        self._untaken: int | None = None
        self.sessions: set[Session] = set()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody has connected."""
        self._connection = conn
        self._address = str((conn.get_extra_info("peername") or ("?",))[0])
        self.source = find_source(self._address)
        # The system would let what a client does not take grow to some megabytes.
        conn.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _send_buffer)
        # asyncssh hands a transport's "no more for now" on to nobody; unheard, it would fill the memory.
        conn.pause_writing = self._pause_writing  # type: ignore[method-assign]
        conn.resume_writing = self._resume_writing  # type: ignore[method-assign]
        self._receive, conn.data_received = conn.data_received, self._data_received  # type: ignore[method-assign]
        why = self._server.find_reason_to_refuse(self.source, random.random())  # noqa: S311 - a lot, not a secret
        if why is None:
            self._server.connections.add(self)
            return
        self._is_refused = True
        self._server.note_refused(self._address, why)
        conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        server = self._server
        server.connections.discard(self)
        if self._lingering is not None:
            self._lingering.cancel()
        if self.login is None and not self._is_refused:
            server.login_limiter.note_failure(self.source, frozenset(self._tried or {""}), time.monotonic())
            server.shared.log.write(
                "refused", address=self._address, login=self._username[:64] or None,
                keys=",".join(self._tried) or None,
                why="no known key" if self._tried else "no key", error=str(exc) if exc and not self._tried else None,
            )  # fmt: skip

    def begin_auth(self, username: str) -> bool:
        """Nobody gets in without a key; the name is for the log, who somebody is the key says."""
        self._username = username
        return True

    def public_key_auth_supported(self) -> bool:
        """With a key, and no other way."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - as above
        """Is it a reader's? That the client holds it, asyncssh sees to afterwards."""
        fingerprint = key.get_fingerprint()
        self._tried[fingerprint] = None
        if len(self._tried) > _most_keys:
            self._connection.abort()
            return False
        name = self._server.keys.find_name(key)
        if name is None:
            return False
        self._candidate = key, Login(name, fingerprint, self._address)
        return True

    def auth_completed(self) -> None:
        """The last key that was asked about is proved."""
        assert self._candidate is not None
        login = self._candidate[1]
        self._server.login_limiter.note_success(self.source, time.monotonic())
        self.login = login
        most = 2 * self._server.settings.sessions_per_key
        if self._server.count_connections(login.fingerprint) > most:
            self._server.shared.log.write("refused", user=login.user, address=self._address, why="too many connections")
            self.close("your key has too many connections already")
            return
        self._linger()

    @property
    def is_known(self) -> bool:
        """Is the key by which it logged in still its reader's?"""
        if self.login is None or self._candidate is None:
            return False
        return self._server.keys.find_name(self._candidate[0]) == self.login.user

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[bytes], asyncssh.SSHServerSession[bytes]] | bool:
        """A session for the reader whose key it was."""
        most = self._server.settings.sessions_per_key + _spare_sessions
        if self.login is None or len(self.sessions) >= most or not self.is_known:
            return False
        session = Session(self.login, self._server.shared, self._forget)
        self.sessions.add(session)
        channel = self._connection.create_server_channel(encoding=None, window=_window, max_pktsize=32_768)
        bound_environment(channel)
        return channel, session

    def _forget(self, session: Session) -> None:
        self.sessions.discard(session)
        self._linger()

    def _linger(self) -> None:
        """A connection that has no session for that long is of no use to anybody."""
        loop = asyncio.get_running_loop()
        if self._lingering is not None:
            self._lingering.cancel()
        self._lingering = loop.call_later(self._server.settings.login_grace, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if not self.sessions:
            self.close("no session was asked for")

    async def end(self, why: str) -> None:
        """End its sessions, then itself."""
        if self.sessions:
            await asyncio.wait([asyncio.create_task(session.stop(why)) for session in self.sessions], timeout=5)
            self.let_go()
        else:
            self.close(why)

    def close(self, why: str) -> None:
        """Say goodbye."""
        self._connection.disconnect(asyncssh.DISC_BY_APPLICATION, why)

    def let_go(self) -> None:
        """Say no more: OpenSSH drops what it has not shown yet when it reads a goodbye, and ends by itself without."""
        self._connection.abort()

    def _data_received(self, data: bytes, datatype: int | None = None) -> None:
        """Bytes of the client, of which it may send few while it takes no answers: those would fill the memory."""
        if self._untaken is not None:
            self._untaken += len(data)
            if self._untaken > _most_untaken:
                self.let_go()
                return
        self._receive(data, datatype)

    def _pause_writing(self) -> None:
        self._untaken = 0
        for session in self.sessions:
            session.pause_writing()

    def _resume_writing(self) -> None:
        self._untaken = None
        for session in self.sessions:
            session.resume_writing()
