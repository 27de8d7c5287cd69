"""newscast serve for its administrator: keys that are taken away, who is there, what is logged, what has failed."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import socket
import subprocess
import warnings
from pathlib import Path

import pytest

from search import NewscastError
from tests.serving import lacks_ssh, make_key
from tests.terminal import newscast
from tests.test_sessions import wait_until
from tui.serving.control import Control, end_sessions
from tui.serving.keys import AuthorizedKeys
from tui.serving.log import Log
from tui.serving.trusted_file import read_trusted_file

pytestmark = pytest.mark.skipif(lacks_ssh(), reason="needs the ssh client (Debian: openssh-client), which is not here")


# The file of keys


def refuse(path: Path) -> str:
    with pytest.raises(NewscastError) as refused:
        read_trusted_file(path)
    return str(refused.value)


def test_a_file_that_others_can_change_is_not_trusted(tmp_path):
    path = tmp_path / "keys"
    path.write_text("x")
    path.chmod(0o644)
    assert read_trusted_file(path) == "x"
    path.chmod(0o664)
    assert refuse(path) == f"{path}: others may write to it; chmod go-w {path}"


def test_a_file_in_a_folder_that_others_can_change_is_not_trusted(tmp_path):
    folder = tmp_path / "shared" / "own"
    folder.mkdir(parents=True)
    (folder / "keys").write_text("x")
    folder.parent.chmod(0o777)
    assert refuse(folder / "keys") == f"{folder.parent}: others may write to it; chmod go-w {folder.parent}"
    folder.parent.chmod(0o1777)  # as /tmp
    assert read_trusted_file(folder / "keys") == "x"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("part", ["keys", ""])
def test_a_file_that_belongs_to_another_user_is_not_trusted(tmp_path, part):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "keys").write_text("x")
    os.chown(folder / part, 12_345, 12_345)
    assert f"{folder / part}: it belongs to another user (uid 12345)" in refuse(folder / "keys")


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "fifo", 0o600)
    assert "this is not a regular file" in refuse(tmp_path / "fifo")
    assert "this is not a regular file" in refuse(tmp_path)
    (tmp_path / "large").write_bytes(bytes(1_048_577))
    assert "1,048,576 are the most" in refuse(tmp_path / "large")


def test_a_fifo_in_place_of_the_keys_keeps_the_server_from_starting_and_says_so(seeded, tmp_path):
    os.mkfifo(tmp_path / "keys", 0o600)
    refused = subprocess.run(
        newscast("--library", str(seeded), "serve", "--authorized-keys", str(tmp_path / "keys"), "--port", "0"),
        capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert (refused.returncode, refused.stderr.count(b"\n")) == (1, 1)
    assert b"this is not a regular file" in refused.stderr


def test_keys_that_become_a_fifo_or_belong_to_a_shared_folder_let_nobody_in_and_hang_nothing(server):
    text = server.keys.read_text()
    server.keys.unlink()
    os.mkfifo(server.keys, 0o600)
    assert server.run("search", "x").returncode == 255
    server.wait_for_log("nobody can log in: .*this is not a regular file")
    server.keys.unlink()
    server.keys.write_text(text)
    assert server.run("search", "x").returncode == 0


def test_bad_lines_are_told_when_the_server_starts(serve, tmp_path):
    good = make_key(tmp_path, "bob")
    (tmp_path / "keys").write_text(
        f'# readers\nrubbish\n{good.with_suffix(".pub").read_text()}from="x" {good.with_suffix(".pub").read_text()}'
    )
    server = serve("--authorized-keys", str(tmp_path / "keys"))
    before, _, _ = server.log.partition("listening")
    assert re.findall(r"keys:(\d+): ([\w ]+)", before) == [
        ("2", "this is not a public key"), ("4", "the option from is not known here")
    ]  # fmt: skip


def test_the_same_error_of_the_file_is_told_once(tmp_path):
    said: list[str] = []
    keys = AuthorizedKeys(tmp_path / "none", said.append)
    assert [keys.refresh() for _ in range(3)] == [False] * 3
    assert len(said) == 1


def test_a_key_that_is_taken_away_ends_its_sessions_and_no_others(server, open_, tmp_path):
    bob = make_key(tmp_path, "bob")
    alone = server.keys.read_text()
    server.keys.write_text(alone + bob.with_suffix(".pub").read_text())
    alices = open_()
    alices.wait_for("of 17 articles")
    bobs = open_(key=bob)
    bobs.wait_for("of 17 articles")
    server.keys.write_text(alone)
    assert bobs.wait_for_exit() != 0
    assert b"newscast: your key is no longer accepted here; your place is kept" in bobs.written
    assert bobs.is_restored()
    server.wait_for_log("key gone user=bob key=SHA256:")
    alices.press("j")
    alices.wait_for("2 of 17 articles")


# Who is there


def test_the_open_sessions_are_listed_and_ended(server, open_):
    first, second = open_(), open_()
    for terminal in (first, second):
        terminal.wait_for("of 17 articles")
    second.resize(100, 30)
    assert wait_until(lambda: "100x30" in server.ask("--sessions").stdout)
    heading, *rows = server.ask("--sessions").stdout.splitlines()
    assert heading.split() == ["process", "user", "fingerprint", "address", "since", "size"]
    one, other = server.find_sessions()
    listed = [row.split() for row in rows]
    assert [row[0] for row in listed] == [str(one), str(other)]
    assert {row[1] for row in listed} == {"alice"}
    assert all(re.fullmatch(r"SHA256:\S{43}", row[2]) and row[3] == "127.0.0.1" for row in listed)
    assert {row[5] for row in listed} == {"80x24", "100x30"}
    assert server.ask("--end", str(one)).stderr == "1 ended\n"
    assert wait_until(lambda: server.find_sessions() == [other])
    assert server.ask("--end", "alice").stderr == "1 ended\n"
    for terminal in (first, second):
        terminal.wait_for_exit()
        assert b"newscast: the server's administrator has ended this session" in terminal.written
        assert terminal.is_restored()
    nobody = server.ask("--end", "alice")
    assert (nobody.returncode, nobody.stderr.count("\n")) == (1, 1)
    assert "alice has no session" in nobody.stderr


def test_only_the_servers_user_can_ask_it(server):
    (path,) = (server.home / "newscast" / "serve").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_where_no_server_runs_that_is_said_and_what_a_killed_one_left_is_removed(own_home):
    folder = own_home / "newscast" / "serve"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "4711.sock"))
    nobody = subprocess.run(newscast("serve", "--sessions"), capture_output=True, text=True, timeout=20, check=False)
    assert (nobody.returncode, nobody.stderr.count("\n")) == (1, 1)
    assert "no server of this user is running" in nobody.stderr
    assert list(folder.iterdir()) == []


# The log


def test_what_libraries_log_and_warn_of_is_a_line_of_the_log(capsys):
    loggers = logging.getLogger(), logging.getLogger("py.warnings")
    before = [(list(logger.handlers), logger.level) for logger in loggers]
    Log(as_json=True).take_over()
    try:
        try:
            int("two\nlines")
        except ValueError:
            logging.getLogger("asyncssh").exception("it failed\x1b[2J")
        warnings.warn("that is old", stacklevel=1)
        logging.getLogger("asyncssh").info("what was asked")
    finally:
        logging.captureWarnings(False)
        for logger, (handlers, level) in zip(loggers, before, strict=True):
            logger.handlers[:], logger.level = handlers, level
    error, warning = map(json.loads, capsys.readouterr().err.splitlines())
    assert (error["event"], error["name"], error["level"]) == ("library", "asyncssh", "error")
    assert error["said"].startswith("it failed")
    assert "(ValueError: invalid literal" in error["said"]
    assert "that is old" in warning["said"]


# What fails


def test_when_the_process_that_forks_is_killed_all_are_told_and_all_ends(serve, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    server = serve("--watch", str(folder))
    server.wait_for_log("watching .*pid=")
    terminal = server.open()
    terminal.wait_for("of 17 articles")
    processes = server.find_processes()
    assert len(processes) == 4
    fork_server = processes[1]
    os.kill(fork_server, signal.SIGKILL)
    assert server.process.wait(20) == 1
    assert terminal.wait_for_exit() != 0
    assert b"newscast: the server has failed; your place is kept. Try again in a moment" in terminal.written
    assert terminal.is_restored()
    assert server.log.splitlines()[-1] == (
        "newscast: the process that forks has ended (status -9), and the server with it"
    )
    assert wait_until(lambda: not [each for each in processes if Path(f"/proc/{each}").exists()], 10)
    terminal.end()


def test_a_watcher_that_is_killed_begins_again_and_readers_read_on(serve, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    server = serve("--watch", str(folder))
    watcher = int(server.wait_for_log(r"watching .*pid=(\d+)"))
    os.kill(watcher, signal.SIGKILL)
    server.wait_for_log("watch ended status=-9")
    again = int(server.wait_for_log(rf"watching .*pid=(?!{watcher})(\d+)"))
    (folder / "first.txt").write_text("HOMS, 2 January 2025 — The first article about Homs.\n")
    server.wait_for_log('watch said="1 added"')
    assert again in server.find_processes()


def test_a_control_socket_answers_under_a_path_that_is_longer_than_a_socket_address(tmp_path, monkeypatch):
    folder = tmp_path / ("long" * 30)
    monkeypatch.setattr("tui.serving.control.find_control_folder", lambda: folder)

    async def ask() -> int:
        async def end(whose: str) -> int:
            return len(whose)

        control = Control(list, end)
        await control.listen()
        ended = await asyncio.to_thread(end_sessions, "alice")
        control.close()
        return ended

    assert asyncio.run(ask()) == 5
