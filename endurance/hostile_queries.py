"""Hostile queries: newscast must answer any query quickly, or refuse it with one of its own errors."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from search import Library, NewscastError, Query, make_safe_line, narrow_query

if TYPE_CHECKING:
    from endurance.trial import Trial

queries_per_trial = 500
_longest = 5.0
"""The most seconds for one query on a small library on a busy machine. Normally a query takes a hundredth of that."""
_pieces = (
    "harbour", "Assad", "aleppo", "the", "a", '"', '"the former governor"', '"court heard"~5', '"a b"~999999999999',
    "(", ")",
    "-", "--", "OR", "AND", "NOT", "|", "&&", "||", "*", "d*", "dam*", "asad~", "x~", "~", "title:", "title:homs",
    "source:",
    "url:", "actor:assad", "actor:", "actor:#x", "person:", "org:", "place:", "para:", "para:(", "date:", "date:2024",
    "date:2024-13", "date:..", "date:9999d", "date:99999999999999y", "date:last week", "since:", "until:0000",
    "is:", "is:unread",
    "is:starred", "sort:", "sort:old", "sort:x", "@name", "-@name", "(@x", "\x1b[2J", "\u202e", "é", "中文", "\ud800",
    "\0", "’", ":",
    "::", "#", "\\", "a:b:c", "http://x.y/z", "1e400", "٣", "ﬁ", "İ", "\u0301", " ", "  ", "\n", "\t",
)  # fmt: skip


def run(trial: Trial) -> None:
    """Ask the queries in a separate process."""
    trial.count = queries_per_trial
    seed = trial.random.getrandbits(64)
    library = str(trial.pristine / "library")
    ran = trial.run_module("endurance.hostile_queries", library, str(seed), statuses=frozenset({0}))
    for line in ran.output.splitlines():
        trial.fail(line)


def build_query(chance: Random) -> str:
    """Build a query of pieces in random order, some repeated very often."""
    shape = chance.randrange(6)
    pieces = chance.choices(_pieces, k=chance.randint(1, 12))
    if shape == 0:
        pieces = pieces[:2] * int(10 ** chance.uniform(0.5, 3))
    elif shape == 1:
        pieces = [
            "para:(",
            *(f'"{" ".join(chance.choices(_pieces[:6], k=30))}"' for _ in range(chance.randint(1, 40))),
            ")",
        ]
    elif shape == 2:
        depth = int(10 ** chance.uniform(0.5, 3.3))
        pieces = ["(" * depth, *pieces, ")" * depth]
    return chance.choice((" ", " ", "", " OR ")).join(pieces)


def _ask(library: Library, text: str, chance: Random) -> str | None:
    """Ask a query. Return what went wrong; None if nothing did."""
    query = Query(text, as_you_type=chance.random() < 0.5)
    begun = time.monotonic()
    try:
        results = library.search(query, chance.choice((0, 0, 5, 10_000)), 20)
        if chance.random() < 0.2:
            library.facets(query)
            library.suggest(query)
        if chance.random() < 0.2:
            library.search(Query(narrow_query(query, "source:herald", is_excluded=chance.random() < 0.5)))
        if results.hits:
            library.best_match(query, library.document(results.hits[0].summary.id))
    except NewscastError as error:
        if str(error) != make_safe_line(str(error)):
            return f"an error that a terminal would obey: {text!r}"
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return f"{type(error).__name__} ({error}): {text[:2_000]!r}"
    seconds = time.monotonic() - begun
    return f"{seconds:.1f} s: {text[:2_000]!r}" if seconds > _longest else None


def _main(folder: str, seed: str) -> None:
    chance = Random(int(seed))  # noqa: S311 - a campaign is to be repeatable
    with Library(Path(folder), read_only=True) as library:
        for _ in range(queries_per_trial):
            fault = _ask(library, build_query(chance), chance)
            if fault:
                sys.stdout.write(fault.encode("utf-8", "backslashreplace").decode().replace("\n", " ") + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
