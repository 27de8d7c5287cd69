"""A process that can be ended: what a page or a file needs too much time or memory for costs that one alone."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

from search.errors import SourceRefusedError
from search.sources.tasks import Failure, Limits, out_of_memory
from search.text import make_safe_line

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from search.sources.tasks import Parsing, Unpacking

_log = logging.getLogger(__name__)
_patience = 6
"""How many times its processor time a text may take by the clock; a busy machine is slow."""


class Process:
    """Runs `search.sources.worker`, from the first task on and again after it had to be ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.running: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def close(self) -> None:
        """End the process, if there is one."""
        if self._connection is not None:
            self._connection.close()
        if self.running is not None:
            self.running.kill()
            self.running.wait()
        self.running = self._connection = None

    def send(self, task: Parsing[Any] | Unpacking) -> None:
        """Give it something to do; what it could not be sent, it does not answer."""
        if self.running is not None and self.running.poll() is not None:
            self.close()
        connection = self._connection or self._start()
        with contextlib.suppress(OSError):
            connection.send(task)

    def receive(self, origin: str) -> Any:  # noqa: ANN401 - each kind of task has an answer of its own
        """Its next answer; a Failure is raised as a refusal, and so is the end of the process, of what is at `origin`.

        A Failure of a member, which more may follow, is returned as a refusal.
        """
        assert self._connection is not None
        try:
            if not self._connection.poll(self._limits.seconds * _patience):
                raise SourceRefusedError(origin, self._end())
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            # The process has ended, and its exit status says why.
            raise SourceRefusedError(origin, self._end()) from error
        if not isinstance(answer, Failure):
            return answer
        if answer.origin:
            return SourceRefusedError(answer.origin, answer.reason)
        if answer.trace:
            _log.error("%s: %s\n%s", make_safe_line(origin), make_safe_line(answer.reason), answer.trace)
        raise SourceRefusedError(origin, answer.reason)

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            self.running = subprocess.Popen(  # noqa: S603 - Python itself
                [sys.executable, "-P", "-m", "search.sources.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl+C is for newscast, which then ends it.
                start_new_session=True,
            )  # fmt: skip
        self._connection = ours
        ours.send(self._limits)
        return ours

    def _end(self) -> str:
        """Why the process ended or, if it is still at work, had to be."""
        assert self.running is not None
        try:
            status = self.running.wait(1)
        except subprocess.TimeoutExpired:
            status = -signal.SIGXCPU
        self.close()
        if status == -signal.SIGXCPU:
            return f"takes too long to parse: more than {self._limits.seconds} seconds"
        if status == out_of_memory:
            return f"takes too much memory to parse: more than {self._limits.memory // 1024**2:,} MB"
        return f"its parser ended with status {status}"
