"""newscast serve under attack and short of resources: one client, or a refusal of the system, affects nobody else."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.serving import Server, lacks_ssh, make_key
from tests.test_sessions import read_memory, wait_until
from tui.serving.limits import LoginRateLimiter, Startups, find_source

pytestmark = pytest.mark.skipif(lacks_ssh(), reason="needs the ssh client (Debian: openssh-client), which is not here")

one = frozenset({"SHA256:one"})
two = frozenset({"SHA256:two"})


# Who has not logged in


@pytest.mark.parametrize(
    ("address", "source"),
    [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
     ("fe80::1%eth0", "fe80::/64"), ("?", "?")],
)  # fmt: skip
def test_the_addresses_that_one_machine_may_have_are_one_source(address, source):
    assert find_source(address) == source


def test_of_many_connections_that_have_not_logged_in_some_are_refused_and_then_all():
    startups = Startups.parse("10:30:20", per_source=5)
    lots = random.Random(1)

    def count_refused(there: int) -> int:
        waiting = Counter({f"192.0.2.{number}": 1 for number in range(there)})
        return sum(startups.find_reason("192.0.2.200", waiting, lots.random()) is not None for _ in range(1_000))

    assert count_refused(9) == 0
    assert 250 < count_refused(10) < 350
    assert 600 < count_refused(15) < 700
    assert count_refused(20) == 1_000
    assert startups.find_reason("192.0.2.1", Counter({"192.0.2.1": 5}), 1.0)


def test_an_address_from_which_somebody_has_logged_in_draws_no_lots():
    startups = Startups.parse("10:30:20", per_source=5)
    waiting = Counter({f"192.0.2.{number}": 1 for number in range(25)})
    assert startups.find_reason("192.0.2.200", waiting, 0.0)
    assert startups.find_reason("192.0.2.200", waiting, 0.0, is_known=True) is None


def test_one_wrong_key_again_and_again_is_no_guessing_and_many_are():
    login_limiter = LoginRateLimiter(2)
    for second in range(15):
        login_limiter.note_failure("192.0.2.1", one, second)
    assert not login_limiter.is_exceeded("192.0.2.1", 15)
    login_limiter.note_failure("192.0.2.1", two, 15)
    assert login_limiter.is_exceeded("192.0.2.1", 16)
    assert not login_limiter.is_exceeded("192.0.2.2", 16)
    assert not login_limiter.is_exceeded("192.0.2.1", 80)


def test_an_address_from_which_somebody_has_logged_in_is_not_locked_out_for_a_day():
    login_limiter = LoginRateLimiter(2)
    login_limiter.note_success("192.0.2.1", 0)
    for second in range(100):
        login_limiter.note_failure("192.0.2.1", frozenset({str(second)}), 1_000)
    assert not login_limiter.is_exceeded("192.0.2.1", 1_001)
    for second in range(100):
        login_limiter.note_failure("192.0.2.1", frozenset({str(second)}), 90_000)
    assert login_limiter.is_exceeded("192.0.2.1", 90_001)


def test_wrong_keys_from_an_address_do_not_lock_out_who_has_read_from_there(serve, tmp_path):
    server = serve(settings="tries_per_minute = 2\n")
    assert server.run("search", "x").returncode == 0
    for name in ("mallory", "trudy", "eve"):
        assert server.run("search", "x", key=make_key(tmp_path, name)).returncode == 255
    assert server.run("search", "x").returncode == 0


def test_eighty_silent_connections_lock_nobody_out(server):
    with ExitStack() as stack:
        for _ in range(80):
            stranger = stack.enter_context(socket.socket())
            stranger.bind(("127.0.0.2", 0))
            stranger.connect(("127.0.0.1", server.port))
        server.wait_for_log(
            r'refused address=127.0.0.2 why="too many connections from this address have not logged in"'
        )
        assert server.run("search", "x").returncode == 0


def test_a_stranger_cannot_make_the_server_work_in_finite_fields(server):
    refused = server.run("search", "x", options=["-o", "KexAlgorithms=diffie-hellman-group16-sha512"])
    assert refused.returncode == 255


# Who has logged in


@pytest.fixture
def connect(server: Server) -> Callable[..., Any]:
    """Return a function that connects as alice by asyncssh, which can send what OpenSSH's client does not."""
    return lambda **settings: asyncssh.connect(
        **({"host": "127.0.0.1", "port": server.port} | settings),
        username="x", client_keys=[str(server.alice)], known_hosts=None, config=None,
        agent_path=None,
    )  # fmt: skip


