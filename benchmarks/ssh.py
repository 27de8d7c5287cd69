"""`make bench-ssh`: measures newscast serve with 1, 10 and 30 sessions, bytes per key, a slow line, and newsboat."""

from __future__ import annotations

import argparse
import os
import random
import select
import shutil
import statistics
import sys
import time
from pathlib import Path

from benchmarks.measure import find_key, run_in_terminal, unpack_news
from benchmarks.slow_line import SlowLine
from search import Library
from tests.serving import Server
from tests.terminal import Terminal

_newscast = [sys.executable, "-m", "tui.cli"]
_keys = (
    "wait articles; settle 300; key j x15 =list; key g; settle 300; key enter =open; settle 300; key j x8 =paragraph;"
    " key tab =select; key ] x6 =jump; key space x4 =page; key q; settle 300; key / =bar; type president; settle 500;"
    " signal TERM; exited"
)
_words = (
    "the council said that bread water and light would come back before summer while families waited at the gates of"
    " schools where buses from other towns had stopped and nobody could say who had sent them or when they would leave"
).split()
_presses = 100


def main() -> None:
    """Measure one thing after the other, and print each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    shared = parser.parse_args().shared
    with unpack_news(shared) as folder:
        for variable in ("HOME", "XDG_STATE_HOME"):
            os.environ[variable] = str(folder)
        (folder / "articles" / "long.md").write_text(build_long_article())
        with Library(folder / "library", recogniser="rules") as library:
            for _ in library.add([str(folder / "articles")]):
                pass
        measure_sessions(folder)
        measure_keys(shared, folder / "library")
        measure_slow_line(folder / "library")
        measure_newsboat(shared, folder)


def build_long_article() -> str:
    """Build sixty different paragraphs, each with Homs in it twice."""
    chance = random.Random(5)
    paragraphs = []
    for number in range(1, 61):
        first, second = (" ".join(chance.choices(_words, k=count)) for count in (20, 9))
        paragraphs.append(f"In Homs {first}. In paragraph {number} Homs {second}.")
    return "---\ntitle: A long article\ndate: 2026-11-01\n---\n" + "\n\n".join(paragraphs)


def measure_sessions(folder: Path) -> None:
    """Measure 1, 10 and 30 readers at once: time to the first content, memory, and the time of a key."""
    server = Server(folder, folder / "library", settings="sessions_per_key = 30\n")
    server.wait_for_log(r"(ready)")
    terminals: list[Terminal] = []
    before = 0, sum(map(read_pss, server.find_processes()))
    try:
        for count in (1, 10, 30):
            starts: list[float] = []
            while len(terminals) < count:
                begun = time.perf_counter()
                terminals.append(server.open())
                wait_closely(terminals[-1], "articles")
                starts.append(time.perf_counter() - begun)
            for terminal in terminals:
                terminal.settle(0.1)
            each = statistics.mean(map(read_pss, server.find_sessions()))
            together = sum(map(read_pss, server.find_processes()))
            further = (together - before[1]) / (count - before[0])
            before = count, together
            times = sorted(press(random.Random(number).choice(terminals)) for number in range(_presses))
            print(
                f"{count:2} sessions: first content {statistics.median(starts) * 1000:.0f} ms after ssh began (median);"
                f" each further one adds {further:.1f} MB PSS; {each:.1f} MB each, {together:.0f} MB with the server;"
                f" a key {times[_presses // 2] * 1000:.0f} ms (median),"
                f" {times[int(_presses * 0.95)] * 1000:.0f} ms (95 %)"
            )
            measure_all_pressing(terminals)
        for terminal in terminals:
            for key in ("j", "\r", "1", "]", "q", "/", "d", "a"):
                terminal.press(key)
        further = statistics.mean(map(read_pss, server.find_sessions()))
        print(f"   when each has opened an article, walked an actor and searched: {further:.1f} MB PSS each")
    finally:
        for terminal in terminals:
            terminal.end()
        server.end()


def measure_all_pressing(terminals: list[Terminal]) -> None:
    """Press a key in all terminals at the same moment, ten times."""
    times: list[float] = []
    for _ in range(10):
        waiting: dict[Terminal, float] = {}
        for terminal in terminals:
            waiting[terminal] = time.perf_counter()
            terminal.send(b"j")
        while waiting:
            ready, _, _ = select.select([each.descriptor for each in waiting], [], [], 5)
            now = time.perf_counter()
            times += [now - waiting.pop(each) for each in terminals if each in waiting and each.descriptor in ready]
            if not ready:
                break
        for terminal in terminals:
            terminal.settle(0.1)
    times.sort()
    print(
        f"    all at once: {times[len(times) // 2] * 1000:.0f} ms, {times[int(len(times) * 0.95)] * 1000:.0f} ms (95 %)"
    )


def wait_closely(terminal: Terminal, text: str) -> None:
    """Wait until the text is on the screen; look after every byte."""
    end = time.perf_counter() + 30
    while text not in terminal.text and time.perf_counter() < end:
        terminal.read(0.002)


def press(terminal: Terminal) -> float:
    """Press a key. Return the seconds until the first byte of its frame."""
    begun = time.perf_counter()
    terminal.send(b"j")
    select.select([terminal.descriptor], [], [], 5)
    passed = time.perf_counter() - begun
    terminal.settle(0.05)
    return passed


def read_pss(process: int) -> float:
    """Read the proportional memory (PSS) of a process in MB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


