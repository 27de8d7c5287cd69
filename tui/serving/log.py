"""One line of log an event: who, from where, in, out, why refused; never what was read."""

from __future__ import annotations

import json
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


def _quote(value: str | float) -> str:
    text = str(value)
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
