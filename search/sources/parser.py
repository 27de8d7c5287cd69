"""Parsing, one file or page after the other; other people's parsers in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from search.sources.parse import build_document, parse_content, read_content
from search.sources.process import Process
from search.sources.tasks import Limits, Task

if TYPE_CHECKING:
    from types import TracebackType

    from search.model import Document
    from search.sources.raw import Raw
    from search.sources.tasks import Parsing

Answer = TypeVar("Answer")


class Parser:
    """Parses one file or page after the other.

    Plain text is parsed here, in time that grows with its length alone. All other formats, whose parsers other people
    wrote, go to a process that is started for the first of them and again after it had to be ended.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._process = Process(limits or Limits())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        self._process.close()

    def parse(self, raw: Raw) -> Document:
        """The Document in what was read, without an id; refuses what holds no article or is too much to parse."""
        form, content = read_content(raw)
        if form == "plain":
            return build_document(raw, parse_content(raw.origin, form, content))
        return build_document(raw, self.ask(Task(raw.origin, form, content)))

    def ask(self, task: Parsing[Answer]) -> Answer:
        """Let the process run a task, and return its answer. Raises SourceRefusedError if it is refused or too much."""
        self._process.send(task)
        answer: Answer = self._process.receive(task.origin)
        return answer
