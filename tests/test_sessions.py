"""newscast serve, with the real ssh client: limits, many at once, crashes, growth, and the end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest

from tests.conftest import root
from tests.serving import Server, build_ssh, find_locks, lacks_ssh, make_key
from tests.terminal import Terminal, newscast
from tui.serving.fork_server import import_for_sessions
from tui.settings import Settings
from tui.setup import Setup

pytestmark = pytest.mark.skipif(lacks_ssh(), reason="needs the ssh client (Debian: openssh-client), which is not here")


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
    for name in ("mallory", "trudy"):
        assert server.run("search", "x", key=make_key(tmp_path, name)).returncode == 255
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
    asyncio.run(open_a_channel_and_ask_for_nothing(server))
    server.wait_for_log("refused user=alice .*no session was asked for")


async def open_a_channel_and_ask_for_nothing(server: Server) -> None:
    connecting = asyncssh.connect(
        "127.0.0.1", server.port, client_keys=[str(server.alice)], known_hosts=None, config=None, agent_path=None
    )
    async with connecting as connection:
        channel: asyncssh.SSHClientChannel[bytes] = asyncssh.SSHClientChannel(
            connection, asyncio.get_running_loop(), "strict", None, "strict", 1_000, 1_000
        )
        await channel._open(b"session")
        await asyncio.wait_for(connection.wait_closed(), 20)


def test_a_reader_who_presses_no_key_is_warned_and_then_leaves(serve):
    server = serve(settings="idle_timeout = 6\n")
    terminal = server.open()
    terminal.wait_for("Still there?")
    assert terminal.wait_for_exit() == 0
    assert terminal.is_restored()
    assert "your place is kept" in terminal.text
    terminal.end()


# Many, and what becomes of them


def test_thirty_readers_read_at_once(serve):
    server = serve(settings="sessions_per_key = 30\nstartups_per_address = 30\n")
    terminals = [server.open() for _ in range(30)]
    for terminal in terminals:
        terminal.wait_for("of 17 articles", 60)
    for terminal in terminals:
        terminal.send(b"/homs")
    for terminal in terminals:
        terminal.wait_for("for “homs”", 60)
        terminal.end()
    server.wait_for_sessions(0, 30)


def measure_own_memory(server: Server) -> int:
    """kB of the latest session that it shares with no other process."""
    rows = Path(f"/proc/{server.find_sessions()[-1]}/smaps_rollup").read_text()
    return sum(map(int, re.findall(r"Private_(?:Clean|Dirty): +(\d+) kB", rows)))


def test_a_further_session_adds_at_most_20_mb_and_30_when_it_has_read_and_searched(server, open_):
    for _ in range(2):
        terminal = open_()
        terminal.wait_for("of 17 articles")
        terminal.settle()
    assert measure_own_memory(server) < 20 * 1_024
    terminal.press("\r")
    terminal.wait_for("¶ 1 of")
    terminal.press("1")
    terminal.press("]")
    terminal.wait_for(" here")
    terminal.send(b"q/damascus")
    terminal.wait_for("for “damascus”")
    terminal.settle()
    assert measure_own_memory(server) < 30 * 1_024


imports_and_reads = """
import asyncio, sys
from pathlib import Path
from search import Library, Marks, Searches
from tui.serving.fork_server import import_for_sessions
from tui.settings import Settings
from tui.setup import Setup
setup = Setup(Settings(), Path(sys.argv[1]), Path("reader.db"), read_only=True)
assert import_for_sessions(setup) is None
before = set(sys.modules)
from tui.app import NewscastApp
async def read():
    with Library(setup.folder, read_only=True) as library:
        async with NewscastApp(library, Marks(None), Searches(None), setup.settings).run_test() as pilot:
            await pilot.press("enter", "1", "right_square_bracket", "q", "slash", "d")
            await pilot.pause()
