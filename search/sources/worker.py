"""The process that parses, and takes files apart: what it is sent, one by one, within limits of time and memory.

What needs more ends the process, and `process.py` refuses it and starts another one. It is started as
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
from search.sources.tasks import Failure, Unpacking, explain, out_of_memory
from search.sources.unpack import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.sources.raw import Raw
    from search.sources.tasks import Limits, Parsing


def main() -> None:
    """Answer each task with what it gives, or with a Failure, until there are no more.

    The answer to an Unpacking is what is in the file, one after the other, and None behind the last.
    """
    connection = Connection(int(sys.argv[1]))
    limits: Limits = connection.recv()
    # What ends at a limit is no crash whose memory anybody wants to look at.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Some systems know no such limit.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_lower(limits.memory, resource.RLIMIT_AS),) * 2)
    while True:
        try:
            task: Parsing[Any] | Unpacking = connection.recv()
        except EOFError:
            return
        used = int(time.process_time()) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (_lower(used + limits.seconds, resource.RLIMIT_CPU), hard))
        if isinstance(task, Unpacking):
            for found in _unpack(task):
                connection.send(found)
            connection.send(None)
        else:
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


def _unpack(task: Unpacking) -> Iterator[Raw | Failure]:
    try:
        for found in unpack(task):
            yield Failure(found.reason, origin=found.origin) if isinstance(found, SourceRefusedError) else found
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as in _parse
        yield Failure(f"cannot be taken apart: {explain(error)}", traceback.format_exc())


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(out_of_memory)
