"""Reads what the terminal sends, as text."""

from __future__ import annotations

import os
from codecs import getincrementaldecoder
from select import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_block = 4_096  # bytes
_tick = 0.1  # seconds


class TerminalGoneError(Exception):
    """The terminal has been closed or hung up."""


def read_keyboard(descriptor: int, is_over: Callable[[], bool]) -> Iterator[str]:
    """Yield what you type, and "" after 0.1 seconds without a key. Raises TerminalGoneError at the end of input.

    A byte that is not UTF-8, which a Latin-1 terminal sends for "é", becomes U+FFFD.
    """
    decoder = getincrementaldecoder("utf-8")(errors="replace")
    while not is_over():
        if not select([descriptor], [], [], _tick)[0]:
            yield ""
            continue
        try:
            data = os.read(descriptor, _block)
        except OSError as error:
            raise TerminalGoneError from error
        if not data:
            raise TerminalGoneError
        yield decoder.decode(data)
