"""newscast does not use the network and writes only its own files, unless you ask for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import root, seeds
from tests.terminal import Terminal, newscast

of_each_format = [str(seeds / name) for name in ("07-moscow-asylum.txt", "06-damascus-falls.html", "08-london.md")]
_calls_somebody = re.compile(r"(?:connect|sendto|sendmsg|sendmmsg)\(.*(?:AF_INET|nscd)|AF_NETLINK|AF_PACKET")
"""A connection, a packet, or the first step of looking up a host; urllib3 binds a socket to ::1 to see if it can."""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing: a library that reports home is silent where CI is set."""
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture
def trace(tmp_path: Path) -> list[str]:
    """A command line's beginning: strace, which writes every call to the network into `calls`."""
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs strace with the right to trace, which is not here")
    return [strace, "-f", "-qq", "-e", "trace=network", "-o", str(tmp_path / "calls")]


def find_network_calls(folder: Path) -> list[str]:
    return [line for line in (folder / "calls").read_text().splitlines() if _calls_somebody.search(line)]


def test_adding_with_the_whole_cast_leaves_only_the_library(bare, tmp_path):
    library = tmp_path / "library"
    subprocess.run(
        newscast("--library", str(library), "add", *of_each_format), env=bare, cwd=root, check=True, capture_output=True
    )
    assert (library / "library.db").exists()
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]


def test_adding_with_the_whole_cast_calls_nobody(bare, trace, tmp_path):
    command = newscast("--library", str(tmp_path / "library"), "add", *of_each_format)
    subprocess.run([*trace, *command], env=bare, cwd=root, check=True, capture_output=True)
    assert not find_network_calls(tmp_path)


def test_the_reader_calls_nobody_and_keeps_its_files_to_itself(bare, trace, tmp_path):
    command = newscast("--library", str(tmp_path / "library"), of_each_format[0])
    terminal = Terminal([*trace, *command], environment=bare)
    try:
        terminal.wait_for("1 added", 60)
        for keys in ("\r", "q", "/russia\r", "q", "q", "q"):
            terminal.press(keys)
        terminal.wait_for_exit(60)
    finally:
        terminal.end()
    assert not find_network_calls(tmp_path)
    files = {path.relative_to(tmp_path / "home").parts[:3] for path in (tmp_path / "home").rglob("*") if path.is_file()}
    assert files <= {(".local", "state", "newscast")}
