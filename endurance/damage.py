"""Damage: changes a bit, a block or the end of a library's file. newscast must report and repair what is damaged."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from endurance.library_copy import Content, find_lost, queries, read_content, read_pristine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from endurance.trial import Trial

_block = 4096
_said_by_status = frozenset({0, 1})


def flip_bit(path: Path, chance: Random) -> str:
    """Flip one bit. Return a description."""
    data = bytearray(path.read_bytes())
    at, bit = chance.randrange(len(data)), chance.randrange(8)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {at} flipped"


def zero_block(path: Path, chance: Random) -> str:
    """Fill a block with zeroes, as a bad sector or a lost page does."""
    data = bytearray(path.read_bytes())
    size = chance.choice((64, 512, _block))
    at = chance.randrange(max(1, len(data) - size))
    data[at : at + size] = bytes(len(data[at : at + size]))
    path.write_bytes(data)
    return f"{size} bytes from {at} on zeroed"


def cut_short(path: Path, chance: Random) -> str:
    """Cut off the end."""
    size = chance.randrange(path.stat().st_size)
    os.truncate(path, size)
    return f"cut to {size} bytes"


def overwrite(path: Path, chance: Random) -> str:
    """Overwrite some bytes with noise."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    data[at : at + 32] = chance.randbytes(len(data[at : at + 32]))
    path.write_bytes(data)
    return f"noise from byte {at} on"


def empty(path: Path, chance: Random) -> str:  # noqa: ARG001 - one of a kind
    """Empty the file."""
    os.truncate(path, 0)
    return "emptied"


def remove(path: Path, chance: Random) -> str:  # noqa: ARG001 - one of a kind
    """Remove the file."""
    path.unlink()
    return "removed"


_harms: tuple[Callable[[Path, Random], str], ...] = (
    flip_bit, flip_bit, flip_bit, zero_block, zero_block, cut_short, overwrite, empty, remove,
)  # fmt: skip


def run(trial: Trial) -> None:
    """Damage one file of a copy, then search, run doctor, repair, and add the articles again."""
    library = trial.folder / "library"
    shutil.copytree(trial.pristine / "library", library)
    if trial.number % 3 == 0:
        _leave_log(trial, library)
    before = read_content(trial, library)
    path = trial.random.choice(_list_files(library, trial.number))
    what = f"{path.name}: {trial.random.choice(_harms)(path, trial.random)}"
    _check_searches(trial, library, before, what, of_index=path.parent.name == "fulltext")
    now = read_content(trial, library)
    examined = trial.run("--library", str(library), "doctor", "--json", statuses=_said_by_status)
    altered = find_lost(before, now, with_cast=True)
    if altered or now.refused:
        trial.check(examined.status == 1, f"{what}: doctor calls it whole, altered: {altered or now.refused}")
    _mend(trial, library, what)


def _leave_log(trial: Trial, library: Path) -> None:
    """Add an article, and leave the log of the database as a killed process does."""
    article = trial.folder / "late.md"
    article.write_text(
        "---\ntitle: Late\ndate: 2024-05-05\n---\nA late article by Mayor Tilda Kestrel2 of Elmsworth.\n"
    )
    ran = trial.run_module("endurance.leave_log", str(library), str(article))
    trial.check(ran.status == 0 and (library / "library.db-wal").exists(), "no log was left")


def _list_files(library: Path, number: int) -> list[Path]:
    """List the files to damage: those of the database in one trial, of the index in the next."""
    files = [path for path in sorted(library.rglob("*")) if path.is_file() and path.stat().st_size]
    chosen = [path for path in files if (path.suffix.startswith(".db")) == bool(number % 2)]
    return [path for path in chosen if not path.name.endswith(("-shm", ".lock"))]


def _check_searches(trial: Trial, library: Path, before: Content, what: str, *, of_index: bool) -> None:
    """Check that searches give the right answer, or report the damage."""
    for text in trial.random.sample(queries[:-1], 2):
        ran = trial.run(
            "--library", str(library), "search", "--json", "--limit", "1000", "--", text, statuses=_said_by_status
        )
        found = sorted(line.split('"id": "', 1)[1].split('"', 1)[0] for line in ran.output.splitlines())
        if ran.status == 0 and not ran.messages and of_index:
            trial.check(found == before.answers[text], f"{what}: {text!r} finds {found} and nothing is said")


def _mend(trial: Trial, library: Path, what: str) -> None:
    """Repair, add everything again, and check that all is there and doctor reports nothing."""
    at = ("--library", str(library))
    trial.run(*at, "doctor", "--repair", statuses=_said_by_status)
    articles = [str(trial.pristine / "articles"), *map(str, trial.folder.glob("late.md"))]
    trial.run(*at, "add", *articles, statuses=_said_by_status)
    examined = trial.run(*at, "doctor", statuses=_said_by_status)
    if examined.status:
        # If the database was replaced by an empty one, doctor reports the loss until you run doctor --repair.
        examined = trial.run(*at, "doctor", "--repair", statuses=_said_by_status)
    trial.check(
        examined.status == 0, f"{what}: not whole after all: {examined.output[-400:]}{examined.messages[-400:]}"
    )
    lost = find_lost(read_pristine(trial.pristine), read_content(trial, library))
    trial.check(not lost, f"{what}: not back after adding again: {lost}")
