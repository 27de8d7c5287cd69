"""Runs a command in a terminal by ptybench, which reports what a reader would have seen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def unpack_news(shared: Path) -> Iterator[Path]:
    """Yield a folder with the real articles in `articles`, and settings that choose the rules as recogniser."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings.toml").write_text('recogniser = "rules"\n')
        os.environ["NEWSCAST_SETTINGS"] = str(folder / "settings.toml")
        shutil.unpack_archive(shared / "news" / "worldwide-newswire.tar.gz", folder / "articles", filter="data")
        yield folder


def run_in_terminal(shared: Path, script: str, command: list[str], size: str = "80x24") -> dict[str, Any]:
    """Send a script of keys (see ptybench -h) to the command. Return ptybench's report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                sys.executable, shared / "tools" / "ptybench.py", "-q", "--size", size, "--json", report,
                "-x", script, "--",
                *command,
            ],
            env={
                "PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8",
                "NEWSCAST_SETTINGS": os.environ.get("NEWSCAST_SETTINGS", ""),
            },
            check=True,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(report.read_text())
        return found


def find_key(report: dict[str, Any], label: str) -> dict[str, Any]:
    """Return the row of a report for the keys with this label."""
    row: dict[str, Any] = next(each for each in report["keys"] if each["label"] == label)
    return row
