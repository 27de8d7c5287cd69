"""Full disk: `add` on a full file system must end with one line, lose no article that it reported, and can continue."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from endurance.library_copy import find_lost, read_content, read_pristine

if TYPE_CHECKING:
    from pathlib import Path

    from endurance.trial import Trial


def find_obstacle() -> str | None:
    """Find why this campaign cannot run on this machine; None if it can."""
    return None if os.geteuid() == 0 else "needs root, to mount a small file system"


def run(trial: Trial) -> None:
    """Add until the disk is full, read and search meanwhile, free space, add the rest."""
    disk = trial.folder / "disk"
    disk.mkdir()
    size = trial.random.randrange(250, 3_000)
    try:
        _mount(disk, f"size={size}k")
    except subprocess.CalledProcessError as error:
        trial.fail(f"cannot mount a small file system: {error.stderr.decode()}")
        return
    try:
        _fill(trial, disk, f"disk of {size} kB")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)  # noqa: S607 - wherever root has it


def _mount(disk: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "newscast-endurance", str(disk)]
    subprocess.run(command, check=True, capture_output=True)


def _fill(trial: Trial, disk: Path, what: str) -> None:
    at = ("--library", str(disk / "library"))
    articles = str(trial.pristine / "articles")
    added = trial.run(*at, "add", "--json", articles, statuses=frozenset({0, 1}))
    reported = [each["id"] for each in map(json.loads, added.output.splitlines()) if each["outcome"] == "added"]
    if added.status == 1:
        complaints = [line for line in added.messages.splitlines() if line.startswith("newscast: ")]
        trial.check(len(complaints) == 1, f"{what}: not one line: {added.messages[-600:]}")
    if reported:
        present = read_content(trial, disk / "library")
        lost = [identifier for identifier in reported if identifier not in present.documents]
        trial.check(not lost, f"{what}: reported as added and lost: {lost} ({present.refused})")
        trial.run(*at, "search", "harbour", statuses=frozenset({0}))
    subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)  # noqa: S607 - wherever root has it
    trial.run(*at, "add", articles, statuses=frozenset({0}))
    examined = trial.run(*at, "doctor", statuses=frozenset({0, 1}))
    trial.check(examined.status == 0, f"{what}: not whole once there is room: {examined.output[-400:]}")
    lost = find_lost(read_pristine(trial.pristine), read_content(trial, disk / "library"))
    trial.check(not lost, f"{what}: not there once there is room: {lost}")
