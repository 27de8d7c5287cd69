"""The log of a library: every file that was refused, and the traceback of what nobody foresaw."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_largest_log = 4 * 1024**2
"""Bytes, after which the log begins again; what it held is kept once more beside it."""


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """On a full disk a line is not kept; what it is about was told to the caller as well."""


@contextmanager
def keep_error_log(path: Path) -> Iterator[None]:
    """Write what the engine logs in this block to the end of a file, which is made for its first line."""
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
