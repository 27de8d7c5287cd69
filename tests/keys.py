"""Presses random keys from a seed in a reader in a real terminal. The reader must not crash or hang."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

from tests.terminal import Terminal, newscast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

plain = "jjjjkkkkgGbhl  \r\r/nN123456789\t*]]]][[}}}{{{pxcfams@surDU!?:oyi<>-q"
"""Every key that has a meaning; keys that move are in it more than once."""
special = (
    "\x1b", "\x1b\x1b", "\x7f", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~",
    "\x1b[Z", "\x1b[1;3D", "\x1b[1;3C", "\x0c", "\x1a", "\x01", "\x15", "\x17", "\x1b[<0;10;5M\x1b[<0;10;5m",
    "\x1b[<64;10;5M", "\x1b[<65;10;5M", "\x1b[200~pasted “words”\nand a line\x1b[201~",
    "\x1b[I", "\x1b[O", "\xe9", "漢", "\x00",
)  # fmt: skip
words = (
    "assad ",
    "damascus",
    "para:",
    "person:",
    '"',
    "(",
    ")",
    "-",
    "OR ",
    "is:unread ",
    "sort:old ",
    "@x ",
    "syr*",
    "~",
)
sizes = ((80, 24), (120, 40), (1, 1), (2, 2), (500, 200), (40, 3), (3, 40), (131, 50), (99, 24), (200, 60))


def build_keys(seed: int, count: int) -> Iterator[bytes]:
    """Yield `count` keys. The same seed gives the same keys."""
    random = Random(seed)
    for _ in range(count):
        kind = random.random()
        key = random.choice(plain if kind < 0.8 else special if kind < 0.93 else words)
        yield key.encode() if random.random() > 0.002 else key.encode("latin-1", "replace")


def press_at_random(library: Path, seed: int, count: int, *, arguments: Sequence[str] = (), every: int = 250) -> int:
    """Press `count` keys in readers of the library, and sometimes change the size. Return the number of readers.

    A reader that leaves by `q` is followed by another. Raises AssertionError for one that hangs or ends otherwise.
    """
    random, readers, terminal = Random(seed), 0, None
    try:
        for number, key in enumerate(build_keys(seed, count)):
            if terminal is None or terminal.process.poll() is not None:
                if terminal is not None:
                    check_end(terminal, number)
                terminal = Terminal(newscast("--library", str(library), *arguments), size=(120, 40))
                readers += 1
                terminal.wait_for("article", 60)
            _send(terminal, key)
            if number % every == every - 1:
                terminal.resize(*random.choice(sizes))
            if number % 25 == 0:
                terminal.read(0.01)
        assert terminal is not None
        leave(terminal)
        check_end(terminal, count)
    finally:
        if terminal is not None:
            terminal.end()
    return readers


def leave(terminal: Terminal, seconds: float = 60) -> None:
    """Leave the reader by its keys, from wherever it is."""
    terminal.resize(80, 24)
    end = time.monotonic() + seconds
    while terminal.process.poll() is None:
        assert time.monotonic() < end, f"it does not leave:\n{terminal.text}"
        # Apart, or the terminal's escape and the letter are one key, alt+q.
        for key in (b"\x1b", b"q"):
            _send(terminal, key)
            terminal.read(0.3)


def check_end(terminal: Terminal, number: int) -> None:
    """Check that the reader ended by a key and restored the terminal."""
    terminal.read(0.2)
    tail = terminal.written[-600:].decode(errors="replace")
    assert terminal.process.returncode == 0, f"status {terminal.process.returncode} after {number} keys: {tail}"
    assert terminal.is_restored(), f"not restored after {number} keys"
    terminal.end()


def _send(terminal: Terminal, key: bytes) -> None:
    try:
        terminal.send(key)
    except OSError:  # it has left, and its terminal with it
        terminal.process.wait(10)
