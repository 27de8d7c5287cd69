"""`make bench`: adding, killing, starting, keys, memory, odd input, on 1,095 real articles."""

from __future__ import annotations

import argparse
import json
import random
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import find_key, run_in_terminal, unpack_news
from search import Library, Query, SourceRefusedError
from search.sources import parse_raw, read_file

_newscast = [sys.executable, "-m", "tui.cli"]
_keys = (
    "wait articles; settle 300; key j x15 =list; key enter =open; settle 300; key j x8 =paragraph; key tab =select;"
    " key ] x6 =jump; key space x4 =page; key / ; type president; settle 300; key enter; sleep 2000; mem;"
    " key q; settle 300; key q; settle 300; key q; exited"
)


def main() -> None:
    """Measure one thing after the other, and print each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    shared = parser.parse_args().shared
    with unpack_news(shared) as folder:
        articles = folder / "articles"
        measure_adding(folder, articles)
        measure_kills(folder, articles)
        measure_commands(folder / "library")
        measure_start(shared, folder)
        measure_keys(shared, folder / "library")
        measure_long_article(shared, folder)
        measure_odd_input(folder)


def add(library: Path, articles: Path) -> tuple[float, dict[str, int]]:
    """Add a folder as the reader does. Return the seconds, and the number of files for each outcome."""
    start = time.perf_counter()
    done = subprocess.run(
        [*_newscast, "--library", library, "add", "--json", articles], capture_output=True, text=True, check=True
    )
    outcomes = [json.loads(line)["outcome"] for line in done.stdout.splitlines()]
    return time.perf_counter() - start, {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}


def measure_adding(folder: Path, articles: Path) -> None:
    """Add all files twice: the first time adds all but copies, the second time skips all."""
    files = sum(1 for _ in articles.rglob("*.txt"))
    for which in ("first", "second"):
        seconds, outcomes = add(folder / "library", articles)
        print(f"add {files} files, {which} time: {seconds:.1f} s, {files / seconds:.0f} files/s, {outcomes}")


def measure_kills(folder: Path, articles: Path) -> None:
    """Kill `add` ten times at random moments, and compare the final library with that of one clean run."""
    chance = random.Random(7)
    for _ in range(10):
        process = subprocess.Popen(
            [*_newscast, "--library", folder / "killed", "add", articles],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.2, 2.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    add(folder / "killed", articles)
    same = describe(folder / "killed") == describe(folder / "library")
    print(f"killed ten times: {'the same library as one clean run' if same else 'ANOTHER LIBRARY'}")


def describe(folder: Path) -> list[object]:
    """List the documents, casts, actors and hits of a library."""
    with Library(folder, read_only=True) as library:
        ids = [hit.summary.id for hit in library.search(Query(""), 0, 10_000).hits]
        hits = [
            sorted(hit.summary.id for hit in library.search(Query(text), 0, 10_000).hits)
            for text in ("president", "pre*")
        ]
        casts = [(library.document(identifier), library.cast(identifier)) for identifier in ids]
        return [ids, hits, casts, library.actors(), library.health().problems]


def measure_commands(library: Path) -> None:
    """Measure each command in a fresh process."""
    for arguments in (["search", "president"], ["actors", "united"], ["mentions", "united-states"]):
        start = time.perf_counter()
        done = subprocess.run(
            [*_newscast, "--library", library, *arguments, "--json"], capture_output=True, text=True, check=True
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        print(f"{' '.join(arguments)}: {time.perf_counter() - start:.2f} s, {len(lines)} lines of JSON")


def measure_start(shared: Path, folder: Path) -> None:
    """Measure the first paint with content on many articles, on the seeds, and of a bare Textual app, alternately."""
    add(folder / "seeds", Path(__file__).parent.parent / "seeds")
    commands = {
        "bare Textual app": ([sys.executable, "-m", "benchmarks.peer"], "a bare article"),
        "newscast on seeds": ([*_newscast, "--library", str(folder / "seeds")], "of 17 articles"),
        "newscast on 1,091 articles": ([*_newscast, "--library", str(folder / "library")], "of 1,091 articles"),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(7):
        for name, (command, text) in commands.items():
            end = "key ctrl+q; exited" if "bare" in name else "key q; exited"
            report = run_in_terminal(shared, f'wait "{text}"; settle 200; {end}', command)
            times[name].append(report["waits"][0]["since_start_ms"])
    bare = statistics.median(times["bare Textual app"])
    for name, each in times.items():
        median = statistics.median(each)
        print(f"first paint with content, {name}: {median:.0f} ms, {median / bare:.2f} times the bare app")


def measure_keys(shared: Path, library: Path) -> None:
    """Measure bytes and milliseconds per key at 80x24, and memory."""
    report = run_in_terminal(shared, _keys, [*_newscast, "--library", str(library)])
    for label in ("list", "open", "paragraph", "select", "jump", "page", "type"):
        row = find_key(report, label)
        print(f"key {label}: at most {row['bytes']['max']:.0f} bytes, stable in {row['stable_ms']['p50']:.0f} ms")
    memory = report["memory"][-1]
    print(f"memory of the reader after a search: {memory['rss_mb']} MB resident, {memory['pss_mb']} MB proportional")


def measure_long_article(shared: Path, folder: Path) -> None:
    """Compare the time to open an article of 2,000 paragraphs with that of 20 paragraphs."""
    chance = random.Random(2)
    words = "Damascus Aleppo the army said that rebels near Homs had left positions along a road to coast".split()
    times: dict[int, list[float]] = {20: [], 2_000: []}
    for count in times:
        texts = folder / f"long{count}"
        texts.mkdir()
        paragraphs = [" ".join(chance.choices(words, k=70)) + "." for _ in range(count)]
        (texts / "article.txt").write_text("A long article\n\n" + "\n\n".join(paragraphs))
        add(folder / f"library{count}", texts)
    for _ in range(5):
        for count, each in times.items():
            script = 'wait "1 of 1 article"; settle 300; key enter =open; settle 300; key q; settle 300; key q; exited'
            report = run_in_terminal(shared, script, [*_newscast, "--library", str(folder / f"library{count}")])
            row = find_key(report, "open")
            each.append(row["stable_ms"]["p50"])
    short, long = (statistics.median(each) for each in times.values())
    print(f"opening 20 paragraphs: {short:.0f} ms; 2,000 paragraphs: {long:.0f} ms, {long / short:.2f} times as long")


def measure_odd_input(folder: Path) -> None:
    """Try random queries and random files. Print the slowest of each; an unexpected error ends the benchmark."""
    chance = random.Random(11)
    letters = 'abcdeißøАمقا中 "-*:()[]~^\\/+&|!?OR\x1b\u202e\t'
    words = ["president", "the", "OR", "-", '"', "a*", "pre*", "title:", "title:*", "U.N.", "x" * 300]
    slowest = 0.0
    with Library(folder / "library", read_only=True) as library:
        for number in range(5_000):
            pieces = (
                chance.choices(words, k=4) if number % 2 else ["".join(chance.choices(letters, k=chance.randrange(40)))]
            )
            start = time.perf_counter()
            library.search(Query(" ".join(pieces), as_you_type=bool(number % 3)), 0, 20)
            slowest = max(slowest, time.perf_counter() - start)
    print(f"5,000 random queries: none raised, the slowest took {slowest * 1000:.0f} ms")
    slowest, refused = 0.0, 0
    for number in range(1_000):
        path = folder / f"random.{('txt', 'md', 'html', 'bin')[number % 4]}"
        data = (
            chance.randbytes(chance.randrange(20_000))
            if number % 3
            else bytes(chance.choices(b"<>a/ &;=\xe9\n-#", k=5_000))
        )
        path.write_bytes(data)
        start = time.perf_counter()
        try:
            parse_raw(read_file(str(path)))
        except SourceRefusedError:
            refused += 1
        slowest = max(slowest, time.perf_counter() - start)
    print(f"1,000 random files: {refused} refused, none raised otherwise, the slowest took {slowest * 1000:.0f} ms")


if __name__ == "__main__":
    main()
