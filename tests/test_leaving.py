"""However the reader ends, the terminal is as it was, and the exit status says why."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.terminal import Terminal, newscast

broken_drawing = """
import sys
from itertools import count
from tui.terminal import output
build_update, calls = output.build_update, count()
def fail(*frames):
    if next(calls) > 2: raise RuntimeError("broken on purpose")
    return build_update(*frames)
output.build_update = fail
from tui.cli import main
main(["--library", sys.argv[1]])
"""


broken_reader = """
import sys
sys.argv[1:] = ["--library", sys.argv[1]]
from tui.widgets import Article
def fail(*arguments): raise RuntimeError("broken on purpose")
Article.{broken} = fail
from tui.cli import main
main()
"""


def test_quitting_restores_the_terminal(reader):
    reader.press("q")
    assert reader.wait_for_exit() == 0
    assert reader.is_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_restores_the_terminal_and_is_the_exit_status(reader, number):
    reader.process.send_signal(number)
    assert reader.wait_for_exit() == 128 + number
    assert reader.is_restored()


states = {
    "searching": "/syr", "reading": "\r1]", "actors": "a", "saved": "@", "help": "?", "palette": ":", "refusals": "!",
}  # fmt: skip


@pytest.mark.parametrize("state", states)
def test_a_signal_ends_it_wherever_one_is(reader, state):
    reader.send(states[state].encode())
    reader.settle(0.05)
    number = signal.SIGINT if state == "reading" else signal.SIGTERM
    reader.process.send_signal(number)
    assert reader.wait_for_exit() == 128 + number
    assert reader.is_restored()


@pytest.mark.parametrize("state", ["searching", "actors", "palette"])
def test_ctrl_c_leaves_at_once_wherever_one_is(reader, state):
    reader.send(states[state].encode())
    reader.settle(0.05)
    reader.send(b"\x03")
    assert reader.wait_for_exit() == 128 + signal.SIGINT
    assert reader.is_restored()


def test_a_reader_that_no_shell_waits_for_is_never_stopped(reader):
    reader.process.send_signal(signal.SIGTSTP)
    reader.press("j")
    reader.wait_for("2 of 17 articles")
    reader.send(b"q\x1a\x1a")
    assert reader.wait_for_exit() == 0


def test_a_terminal_that_is_closed_ends_the_reader(reader):
    reader.close()
    assert reader.process.wait(15) == 128 + signal.SIGHUP


def test_a_terminal_that_is_closed_without_a_signal_ends_the_reader_too(open_terminal, seeded):
    terminal = open_terminal("--library", seeded, controls=False)
    terminal.wait_for("of 17 articles")
    terminal.press("/homs")
    terminal.close()
    assert terminal.process.wait(15) == 128 + signal.SIGHUP


def test_an_error_of_its_own_restores_the_terminal_and_is_one_line(open_terminal, seeded, own_home):
    terminal = Terminal([sys.executable, "-c", broken_reader.format(broken="on_focus"), str(seeded)])
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    assert terminal.wait_for_exit() == 1
    assert terminal.is_restored()
    said = terminal.written.decode(errors="replace")
    assert "stopped by an error of its own, RuntimeError" in said
    assert "Traceback" not in said
    assert "broken on purpose" in next(own_home.rglob("crash.log")).read_text()
    terminal.end()


def test_an_error_of_its_own_in_a_key_is_a_line_and_the_reader_goes_on(seeded, own_home):
    terminal = Terminal([sys.executable, "-c", broken_reader.format(broken="action_next"), str(seeded)])
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.wait_for("¶ 1 of")
    terminal.press("j")
    terminal.wait_for("an error of newscast itself, RuntimeError")
    assert "broken on purpose" in next(own_home.rglob("crash.log")).read_text()
    terminal.press("G")
    terminal.wait_for("¶ 5 of 5")
    terminal.press("qq")
    assert terminal.wait_for_exit() == 0
    terminal.end()


def test_an_error_in_drawing_ends_the_reader_and_restores_the_terminal(seeded):
    terminal = Terminal([sys.executable, "-c", broken_drawing, str(seeded)])
    assert terminal.wait_for_exit() == 1
    assert terminal.is_restored()
    assert "stopped by an error of its own, RuntimeError" in terminal.written.decode(errors="replace")
    terminal.end()


def test_after_ctrl_z_and_fg_the_screen_is_there_again(open_terminal, seeded):
    # A shell with job control is what puts a program into the background.
    terminal = Terminal(["bash", "--norc", "-i"], environment={"PS1": "$ "})
    command = " ".join(newscast("--library", str(seeded)))
    terminal.press(f"{command}\n")
    terminal.wait_for("of 17 articles")
    terminal.settle()
    terminal.press("\x1a")
    terminal.wait_for("Stopped")
    terminal.screen.reset()
    terminal.press("fg\n")
    terminal.wait_for("of 17 articles")
    terminal.wait_for("Aleppo")
    terminal.end()
