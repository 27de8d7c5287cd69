"""Kills: ends newscast at a random moment, or at an exact write, sync or rename. Articles it reported must be there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from endurance.library_copy import find_lost, read_content, read_pristine
from endurance.trial import root

if TYPE_CHECKING:
    from endurance.trial import Trial

_usual_calls = 900
_longest_delay = 2.5
_killed = frozenset({0, 1, -signal.SIGKILL})


@cache
def build_preload(folder: Path) -> Path | None:
    """Build the library that kills a process at the call number in KILL_AT; None without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    path = folder / "kill_at.so"
    if not path.exists():
        source = Path(__file__).with_name("kill_at.c")
        made = path.with_suffix(f".{os.getpid()}")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], check=True)
        made.rename(path)
    return path


def run(trial: Trial) -> None:
    """Kill a command that writes, check what it reported, then run it to the end."""
    library = trial.folder / "library"
    articles = trial.pristine / "articles"
    if trial.random.random() < 0.5:
        shutil.copytree(trial.pristine / "library", library)
        _change_some(trial)
        articles = trial.folder / "articles"
    command = trial.random.choice(("add", "add", "add", "doctor"))
    arguments = ["add", "--json", str(articles)] if command == "add" else ["doctor", "--json", "--repair"]
    if command == "doctor" and library.exists():
        _damage_index(trial, library)
    reported = _run_and_kill(trial, ["--library", str(library), *arguments])
    if not (library / "library.db").exists():
        trial.check(not reported, "reported documents, but there is no library")
    else:
        present = read_content(trial, library)
        lost = [identifier for identifier in reported if identifier not in present.documents]
        trial.check(not lost, f"reported as added and lost: {lost} ({present.refused})")
    _finish(trial, library, articles)


def _change_some(trial: Trial) -> None:
    """Copy the articles, change some and add one. Return the folder."""
    folder = trial.folder / "articles"
    shutil.copytree(trial.pristine / "articles", folder)
    for path in trial.random.sample(sorted(folder.iterdir()), 10):
        if path.suffix == ".md":
            path.write_text(path.read_text("utf-8") + "\n\nA correction was added.\n", "utf-8")
    (folder / "new.txt").write_text("A new article about Kestrel.\nIt says that Ivo Bramwell has left Elmsworth.\n")


def _damage_index(trial: Trial, library: Path) -> None:
    path = trial.random.choice(sorted((library / "fulltext").glob("*.seg")))
    os.truncate(path, trial.random.randrange(path.stat().st_size))


def _run_and_kill(trial: Trial, arguments: list[str]) -> list[str]:
    """Run a command until it is killed or ends. Return the ids that it reported."""
    variables = {**trial.environment(), "PYTHONPATH": str(root)}
    preload = build_preload(trial.pristine)
    delay = _longest_delay
    if preload is not None and trial.random.random() < 0.7:
        at = trial.random.randint(1, _usual_calls)
        variables |= {"LD_PRELOAD": str(preload), "KILL_AT": str(at), "KILL_TORN": str(trial.random.randrange(2))}
        delay = 60.0
    else:
        delay = trial.random.uniform(0.1, _longest_delay)
    output = trial.folder / "output"
    with output.open("wb") as file, subprocess.Popen(
        [sys.executable, "-P", "-m", "tui.cli", *arguments], env=variables, cwd="/", stdin=subprocess.DEVNULL,
        stdout=file, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        end = time.monotonic() + delay
        try:
            _, messages = process.communicate(timeout=max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, messages = process.communicate()
    trial.check(process.returncode in _killed, f"ended by {process.returncode}: {messages.decode()[-600:]}")
    lines = [line for line in output.read_text("utf-8", "replace").splitlines(keepends=True) if line.endswith("}\n")]
    found = [json.loads(line) for line in lines]
    return [each["id"] for each in found if each.get("outcome") in {"added", "changed"}]


def _finish(trial: Trial, library: Path, articles: Path) -> None:
    at = ("--library", str(library))
    trial.run(*at, "add", str(articles), statuses=frozenset({0}))
    examined = trial.run(*at, "doctor", statuses=frozenset({0, 1}))
    trial.check(examined.status == 0, f"not whole after it was added again: {examined.output[-400:]}")
    if articles == trial.pristine / "articles":
        lost = find_lost(read_pristine(trial.pristine), read_content(trial, library))
        trial.check(not lost, f"not there after it was added again: {lost}")