asyncio.run(read())
ours = {"search", "textual", "tui", "whoosh"}
print(*sorted(name for name in set(sys.modules) - before if name.split(".")[0] in ours))
"""


def test_what_a_session_needs_is_imported_before_the_fork(seeded):
    """If this names a module after an upgrade, add it to `_used_by_sessions` in tui/serving/fork_server.py."""
    imported = subprocess.run(
        [sys.executable, "-c", imports_and_reads, str(seeded)], cwd=root, capture_output=True, text=True, check=True
    )
    assert imported.stdout.split() == []


def test_a_library_that_cannot_be_searched_does_not_stop_the_fork_server(tmp_path):
    setup = Setup(Settings(), tmp_path / "none", tmp_path / "reader.db", read_only=True)
    assert "no library in" in (import_for_sessions(setup) or "")


def test_the_process_that_forks_has_no_second_thread(server, open_):
    open_().wait_for("of 17 articles")
    fork_server = sorted(server.find_processes())[1]
    assert len(list(Path(f"/proc/{fork_server}/task").iterdir())) == 1


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


def test_a_client_that_is_killed_leaves_no_process_no_descriptor_and_no_lock_behind(server, open_):
    before = server.count_descriptors()
    terminal = open_()
    terminal.wait_for("of 17 articles")
    server.wait_for_sessions(1)
    sessions = server.find_sessions()
    assert server.count_descriptors() != before
    terminal.process.send_signal(signal.SIGKILL)
    server.wait_for_sessions(0)
    server.wait_for_log("out user=alice .*what=reader")
    assert wait_until(lambda: server.count_descriptors() == before)
    assert find_locks(sessions) == []


def wait_until(condition: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


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


def test_sigterm_tells_the_readers_keeps_their_places_and_restores_their_terminals(serve):
    server = serve()
    terminals = [server.open() for _ in range(3)]
    for terminal in terminals:
        terminal.wait_for("of 17 articles")
        terminal.press("\r")
    processes = server.find_processes()
    assert len(server.find_sockets()) == 1 + len(terminals)
    terminals[0].process.send_signal(signal.SIGSTOP)
    assert server.stop() < 5
    assert server.process.returncode == 0
    terminals[0].process.send_signal(signal.SIGCONT)
    for terminal in terminals:
        terminal.wait_for_exit()
        assert "the server is being stopped; your place is kept" in terminal.text
        assert terminal.is_restored()
        terminal.end()
    assert not [process for process in processes if Path(f"/proc/{process}").exists()]
    assert server.find_sockets() == []
    assert find_locks(processes) == []


def test_a_server_that_is_killed_leaves_no_process_behind(serve):
    server = serve()
    terminal = server.open()
    terminal.wait_for("of 17 articles")
    processes = server.find_processes()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    assert wait_until(lambda: not [process for process in processes if Path(f"/proc/{process}").exists()], 10)
    assert server.find_sockets() == []
    terminal.end()


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


def test_a_folder_in_which_nothing_has_landed_yet_is_no_error(tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    watching = subprocess.Popen(
        newscast("--library", str(tmp_path / "library"), "watch", str(folder)), stderr=subprocess.PIPE, text=True
    )
    assert wait_until((tmp_path / "library" / "library.db").exists)
    time.sleep(2)  # it has looked once
    (folder / "first.txt").write_text("HOMS, 2 January 2025 — The first article about Homs.\n")
    assert watching.stderr
    assert watching.stderr.readline() == "1 added\n"
    watching.terminate()
    assert watching.wait(10) == 0
    watching.stderr.close()


# The log


def test_the_log_says_who_and_when_but_not_what_was_read(serve):
    server = serve("--json-log")
    server.run("search", "damascus")
    server.wait_for_log('"event": "out"')
    events = {each["event"]: each for each in map(json.loads, server.log.splitlines())}
    assert set(events) == {"listening", "ready", "in", "out"}
    assert {"user": "alice", "address": "127.0.0.1", "what": "command"}.items() <= events["in"].items()
    assert events["out"]["status"] == 0
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


opens_again_and_again = """
import sys, time
from pathlib import Path
from search import Marks
for round in range(30):
    while time.time() < float(sys.argv[2]) + 0.05 * round: pass
    Marks(Path(sys.argv[1]) / f"reader{round}.db").close()
"""


def test_a_reader_may_begin_many_sessions_at_the_same_moment(tmp_path):
    begin = str(time.time() + 1.5)
    command = [sys.executable, "-c", opens_again_and_again, str(tmp_path), begin]
    processes = [subprocess.Popen(command, cwd=root) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
