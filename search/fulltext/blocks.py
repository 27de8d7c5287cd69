"""The bytes of a segment file. Before a block is first read, it is compared with its checksum."""

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

_item = 4  # bytes in a checksum


class Blocks:
    """A segment file mapped into memory. Call `check` for a range of bytes before you read it.

    Raises FullTextDamagedError if the checksums themselves are damaged.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.view = memoryview(self.map)
        self.is_damaged = False
        self._path = path
        # The length of the file gives the number of blocks: one checksum for each, and one for the checksums.
        count = -(-(len(self.map) - _item) // (block_size + _item))
        self.end = len(self.map) - _item * (count + 1)
        self._sums = array("I", self.view[self.end : -_item].tobytes())
        self._seen = bytearray(count)
        if zlib.crc32(self._sums) != int.from_bytes(self.view[-_item:], sys.byteorder):
            self._complain(self.end)

    def check(self, start: int, end: int) -> None:
        """Compare the blocks that hold the bytes from `start` to `end` with their checksums.

        Each block is compared once. Raises FullTextDamagedError.
        """
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
