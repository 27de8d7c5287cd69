"""Parsing in a process that can be ended: what a page needs too much time or memory for costs that page alone."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Self, TypeVar

from search.errors import SourceRefusedError
from search.sources.parse import build_document, parse_text, read_text
from search.sources.tasks import Failure, Limits, Task, out_of_memory
from search.text import make_safe_line

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from types import TracebackType

    from search.model import Document
    from search.sources.raw import Raw
    from search.sources.tasks import Parsing

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)
_patience = 6
"""How many times its processor time a text may take by the clock; a busy machine is slow."""


class Parser:
    """Parses one file or page after the other.

    Plain text is parsed here, in time that grows with its length alone. HTML and Markdown, whose parsers other people
    wrote, go to a process that is started for the first of them and again after it had to be ended.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._connection = None

    def parse(self, raw: Raw) -> Document:
        """The Document in what was read, without an id; refuses what holds no article or is too much to parse."""
        form, text = read_text(raw)
        if form == "plain":
            return build_document(raw, parse_text(raw.origin, form, text))
        return build_document(raw, self.ask(Task(raw.origin, form, text)))

    def ask(self, task: Parsing[Answer]) -> Answer:
        """What a task gives, which the process runs. Raises SourceRefusedError where it is too much, or refused."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        connection = self._connection or self._start()
        answer: Answer | Failure | None = None
        try:
            connection.send(task)
            if connection.poll(self._limits.seconds * _patience):
                answer = connection.recv()
        except (EOFError, OSError):
            pass  # The process has ended, and its exit status says why.
        if answer is None:
            raise SourceRefusedError(task.origin, self._end())
        if isinstance(answer, Failure):
            if answer.trace:
                _log.error("%s: %s\n%s", make_safe_line(task.origin), make_safe_line(answer.reason), answer.trace)
            raise SourceRefusedError(task.origin, answer.reason)
        return answer

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - Python itself
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
        assert self._process is not None
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            status = -signal.SIGXCPU
        self.close()
        if status == -signal.SIGXCPU:
            return f"takes too long to parse: more than {self._limits.seconds} seconds"
        if status == out_of_memory:
            return f"takes too much memory to parse: more than {self._limits.memory // 1024**2:,} MB"
        return f"its parser ended with status {status}"
