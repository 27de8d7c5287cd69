"""The server's log: one line for each event, on standard error; never what was read."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from search import make_safe_line

_longest = 500  # characters of what a library logs


class Log:
    """The events of the server, and what libraries log, as lines of text or JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self._logger = logging.getLogger("newscast.serve")
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False
        self._handler = logging.StreamHandler()
        self._handler.setFormatter(_JsonFormatter() if as_json else _LineFormatter())
        self._logger.handlers = [self._handler]

    def write(self, event: str, **fields: str | float | None) -> None:
        """Write an event and its fields; fields that are None are left out."""
        self._logger.info(event, extra={"fields": fields})

    def take_over(self) -> None:
        """Write what libraries log and warn of into this log, too."""
        logging.basicConfig(handlers=[self._handler], level=logging.WARNING, force=True)
        logging.captureWarnings(True)  # noqa: FBT003 - the library's signature


class _LineFormatter(logging.Formatter):
    """A line of text: time, event, name=value …"""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = (f"{name}={_quote(value)}" for name, value in _find_fields(record).items())
        return " ".join([_format_time(record), _find_event(record), *fields])


class _JsonFormatter(logging.Formatter):
    """A JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        known = {"time": _format_time(record), "event": _find_event(record), **_find_fields(record)}
        return json.dumps(known, ensure_ascii=False)


def _format_time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _find_event(record: logging.LogRecord) -> str:
    return record.getMessage() if hasattr(record, "fields") else "library"


def _find_fields(record: logging.LogRecord) -> dict[str, str | float]:
    """The fields of an event; of a library's record its name, level and text, without a traceback."""
    fields: dict[str, str | float | None] | None = getattr(record, "fields", None)
    if fields is None:
        said = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            said += f" ({type(record.exc_info[1]).__name__}: {record.exc_info[1]})"
        fields = {"name": record.name, "level": record.levelname.lower(), "said": said[:_longest]}
    return {
        name: make_safe_line(value) if isinstance(value, str) else value
        for name, value in fields.items()
        if value is not None
    }


def _quote(value: str | float) -> str:
    text = str(value)
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