def measure_keys(shared: Path, library: Path) -> None:
    """Measure bytes per key at 80x24."""
    report = run_in_terminal(shared, _keys, [*_newscast, "--library", str(library), "--read-only"])
    for label in ("list", "open", "paragraph", "select", "jump", "page", "type"):
        row = find_key(report, label)
        print(f"key {label}: {row['bytes']['p50']:.0f} bytes (median), {row['bytes']['max']:.0f} at most")


def measure_slow_line(library: Path) -> None:
    """Press keys 50 ms apart over 64 kbit/s with a round trip of 100 ms; measure until the last takes effect."""
    terminal = Terminal(
        [*_newscast, "--library", str(library), "--read-only"], environment={"SSH_CONNECTION": "far away"}
    )
    line = SlowLine(terminal, round_trip=0.1, bytes_per_second=8_000)
    try:
        line.press([""], 0, "1 of 1,092 articles")
        for label, before, keys, after in (
            ("20 x list", "", "j" * 20, " 21 of 1,092"),
            ("20 x paragraph", "g\r", "j" * 20, "¶ 21 of 60"),
            ("20 x jump", "g1", "]" * 20, " 21 of 120 here"),
            ("20 x page", "g", " " * 20, "¶ 60 of 60"),
            ("a word", "qg/", "president", "for “president”"),
        ):
            for key in before:
                line.press([key], 0, "")
                line.rest(1)
            print(f"slow line, {label}: {line.press(keys, 0.05, after) * 1000:.0f} ms after the last press")
            line.rest(1)
    finally:
        terminal.end()


def measure_newsboat(shared: Path, folder: Path) -> None:
    """Measure newsboat on the same machine, on 100 entries of a local feed."""
    if shutil.which("newsboat") is None:
        print("newsboat is not here")
        return
    entries = "".join(f"<item><title>Entry {n}</title><description>Text {n}</description></item>" for n in range(100))
    (folder / "feed.xml").write_text(f'<rss version="2.0"><channel><title>Feed</title>{entries}</channel></rss>')
    (folder / "urls").write_text(f"file://{folder}/feed.xml\n")
    files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db")]
    script = "wait feeds; settle 300; key R; wait Feed; settle 300; key enter; settle 300; key j x15 =list; mem"
    report = run_in_terminal(shared, script, ["newsboat", *files])
    row = find_key(report, "list")
    start, memory = report["waits"][0]["since_start_ms"], report["memory"][-1]
    most = row["bytes"]["max"]
    print(f"newsboat: first content {start:.0f} ms, {memory['pss_mb']} MB PSS, list key at most {most:.0f} bytes")


if __name__ == "__main__":
    main()
