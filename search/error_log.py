"""The log of a library: every file that was refused, and the tracebacks of unexpected errors."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_largest_log = 4 * 1024**2
"""Bytes. A larger log is renamed to errors.log.1, and a new one begins."""


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop the line if the disk is full; the caller is told of the error anyway."""


@contextmanager
def keep_error_log(path: Path) -> Iterator[None]:
    """Append what the engine logs in this block to a file, which is created with its first line."""
    handler = _LogFile(
        path, maxBytes=_largest_log, backupCount=1, encoding="utf-8", errors="backslashreplace", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    engine = logging.getLogger(__package__)
    engine.addHandler(handler)
    try:
        yield
    finally:
        engine.removeHandler(handler)
        handler.close()
