"""newscast serve, with the real ssh client: who gets in, what they get, and what becomes of it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import Library, Query
from tests.conftest import root
from tests.serving import Server, build_ssh, lacks_ssh, make_key
from tests.terminal import Terminal, newscast
from tui.serving.environment import check_environment

pytestmark = pytest.mark.skipif(lacks_ssh(), reason="needs the ssh client (Debian: openssh-client), which is not here")
Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path, seeded: Path) -> Iterator[Serve]:
    servers: list[Server] = []

    def start(*arguments: str, library: Path = seeded, settings: str = "") -> Server:
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(Server(folder, library, *arguments, settings=settings))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve()


@pytest.fixture
def open_(server: Server) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(**settings: object) -> Terminal:
        opened.append(server.open(**settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_terminal
    for terminal in opened:
        terminal.end()


# What a reader gets


def test_ssh_opens_the_reader_and_quitting_restores_the_terminal(server, open_):
    terminal = open_()
    terminal.wait_for("of 17 articles")
    terminal.press("/damascus\r")
    terminal.wait_for("¶ ")
    for _ in range(3):
        terminal.press("q")
    assert terminal.wait_for_exit() == 0
    assert terminal.is_restored()


@pytest.mark.parametrize(
    "command",
    [
        ["search", "--limit", "3", "damascus -russia"], ["show", "ID"], ["actors", "iran"], ["mentions", "Iran"],
        ["search", "--facets", "homs"],
    ],
)  # fmt: skip
def test_a_command_gives_the_same_json_as_locally(server, command):
    with Library(server.library, read_only=True) as library:
        newest = library.search(Query("")).hits[0].summary.id
    name, *arguments = [newest if each == "ID" else each for each in command]
    local = subprocess.run(
        newscast("--library", str(server.library), name, "--json", *arguments), capture_output=True, check=True
    )
    remote = server.run(name, *[f"'{each}'" for each in arguments])
    assert (remote.returncode, remote.stdout) == (0, local.stdout)
    assert local.stdout


def test_a_session_can_be_resized_time_and_again(open_):
    terminal = open_()
    terminal.wait_for("of 17 articles")
    terminal.press("/homs\r")
    for width, height in [(60, 20), (200, 60), (40, 10), (100, 30)] * 5:
        terminal.resize(width, height)
        terminal.read(0.02)
    terminal.wait_for("¶ ")
    terminal.press("]")
    assert len(terminal.screen.display) == 30


def test_a_later_session_offers_the_last_place_actor_and_search(server, open_):
    first = open_()
    first.wait_for("of 17 articles")
    first.press("/homs\r")
    first.wait_for("¶ ")
    first.press("j")
    first.press("1")
    before = first.text
    first.process.send_signal(signal.SIGKILL)
    server.wait_for_sessions(0)
    second = open_()
    second.wait_for("back to “")
    second.press("\x7f")
    second.wait_for("¶ ")
    second.settle()
    assert second.text == before


# Who gets in


def test_an_unknown_key_is_refused(server, tmp_path):
    refused = server.run("search", "x", key=make_key(tmp_path, "mallory"))
    assert refused.returncode == 255
    assert b"Permission denied (publickey)" in refused.stderr
    server.wait_for_log("refused .*no known key")


def test_there_are_no_passwords(server):
    options = ["-o", "PreferredAuthentications=password,keyboard-interactive", "-o", "BatchMode=yes"]
    assert b"Permission denied (publickey)" in server.run("search", "x", options=options).stderr


def test_keys_are_read_again_when_the_file_changes(server, tmp_path):
    bob = make_key(tmp_path, "bob")
    assert server.run("search", "x", key=bob).returncode == 255
    server.keys.write_text(server.keys.read_text() + bob.with_suffix(".pub").read_text())
    assert server.run("search", "x", key=bob).returncode == 0
    server.keys.write_text(bob.with_suffix(".pub").read_text())
    assert server.run("search", "x").returncode == 255


@pytest.mark.parametrize("name", ["../alice", "a/b", ".ssh", "two words", "", "x" * 40, "$(id)"])
def test_a_key_without_a_safe_name_is_not_taken(server, tmp_path, name):
    key = make_key(tmp_path, name)
    server.keys.write_text(key.with_suffix(".pub").read_text())
    assert server.run("search", "x", key=key).returncode == 255
    server.wait_for_log("keys why=.*line 1: ")


def test_the_name_option_goes_before_the_comment(server, tmp_path, own_home):
    key = make_key(tmp_path, "some laptop of mine")
    server.keys.write_text(f'restrict,name="carol",pty {key.with_suffix(".pub").read_text()}')
    assert server.run("search", "x", key=key).returncode == 0
    server.wait_for_log("in user=carol")


@pytest.mark.parametrize("option", ['command="true"', 'from="10.0.0.1"', 'expiry-time="20200101"', "cert-authority"])
def test_an_option_that_is_not_known_makes_the_key_unknown(server, option):
    server.keys.write_text(f"{option} {server.alice.with_suffix('.pub').read_text()}")
    assert server.run("search", "x").returncode == 255
    server.wait_for_log(f"the option {option.split('=')[0]} is not known here")


def test_keys_that_others_may_write_to_are_not_trusted(server):
    server.keys.chmod(0o666)
    assert server.run("search", "x").returncode == 255
    server.wait_for_log("nobody can log in: .*others may write to it")


def test_the_host_key_is_made_once_and_readable_by_its_owner_alone(serve, server, tmp_path):
    made = server.folder / "host_key"
    assert made.stat().st_mode & 0o777 == 0o600
    before = made.read_bytes()
    server.stop()
    again = serve("--host-key", str(made))
    assert made.read_bytes() == before
    assert "listening" in again.log


# What nobody gets


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["ls"], "there is no such command here; there are search, show, actors, mentions"),
        (["sh", "-c", "id"], "there is no such command"),
        (["add", "/etc/passwd"], "there is no such command"),
        (["/bin/sh"], "there is no such command"),
        (["'"], "there is no such command"),
        ([], "the reader needs a terminal"),
        (["search", "--library", "/tmp", "x"], "--library is for the server to say"),
        (["search", "--library=/tmp", "x"], "--library is for the server to say"),
        (["search", "--user", "bob", "x"], "--user is for the server to say"),
        (["show", "--no-such-option"], "No such option"),
    ],
)
def test_anything_else_is_one_clear_line_and_status_2(server, command, line):
    refused = server.run(*command)
    said = refused.stderr.decode()
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert line in said
    assert said.count("\n") == 1


def test_a_command_never_reaches_a_shell(server, tmp_path):
    for trick in (f"search 'x; touch {tmp_path}/a'", f"search x; touch {tmp_path}/b", f"search $(touch {tmp_path}/c)"):
        server.run(trick)
    assert not {each.name for each in tmp_path.iterdir()} & {"a", "b", "c"}


def test_nothing_is_forwarded(server, open_):
    with socket.create_server(("127.0.0.1", 0)) as target:
        port = target.getsockname()[1]
        refused = server.run(options=["-W", f"127.0.0.1:{port}"])
        assert refused.returncode == 255
        assert b"forwarding failed" in refused.stderr
        back = server.run("search", "x", options=["-o", "ExitOnForwardFailure=yes", "-R", f"0:127.0.0.1:{port}"])
        assert b"remote port forwarding failed" in back.stderr
        target.settimeout(0.2)
        with pytest.raises(TimeoutError):
            target.accept()


def test_there_is_no_sftp_and_no_scp(server, tmp_path):
    assert server.run("sftp", options=["-s"]).returncode != 0
    server.wait_for_log("refused .*the subsystem sftp")
    assert server.run("scp", "-f", "/etc/passwd").returncode == 2


tricks = {
    "NEWSCAST_LIBRARY": "/tmp", "NEWSCAST_SETTINGS": "/tmp/x", "LD_PRELOAD": "/tmp/x.so", "PYTHONPATH": "/tmp",
    "PATH": "/tmp", "HOME": "/tmp", "XDG_STATE_HOME": "/tmp", "LC_ALL": "../../x", "LANG": "a b", "TERMINFO": "/tmp",
    "LC_PAPER": "de_DE.UTF-8", "COLORTERM": "truecolor", "NO_COLOR": "1", "TERM": "xterm",
}  # fmt: skip


def test_of_the_environment_only_what_describes_a_terminal_comes_in(server, open_):
    wanted = {"LC_PAPER": "de_DE.UTF-8", "COLORTERM": "truecolor", "NO_COLOR": "1", "TERM": "xterm"}
    assert check_environment(tricks) == wanted
    terminal = open_(options=["-o", "SetEnv=" + " ".join(f'"{name}={value}"' for name, value in tricks.items())])
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    # NO_COLOR came in; another library, other settings and another home did not.
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", terminal.written)


@pytest.mark.parametrize("term", ["dumb", "../../etc/passwd", "x" * 100, "xterm;id"])
def test_a_terminal_that_cannot_show_the_reader_gets_one_clear_line(server, term):
    terminal = server.open(term=term)
    assert terminal.wait_for_exit() == 2
    assert "this terminal (TERM) cannot show a screen" in terminal.text
    assert b"\x1b[?1049h" not in terminal.written
    terminal.end()


def test_what_one_reader_did_no_other_sees(server, open_, tmp_path, own_home):
    bob = make_key(tmp_path, "bob")
    server.keys.write_text(server.keys.read_text() + bob.with_suffix(".pub").read_text())
    terminal = open_()
    terminal.wait_for("of 17 articles")
    terminal.press("s")
    terminal.wait_for("starred")
    assert server.run("search", "is:starred").stdout.count(b"\n") == 1
    assert server.run("search", "--save", "mine", "homs").returncode == 0
    assert server.run("search", "is:starred", key=bob).stdout == b""
    assert b"no saved search" in server.run("search", "@mine", key=bob).stderr
    state = own_home / "newscast" / "users"
    assert {each.name: each.stat().st_mode & 0o777 for each in state.iterdir()} == {"alice": 0o700, "bob": 0o700}


def test_readers_write_nothing_into_the_library(server, open_):
    before = {path: path.stat().st_mtime_ns for path in server.library.rglob("*") if path.suffix not in {".db-shm"}}
    terminal = open_()
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.press("1")
    terminal.press("x")
    terminal.wait_for("read only")
    after = {path: path.stat().st_mtime_ns for path in before}
    assert after == before


# Limits


def test_a_key_has_so_many_sessions_and_no_more(serve):
    server = serve(settings="sessions_per_key = 1\n")
    first = server.open()
    first.wait_for("of 17 articles")
    second = server.open()
    assert second.wait_for_exit() == 1
    assert "your key has 1 sessions already" in second.text
    first.end()
    server.wait_for_sessions(0)
    assert server.run("search", "x").returncode == 0
    second.end()


def test_an_address_has_so_many_tries_a_minute_and_no_more(serve, tmp_path):
    server = serve(settings="tries_per_minute = 2\n")
    stranger = make_key(tmp_path, "mallory")
    for _ in range(2):
        assert server.run("search", "x", key=stranger).returncode == 255
    assert server.run("search", "x").returncode == 255
    server.wait_for_log("too many failed logins within a minute")


def test_who_does_not_log_in_or_asks_for_nothing_is_sent_away(serve):
    server = serve(settings="login_grace = 1\n")
    with socket.create_connection(("127.0.0.1", server.port)) as stranger:
        stranger.settimeout(5)
        while stranger.recv(4_096):
            pass
    idle = subprocess.run(build_ssh(server.alice, server.port, "-N"), capture_output=True, timeout=10, check=False)
    assert b"no session was asked for" in idle.stderr


def test_a_reader_who_presses_no_key_is_warned_and_then_leaves(serve):
    server = serve(settings="idle_timeout = 6\n")
    terminal = server.open()
    terminal.wait_for("nobody reads here")
    assert terminal.wait_for_exit() == 0
    assert terminal.is_restored()
    assert "your place is kept" in terminal.text
    terminal.end()


# Many, and what becomes of them


def test_thirty_readers_read_at_once(serve):
    server = serve(settings="sessions_per_key = 30\n")
    terminals = [server.open() for _ in range(30)]
    for terminal in terminals:
        terminal.wait_for("of 17 articles", 60)
    for terminal in terminals:
        terminal.send(b"/homs")
    for terminal in terminals:
        terminal.wait_for("for “homs”", 60)
        terminal.end()
    server.wait_for_sessions(0, 30)


def test_a_session_that_crashes_touches_no_other_and_leaves_its_terminal_restored(server, open_):
    first, second = open_(), open_()
    first.wait_for("of 17 articles")
    second.wait_for("of 17 articles")
    server.wait_for_sessions(2)
    os.kill(server.find_sessions()[0], signal.SIGSEGV)
    crashed, other = (first, second) if ends(first) else (second, first)
    assert crashed.wait_for_exit() == 128 + signal.SIGSEGV
    assert crashed.is_restored()
    other.press("j")
    other.wait_for("2 of 17 articles")


def ends(terminal: Terminal) -> bool:
    end = time.monotonic() + 2
    while terminal.process.poll() is None and time.monotonic() < end:
        terminal.read(0.05)
    return terminal.process.poll() is not None


def test_a_client_that_is_killed_leaves_no_process_behind(server, open_):
    terminal = open_()
    terminal.wait_for("of 17 articles")
    server.wait_for_sessions(1)
    terminal.process.send_signal(signal.SIGKILL)
    server.wait_for_sessions(0)
    server.wait_for_log("out user=alice .*what=reader")


def test_a_client_that_stops_reading_stops_nobody_and_fills_no_memory(server, open_):
    slow, other = open_(), open_()
    slow.wait_for("of 17 articles")
    other.wait_for("of 17 articles")
    slow.process.send_signal(signal.SIGSTOP)
    before = sum(map(read_memory, server.find_processes()))
    for _ in range(40):
        os.write(slow.descriptor, b"j k ")
    other.press("j")
    other.wait_for("2 of 17 articles")
    assert sum(map(read_memory, server.find_processes())) < before + 20_000
    slow.process.send_signal(signal.SIGCONT)
    slow.press("g")
    slow.wait_for("1 of 17 articles")


def read_memory(process: int) -> int:
    """Resident memory in kB."""
    return int(next(line for line in Path(f"/proc/{process}/status").open() if line.startswith("VmRSS")).split()[1])


def test_a_paste_of_a_hundred_kilobytes_is_survived(open_):
    terminal = open_()
    terminal.wait_for("of 17 articles")
    terminal.press("/")
    terminal.send(b"\x1b[200~" + b"damascus " * 11_000 + b"\x1b[201~")
    terminal.wait_for("damascus damascus")
    terminal.press("\x1b")
    terminal.settle()
    terminal.press("q")
    terminal.wait_for("of 17 articles")


def test_sigterm_tells_the_readers_keeps_their_places_and_restores_their_terminals(server, open_):
    terminals = [open_() for _ in range(3)]
    for terminal in terminals:
        terminal.wait_for("of 17 articles")
        terminal.press("\r")
    processes = server.find_processes()
    assert server.stop() < 5
    assert server.process.returncode == 0
    for terminal in terminals:
        terminal.wait_for_exit()
        assert "the server is being stopped; your place is kept" in terminal.text
        assert terminal.is_restored()
    assert not [process for process in processes if Path(f"/proc/{process}").exists()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_server_that_is_killed_leaves_no_process_behind(server, open_):
    terminal = open_()
    terminal.wait_for("of 17 articles")
    processes = server.find_processes()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    end = time.monotonic() + 10
    while left := [process for process in processes if Path(f"/proc/{process}").exists()]:
        assert time.monotonic() < end, left
        time.sleep(0.05)


# While the library grows


def test_what_lands_in_a_watched_folder_is_noted_and_moves_nobody(serve, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    for number in range(40):
        (folder / f"old{number}.txt").write_text(f"HAMA, 1 January 2025 — Article {number} about Hama.\n")
    server = serve("--watch", str(folder), library=tmp_path / "new")
    server.wait_for_log("40 added")
    terminal = server.open()
    terminal.wait_for("of 40 articles")
    terminal.press("j")
    terminal.press("j")
    before = terminal.text.splitlines()[3]
    begun = time.monotonic()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"HOMS, 2 January 2025 — Article {number} about Homs.\n")
    terminal.wait_for("3 new")
    assert time.monotonic() - begun < 10
    terminal.wait_for("6 of 43 articles")
    assert terminal.text.splitlines()[3] == before
    terminal.press("r")
    terminal.wait_for("Article 0 about")
    assert "3 new" not in terminal.text
    server.stop()
    assert not server.find_processes()
    terminal.end()


# The log


def test_the_log_says_who_and_when_but_not_what_was_read(serve):
    server = serve("--json-log")
    server.run("search", "damascus")
    server.wait_for_log('"event": "out"')
    events = [json.loads(line) for line in server.log.splitlines()]
    assert [each["event"] for each in events] == ["listening", "in", "out"]
    assert {"user": "alice", "address": "127.0.0.1", "what": "command"}.items() <= events[1].items()
    assert events[2]["status"] == 0
    assert "damascus" not in server.log


def test_without_keys_the_server_says_what_to_do(seeded, tmp_path):
    refused = subprocess.run(
        newscast("--library", str(seeded), "serve", "--authorized-keys", str(tmp_path / "none"), "--port", "0"),
        capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.decode().count("\n") == 1
    assert b"put in it a public key for each reader" in refused.stderr


def test_a_library_that_is_not_there_is_said_before_anything_starts(tmp_path):
    refused = subprocess.run(
        newscast("--library", str(tmp_path / "none"), "serve", "--port", "0"),
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert (refused.returncode, refused.stderr.count(b"\n")) == (1, 1)
    assert b"no library in" in refused.stderr


def test_the_library_can_be_opened_by_many_at_the_same_moment(seeded, tmp_path):
    opens = f"from pathlib import Path; from search import Marks; Marks(Path({str(tmp_path / 'reader.db')!r}))"
    processes = [subprocess.Popen([sys.executable, "-c", opens], cwd=root) for _ in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    with Library(seeded, read_only=True):
        pass
