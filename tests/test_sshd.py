"""newscast as a forced command of the system's sshd: a key gives access only to the reader."""

from __future__ import annotations

import base64
import getpass
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import root
from tests.serving import build_ssh, make_key
from tests.terminal import Terminal

sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(sshd is None, reason="needs sshd (Debian: openssh-server), which is not here")

configuration = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv LANG LC_*
Compression yes
Subsystem sftp internal-sftp
"""


class Door:
    """A real sshd. In its authorized_keys, a key may only run newscast."""

    def __init__(self, folder: Path, library: Path, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.alice = make_key(folder, "alice")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host_key"], check=True)
        environment = f"HOME={home} XDG_STATE_HOME={home} XDG_CONFIG_HOME={home} PYTHONPATH={root}"
        program = f"env {environment} {shlex.quote(sys.executable)} -m tui.cli"
        command = f"{program} --library {library} --read-only --user alice"
        (folder / "authorized_keys").write_text(
            f'restrict,pty,command="{command}" {self.alice.with_suffix(".pub").read_text()}'
        )
        (folder / "sshd_config").write_text(configuration.format(port=self.port, folder=folder))
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where sshd puts its unprivileged half
        assert sshd is not None
        self.process = subprocess.Popen([sshd, "-D", "-e", "-f", folder / "sshd_config"], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while socket.socket().connect_ex(("127.0.0.1", self.port)):
            assert time.monotonic() < end
            time.sleep(0.05)

    def build_ssh(self, *options: str) -> list[str]:
        line = build_ssh(self.alice, self.port, *options)
        return [*line[:-1], f"{getpass.getuser()}@127.0.0.1"]

    def run(self, *command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
        line = [*self.build_ssh(*options), *command]
        return subprocess.run(line, input=b"", capture_output=True, timeout=30, check=False)


@pytest.fixture
def door(tmp_path: Path, seeded: Path, own_home: Path) -> Iterator[Door]:
    found = Door(tmp_path, seeded, own_home)
    yield found
    found.process.terminate()
    found.process.wait()


@pytest.fixture
def reader(door: Door) -> Iterator[Terminal]:
    terminal = Terminal(door.build_ssh("-tt"))
    terminal.wait_for("of 17 articles")
    terminal.settle()
    yield terminal
    terminal.end()


def test_the_key_opens_the_reader_and_leaving_it_ends_the_connection(reader):
    reader.press("/homs\r")
    reader.wait_for("¶ ")
    for _ in range(3):
        reader.press("q")
    assert reader.wait_for_exit() == 0
    assert reader.is_restored()


def test_whatever_command_is_asked_for_it_is_the_reader_which_needs_a_terminal(door, tmp_path):
    for command in (["sh", "-c", f"touch {tmp_path}/made"], ["cat", "/etc/passwd"], []):
        answer = door.run(*command)
        assert answer.returncode == 1
        assert b"the reader needs a terminal" in answer.stderr
    assert not (tmp_path / "made").exists()


def test_there_is_no_forwarding_and_no_sftp(door):
    assert b"forwarding failed" in door.run(options=("-W", "127.0.0.1:22")).stderr
    assert (
        b"remote port forwarding failed"
        in door.run(options=("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22")).stderr
    )
    assert door.run("sftp", options=("-s",)).stdout == b""


def test_no_key_of_the_reader_leaves_it(reader):
    """Ctrl+Z has no effect, because there is no shell to return to."""
    for key in ("\x1a", "\x1c", "\x03", "!", "|"):
        reader.press(key)
        reader.press("g")
        reader.wait_for("1 of 17 articles")


def test_what_the_reader_does_is_kept_under_its_name(reader, own_home):
    reader.press("s")
    reader.wait_for("starred")
    assert [path.relative_to(own_home) for path in own_home.rglob("reader.db")] == [
        Path("newscast/users/alice/reader.db")
    ]


def test_links_are_shown_over_ssh_and_copied_by_the_terminal_alone(reader):
    reader.press("\r")
    reader.press("o")
    reader.wait_for(" https://harbourmonthly.example/2024/12/20/letter-from-aleppo")
    assert b"\x1b]52" not in reader.written
    reader.press("y")
    copied = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", reader.written)
    assert copied
    assert base64.b64decode(copied[1]) == b"https://harbourmonthly.example/2024/12/20/letter-from-aleppo"
