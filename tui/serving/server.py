"""The SSH server: public keys only, and for each key the sessions of one reader."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from search import NewscastError
from tui.serving.bounds import bound_packets
from tui.serving.connection import Connection
from tui.serving.control import Control
from tui.serving.host_key import read_host_key
from tui.serving.keys import AuthorizedKeys
from tui.serving.limits import LoginRateLimiter, SessionLimiter, Startups
from tui.serving.session import Shared, used_up
from tui.serving.watching import keep_watching
from tui.settings import find_settings_file, find_state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.serving.fork_client import ForkClient
    from tui.serving.log import Log
    from tui.serving.login import OpenSession
    from tui.serving.session import Session
    from tui.settings import ServeSettings
    from tui.setup import Setup

_missed = 6  # unanswered questions whether a client is still there
_stop = 3.5  # seconds for everybody to be told and every terminal to be restored
_memory_pause = 2.0  # seconds from one look at the sessions' memory to the next
_note_pause = 0.1  # seconds from one refused connection in the log to the next
_keys_pause = 5.0  # seconds from one look at the keys to the next


class NewsServer:
    """What all connections share: keys, limits, the process that forks, the log."""

    def __init__(self, setup: Setup, fork_client: ForkClient, log: Log) -> None:
        self.settings: ServeSettings = setup.settings.serve
        session_limiter = SessionLimiter(self.settings.sessions, self.settings.sessions_per_key)
        self.shared = Shared(
            fork_client, session_limiter, log, self.settings.login_grace, self.settings.idle_timeout or None
        )
        self.keys = AuthorizedKeys(find_authorized_keys(self.settings), lambda why: log.write("keys", why=why))
        self.login_limiter = LoginRateLimiter(self.settings.tries_per_minute)
        self.connections: set[Connection] = set()
        self._startups = Startups.parse(self.settings.startups, self.settings.startups_per_address)
        self._setup = setup
        self._noted_at, self._unnoted = -_note_pause, 0

    async def run(self, folders: Sequence[str]) -> int:
        """Serve until a signal ends it, and add meanwhile what lands in those folders.

        Raises NewscastError where it cannot begin, and when the process that forks has ended.
        """
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        fork_client, log = self.shared.fork_client, self.shared.log
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stopped.set)
        self.keys.read()
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
        fork_client.attach(lambda why: log.write("ready", why=why))
        control = await self._open_control()
        tasks = [loop.create_task(self._follow_keys()), loop.create_task(self._follow_memory())]
        if folders:
            tasks.append(loop.create_task(keep_watching(fork_client, log, self._setup.folder, folders)))
        ends = [loop.create_task(each.wait()) for each in (stopped, fork_client.gone)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        log.write("stopping", sessions=len(list(self._find_sessions())))
        listener.close()
        for task in (*tasks, *ends):
            task.cancel()
        await self._say_goodbye()
        control.close()
        status = await fork_client.close()
        log.write("stopped")
        if not stopped.is_set():
            raise NewscastError(f"the process that forks has ended (status {status}), and the server with it")
        return 0

    async def _listen(self, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
        settings = self.settings
        bound_packets()
        return await asyncssh.create_server(
            lambda: Connection(self), settings.address, settings.port, server_host_keys=[key], encoding=None,
            server_version="newscast", config=None, login_timeout=settings.login_grace, gss_host=None,
            keepalive_interval=settings.keep_alive, keepalive_count_max=_missed, line_editor=False,
            password_auth=False, kbdint_auth=False, host_based_auth=False, public_key_auth=True,
            agent_forwarding=False, x11_forwarding=False, allow_scp=False, sftp_factory=None,
            compression_algs=["zlib@openssh.com", "none"],
            # Finite fields cost the server, at a stranger's word, a hundred times what curves cost.
            kex_algs="-diffie-hellman-*,gss-*,rsa*",
        )  # fmt: skip

    async def _open_control(self) -> Control:
        """The administrator's socket; a server without one serves all the same."""
        control = Control(self._describe_sessions, self._end_sessions)
        try:
            await control.listen()
        except OSError as error:
            self.shared.log.write("no control", why=str(error))
        return control

    def find_reason_to_refuse(self, source: str, lot: float) -> str | None:
        """Why a new connection from there is not taken, if it is not; `lot` is from 0 to 1."""
        now = time.monotonic()
        if self.login_limiter.is_exceeded(source, now):
            return "too many failed logins within a minute"
        strangers = Counter(each.source for each in self.connections if each.login is None)
        return self._startups.find_reason(
            source, strangers, lot, is_known=self.login_limiter.has_succeeded(source, now)
        )

    def note_refused(self, address: str, why: str) -> None:
        """Log a connection that was not taken; of many within a moment only one, so that a flood fills no disk."""
        now = time.monotonic()
        if now < self._noted_at + _note_pause:
            self._unnoted += 1
            return
        self.shared.log.write("refused", address=address, why=why, more=self._unnoted or None)
        self._noted_at, self._unnoted = now, 0

    def count_connections(self, fingerprint: str) -> int:
        """How many have logged in with that key."""
        return sum(each.login is not None and each.login.fingerprint == fingerprint for each in self.connections)

    def _find_sessions(self) -> Iterator[Session]:
        for connection in self.connections:
            yield from connection.sessions

    def _describe_sessions(self) -> list[OpenSession]:
        found = [session.describe() for session in self._find_sessions()]
        return sorted((each for each in found if each is not None), key=lambda each: (each.since, each.process))

    async def _end_sessions(self, whose: str) -> int:
        """End the sessions of that reader, or of that process; how many those were."""
        chosen = [
            session
            for session in self._find_sessions()
            if (known := session.describe()) is not None and whose in {known.user, str(known.process)}
        ]
        why = "the server's administrator has ended this session; your place is kept"
        await asyncio.gather(*(session.stop(why) for session in chosen))
        return len(chosen)

    async def _follow_keys(self) -> None:
        """Whose key is taken away, their sessions end. While the file cannot be trusted, those that are open go on."""
        while True:
            await asyncio.sleep(_keys_pause)
            if self.keys.refresh():
                for connection in [each for each in self.connections if each.login is not None and not each.is_known]:
                    assert connection.login is not None
                    self.shared.log.write(
                        "key gone", user=connection.login.user, key=connection.login.fingerprint,
                        address=connection.login.address,
                    )  # fmt: skip
                    await connection.end("your key is no longer accepted here; your place is kept")

    async def _follow_memory(self) -> None:
        """Whose session takes too much memory, that one ends."""
        while True:
            await asyncio.sleep(_memory_pause)
            for session in list(self._find_sessions()):
                if session.needs_too_much(self.settings.session_memory):
                    self.shared.log.write("too much memory", user=session.login.user, address=session.login.address)
                    await session.stop(used_up)

    async def _say_goodbye(self) -> None:
        why = "the server is being stopped; your place is kept"
        if self.shared.fork_client.gone.is_set():
            why = "the server has failed; your place is kept. Try again in a moment"
        stops = [asyncio.create_task(session.stop(why)) for session in self._find_sessions()]
        if stops:
            await asyncio.wait(stops, timeout=_stop)
        for connection in list(self.connections):
            if connection.sessions:
                connection.let_go()
            else:
                connection.close("the server is being stopped")


def find_authorized_keys(settings: ServeSettings) -> Path:
    """Where the readers' keys are: as set, else beside the settings."""
    named = settings.authorized_keys
    return Path(named).expanduser() if named else find_settings_file().with_name("authorized_keys")


def find_host_key(settings: ServeSettings) -> Path:
    """Where the server's own key is: as set, else in the state folder."""
    return Path(settings.host_key).expanduser() if settings.host_key else find_state_folder() / "ssh_host_ed25519_key"
