"""Limits the memory of a session: a session that uses more ends, and the others go on.

The limit counts private writable memory, with the stacks of threads, that a session has gained since its fork.
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
"""The share of its memory at which the server ends a session, while the session can still save its position."""


def read_memory(process: int) -> int | None:
    """Return a process's private writable memory in bytes; None if it has ended or the system does not tell."""
    try:
        found = re.search(r"VmData:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return None
    return int(found[1]) * 1_024 if found is not None else None


def is_nearly_used_up(begun_with: int, has: int, megabytes: int) -> bool:
    """Has a process, which had and has so many bytes, used nearly all of the MB that it may use?"""
    return has - begun_with > megabytes * 1_048_576 * _nearly


def limit_memory(megabytes: int) -> None:
    """Let this process use so many MB more. Beyond that Python raises MemoryError, and the process ends."""
    has = read_memory(os.getpid())
    if has is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = has + megabytes * 1_048_576
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    # A thread without memory ends with only a message, and the reader would hang without it.
    threading.excepthook, sys.unraisablehook = _note_in_thread, _note_unraisable


def _note_in_thread(failure: threading.ExceptHookArgs) -> None:
    if issubclass(failure.exc_type, MemoryError):
        os._exit(out_of_memory)
    threading.__excepthook__(failure)


def _note_unraisable(failure: sys.UnraisableHookArgs) -> None:
    if issubclass(failure.exc_type, MemoryError):
        os._exit(out_of_memory)
    sys.__unraisablehook__(failure)
