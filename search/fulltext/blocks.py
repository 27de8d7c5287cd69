"""The bytes of a segment file; each block is compared with its checksum before it is first read."""

from __future__ import annotations

import mmap
import sys
import zlib
from array import array
from typing import TYPE_CHECKING

from search.errors import FullTextDamagedError
from search.fulltext.segment_file import block_size

if TYPE_CHECKING:
    from pathlib import Path

_item = 4  # bytes of a checksum


class Blocks:
    """A file mapped into memory; `check` a stretch of it before you read it. Raises FullTextDamagedError."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.view = memoryview(self.map)
        self.is_damaged = False
        self._path = path
        # From the length alone: n bytes have a checksum for each block of them, and one for the checksums.
        count = -(-(len(self.map) - _item) // (block_size + _item))
        self.end = len(self.map) - _item * (count + 1)
        self._sums = array("I", self.view[self.end : -_item].tobytes())
        self._seen = bytearray(count)
        if zlib.crc32(self._sums) != int.from_bytes(self.view[-_item:], sys.byteorder):
            self._complain(self.end)

    def check(self, start: int, end: int) -> None:
        """Compare the blocks from `start` to `end` with their checksums. Raises FullTextDamagedError."""
        last = -(-end // block_size)
        block = self._seen.find(0, start // block_size, last)
        while block >= 0:
            at = block * block_size
            if zlib.crc32(self.view[at : min(at + block_size, self.end)]) != self._sums[block]:
                self._complain(at)
            self._seen[block] = 1
            block = self._seen.find(0, block, last)

    def _complain(self, at: int) -> None:
        self.is_damaged = True
        raise FullTextDamagedError(f"the full-text index is damaged: {self._path.name} at byte {at:,}")
