"""`make bench-search`: compares newscast's search with tantivy, SQLite's FTS5 and stock Whoosh, in one run.

Every engine answers the same queries on the same articles, each with its 20 best hits and their snippets, in a process
of its own. "Cold" is a query right after the index was opened and asked for one unknown word. "Warm" are the rounds
after that, which ask all queries in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.search_corpus import Asked, read_articles, read_queries, resample_articles
from benchmarks.search_engines import Engine, engines

_rounds = 5
_titles = 1_000
_starts = 9
_kinds = ("term", "any", "all", "phrase", "prefix", "fuzzy", "dates", "typing")
_bare_start = (
    "import sys; from whoosh import index, qparser; opened = index.open_dir(sys.argv[1]); "
    "query = qparser.MultifieldParser(['title', 'body'], opened.schema).parse('export'); "
    "print([hit['id'] for hit in opened.searcher().search(query, limit=20)])"
)


def main() -> None:
    """Measure everything and print tables; with --task, measure one thing in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--many", type=int, default=200_000, help="how many articles the large corpus has; 0 for none")
    parser.add_argument("--task", choices=["build", "ask", "rank", "add"], help=argparse.SUPPRESS)
    parser.add_argument("--engine", choices=list(engines), help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(_run_task(arguments)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder, shared = Path(name), arguments.shared
        real = sum(1 for _ in read_articles(shared))
        for count, chosen in ((real, list(engines)), (arguments.many, ["newscast", "tantivy", "fts5"])):
            if not count:
                continue
            print(f"\n{count:,} articles\n", flush=True)
            _measure(shared, folder / str(count), count, chosen)
            if count == real:
                _measure_ranking(shared, folder / str(count), count)
                _measure_start(folder / str(count))


def _measure(shared: Path, folder: Path, count: int, chosen: list[str]) -> None:
    folder.mkdir()
    built = {name: _spawn(shared, "build", name, count, folder / name) for name in chosen}
    asked = {name: _spawn(shared, "ask", name, count, folder / name) for name in chosen}
    added = {name: _spawn(shared, "add", name, count, folder / name) for name in chosen}
    print("engine     index s  articles/s  index MB  peak MB indexing  peak MB asking  one more, ms: median  worst")
    for name in chosen:
        seconds, memory = built[name]["seconds"], built[name]["memory"]
        print(
            f"{name:9} {seconds:8.1f} {count / seconds:11,.0f} {built[name]['size'] / 1e6:9.1f} {memory:17.0f}"
            f" {asked[name]['memory']:15.0f} {statistics.median(added[name]['times']):21.1f}"
            f" {max(added[name]['times']):6.1f}"
        )
    print("\nms, 20 hits with snippets (times tantivy's)")
    print("kind    engine    median, warm    95 %, warm  median, cold    95 %, cold         worst")
    for kind in _kinds:
        beside = _sum_up(asked["tantivy"]["times"][kind])
        for name in chosen:
            if not any(asked[name]["times"][kind]):
                continue
            own = _sum_up(asked[name]["times"][kind])
            cells = [f"{value:6.2f} ({value / other:4.1f})" for value, other in zip(own, beside, strict=True)]
            print(f"{kind:7} {name:9} {' '.join(cells)}", flush=True)


def _sum_up(rounds: list[list[float]]) -> list[float]:
    """Return the median and 95th percentile of the warm rounds, the same of the cold round, and the worst of all."""
    cold, warm = sorted(rounds[0]), sorted(value for each in rounds[1:] for value in each)
    return [
        statistics.median(warm), warm[int(0.95 * len(warm))],
        statistics.median(cold), cold[int(0.95 * len(cold))], max(cold[-1], warm[-1]),
    ]  # fmt: skip


def _measure_ranking(shared: Path, folder: Path, count: int) -> None:
    for name in engines:
        found = _spawn(shared, "rank", name, count, folder / name)
        print(f"{name:9} mean reciprocal rank of {_titles:,} articles by the words of their titles: {found['mrr']:.4f}")


def _measure_start(folder: Path) -> None:
    """Measure a fresh process until it has answered, alternately. Modules are compiled, as pip installs them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = [sys.executable, "-m", "tui.cli", "--library", str(folder / "newscast"), "search", "export"]
    bare = [sys.executable, "-c", _bare_start, str(folder / "whoosh")]
    times: dict[str, list[float]] = {"newscast": [], "bare": []}
    for _ in range(_starts):
        for name, command in (("newscast", own), ("bare", bare)):
            started = time.monotonic()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            times[name].append(1000 * (time.monotonic() - started))
    mine, theirs = (statistics.median(times[name]) for name in ("newscast", "bare"))
    print(f"newscast search export, a fresh process: {mine:.0f} ms; one that only imports Whoosh, opens its index and"
          f" asks: {theirs:.0f} ms; {mine / theirs:.2f} times")  # fmt: skip


def _spawn(shared: Path, task: str, engine: str, count: int, folder: Path) -> dict[str, Any]:
    """Run one task in a fresh process, with its own memory and caches."""
    arguments = ["--task", task, "--engine", engine, "--count", count, "--folder", folder, "--shared", shared]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.search", *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run_task(arguments: argparse.Namespace) -> dict[str, Any]:
    engine: Any = engines[arguments.engine](arguments.folder)
    if arguments.task == "build":
        seconds = engine.build(resample_articles(arguments.shared, arguments.count))
        return {"seconds": seconds, "size": engine.size(), "memory": _peak_memory()}
    engine.open()
    if arguments.task == "ask":
        return {"times": _ask(engine, arguments.shared), "memory": _peak_memory()}
    if arguments.task == "rank":
        return {"mrr": _find_mean_reciprocal_rank(engine, arguments.shared)}
    return {"times": _add(engine, arguments.shared)}


def _ask(engine: Engine, shared: Path) -> dict[str, list[list[float]]]:
    """Return the milliseconds of each query, by kind and round. The first round is the cold one."""
    times: dict[str, list[list[float]]] = {kind: [[] for _ in range(_rounds)] for kind in _kinds}
    for number in range(_rounds):
        for asked in read_queries(shared):
            if number == 0:
                engine.open()
                engine.ask(Asked("term", "nosuchword"))
            started = time.perf_counter()
            if engine.ask(asked) or asked.kind != "fuzzy":
                times[asked.kind][number].append(1000 * (time.perf_counter() - started))
    return times


def _find_mean_reciprocal_rank(engine: Engine, shared: Path) -> float:
    documents = [document for document in read_articles(shared) if document.title]
    total = 0.0
    for document in random.Random(0).sample(documents, _titles):
        words = list(dict.fromkeys(re.findall(r"[a-z]{2,}", (document.title or "").lower())))
        found = engine.rank(words) if words else []
        total += 1 / (found.index(document.id) + 1) if document.id in found else 0
    return total / _titles


def _add(engine: Engine, shared: Path) -> list[float]:
    """Add articles one by one. Return the milliseconds until a search finds each."""
    times = []
    for number, document in zip(range(40), read_articles(shared), strict=False):
        started = time.perf_counter()
        engine.add(replace(document, id=f"more-{number}"))
        times.append(1000 * (time.perf_counter() - started))
    return times


def _peak_memory() -> float:
    """Return the peak memory in MB. It includes pages of mapped files, shared ones too."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
