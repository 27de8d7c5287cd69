"""Helpers for tests of `newscast serve`: the server in its own process, keys, and the real ssh client."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import root
from tests.terminal import Terminal, newscast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def make_key(folder: Path, comment: str) -> Path:
    """Make a key pair whose public key has this comment. Return the path of the private key."""
    path = folder / f"id{len(list(folder.glob('id*')))}"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], check=True)
    return path


def build_ssh(key: Path, port: int, *options: str) -> list[str]:
    """Build the command line of the ssh client, without the configuration of this machine's user."""
    settled = {
        "StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null", "LogLevel": "ERROR", "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
    }  # fmt: skip
    given = [part for name, value in settled.items() for part in ("-o", f"{name}={value}")]
    return ["ssh", "-F", "none", *given, "-i", str(key), "-p", str(port), *options, "reader@127.0.0.1"]


class Server:
    """`newscast serve` on a free port, with its own home. `alice` is a key that it accepts."""

    def __init__(
        self, folder: Path, library: Path, *arguments: str, settings: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.folder, self.library, self.home = folder, library, folder / "home"
        self.home.mkdir()
        self.alice = make_key(folder, "alice")
        self.keys = folder / "authorized_keys"
        self._logged = 0
        self._let_alice_in()
        (folder / "settings.toml").write_text(f'recogniser = "rules"\n[serve]\naddress = "127.0.0.1"\n{settings}')
        self._log = (folder / "log").open("wb")
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            newscast(
                "--library", str(library), "serve", "--port", "0", "--authorized-keys", str(self.keys),
                "--host-key", str(folder / "host_key"), *arguments,
            ),
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, cwd=root, start_new_session=True,
            env={
                **os.environ, **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(self.home)),
                "NEWSCAST_SETTINGS": str(folder / "settings.toml"), **(environment or {}),
            },
        )  # fmt: skip
        self.port = int(self.wait_for_log(r'listening .*?port"?[=:] ?(\d+)|"listening".*?"port": (\d+)'))

    def renew(self) -> None:
        """Reset the server for the next test: end all sessions, and remove marks and log."""
        self.wait_for_sessions(0)
        shutil.rmtree(self.users, ignore_errors=True)
        self._let_alice_in()
        self._logged += len(self.log)

    def _let_alice_in(self) -> None:
        self.keys.write_text(self.alice.with_suffix(".pub").read_text())
        self.keys.chmod(0o600)

    @property
    def users(self) -> Path:
        """The folder with the readers' own databases."""
        return self.home / "newscast" / "users"

    @property
    def log(self) -> str:
        """The text of the log."""
        return (self.folder / "log").read_text(errors="replace")[self._logged :]

    def wait_for_log(self, pattern: str, seconds: float = 15) -> str:
        """Wait until a line of the log matches. Return the first group that matched."""
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.log)):
            assert time.monotonic() < end, f"no {pattern!r} in the log:\n{self.log}"
            time.sleep(0.02)
        return next(filter(None, match.groups()), "")

    def run(
        self, *command: str, key: Path | None = None, options: Sequence[str] = (), data: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command over ssh. Return its end and output."""
        line = build_ssh(key or self.alice, self.port, *options)
        return subprocess.run([*line, *command], input=data, capture_output=True, timeout=30, check=False)

    def open(
        self, options: Sequence[str] = (), term: str = "xterm-256color", command: Sequence[str] = (),
        key: Path | None = None,
    ) -> Terminal:  # fmt: skip
        """Open the reader, or run a command, over ssh in a terminal."""
        return Terminal(
            [*build_ssh(key or self.alice, self.port, "-tt", *options), *command], environment={"TERM": term}
        )

    def find_processes(self) -> list[int]:
        """Find the ids of the server's process, its fork server and their descendants, each in the order of its start.

        The ids alone do not tell this order: they begin at 1 again when the system has used them all.
        """
        parents, starts = {}, {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                rest = path.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if rest[0] not in "ZX":
                process = int(path.parent.name)
                parents[process], starts[process] = int(rest[1]), int(rest[19])
        found = [self.process.pid] if self.process.pid in parents else []
        for process in found:
            children = [child for child, parent in parents.items() if parent == process]
            found += sorted(children, key=lambda child: (starts[child], child))
        return found

    def find_sessions(self) -> list[int]:
        """Find the ids of the readers' processes, in the order of their start."""
        return self.find_processes()[2:]

    def find_sockets(self) -> list[str]:
        """Find the sockets on its port that listen or are connected."""
        found = []
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in Path(table).read_text().splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                if local.endswith(f":{self.port:04X}") and state in {"01", "0A"}:  # established, listening
                    found.append(line)
        return found

    def count_descriptors(self) -> list[int]:
        """Count the open files, pipes and sockets of the server and the fork server."""
        return [len(list(Path(f"/proc/{process}/fd").iterdir())) for process in self.find_processes()[:2]]

    def wait_for_sessions(self, count: int, seconds: float = 10) -> None:
        """Wait until there are `count` sessions."""
        end = time.monotonic() + seconds
        while len(self.find_sessions()) != count:
            assert time.monotonic() < end, f"{self.find_sessions()}, not {count}\n{self.log}"
            time.sleep(0.02)

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `newscast serve` with arguments of an administrator, as the server's user."""
        environment = {**os.environ, "HOME": str(self.home), "XDG_STATE_HOME": str(self.home)}
        return subprocess.run(
            newscast("serve", *arguments), capture_output=True, text=True, env=environment, timeout=30, check=False
        )

    def stop(self) -> float:
        """End the server by SIGTERM. Return the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - begun

    def end(self) -> None:
        """End all processes that still run."""
        for process in reversed(self.find_processes()):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        self._log.close()


def find_locks(processes: Sequence[int]) -> list[str]:
    """Find the file locks that these processes hold."""
    return [
        line
        for line in Path("/proc/locks").read_text().splitlines()
        if int(line.replace("-> ", "").split()[4]) in processes
    ]


def lacks_ssh() -> bool:
    """Is the ssh client missing?"""
    return shutil.which("ssh") is None
