"""The entry point of the `newscast` command: handles Ctrl+C while the rest is imported."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Run newscast. Ctrl+C during the imports or at the end prints no traceback."""
    is_heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heeded:
        signal.signal(signal.SIGINT, _leave)
    from tui.cli import main as run

    if is_heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run()
    finally:
        if is_heeded:
            signal.signal(signal.SIGINT, _leave)


def _leave(*_: object) -> None:
    os._exit(128 + signal.SIGINT)