def open_nothing(connection: asyncssh.SSHClientConnection) -> asyncssh.SSHClientChannel[bytes]:
    return asyncssh.SSHClientChannel(connection, asyncio.get_running_loop(), "strict", None, "strict", 1_000, 1_000)


async def test_a_thousand_channels_are_not_opened(server, connect):
    async with connect() as connection:
        opened = 0
        for _ in range(1_000):
            channel = open_nothing(connection)
            try:
                await channel._open(b"session")
            except asyncssh.ChannelOpenError:
                continue
            opened += 1
        assert opened == 6


async def test_connections_of_a_key_are_bounded(server, connect):
    async with asyncio.timeout(30):
        tried = await asyncio.gather(*(connect() for _ in range(14)))
        assert wait_until(lambda: 'why="too many connections"' in server.log)
        await asyncio.gather(*(connection.wait_closed() for connection in tried if connection.close() is None))


async def test_an_environment_without_end_fills_no_memory(server, connect):
    before = read_memory(server.process.pid)
    async with connect() as connection:
        variables = {f"LC_{number}": "x" * 30_000 for number in range(2_000)}
        answer = await connection.run("search homs", env=variables, encoding=None)
        assert answer.exit_status == 0
    assert read_memory(server.process.pid) < before + 20_000


async def test_a_packet_that_grows_without_end_is_refused(server, connect):
    before = read_memory(server.process.pid)
    async with connect(compression_algs="zlib@openssh.com") as connection:
        connection.send_packet(2, b"".join((b"\x00\x00\x00\x00", bytes(100_000_000))))
        await asyncio.wait_for(connection.wait_closed(), 20)
    assert read_memory(server.process.pid) < before + 20_000
    assert server.run("search", "x").returncode == 0


async def test_a_client_that_takes_no_answers_cannot_ask_without_end(server, connect):
    before = read_memory(server.process.pid)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.connect(("127.0.0.1", server.port))
    connection = await connect(sock=line)
    connection._transport.pause_reading()  # what the server answers stays in the server, or on the line
    for _ in range(100_000):
        connection._send_global_request(b"keepalive@openssh.com", want_reply=True)
        if connection._transport.get_write_buffer_size() > 1_000_000:
            await asyncio.sleep(0)
        if connection._transport.is_closing():
            break
    assert connection._transport.is_closing()
    connection.abort()
    assert read_memory(server.process.pid) < before + 20_000


async def test_ten_thousand_sizes_do_no_harm(server, connect):
    async with connect() as connection:
        channel, _ = await connection.create_session(asyncssh.SSHClientSession, term_type="xterm", encoding=None)
        server.wait_for_sessions(1)
        for number in range(10_000):
            channel.change_terminal_size(number, 4_294_967_295)
        assert wait_until(
            lambda: " 500x200" in "".join(server.ask("--sessions").stdout) or "x200" in server.ask("--sessions").stdout
        )
        channel.send_signal("KILL")
        channel.send_break(1_000)
        assert len(server.find_sessions()) == 1
    server.wait_for_sessions(0)


