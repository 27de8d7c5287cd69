"""newscast serve, with the real ssh client: who gets in, and what readers can and cannot do."""

from __future__ import annotations

import re
import signal
import socket
import subprocess

import pytest

from search import Library, Query
from tests.serving import lacks_ssh, make_key
from tests.terminal import newscast
from tui.serving.environment import check_environment
from tui.serving.keys import make_name

pytestmark = pytest.mark.skipif(lacks_ssh(), reason="needs the ssh client (Debian: openssh-client), which is not here")


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


def test_what_is_sent_is_compressed_for_who_asks_for_it(server):
    asked = server.run("search", "homs", options=["-C", "-v", "-o", "LogLevel=DEBUG1"])
    assert re.search(rb"kex: server->client .* compression: zlib@openssh.com", asked.stderr)
    assert asked.stdout == server.run("search", "homs").stdout


def test_a_later_session_offers_the_last_place_actor_and_search(server, open_):
    first = open_()
    first.wait_for("of 17 articles")
    first.press("/homs\r")
    first.wait_for("¶ ")
    first.press("j")
    first.press("1")
    first.wait_for(" here, ")
    first.settle(0.5)
    before = first.text
    first.process.send_signal(signal.SIGKILL)
    server.wait_for_sessions(0)
    second = open_()
    second.wait_for("back to “")
    second.press("\x7f")
    second.wait_for(" here, ")
    second.settle(0.5)
    assert second.text == before


# Who gets in


def test_an_unknown_key_is_refused(server, tmp_path):
    refused = server.run("search", "x", key=make_key(tmp_path, "mallory"))
    assert refused.returncode == 255
    assert b"Permission denied (publickey)" in refused.stderr
    server.wait_for_log(r'refused address=127.0.0.1 login=reader keys=SHA256:[A-Za-z0-9+/]{43} why="no known key"')


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


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("alice@laptop", "alice-laptop"), ("Bob Smith (work)", "Bob-Smith-work"), ("Zoë", "Zoe"), (".ssh", "ssh"),
        ("../etc/passwd", "etc-passwd"), ("x" * 40, "x" * 32), ("$(id)", "id"), ("a.b_c-d", "a.b_c-d"), ("@", ""),
    ],
)  # fmt: skip
def test_a_keys_comment_makes_a_safe_word(comment, name):
    assert make_name(comment) == name


def test_a_key_with_the_comment_that_ssh_keygen_gives_it_gets_in(server, tmp_path):
    key = make_key(tmp_path, "carol@her laptop of 2024")
    server.keys.write_text(key.with_suffix(".pub").read_text())
    assert server.run("search", "x", key=key).returncode == 0
    server.wait_for_log("in user=carol-her-laptop-of-2024")


def test_a_key_without_a_name_is_not_accepted(server, tmp_path):
    key = make_key(tmp_path, "")
    server.keys.write_text(key.with_suffix(".pub").read_text())
    assert server.run("search", "x", key=key).returncode == 255
    server.wait_for_log("keys why=.*authorized_keys:1: the key has no name")


def test_two_comments_that_make_one_name_are_not_one_reader(server, tmp_path):
    other = make_key(tmp_path, "alice!")
    server.keys.write_text(server.keys.read_text() + other.with_suffix(".pub").read_text())
    assert server.run("search", "x", key=other).returncode == 255
    assert server.run("search", "x").returncode == 0
    server.wait_for_log("keys why=.*authorized_keys:2: .*both make the name alice")


def test_the_name_option_goes_before_the_comment(server, tmp_path):
    key = make_key(tmp_path, "some laptop of mine")
    server.keys.write_text(f'restrict,name="carol",pty {key.with_suffix(".pub").read_text()}')
    assert server.run("search", "x", key=key).returncode == 0
    server.wait_for_log("in user=carol")


@pytest.mark.parametrize("option", ['command="true"', 'from="10.0.0.1"', 'expiry-time="20200101"', "cert-authority"])
def test_an_option_that_is_not_known_makes_the_key_unknown(server, option):
    server.keys.write_text(f"{option} {server.alice.with_suffix('.pub').read_text()}")
    assert server.run("search", "x").returncode == 255
    server.wait_for_log(f"newscast does not know the option {option.split('=')[0]},")


def test_keys_that_others_may_write_to_are_not_trusted(server):
    server.keys.chmod(0o666)
    assert server.run("search", "x").returncode == 255
    server.wait_for_log("nobody can log in: .*other users can write to it")


def test_the_host_key_is_made_once_and_readable_by_its_owner_alone(serve):
    server = serve()
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
        (["ls"], "unknown command; the server runs search, show, actors, mentions, help"),
        (["sh", "-c", "id"], "unknown command"),
        (["add", "/etc/passwd"], "unknown command"),
        (["/bin/sh"], "unknown command"),
        (["'"], "unknown command"),
        ([], "the reader needs a terminal"),
        (["search", "--library", "/tmp", "x"], "only the server can set --library"),
        (["search", "--library=/tmp", "x"], "only the server can set --library"),
        (["search", "--user", "bob", "x"], "only the server can set --user"),
        (["show", "--no-such-option"], "No such option"),
    ],
)
def test_anything_else_is_one_clear_line_and_status_2(server, command, line):
    refused = server.run(*command)
    said = refused.stderr.decode()
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert line in said
    assert said.count("\n") == 1


def test_a_command_on_a_terminal_is_told_to_leave_it_out(server):
    terminal = server.open(command=["search", "homs"])
    assert terminal.wait_for_exit() == 2
    assert "search needs no terminal: leave out -t" in terminal.text
    terminal.end()


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


def test_what_one_reader_did_no_other_sees(server, open_, tmp_path):
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
    assert {each.name: each.stat().st_mode & 0o777 for each in server.users.iterdir()} == {"alice": 0o700, "bob": 0o700}


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
