"""CrashLog: newscast's internal errors with their tracebacks, in a file of limited size."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_largest = 200_000  # bytes; then the file is renamed and replaces the older one
_longest = 20_000  # characters of one error


class CrashLog:
    """A log file, and the last full one beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = ""

    def keep(self, error: BaseException) -> str:
        """Add an error, unless it equals the last one; return where it is, or why it is not written."""
        text = "".join(traceback.format_exception(error))[-_longest:]
        if text != self._last:
            try:
                self._write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{text}\n")
            except OSError as failure:
                return f"cannot write the details to {self._path}: {failure.strerror}"
            self._last = text
        return f"the details are in {self._path}"

    def _write(self, entry: str) -> None:
        if self._path.exists() and self._path.stat().st_size > _largest:
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(entry)
