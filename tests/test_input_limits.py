"""Limits on what a terminal sends: sizes, endless sequences and pastes, and keys faster than they are handled."""

from __future__ import annotations

import os
import re
import select
import struct
import termios
import time
from fcntl import ioctl
from pathlib import Path

import pytest
from textual import events

from tests.terminal import Terminal, newscast
from tui.terminal.input_limits import LimitedParser, clamp_size, largest_size, longest_paste


def parse(*blocks: str) -> list[str]:
    """Parse blocks one after the other. Return the keys and the texts of pastes that an app gets."""
    parser = LimitedParser()
    found = []
    for block in blocks:
        for message in [*parser.feed(block), *parser.tick()]:
            if isinstance(message, events.Key):
                found.append(message.key)
            else:
                found.append(message.text if isinstance(message, events.Paste) else type(message).__name__)
    return found


def test_keys_are_what_they_were():
    assert parse("aZ ", "\x1b[A\x1bOB\x1b[1;5C\r") == ["a", "Z", "space", "up", "down", "ctrl+right", "enter"]


def test_the_key_stream_sets_no_size_and_turns_on_no_reports_of_it():
    assert parse("\x1b[48;9000;9000;1;1tj\x1b[?2048;1$yk\x1b[48;5:1;5;0;0tl") == ["j", "k", "l"]


def test_a_size_in_the_key_stream_does_not_change_where_the_mouse_is():
    parser = LimitedParser()
    list(parser.feed("\x1b[48;10;10;0;0t"))
    (click,) = parser.feed("\x1b[<0;30;20M")
    assert isinstance(click, events.MouseDown)
    assert (click.x, click.y) == (29, 19)


@pytest.mark.parametrize(
    "sequence", ["\x1b[9999999;1u", "\x1b[97:65;2u", "\x1b[55296u", "\x1b[1;2;99999999999999999999u"]
)
def test_a_key_that_cannot_be_ends_nothing(sequence):
    assert parse(f"a{sequence}b")[0] == "a"
    assert parse(f"a{sequence}b")[-1] == "b"


@pytest.mark.parametrize("end", ["\x07", "\x1b\\", "\x18"])
@pytest.mark.parametrize("start", ["\x1b]11;", "\x1bP", "\x1b_G", "\x1b^", "\x1bX"])
def test_an_answer_that_nobody_asked_for_presses_no_key(start, end):
    assert parse(f"a{start}rgb:ffff/qqqq/ssss{end}b") == ["a", "b"]
    assert parse(f"a{start}rgb:", f"qqq{end}b") == ["a", "b"]


def test_an_unfinished_control_string_presses_no_key_and_is_over_after_a_pause():
    parser = LimitedParser()
    assert [*parser.feed("\x1b]52;" + "q" * 100_000), *parser.tick()] == []
    assert list(parser.feed("q" * 100_000)) == []
    parser._read_at -= 2
    (key,) = [*parser.tick(), *parser.feed("j")]
    assert isinstance(key, events.Key)


def test_a_paste_is_cut_off_and_ends_where_it_ends():
    text = "x" * 3 * longest_paste
    assert parse(f"\x1b[200~{text}\x1b[201~jk") == ["x" * longest_paste, "j", "k"]
    assert parse("\x1b[200~short\x1b[201~j") == ["short", "j"]


@pytest.mark.parametrize("spare", range(-1, 8))
def test_a_paste_of_about_the_greatest_length_presses_no_key(spare):
    length = longest_paste - spare
    (pasted, key) = parse("\x1b[200~" + "x" * length + "\x1b[201~j")
    assert (pasted, key) == ("x" * min(length, longest_paste), "j")


def test_a_paste_that_begins_around_a_control_string_is_cut_off_all_the_same():
    assert parse("\x1b[20\x1b]junk\x070~" + "x" * 3 * longest_paste + "\x1b[201~j") == ["x" * longest_paste, "j"]


@pytest.mark.parametrize(
    ("given", "drawn"), [((80, 24), (80, 24)), ((0, 0), (80, 24)), ((1, 1), (2, 2)), ((65_535, 65_535), largest_size)]
)
def test_what_is_drawn_has_a_sensible_size(given, drawn):
    assert clamp_size(*given) == drawn


# The reader itself


def read_memory(process: int) -> int:
    """Read the resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) // 1_024


@pytest.fixture
def reader(seeded):
    terminal = Terminal(newscast("--library", str(seeded), "--read-only"))
    terminal.wait_for("of 17 articles")
    terminal.settle()
    yield terminal
    terminal.end()


def flood(terminal: Terminal, data: bytes, most: int, seconds: float) -> int:
    """Write the data again and again, as fast as it is taken and until so many bytes have been; the greatest memory."""
    end, sent, greatest = time.monotonic() + seconds, 0, 0
    os.set_blocking(terminal.descriptor, False)
    while sent < most and time.monotonic() < end:
        readable, writable, _ = select.select([terminal.descriptor], [terminal.descriptor], [], 0.2)
        if readable:
            terminal.read(0.001)
        if writable:
            sent += os.write(terminal.descriptor, data[sent % len(data) :][:4_096])
        greatest = max(greatest, read_memory(terminal.process.pid))
    return greatest


@pytest.mark.parametrize(
    ("before", "data"),
    [("/", b"abcdefgh"), ("\x1b]52;c;", b"q" * 65_536), ("/\x1b[200~", b"x" * 65_536), ("", b"\x1b[48;9000;9000;1;1t")],
    ids=["letters", "control string", "paste", "sizes"],
)  # fmt: skip
def test_whatever_is_sent_costs_no_memory(reader, before, data):
    memory = read_memory(reader.process.pid)
    reader.send(before.encode())
    assert flood(reader, data, 10_000_000, 2) < memory + 30


def test_a_terminal_that_says_that_it_is_enormous_is_drawn_in_part(reader):
    before = read_memory(reader.process.pid)
    ioctl(reader.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 60_000, 60_000, 0, 0))
    reader.settle(0.5)
    assert read_memory(reader.process.pid) < before + 100
