"""What the process that parses is told, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from search.sources.budget import Caps
from search.text import make_safe_line

if TYPE_CHECKING:
    from search.sources.draft import Draft
    from search.sources.formats import Format

Answer_co = TypeVar("Answer_co", covariant=True)

out_of_memory = 77
"""The exit status of the process when a text needed more memory than it may have."""
_longest_explanation = 160


@dataclass(frozen=True, slots=True)
class Limits:
    """What parsing one text may take: seconds of processor time, bytes of memory for the whole process."""

    seconds: int = 10
    memory: int = 1024**3


class Parsing(Protocol[Answer_co]):
    """Work for the process that parses. It is pickled, so its class is one of a module of newscast."""

    @property
    def origin(self) -> str:
        """Where what is parsed comes from."""

    @property
    def what(self) -> str:
        """What it is to be read as: "HTML", "a feed"."""

    def run(self) -> Answer_co:
        """Parse it; what this gives is pickled, too. Raises SourceRefusedError, and whatever a parser raises."""


@dataclass(frozen=True, slots=True)
class Task:
    """A text to be parsed, or the bytes of a format that is not text."""

    origin: str
    form: Format
    content: str | bytes

    @property
    def what(self) -> str:
        """The name of its format."""
        return self.form

    def run(self) -> Draft:
        """What the text or the bytes say. Raises SourceRefusedError."""
        from search.sources.parse import parse_content

        return parse_content(self.origin, self.form, self.content)


@dataclass(frozen=True, slots=True)
class Unpacking:
    """A file to be taken apart: the one at `path`, or `data`, which came from elsewhere."""

    origin: str
    path: str | None = None
    data: bytes | None = None
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a text cannot be parsed; `trace` is the traceback of an error that no parser raises on purpose.

    `origin` is the member of a file that is taken apart, "" for the file itself.
    """

    reason: str
    trace: str = ""
    origin: str = ""


def explain(error: Exception) -> str:
    """An error that nobody foresaw, as a part of a line."""
    text = make_safe_line(str(error))[:_longest_explanation]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
