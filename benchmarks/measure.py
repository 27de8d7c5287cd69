"""ptybench runs a command in a terminal of its own and reports what a reader on it would have seen."""

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
    """A folder with the real articles in `articles`, and settings by which rules find their names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings.toml").write_text('recogniser = "rules"\n')
        os.environ["NEWSCAST_SETTINGS"] = str(folder / "settings.toml")
        shutil.unpack_archive(shared / "news" / "worldwide-newswire.tar.gz", folder / "articles", filter="data")
        yield folder


def run_in_terminal(shared: Path, script: str, command: list[str], size: str = "80x24") -> dict[str, Any]:
    """Play a script of keys (see ptybench -h) to the command and give ptybench's report."""
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
    """The row of a report on keys of that label."""
    row: dict[str, Any] = next(each for each in report["keys"] if each["label"] == label)
    return row
