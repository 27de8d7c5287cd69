"""The process that parses: what it is sent, one text after the other, within limits of time and memory.

A text that needs more ends the process, and `parser.py` refuses that text and starts another one. It is started as
`python -m search.sources.worker DESCRIPTOR`, and ends when the other side of that socket is closed.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
import traceback
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from search.errors import SourceRefusedError
from search.sources.tasks import Failure, explain, out_of_memory

if TYPE_CHECKING:
    from search.sources.tasks import Limits, Parsing


def main() -> None:
    """Answer each task with what it gives, or with a Failure, until there are no more."""
    connection = Connection(int(sys.argv[1]))
    limits: Limits = connection.recv()
    # What ends at a limit is no crash whose memory anybody wants to look at.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Some systems know no such limit.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_lower(limits.memory, resource.RLIMIT_AS),) * 2)
    while True:
        try:
            task: Parsing[Any] = connection.recv()
        except EOFError:
            return
        used = int(time.process_time()) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (_lower(used + limits.seconds, resource.RLIMIT_CPU), hard))
        connection.send(_parse(task))


def _lower(wanted: int, kind: int) -> int:
    """The limit that is wanted or, if it is lower, the one that is set for good."""
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _parse(task: Parsing[Any]) -> Any:  # noqa: ANN401 - each kind of task has an answer of its own
    try:
        return task.run()
    except SourceRefusedError as refusal:
        return Failure(refusal.reason)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a parser raises costs one text, and is logged
        return Failure(f"cannot be read as {task.what}: {explain(error)}", traceback.format_exc())


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(out_of_memory)
