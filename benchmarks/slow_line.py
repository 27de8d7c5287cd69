"""Simulates a slow line between a terminal and its program, and sends bursts of keys over it."""

from __future__ import annotations

import os
import select
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.terminal import Terminal


class SlowLine:
    """A slow line. Data takes half the round trip (seconds) each way; answers also take the time of their bytes."""

    def __init__(self, terminal: Terminal, round_trip: float, bytes_per_second: float) -> None:
        self._terminal, self._half, self._speed = terminal, round_trip / 2, bytes_per_second
        self._up: deque[tuple[float, bytes]] = deque()
        self._down: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0
        # The answers of the terminal are delayed, too.
        terminal.screen.write_process_input = lambda data: self._send(data.encode())  # type: ignore[method-assign]

    def _send(self, data: bytes) -> None:
        self._up.append((time.monotonic() + self._half, data))

    def press(self, keys: Sequence[str], pause: float, text: str) -> float:
        """Press keys, `pause` seconds apart. Return the seconds from the last key until `text` is on the screen."""
        for key in keys[:-1]:
            self._send(key.encode())
            self._carry(time.monotonic() + pause)
        self._send(keys[-1].encode())
        pressed = time.monotonic()
        while text not in self._terminal.text:
            self._carry(time.monotonic() + 0.005)
            if time.monotonic() > pressed + 20:
                raise TimeoutError(f"no {text!r} on the screen:\n{self._terminal.text}")
        return time.monotonic() - pressed

    def rest(self, seconds: float) -> None:
        """Wait until all data has arrived."""
        self._carry(time.monotonic() + seconds)

    def _carry(self, end: float) -> None:
        """Deliver data in both directions when it is due, until `end`."""
        while (now := time.monotonic()) < end:
            while self._up and self._up[0][0] <= now:
                os.write(self._terminal.descriptor, self._up.popleft()[1])
            while self._down and self._down[0][0] <= now:
                self._terminal.show(self._down.popleft()[1])
            if select.select([self._terminal.descriptor], [], [], 0.002)[0]:
                data = os.read(self._terminal.descriptor, 65_536)
                self._free_at = max(time.monotonic(), self._free_at) + len(data) / self._speed
                self._down.append((self._free_at + self._half, data))
