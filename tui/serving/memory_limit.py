"""How much memory a session may take: one that takes more ends, and the others go on.

What counts is memory that is private and can be written to, the stacks of threads included, beside what the session
has as soon as it is forked.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
from pathlib import Path

from tui.cli import out_of_memory

_nearly = 0.9
"""The part of its memory at which a session is ended while it can still keep its place."""


def read_memory(process: int) -> int | None:
    """Bytes that count of a process; None if it is gone, or where the system does not say."""
    try:
        found = re.search(r"VmData:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return None
    return int(found[1]) * 1_024 if found is not None else None


def is_nearly_used_up(begun_with: int, has: int, megabytes: int) -> bool:
    """Has a process that may take so many MB taken most of them?"""
    return has - begun_with > megabytes * 1_048_576 * _nearly


def limit_memory(megabytes: int) -> None:
    """Let this process take so many MB more; beyond that the system refuses, Python raises MemoryError, and it ends."""
    has = read_memory(os.getpid())
    if has is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = has + megabytes * 1_048_576
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    # A thread that has no memory dies with hardly a word, and what is left of the reader would hang.
    threading.excepthook, sys.unraisablehook = _note_in_thread, _note_unraisable


def _note_in_thread(failure: threading.ExceptHookArgs) -> None:
    if issubclass(failure.exc_type, MemoryError):
        os._exit(out_of_memory)
    threading.__excepthook__(failure)


def _note_unraisable(failure: sys.UnraisableHookArgs) -> None:
    if issubclass(failure.exc_type, MemoryError):
        os._exit(out_of_memory)
    sys.__unraisablehook__(failure)
