"""Adding in the background: a process of its own, so that reading stays quick and a bad file cannot end it.

The process speaks JSON Lines: one object a step, the last one with how it ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from search import Library, LibraryUnreadableError, NewscastError, make_safe_line

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence


_longest_line = 4 * 1024**2
"""Bytes; a step may refuse some dozens of files, each with a long path."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `counts` of outcomes so far; `error` says why it ended early.

    `refusals` are those of this step alone, each an origin and a reason, safe to be shown, of one line each.
    """

    done: int
    total: int
    what: str
    counts: dict[str, int]
    error: str | None = None
    left: float | None = None
    """Seconds that the work will still take at this pace, once that can be told."""
    refusals: tuple[tuple[str, str], ...] = ()


async def add_in_background(library: Path, recogniser: str, paths: Sequence[str]) -> AsyncGenerator[Step, None]:
    """Add the paths, bring the index level and find the cast in another process; ends with it, or it with this."""
    process = await asyncio.create_subprocess_exec(
        # Without -P the folder that newscast was started in would come first among those that are imported from.
        sys.executable, "-P", "-m", "tui.indexer", str(library), recogniser, *paths,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        # Ctrl+Z and Ctrl+C at the reader are not meant for it.
        start_new_session=True,
        limit=_longest_line,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        while line := await process.stdout.readline():
            yield _parse_step(line)
        if await process.wait():
            yield Step(0, 0, "", {}, f"adding stopped with status {process.returncode}; newscast add says more")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


def _parse_step(line: bytes) -> Step:
    fields = json.loads(line)
    fields["refusals"] = tuple((origin, reason) for origin, reason in fields["refusals"])
    return Step(**fields)


def main() -> None:
    """What the other process does."""
    folder, recogniser, *paths = sys.argv[1:]
    os.nice(5)  # whoever reads meanwhile comes first
    counts: Counter[str] = Counter()
    try:
        if not paths and not (Path(folder) / "library.db").exists():
            raise LibraryUnreadableError(f"{folder}: the library is gone; put it back, or add its articles again")
        with Library(Path(folder), recogniser=recogniser) as library:
            steps = library.add(paths) if paths else chain(library.repair(), library.annotate())
            what, begun = "", time.monotonic()
            for progress in steps:
                if progress.what != what:
                    what, begun = progress.what, time.monotonic()
                counts.update(addition.outcome for addition in progress.additions)
                passed = time.monotonic() - begun
                left = passed / progress.done * (progress.total - progress.done) if progress.done else None
                refusals = tuple(
                    (make_safe_line(addition.origin), make_safe_line(addition.reason or ""))
                    for addition in progress.additions
                    if addition.outcome == "refused"
                )
                _say(Step(progress.done, progress.total, what, dict(counts), left=left, refusals=refusals))
    except NewscastError as error:
        _say(Step(0, 0, "", dict(counts), str(error)))


def _say(step: Step) -> None:
    sys.stdout.write(json.dumps(asdict(step)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main()
