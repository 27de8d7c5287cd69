"""Output: the thread that brings the terminal to what it is to show, and never gets ahead of it."""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import suppress
from threading import Condition, Thread
from typing import TYPE_CHECKING

from tui.terminal.frame import Frame, build_update, drop_colours, drop_italics

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.terminal.kinds import TerminalKind

_ask = "\x1b[6n"  # "where is the cursor?": a terminal answers when it has drawn what came before
_most_in_flight = 1_000  # bytes sent and not answered for, beyond which the next frame waits
_unanswered = 1.5  # seconds; a terminal that has not answered by then is taken not to answer
_lost = 10.0  # seconds; an answer that has not come by then never will
_calm = 0.004, 0.012  # seconds for the rest of a frame to be painted, near and remote


class Output(Thread):
    """Takes what Textual writes, and sends what has changed.

    The terminal is asked for an answer behind each frame. While too much is unanswered nothing is sent, what is painted
    meanwhile replaces what was, and the next frame is drawn from what the terminal shows to what it is to show then. So
    a slow line is never behind by more than a frame, and a line that stands still costs no memory.
    """

    def __init__(
        self, descriptor: int, kind: TerminalKind, size: tuple[int, int], report: Callable[[Exception], object]
    ) -> None:
        """Write to that descriptor; `report` is told, in the thread, of the error that ends the drawing."""
        super().__init__(daemon=True, name="newscast-output")
        self._descriptor, self._kind, self._report = descriptor, kind, report
        self._wanted, self._shown = Frame(*size), Frame(*size)
        self._is_painted = self._is_unknown = self._is_ended = self._is_gone = False
        self._controls: list[str] = []
        self._changed = Condition()
        self._in_flight: deque[int] = deque()
        self._answers: bool | None = None
        self._asked_at = time.monotonic()
        self._sent_at = 0.0

    # Called by others

    def write(self, output: str) -> None:
        """Textual's output: cells are painted, what else the terminal understands is sent as it is."""
        with self._changed:
            for control in self._wanted.paint(output):
                if control == "\x1b[?1049h":
                    self._is_unknown = True
                if self._kind.is_understood(control):
                    self._controls.append(control)
            self._is_painted = True
            self._changed.notify_all()

    def resize(self, size: tuple[int, int]) -> None:
        """Another size: nobody knows what the terminal shows now."""
        with self._changed:
            if size != (self._wanted.width, self._wanted.height):
                self._wanted = Frame(*size)
                self._is_unknown = True

    def repaint(self) -> None:
        """Something else may have drawn on the terminal."""
        with self._changed:
            self._is_unknown = self._is_painted = True
            self._changed.notify_all()

    def note_answer(self) -> None:
        """The terminal has drawn what was sent before its oldest question."""
        with self._changed:
            self._answers = True
            if self._in_flight:
                self._in_flight.popleft()
            self._changed.notify_all()

    def settle(self, seconds: float) -> None:
        """Wait until the terminal has answered, so that no answer is left to be read by whoever comes next."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._is_gone
                    or (not (self._is_painted or self._controls) and not (self._answers and self._in_flight))
                ),
                seconds,
            )

    def give_up(self) -> None:
        """The terminal is gone: nobody waits for its answers."""
        with self._changed:
            self._is_gone = True
            self._changed.notify_all()

    def stop(self) -> None:
        """End, and send what is left: what restores the terminal."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()
        self.join()
        with suppress(OSError):  # the terminal is gone
            self._send("".join(self._controls))

    # The thread

    def run(self) -> None:
        """Frame after frame."""
        try:
            while self._wait_for_work():
                with self._changed:
                    update, is_frame = self._build()
                self._send(update)
                if is_frame:
                    self._sent_at = time.monotonic()
        except OSError:
            self.give_up()  # the end of the keyboard's input, or a hangup, ends the reader
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is drawn any more, and the reader has to end
            self._report(error)

    def _wait_for_work(self) -> bool:
        """Until there is something to send and the terminal can take it; False when it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_painted or self._controls or self._is_ended)
        if not self._is_ended and self._is_painted:
            pause = self._sent_at + self._kind.frame_interval - time.monotonic()
            time.sleep(max(pause, _calm[self._kind.is_remote]))
            self._wait_for_answers()
        return not self._is_ended

    def _wait_for_answers(self) -> None:
        with self._changed:
            while not self._is_ended and sum(self._in_flight) >= _most_in_flight and self._answers is not False:
                patience = _lost if self._answers else self._asked_at + _unanswered - time.monotonic()
                if patience <= 0 or not self._changed.wait(patience):
                    self._answers = None if self._answers else False
                    self._asked_at = time.monotonic()
                    self._in_flight.clear()

    def _build(self) -> tuple[str, bool]:
        """What to send now, and is it a frame?"""
        parts, self._controls = self._controls, []
        is_frame, self._is_painted = self._is_painted, False
        if not is_frame:
            return "".join(parts), False
        if self._is_unknown:
            self._is_unknown = False
            self._shown = Frame(self._wanted.width, self._wanted.height)
            parts.append("\x1b[m\x1b[H\x1b[2J")
        wanted = self._wanted.copy()
        for is_shown, drop in ((self._kind.has_colours, drop_colours), (self._kind.has_italics, drop_italics)):
            if not is_shown:
                wanted.lines = [[cell._replace(style=drop(cell.style)) for cell in line] for line in wanted.lines]
        update = build_update(self._shown, wanted)
        self._shown = wanted
        if update:
            parts += [update, _ask]
            self._in_flight.append(len(update.encode()))
        return "".join(parts), bool(update)

    def _send(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            data = data[os.write(self._descriptor, data) :]
