"""On a real terminal: it is left as it was found, hostile text stays text, and a key costs few bytes."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import Library
from tests import hostile
from tests.terminal import Terminal, newscast

Open = Callable[..., Terminal]


broken_reader = """
import sys
sys.argv[1:] = ["--library", sys.argv[1]]
from tui.widgets import Article
def fail(self): raise RuntimeError("broken on purpose")
Article.action_next = fail
from tui.cli import main
main()
"""


@pytest.fixture
def open_terminal() -> Iterator[Open]:
    opened: list[Terminal] = []

    def open_(*arguments: object, **settings: object) -> Terminal:
        terminal = Terminal(newscast(*map(str, arguments)), **settings)  # type: ignore[arg-type]
        opened.append(terminal)
        return terminal

    yield open_
    for terminal in opened:
        terminal.end()


@pytest.fixture
def reader(open_terminal: Open, seeded: Path) -> Terminal:
    terminal = open_terminal("--library", seeded)
    terminal.wait_for("of 17 articles")
    terminal.settle()
    return terminal


def test_quitting_restores_the_terminal(reader):
    reader.press("q")
    assert reader.wait_for_exit() == 0
    assert reader.is_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_restores_the_terminal_and_is_the_exit_status(reader, number):
    reader.process.send_signal(number)
    assert reader.wait_for_exit() == 128 + number
    assert reader.is_restored()


def test_a_terminal_that_is_closed_ends_the_reader(reader):
    reader.close()
    assert reader.process.wait(15) == 128 + signal.SIGHUP


def test_an_error_of_its_own_restores_the_terminal_and_is_one_line(open_terminal, seeded, own_home):
    terminal = Terminal([sys.executable, "-c", broken_reader, str(seeded)])
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.press("j")
    assert terminal.wait_for_exit() == 1
    assert terminal.is_restored()
    said = terminal.written.decode(errors="replace")
    assert "stopped by an error of its own, RuntimeError" in said
    assert "Traceback" not in said
    assert "broken on purpose" in next(own_home.rglob("crash.log")).read_text()
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


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"TERM": "dumb"}, "TERM=dumb"),
        ({"TERM": ""}, "cannot show a screen"),
        ({"PYTHONIOENCODING": "latin-1"}, "not UTF-8"),
    ],
)
def test_a_terminal_that_cannot_show_the_reader_gets_one_clear_line(open_terminal, seeded, environment, line):
    terminal = open_terminal("--library", seeded, environment=environment)
    assert terminal.wait_for_exit() == 1
    assert line in terminal.text
    assert b"\x1b[?1049h" not in terminal.written


def test_hostile_text_is_readable_and_sends_nothing_of_its_own(open_terminal, tmp_path):
    (tmp_path / "articles").mkdir()
    path = tmp_path / "articles" / "hostile.txt"
    path.write_bytes(hostile.article.encode("utf-8", "surrogatepass"))
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(path)]))
    terminal = open_terminal("--library", tmp_path / "library")
    terminal.wait_for("1 of 1 article")
    terminal.press("\r")
    terminal.wait_for("[@click=app.quit]click[/]")
    for key in ("1", "]", "j", "j", " ", " ", "G", "a", "\x1b", "m", "\x1b"):
        terminal.press(key)
    terminal.press("q")
    terminal.press("/fidan")
    terminal.wait_for("1 of 1 article for “fidan”")
    # What newscast itself asks behind each frame is not the article's.
    written = terminal.written.replace(b"\x1b[6n", b"")
    for control in (b"\x1b]52", b"\x1b]8;", b"\x1b]0;", b"\x1b[2J\x1b[31m", b"\x1b[5n", b"\x07", b"\x0e"):
        assert control not in written
    text = written.decode()
    assert not set("\x9b\x9d\u202e\u2066\u2069\u200b\u200d\U000e0041\ufeff") & set(text)
    assert "\u0301\u0301" not in text


def test_a_line_of_nine_megabytes_is_listed_read_and_found(open_terminal, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("A sentence about Damascus and nothing else. " * 210_000)
    assert path.stat().st_size > 9_000_000
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(path)]))
    terminal = open_terminal("--library", tmp_path / "library")
    terminal.wait_for("1 of 1 article")
    terminal.press("\r")
    terminal.wait_for("¶ 1 of ")
    terminal.press("G")
    terminal.press("q")
    terminal.press("/damascus")
    terminal.wait_for("1 of 1 article for “damascus”")


def test_no_color_means_no_color(open_terminal, seeded):
    terminal = open_terminal("--library", seeded, environment={"NO_COLOR": "1"})
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.press("1")
    terminal.press("]")
    colours = {
        code
        for parameters in re.findall(rb"\x1b\[([0-9;]*)m", terminal.written)
        for code in map(int, filter(None, parameters.split(b";")))
        if 30 <= code <= 38 or 40 <= code <= 48 or code >= 90
    }
    assert colours == set()
    assert "▶" in terminal.text


def test_a_key_costs_few_bytes(reader):
    reader.settle(1)
    assert max(len(reader.press("j")) for _ in range(10)) <= 300
    assert len(reader.press("\r")) <= 8_000
    reader.press("1")
    assert max(len(reader.press("j")) for _ in range(4)) <= 5_500
    assert max(len(reader.press("]")) for _ in range(3)) <= 5_500
    assert max(len(reader.press(" ")) for _ in range(2)) <= 6_000


def test_an_idle_reader_writes_nothing(reader):
    assert reader.read(5) == b""


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
def test_every_size_is_usable(open_terminal, seeded, size):
    terminal = open_terminal("--library", seeded, size=size)
    terminal.wait_for("of 17 articles")
    terminal.press("/saydnaya\r")
    terminal.wait_for("White" if size[0] > 40 else "¶")
    terminal.press("1")
    terminal.press("]")
    terminal.wait_for(" here,")


def test_paths_given_to_the_reader_are_added_while_it_is_open(open_terminal, tmp_path):
    (tmp_path / "articles").mkdir()
    for number in range(40):
        (tmp_path / "articles" / f"{number:02}.txt").write_text(f"Article {number} about Homs and Hama.\n")
    terminal = open_terminal("--library", tmp_path / "library", tmp_path / "articles")
    terminal.wait_for("Article 0 about")
    terminal.wait_for("added")
    terminal.press("j")
    terminal.wait_for("of 40 articles")


def test_a_reader_that_is_left_while_adding_loses_nothing(open_terminal, tmp_path):
    (tmp_path / "articles").mkdir()
    for number in range(300):
        (tmp_path / "articles" / f"{number:03}.txt").write_text(f"Article {number} about Homs.\n")
    terminal = open_terminal("--library", tmp_path / "library", tmp_path / "articles")
    terminal.wait_for("Article 0 about")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait_for_exit() == 128 + signal.SIGTERM
    assert not [path for path in Path("/proc").glob("[0-9]*") if is_indexing(path, tmp_path)]
    with Library(tmp_path / "library", recogniser="rules") as library:
        list(library.add([str(tmp_path / "articles")]))
        assert library.health().documents == 300
        assert library.health().problems == ()


def is_indexing(process: Path, folder: Path) -> bool:
    try:
        command = (process / "cmdline").read_bytes()
    except OSError:
        return False
    return b"tui.indexer" in command and str(folder).encode() in command
