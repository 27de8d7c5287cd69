"""LastVisitController: keeps where the reader is, and goes back there in the next session."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.controllers.visits import build_visit, find_reading_position

if TYPE_CHECKING:
    from search import Library, Marks, Visit
    from tui.controllers.reading import ReadingController
    from tui.controllers.result_list import ResultList
    from tui.controllers.search import SearchController
    from tui.controllers.view import ReaderView
    from tui.history import ReadingPosition

_keep_after = 1.0  # seconds after the first move, and not once for each


class LastVisitController:
    """The position of the last session, and what is kept of this one."""

    BINDINGS: ClassVar[list[Binding]] = [
        Binding("backspace,alt+left", "go_back", "back to where you were", id="back"),
    ]

    def __init__(
        self, view: ReaderView, library: Library, marks: Marks, results: ResultList, reading: ReadingController,
        search: SearchController,
    ) -> None:  # fmt: skip
        self._view, self._library, self._marks, self._results = view, library, marks, results
        self._reading, self._search = reading, search
        self._last: tuple[Visit, ReadingPosition] | None = None
        self._visit: Visit | None = None
        self._is_waiting = False
        self._noted = marks.note  # what was said of the marks

    async def offer_return(self) -> None:
        """Say where this reader was last, and which key goes there."""
        visit = await asyncio.to_thread(self._marks.read_visit)
        found = await asyncio.to_thread(find_reading_position, self._library, visit) if visit else None
        if visit and found:
            position, words = found
            self._last = visit, position
            self._view.status.say(f"{self._view.find_key('back')} back to {words}")

    def action_go_back(self) -> None:
        """Go to the position visited before; while nothing was opened yet, to that of the last session."""
        if self._last is None or not self._reading.is_preview:
            self._reading.go_back()
            return
        (visit, position), self._last = self._last, None
        self._view.start("return", partial(self._return, visit, position))

    async def _return(self, visit: Visit, position: ReadingPosition) -> None:
        if visit.query.strip():
            await self._search.repeat(visit.query)
        await self._results.point_at(position.document, visit.position)
        self._reading.return_to(position)

    def note(self) -> None:
        """Keep the present position, a moment later."""
        here = self._reading.find_position()
        if here is None:
            return
        self._visit = build_visit(self._results.listing.typed, here, self._results.rows.index)
        if not self._is_waiting:
            self._is_waiting = True
            self._view.call_later_by(_keep_after, lambda: self._view.start("visit", self._keep, is_exclusive=False))

    async def _keep(self) -> None:
        await self.keep()
        if self._marks.note not in {None, self._noted}:
            self._noted = self._marks.note
            self._view.status.say(self._marks.note or "")

    async def keep(self) -> None:
        """Write down where the reader is, so that the next session knows, however this one ends."""
        visit, self._visit, self._is_waiting = self._visit, None, False
        if visit is not None:
            await asyncio.to_thread(self._marks.write_visit, visit)
