"""What a terminal may send: no size, no endless sequence, no more than the reader has taken.

Over SSH the key stream is written by whoever holds a key. What is read of it is therefore bounded before it costs
memory: the length of a paste, the sequences that Textual believes, and how far reading may be ahead of the reader.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Literal

from textual import events
from textual.app import ScreenStackError
from textual.messages import InBandWindowResize

try:
    from textual._xterm_parser import XTermParser
except ImportError:  # another Textual: its driver reads the keys; docs/decisions/private-names.md
    XTermParser = None  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from threading import Event as ThreadEvent

    from textual.app import App
    from textual.message import Message

longest_paste = 4_096
"""Characters of a paste; the rest is dropped. It is longer than any query, name or note."""
largest_size = 500, 200
"""Columns and rows that are drawn, whatever the terminal says. More would cost memory for each cell."""
_smallest_size = 2, 2
_State = Literal["keys", "escape", "opened", "string", "closing"]
"""Where a parser is: between keys, after ESC, after ESC ], within a control string, after ESC within one."""
can_limit = XTermParser is not None
"""Is the parser there that LimitedParser filters for?"""
_escape = "\x1b"
_paste_start, _paste_end = "\x1b[200~", "\x1b[201~"
"""Bracketed paste."""
_opens_string = frozenset("]PX^_")
"""What follows ESC at the beginning of OSC, DCS, SOS, PM and APC. They are answers to questions that nobody asks."""
_closes_string = frozenset("\x07\x18\x1a\x9c")
_unimportant = re.compile(r"[^\x1b\x07\x18\x1a\x9c]*")
"""Within a control string, or what is too much of a paste: nothing that may end it."""
_pause = 1.0  # seconds without a character, after which an unfinished string is over
_burst = 32  # messages that are posted before it is asked how many are waiting
_most_waiting = 64  # messages that the reader has not handled, beyond which nothing is read


def clamp_size(width: int, height: int) -> tuple[int, int]:
    """A size that can be drawn; a terminal that does not know its own says 0 and is taken to be 80x24."""
    return tuple(  # type: ignore[return-value]  # two in, two out
        min(max(given or usual, least), most)
        for given, usual, least, most in zip((width, height), (80, 24), _smallest_size, largest_size, strict=True)
    )


class LimitedParser:
    """Textual's parser of keys, behind a filter: it never sees a control string, nor the rest of a long paste."""

    def __init__(self) -> None:
        self._parser = XTermParser()
        self._state: _State = "keys"
        self._opened = ""
        """ESC and what may open a control string; Textual has not seen them yet."""
        self._is_pasting = False
        self._pasted = 0
        self._latest = ""
        """The last characters that were parsed or, within a paste, that came."""
        self._read_at = 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """The messages that those characters make; "" is the end of input."""
        if not data:
            yield from self._parser.feed(data)
        self._read_at = time.monotonic()
        at = 0
        while at < len(data):
            if self._state == "string" or (self._pasted > longest_paste and _escape not in self._latest):
                at = _unimportant.match(data, at).end()  # type: ignore[union-attr]  # it matches, if only nothing
            for admitted in self._admit(data[at]) if at < len(data) else "":
                yield from self._parse(admitted)
            at += 1

    def tick(self) -> Iterable[Message]:
        """The messages that are due because nothing follows: ESC by itself is a key, and so is Alt+]."""
        held = {"escape": _escape, "opened": self._opened}.get(self._state, "")
        if held or time.monotonic() > self._read_at + _pause:
            self._state = "keys"
        for character in held:
            yield from self._parse(character)
        yield from self._parser.tick()

    def _parse(self, character: str) -> Iterator[Message]:
        """Let Textual parse a character, and drop what a terminal must not say."""
        if not self._is_pasting:
            self._latest = (self._latest + character)[-len(_paste_start) :]
            self._is_pasting = self._latest == _paste_start
        try:
            for message in self._parser.feed(character):
                if isinstance(message, events.Resize | InBandWindowResize):
                    # The parser has noted the size, too, and would take the mouse's columns for pixels.
                    parser = self._parser
                    parser.mouse_pixels, parser.terminal_size, parser.terminal_pixel_size = False, None, None
                elif not (isinstance(message, events.Key) and _is_surrogate(message.character)):
                    yield message
        except (ValueError, OverflowError):
            # The number of a key that is no character's ends Textual's parser: the next key gets another.
            self._parser = XTermParser()
            self._is_pasting, self._pasted = False, 0

    def _admit(self, character: str) -> str:
        """What is to be parsed next, as this character has come."""
        if self._is_pasting:
            return self._admit_pasted(character)
        if self._state in {"opened", "string"}:
            self._state = "closing" if character == _escape else "keys" if character in _closes_string else "string"
            return ""
        if self._state == "closing" and character == "\\":
            self._state = "keys"
            return ""
        if self._state in {"closing", "escape"}:
            return self._admit_after_escape(character)
        if character == _escape:
            self._state = "escape"
            return ""
        return character

    def _admit_after_escape(self, character: str) -> str:
        self._state = "escape"
        if character == _escape:
            return _escape
        if character in _opens_string:
            self._state, self._opened = "opened", _escape + character
            return ""
        self._state = "keys"
        return _escape + character

    def _admit_pasted(self, character: str) -> str:
        self._pasted += 1
        self._latest = (self._latest + character)[-len(_paste_end) :]
        dropped = self._pasted - longest_paste
        if self._latest == _paste_end:
            self._is_pasting, self._pasted = False, 0
            return character if dropped <= 0 else _paste_end[-dropped:]
        return character if dropped <= 0 else ""


def _is_surrogate(character: str | None) -> bool:
    return character is not None and any("\ud800" <= each <= "\udfff" for each in character)


class Pace:
    """Keeps the thread that reads keys from getting ahead of the app that handles them."""

    def __init__(self, app: App[object], loop: asyncio.AbstractEventLoop) -> None:
        self._app, self._loop = app, loop
        self._posted = 0

    def wait(self, is_over: ThreadEvent) -> None:
        """Called in the thread after each message: now and then wait until few are left, or until reading is over."""
        self._posted += 1
        if self._posted % _burst or is_over.is_set():
            return
        waiting = asyncio.run_coroutine_threadsafe(self._settle(), self._loop)
        while not is_over.is_set() and not _is_done(waiting):
            pass

    async def _settle(self) -> None:
        while self._count() > _most_waiting:
            await asyncio.sleep(0.005)

    def _count(self) -> int:
        """Messages that wait in the queues that a key passes: the app's, the focused widget's and its parents'."""
        try:
            pumps = {self._app, self._app.screen, *(self._app.focused.ancestors_with_self if self._app.focused else ())}
        except ScreenStackError:
            pumps = {self._app}
        return sum(pump.message_queue_size for pump in pumps)


def _is_done(future: Future[None]) -> bool:
    with contextlib.suppress(TimeoutError, CancelledError):
        future.result(0.1)
    return future.done()
