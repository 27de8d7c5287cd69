"""What may be read of a file that holds others: bytes of each member, bytes in all, members, and how deep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.sources.files import find_limit, largest_document, largest_file

if TYPE_CHECKING:
    from io import BufferedIOBase
    from typing import IO

    Readable = IO[bytes] | BufferedIOBase

_CHUNK = 1024**2


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is read of one outermost file, counted after decompression."""

    total: int = 2 * 1024**3
    members: int = 100_000
    depth: int = 3


class BudgetSpentError(Exception):
    """More than the caps allow: its text says of what."""


class Budget:
    """What is left of the caps."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self._bytes, self._members = caps.total, caps.members

    def count_member(self) -> None:
        """One more member is looked at. Raises BudgetSpentError."""
        self._members -= 1
        if self._members < 0:
            raise BudgetSpentError(f"more than {self.caps.members:,} files are in it")

    def count_bytes(self, count: int) -> None:
        """So many bytes were read. Raises BudgetSpentError."""
        self._bytes -= count
        if self._bytes < 0:
            raise BudgetSpentError(f"more than {self.caps.total // 1024**2:,} MB are in it")

    def read(self, stream: Readable) -> bytes | None:
        """All of a member, in pieces, so that what it claims to be does not matter; None if it is too large."""
        pieces: list[bytes] = []
        size, limit = 0, largest_file
        while piece := stream.read(min(_CHUNK, limit + 1 - size)):
            self.count_bytes(len(piece))
            if not pieces:
                limit = find_limit(piece)
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                return None
        return b"".join(pieces)


class Counted:
    """A stream whose bytes count against a budget, also those that its reader skips."""

    def __init__(self, stream: BufferedIOBase, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; fewer where the rest is cut off, which the next call finds."""
        piece = self._stream.read1(size if size >= 0 else largest_document)
        self._budget.count_bytes(len(piece))
        return piece

    def readline(self, size: int = largest_file) -> bytes:
        """A line, or the first `size` bytes of it."""
        line = self._stream.readline(size)
        self._budget.count_bytes(len(line))
        return line
