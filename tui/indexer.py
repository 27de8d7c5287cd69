"""Adding in the background, in a separate process, so that reading stays quick and survives a bad file.

The process writes JSON Lines to standard output: one object for each step; the last one says how it ended.
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
    """The progress so far: `counts` of outcomes, and in `error` why adding stopped, if it did.

    `refusals` are those of this step only, each an origin and a reason, made safe and on one line.
    """

    done: int
    total: int
    what: str
    counts: dict[str, int]
    error: str | None = None
    left: float | None = None
    """Estimated seconds until the work is done; None if that is not known yet."""
    refusals: tuple[tuple[str, str], ...] = ()


async def add_in_background(library: Path, recogniser: str, paths: Sequence[str]) -> AsyncGenerator[Step, None]:
    """Add the paths, update the index and find the cast in another process, which ends with this generator."""
    process = await asyncio.create_subprocess_exec(
        # Without -P, Python would import from the present folder first.
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
    """Run in the other process: add the paths on the command line, and write a Step for each step."""
    folder, recogniser, *paths = sys.argv[1:]
    os.nice(5)  # the reader has priority
    counts: Counter[str] = Counter()
    try:
        if not paths and not (Path(folder) / "library.db").exists():
            raise LibraryUnreadableError(
                f"{folder}: the library was removed while articles were being added; put it back, or add them again"
            )
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
