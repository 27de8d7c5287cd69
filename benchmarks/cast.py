"""`make bench`, second part: what finding the cast costs, beside the rules that it replaces, on 1,095 real articles."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from search import Library, annotate, make_safe_line
from search.sources import parse_raw, read_file

_words_at_most = 60_000


def main() -> None:
    """Print every figure; each part in a process of its own, so that none pays for another."""
    parser = argparse.ArgumentParser(description="Measure what finding the cast costs.")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--part", choices=list(_parts), help=argparse.SUPPRESS)
    parser.add_argument("--articles", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        _parts[arguments.part](arguments.articles)
        return
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles"
        shutil.unpack_archive(arguments.shared / "news" / "worldwide-newswire.tar.gz", articles, filter="data")
        for part in _parts:
            subprocess.run(
                [sys.executable, "-m", "benchmarks.cast", "--part", part, "--articles", articles], check=True
            )


def measure_loading(_: Path) -> None:
    """The model alone, in a fresh process."""
    start, spent = time.perf_counter(), time.process_time()
    from search.cast.recognisers import build_recogniser

    build_recogniser("trained")
    from search.cast.ranker import read_ranker

    read_ranker()
    print(f"model loaded: {time.perf_counter() - start:.2f} s, {time.process_time() - spent:.2f} CPU s")


def measure_speed(articles: Path) -> None:
    """Words a CPU second with everything on, and with rules, in one run by turns."""
    documents, words = [], 0
    for path in sorted(articles.rglob("*")):
        if path.is_file() and words < _words_at_most:
            documents.append(parse_raw(read_file(str(path))))
            words += sum(len(paragraph.text.split()) for paragraph in documents[-1].paragraphs)
    speeds = {}
    for recogniser in ("rules", "trained"):
        start = time.process_time()
        for _ in annotate(documents, recogniser=recogniser):
            pass
        speeds[recogniser] = words / (time.process_time() - start)
        print(f"{recogniser}: {speeds[recogniser]:,.0f} words/CPU s on {words:,} words of {len(documents)} articles")
    print(f"trained takes {speeds['rules'] / speeds['trained']:.1f} times as long as rules")


def measure_library(articles: Path) -> None:
    """All articles added, annotated and linked; the time, and the largest memory."""
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        start, at = time.perf_counter(), {}
        for step in library.add([str(articles)]):
            at[step.what] = (step.done, time.perf_counter() - start)
        for what, (done, seconds) in at.items():
            print(f"{make_safe_line(what)}: {done:,} done after {seconds:.0f} s")
        total, actors = library.actors(limit=12)
        health = library.health()
        counts = f"{health.documents:,} articles, {total:,} actors, {health.mentions:,} mentions"
        print(f"{counts}; {health.problems or 'whole'}")
        print("most frequent: " + ", ".join(f"{actor.name} ({actor.documents})" for actor in actors))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if os.uname().sysname == "Linux" else 1024**2)
    print(f"peak memory: {peak:.0f} MiB")


_parts = {"loading": measure_loading, "speed": measure_speed, "library": measure_library}

if __name__ == "__main__":
    main()
