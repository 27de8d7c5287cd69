"""How much memory a session may take: one that takes more ends, and the others go on."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def limit_memory(megabytes: int) -> None:
    """Let this process take so much more than it has, in MB; where the system cannot say what it has, nothing is done.

    What counts is memory that is private and can be written to, the stacks of threads included. What is beyond the
    limit is refused: Python raises MemoryError.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return
    found = re.search(r"VmData:\s+(\d+) kB", status)
    if found is not None:
        most = int(found[1]) * 1_024 + megabytes * 1_048_576
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
