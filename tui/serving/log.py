"""One line of log an event: who, from where, in, out, why refused; never what was read."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from search import make_safe_line


class Log:
    """Lines on standard error, where a service's journal takes them up; as JSON if asked for."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def write(self, event: str, **fields: str | float | None) -> None:
        """An event and what is to be known of it; what is None is left out."""
        known = {
            name: make_safe_line(value) if isinstance(value, str) else value
            for name, value in fields.items()
            if value is not None
        }
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._as_json:
            line = json.dumps({"time": now, "event": event, **known}, ensure_ascii=False)
        else:
            line = " ".join([now, event, *(f"{name}={_quote(value)}" for name, value in known.items())])
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def take_over(self) -> None:
        """From here on, what libraries log and warn of comes into this log, an event each."""
        logging.basicConfig(handlers=[_Handler(self)], level=logging.WARNING, force=True)
        logging.captureWarnings(True)  # noqa: FBT003 - the library's signature


class _Handler(logging.Handler):
    """Brings what a library logs into the Log, on one line, without its traceback."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """A library's line."""
        what = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            what += f" ({type(error).__name__}: {error})"
        self._log.write("library", name=record.name, level=record.levelname.lower(), said=what[:500])


def _quote(value: str | float) -> str:
    text = str(value)
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
