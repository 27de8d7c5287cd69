"""Paths and addresses → Raws, one for each article: a file that holds many gives many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from search.errors import SourceRefusedError
from search.origins import is_url
from search.sources.budget import Caps
from search.sources.files import read_file, read_head, standard_input
from search.sources.kinds import containers, find_kind, head_size
from search.sources.process import Process
from search.sources.raw import Raw
from search.sources.tasks import Limits, Unpacking
from search.sources.web import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_seconds = 60
"""Of processor time, to take one file apart."""


class Reader:
    """Reads one file or page after the other. What holds many articles is taken apart in a process of its own."""

    def __init__(self, limits: Limits | None = None, caps: Caps | None = None) -> None:
        self._process = Process(limits or Limits(seconds=_seconds))
        self._caps = caps or Caps()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.close()

    def read(self, origin: str) -> Iterator[Raw | SourceRefusedError]:
        """What is at a path or address, each article by itself, and a refusal for each that cannot be read."""
        is_file = not is_url(origin) and origin != standard_input
        try:
            if is_file and find_kind(read_head(origin)) in containers:
                yield from self._unpack(Unpacking(origin, origin, caps=self._caps))
                return
            raw = read_page(origin) if is_url(origin) else read_file(origin)
            if find_kind(raw.data[:head_size]) in containers:
                yield from self._unpack(Unpacking(name_origin(raw), data=raw.data, caps=self._caps))
            else:
                yield raw
        except SourceRefusedError as refusal:
            yield refusal

    def _unpack(self, task: Unpacking) -> Iterator[Raw | SourceRefusedError]:
        is_done = False
        self._process.send(task)
        try:
            while True:
                answer = self._process.receive(task.origin)
                is_done = answer is None
                if is_done:
                    return
                assert isinstance(answer, Raw | SourceRefusedError)
                yield answer
        finally:
            if not is_done:
                # It has more to say of a file that nobody asks for.
                self._process.close()


def name_origin(raw: Raw) -> str:
    """Where a document came from, by which it is found again; standard input gives each text its own."""
    return f"stdin:{raw.content_hash}" if raw.origin == standard_input else raw.origin
