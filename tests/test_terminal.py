"""On a real terminal: it is left as it was found, hostile text stays text, and a key costs few bytes."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from search import Library
from tests import hostile
from tests.conftest import root
from tests.keys import press_at_random
from tests.terminal import newscast


def test_ctrl_c_while_adding_ends_the_adding_too(open_terminal, tmp_path):
    (tmp_path / "articles").mkdir()
    for number in range(300):
        (tmp_path / "articles" / f"{number:03}.txt").write_text(f"Article {number} about Homs.\n")
    terminal = open_terminal("--library", tmp_path / "library", tmp_path / "articles")
    terminal.wait_for("Article 0 about")
    terminal.send(b"\x03")
    assert terminal.wait_for_exit() == 128 + signal.SIGINT
    assert terminal.is_restored()
    assert not [path for path in Path("/proc").glob("[0-9]*") if is_indexing(path, tmp_path)]


def test_any_size_is_survived_and_the_place_is_kept(reader):
    reader.press("\r")
    reader.press("G")
    for size in ((1, 1), (2, 2), (500, 200), (1, 200), (500, 1), (80, 24)):
        reader.resize(*size)
        reader.settle()
    reader.wait_for("¶ 5 of 5")
    reader.wait_for('it."')
    reader.press("qq")
    assert reader.wait_for_exit() == 0
    assert reader.is_restored()


def test_keys_at_random_leave_a_reader_that_can_be_left(seeded, own_home):
    press_at_random(seeded, seed=11, count=600, every=60)
    errors = [error for log in own_home.rglob("crash.log") for error in log.read_text().split("\n\n") if error.strip()]
    # Textual's own palette is not made for keys that come before its widgets; its errors are contained, too.
    assert [error for error in errors if "ommandPalette" not in error and "textual/command.py" not in error] == []


def test_a_byte_that_is_not_utf_8_is_shown_as_one_character(reader):
    reader.press("/")
    reader.send(b"caf\xe9 \xff")
    reader.wait_for("caf\ufffd \ufffd")
    reader.press("\x1b")
    reader.press("qq")
    assert reader.wait_for_exit() == 0
    assert reader.is_restored()


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[99999999999u", "\x1b[1114112u", "\x1b[:u", "\x1b[57344:1;u"],
    ids=["long", "beyond", "none", "half"],
)
def test_a_sequence_that_means_no_key_is_ignored(reader, sequence):
    reader.press(sequence)
    reader.press("/saydnaya")
    reader.wait_for("1 of 1 article for “saydnaya”")


def test_an_index_that_is_removed_while_one_reads_is_built_again(reader, seeded):
    reader.press("/homs")
    reader.wait_for("for “homs”")
    shutil.rmtree(seeded / "fulltext")
    reader.press("\x1b[F hama")
    reader.wait_for("for “homs hama”", 30)
    reader.press("\x1b")
    reader.press("qq")
    assert reader.wait_for_exit() == 0


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


def test_a_line_of_nearly_a_million_characters_is_listed_read_and_found(open_terminal, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("A sentence about a town and nothing else. " * 23_000 + "The last one is about Damascus.")
    assert path.stat().st_size > 950_000
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
    assert find_colours(terminal.written) == set()
    assert "▶" in terminal.text


def find_colours(written: bytes) -> set[int]:
    return {
        code
        for parameters in re.findall(rb"\x1b\[([0-9;]*)m", written)
        for code in map(int, filter(None, parameters.split(b";")))
        if 30 <= code <= 38 or 40 <= code <= 48 or code >= 90
    }


def test_a_key_costs_few_bytes(reader):
    reader.settle(1)
    assert len(reader.written) <= 8_000
    assert max(len(reader.press("j")) for _ in range(10)) <= 300
    assert len(reader.press("\r")) <= 4_000
    reader.press("1")
    assert max(len(reader.press("j")) for _ in range(4)) <= 1_500
    assert max(len(reader.press("]")) for _ in range(3)) <= 1_500
    assert max(len(reader.press(" ")) for _ in range(2)) <= 4_000
    reader.press("q")
    reader.press("/")
    assert max(len(reader.press(letter)) for letter in "damascus") <= 2_500


def test_what_a_slow_line_has_not_taken_yet_is_replaced_not_queued(open_terminal, seeded):
    terminal = open_terminal("--library", seeded)
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.settle(0.5)
    before = len(terminal.written)
    terminal.send(b" ")
    while len(terminal.written) == before:
        terminal.read(0.1)
    terminal.settle(0.5)
    page = len(terminal.written) - before
    terminal.press("b")
    terminal.settle(0.5)
    terminal.answers = False
    before = len(terminal.written)
    for key in " b" * 10 + "G":
        terminal.send(key.encode())
        terminal.read(0.1)
    assert len(terminal.written) - before < 4 * page
    terminal.answers = True
    terminal.send(b"\x1b[1;1R")
    terminal.wait_for("¶ 5 of 5")


def test_a_terminal_that_never_answers_shows_everything_all_the_same(open_terminal, seeded):
    terminal = open_terminal("--library", seeded)
    terminal.answers = False
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.wait_for("¶ 1 of")
    for _ in range(4):
        terminal.press(" ")
    terminal.press("G")
    terminal.wait_for("¶ 5 of 5")


def test_an_idle_reader_writes_nothing(reader):
    assert reader.read(3) == b""


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


usual = ("xterm", "xterm-256color", "screen-256color", "tmux-256color")
old = ("linux", "vt100")


surroundings = [
    ((40, 10), {"LANG": "C", "LC_ALL": "C", "COLORTERM": ""}),
    ((80, 24), {"COLORTERM": "truecolor"}),
    ((200, 60), {"NO_COLOR": "1"}),
]


@pytest.mark.parametrize("term", [*usual, *old])
@pytest.mark.parametrize(("size", "environment"), surroundings)
def test_the_reader_is_at_home_on_every_terminal_of_the_table(open_terminal, own_home, seeded, term, size, environment):
    (own_home / "newscast" / "settings.toml").write_text('recogniser = "rules"\ntheme = "terminal-dark"\n')
    terminal = open_terminal("--library", seeded, size=size, environment={"TERM": term, **environment})
    terminal.wait_for("Türkiye sees its hour")
    terminal.wait_for("of 17 articles")
    terminal.send(b"/saydnaya\r")
    terminal.wait_for("¶ ")
    terminal.send(b"1]")
    terminal.wait_for(" here")
    terminal.resize(size[0] + 20, size[1] + 5)
    terminal.wait_for(" here")
    terminal.send(b"qqq")
    assert terminal.wait_for_exit() == 0
    assert terminal.is_restored()
    controls = set(re.findall(rb"\x1b(?:\[[<>?][0-9;]*[a-zA-Z]|[\]P^_X])", terminal.written))
    assert controls <= understood[term in old]
    assert bool(find_colours(terminal.written)) == (term != "vt100" and "NO_COLOR" not in environment)


modes = {f"\x1b[?{mode}{state}".encode() for mode in (1000, 1006, 1049, 2004, 25, 7) for state in "hl"}
understood = {False: modes | {b"\x1b[>25u", b"\x1b[<u"}, True: {b"\x1b[?25l", b"\x1b[?25h", b"\x1b[?7l", b"\x1b[?7h"}}
"""What is sent beside text, places and styles: to terminals of today, and to old ones."""


def test_the_default_theme_has_no_colours_but_the_terminals_own(reader):
    reader.press("\r")
    reader.press("1]")
    assert b"\x1b[" in reader.written
    assert not find_colours(reader.written)


def test_a_vt100_has_bold_instead_of_colours(open_terminal, seeded):
    terminal = open_terminal("--library", seeded, environment={"TERM": "vt100"})
    terminal.wait_for("of 17 articles")
    terminal.press("\r")
    terminal.press("1")
    assert b"\x1b[1" in terminal.written


def test_the_cursor_is_where_the_attention_is(reader):
    reader.press("j")
    assert (reader.screen.cursor.x, reader.screen.cursor.y) == (0, 2)
    reader.press("/")
    reader.press("homs")
    assert reader.screen.cursor.y == 0
    assert reader.screen.cursor.x >= len("homs")
    reader.press("\r")
    reader.press("g")
    reader.press("1")
    line = reader.screen.display[reader.screen.cursor.y]
    assert line[reader.screen.cursor.x :].startswith("Harbour News") or "▶" in line
    reader.press("j")
    assert reader.screen.display[reader.screen.cursor.y].startswith("▌")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux, which is not here")
def test_it_is_at_home_in_tmux(seeded, tmp_path):
    tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    command = " ".join(newscast("--library", str(seeded)))
    subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "24", f"cd {root} && {command}"], check=True)
    try:
        wait_for_pane(tmux, "1 of 17 articles")
        subprocess.run([*tmux, "send-keys", "j", "Enter"], check=True)
        wait_for_pane(tmux, "¶ 1 of")
        subprocess.run([*tmux, "resize-window", "-x", "120", "-y", "30"], check=True)
        wait_for_pane(tmux, "▏")
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)


def capture_pane(tmux: list[str]) -> str:
    return subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True).stdout


def wait_for_pane(tmux: list[str], text: str) -> None:
    end = time.monotonic() + 15
    while text not in (shown := capture_pane(tmux)):
        assert time.monotonic() < end, shown
        time.sleep(0.05)
