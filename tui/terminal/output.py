"""Output: the thread that draws on the terminal, and waits until the terminal has drawn."""

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

_ask = "\x1b[6n"  # "where is the cursor?": the terminal answers after it has drawn what came before
_most_in_flight = 1_000  # unanswered bytes beyond which the next frame waits
_unanswered = 1.5  # seconds after which a terminal that has never answered counts as one that does not answer
_lost = 10.0  # seconds after which a missing answer counts as lost
_calm = 0.004, 0.012  # seconds to wait for the rest of a frame, on a local and on a remote terminal


class Output(Thread):
    """Takes what Textual writes, and sends the cells that have changed.

    After each frame it asks the terminal for an answer. While too many bytes are unanswered it sends nothing, and newer
    output replaces older output that waits. So a slow line is at most a frame late, and a stopped one needs no memory.
    """

    def __init__(
        self, descriptor: int, kind: TerminalKind, size: tuple[int, int], report: Callable[[Exception], object]
    ) -> None:
        """Draw on the descriptor's terminal; the thread calls `report` with an error that ends the drawing."""
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

    # Called by other threads

    def write(self, output: str) -> None:
        """Paint the cells of Textual's output, and keep the other sequences that the terminal understands."""
        with self._changed:
            for control in self._wanted.paint(output):
                if control == "\x1b[?1049h":
                    self._is_unknown = True
                if self._kind.is_understood(control):
                    self._controls.append(control)
            self._is_painted = True
            self._changed.notify_all()

    def resize(self, size: tuple[int, int]) -> None:
        """Begin an empty frame of another size, and redraw the whole screen."""
        with self._changed:
            if size != (self._wanted.width, self._wanted.height):
                self._wanted = Frame(*size)
                self._is_unknown = True

    def repaint(self) -> None:
        """Redraw the whole screen, because another program may have written to it."""
        with self._changed:
            self._is_unknown = self._is_painted = True
            self._changed.notify_all()

    def note_answer(self) -> None:
        """Note that the terminal has answered the oldest question."""
        with self._changed:
            self._answers = True
            if self._in_flight:
                self._in_flight.popleft()
            self._changed.notify_all()

    def settle(self, seconds: float) -> None:
        """Wait at most so many seconds for the terminal's answers, so that the next program does not read them."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._is_gone
                    or (not (self._is_painted or self._controls) and not (self._answers and self._in_flight))
                ),
                seconds,
            )

    def give_up(self) -> None:
        """Wait for no more answers, because the terminal has gone."""
        with self._changed:
            self._is_gone = True
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread, and send the sequences that restore the terminal."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()
        self.join()
        with suppress(OSError):  # the terminal is gone
            self._send("".join(self._controls))

    # The thread

    def run(self) -> None:
        """Send frames until the end."""
        try:
            while self._wait_for_work():
                with self._changed:
                    update, is_frame = self._build()
                self._send(update)
                if is_frame:
                    self._sent_at = time.monotonic()
        except OSError:
            self.give_up()  # the end of the input, or a hangup, ends the reader
        except Exception as error:  # noqa: BLE001 - any error ends the drawing, so the reader has to end
            self._report(error)

    def _wait_for_work(self) -> bool:
        """Wait until there is output and the terminal has caught up; return False at the end."""
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
        """Return the text to send, and whether it contains a frame."""
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
