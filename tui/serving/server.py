"""The SSH server: public keys only, and for each key the sessions of one reader."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from search import NewscastError
from tui.serving.fork_server import Job
from tui.serving.keys import AuthorizedKeys
from tui.serving.limits import Seats, Tries
from tui.serving.session import Login, Session, Shared
from tui.settings import find_settings_file, find_state_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.serving.fork_server import ForkServer
    from tui.serving.log import Log
    from tui.settings import ServeSettings
    from tui.setup import Setup

_most_keys = 8  # that one connection may try
_missed = 6  # questions in a row whether a client is still there
_restart = 5.0  # seconds before a watch that has ended is begun again
_stop = 3.5  # seconds for everybody to be told and every terminal to be restored


class NewsServer:
    """What all connections share: keys, limits, the process that forks, the log."""

    def __init__(self, setup: Setup, fork_server: ForkServer, log: Log) -> None:
        self.settings: ServeSettings = setup.settings.serve
        self.shared = Shared(fork_server, Seats(self.settings.sessions, self.settings.sessions_per_key), log)
        self.keys = AuthorizedKeys(find_authorized_keys(self.settings), lambda why: log.write("keys", why=why))
        self.tries = Tries(self.settings.tries_per_minute)
        self.connections: set[Connection] = set()
        self._setup = setup

    async def run(self, folders: Sequence[str]) -> int:
        """Serve until a signal ends it, and add meanwhile what lands in those folders. Raises NewscastError."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        fork_server, log = self.shared.fork_server, self.shared.log
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stopped.set)
        fork_server.attach(lambda why: log.write("ready" if why is None else "not rehearsed", why=why))
        self.keys.check()
        key = read_host_key(find_host_key(self.settings))
        try:
            listener = await self._listen(key)
        except OSError as error:
            raise NewscastError(
                f"cannot listen at {self.settings.address or '*'} port {self.settings.port}: {error.strerror or error}"
            ) from error
        log.write(
            "listening", address=self.settings.address or "*", port=listener.get_port(), host_key=key.get_fingerprint()
        )
        watching = loop.create_task(self._watch(folders)) if folders else None
        ends = [loop.create_task(each.wait()) for each in (stopped, fork_server.gone)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        log.write("stopping", sessions=sum(len(each.sessions) for each in self.connections))
        listener.close()
        if watching is not None:
            watching.cancel()
        await self._say_goodbye()
        await fork_server.close()
        log.write("stopped")
        return 0 if stopped.is_set() else 1

    async def _listen(self, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
        settings = self.settings
        return await asyncssh.create_server(
            lambda: Connection(self), settings.address, settings.port, server_host_keys=[key], encoding=None,
            server_version="newscast", config=None, login_timeout=settings.login_grace, gss_host=None,
            keepalive_interval=settings.keep_alive, keepalive_count_max=_missed, line_editor=False,
            password_auth=False, kbdint_auth=False, host_based_auth=False, public_key_auth=True,
            agent_forwarding=False, x11_forwarding=False, allow_scp=False, sftp_factory=None,
            compression_algs=["zlib@openssh.com", "none"],
        )  # fmt: skip

    async def _watch(self, folders: Sequence[str]) -> None:
        """The one who writes to the library is a process of its own, begun again should it end."""
        while True:
            arguments = ["--library", str(self._setup.folder), "watch", *folders]
            process = await self.shared.fork_server.start(Job(arguments), [1, 2])
            self.shared.log.write("watching", folders=", ".join(folders))
            self.shared.log.write("watch ended", status=await process.wait())
            await asyncio.sleep(_restart)

    async def _say_goodbye(self) -> None:
        sessions = [session for connection in self.connections for session in connection.sessions]
        if sessions:
            await asyncio.wait([asyncio.create_task(session.stop()) for session in sessions], timeout=_stop)
        for connection in list(self.connections):
            if connection.sessions:
                connection.let_go()
            else:
                connection.close("the server is being stopped")


class Connection(asyncssh.SSHServer):
    """A client, from its first byte on: a stranger until it has proved a key."""

    def __init__(self, server: NewsServer) -> None:
        self._server = server
        self._address = "?"
        self._login: Login | None = None
        self._tried = 0
        self._is_refused = False
        self._candidate: Login | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._connection: asyncssh.SSHServerConnection
        self.sessions: set[Session] = set()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody has connected."""
        server = self._server
        self._connection = conn
        self._address = str((conn.get_extra_info("peername") or ("?",))[0])
        # asyncssh hands a transport's "no more for now" on to nobody; unheard, it would fill the memory.
        conn.pause_writing = self._pause_writing  # type: ignore[method-assign]
        conn.resume_writing = self._resume_writing  # type: ignore[method-assign]
        if server.tries.are_used_up(self._address, time.monotonic()):
            why = "too many failed logins within a minute"
        elif len(server.connections) >= 2 * server.settings.sessions:
            why = "too many connections"
        else:
            server.connections.add(self)
            return
        self._is_refused = True
        server.shared.log.write("refused", address=self._address, why=why)
        conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._server.connections.discard(self)
        if self._lingering is not None:
            self._lingering.cancel()
        if self._login is None and not self._is_refused:
            self._server.tries.note_failure(self._address, time.monotonic())
            why = "no key" if not self._tried else "no known key"
            self._server.shared.log.write(
                "refused", address=self._address, why=str(exc) if exc and not self._tried else why
            )

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - who somebody is, the key says
        """Nobody gets in without a key."""
        return True

    def public_key_auth_supported(self) -> bool:
        """With a key, and no other way."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - as above
        """Is it a reader's? That the client holds it, asyncssh sees to afterwards."""
        self._tried += 1
        if self._tried > _most_keys:
            self._connection.abort()
            return False
        name = self._server.keys.find_name(key)
        if name is None:
            return False
        self._candidate = Login(name, key.get_fingerprint(), self._address)
        return True

    def auth_completed(self) -> None:
        """The last key that was asked about is proved."""
        self._login = self._candidate
        self._linger()

    def session_requested(self) -> asyncssh.SSHServerSession[bytes] | bool:
        """A session for the reader whose key it was."""
        if self._login is None:
            return False
        session = Session(self._login, self._server.shared, self._forget)
        self.sessions.add(session)
        return session

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

    def close(self, why: str) -> None:
        """Say goodbye."""
        self._connection.disconnect(asyncssh.DISC_BY_APPLICATION, why)

    def let_go(self) -> None:
        """Say no more: OpenSSH drops what it has not shown yet when it reads a goodbye, and ends by itself without."""
        self._connection.abort()

    def _pause_writing(self) -> None:
        for session in self.sessions:
            session.pause_writing()

    def _resume_writing(self) -> None:
        for session in self.sessions:
            session.resume_writing()


def find_authorized_keys(settings: ServeSettings) -> Path:
    """Where the readers' keys are: as set, else beside the settings."""
    named = settings.authorized_keys
    return Path(named).expanduser() if named else find_settings_file().with_name("authorized_keys")


def find_host_key(settings: ServeSettings) -> Path:
    """Where the server's own key is: as set, else in the state folder."""
    return Path(settings.host_key).expanduser() if settings.host_key else find_state_folder() / "ssh_host_ed25519_key"


def read_host_key(path: Path) -> asyncssh.SSHKey:
    """The server's key, made on the first start, readable by its owner alone. Raises NewscastError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise NewscastError(f"{path}: others may read the host key; chmod 600 {path}") from None
        else:
            with os.fdopen(descriptor, "wb") as file:
                file.write(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        return asyncssh.read_private_key(path)
    except OSError as error:
        raise NewscastError(f"{path}: {error.strerror}") from error
    except asyncssh.KeyImportError as error:
        raise NewscastError(f"{path}: {error}") from error