async def test_ten_megabytes_of_letters_cost_no_memory(server, connect):
    async with connect() as connection:
        channel, _ = await connection.create_session(asyncssh.SSHClientSession, term_type="xterm", encoding=None)
        server.wait_for_log("in .*what=reader")
        (session,) = server.find_sessions()
        await asyncio.to_thread(wait_until, lambda: read_memory(session) > 30_000)
        channel.write(b"/" + b"abcdefgh " * 1_200_000)
        before = {process: read_memory(process) for process in server.find_processes()}
        end = asyncio.get_running_loop().time() + 3
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.1)
            assert all(read_memory(process) < memory + 30_000 for process, memory in before.items())
        channel.abort()
    server.wait_for_sessions(0)


def test_a_command_that_is_too_long_is_refused_and_leaves_nothing_open(server):
    assert wait_until(lambda: len(server.find_sockets()) == 1)
    before = server.count_descriptors()
    for _ in range(4):
        refused = server.run("search", "x" * 66_000)
        assert (refused.returncode, refused.stdout) == (2, b"")
        assert b"the command is too long" in refused.stderr
    assert wait_until(lambda: server.count_descriptors() == before)


# What the system refuses


fails_to_fork = """
import errno, os
fork = os.fork
def fail():
    if os.path.exists(os.environ["REFUSES_FORKS"]): raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return fork()
os.fork = fail
"""


@pytest.fixture
def refusing(serve: Callable[..., Server], tmp_path: Path) -> tuple[Server, Path]:
    """A server whose system refuses new processes as long as a file exists."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(fails_to_fork)
    flag = tmp_path / "full"
    return serve(environment={"PYTHONPATH": str(tmp_path / "site"), "REFUSES_FORKS": str(flag)}), flag


def test_a_process_that_the_system_refuses_costs_that_session_and_nobody_else(refusing):
    server, flag = refusing
    first = server.open()
    first.wait_for("of 17 articles")
    before = server.count_descriptors()
    flag.touch()
    for _ in range(3):
        refused = server.run("search", "x")
        assert refused.returncode == 1
        assert refused.stderr == (
            b"newscast: cannot start a session (Resource temporarily unavailable); try again later\n"
        )
    second = server.open()
    assert second.wait_for_exit() == 1
    assert "cannot start a session" in second.text
    second.end()
    first.press("j")
    first.wait_for("2 of 17 articles")
    assert wait_until(lambda: server.count_descriptors() == before)
    flag.unlink()
    assert server.run("search", "homs").returncode == 0
    first.end()


def test_when_descriptors_run_out_that_is_said_and_passes(server):
    assert server.run("search", "x").returncode == 0
    assert wait_until(lambda: len(server.find_sockets()) == 1)
    before = server.count_descriptors()
    usual = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (before[0] + 2, usual[1]))
    refused = server.run("search", "x")
    assert refused.stderr == b"newscast: cannot start a session (Too many open files); try again later\n"
    assert refused.returncode == 1
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, usual)
    assert server.run("search", "x").returncode == 0
    assert wait_until(lambda: server.count_descriptors() == before)


takes_memory = """
import signal
taken = []
signal.signal(signal.SIGUSR1, lambda *_: taken.extend(bytearray(10_000_000) for _ in range(28)))
signal.signal(signal.SIGUSR2, lambda *_: taken.append(bytearray(5_000_000_000)))
"""


def test_a_session_whose_memory_is_used_up_ends_alone_and_with_a_line(serve, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(takes_memory)
    server = serve(settings="session_memory = 300\n", environment={"PYTHONPATH": str(tmp_path / "site")})
    other = server.open()
    other.wait_for("of 17 articles")
    (others,) = server.find_sessions()
    for number in (signal.SIGUSR1, signal.SIGUSR2):  # most of it is taken, and more than there is
        terminal = server.open()
        terminal.wait_for("of 17 articles")
        (greedy,) = set(server.find_sessions()) - {others}
        os.kill(greedy, number)
        assert terminal.wait_for_exit() != 0
        assert b"newscast: this session has used up its memory; your place is kept\r\n" in terminal.written
        assert terminal.is_restored()
        assert b"Traceback" not in terminal.written
        terminal.end()
    other.press("j")
    other.wait_for("2 of 17 articles")
    other.end()
