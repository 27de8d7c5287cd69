"""Helpers for tests that press keys: the app on a library, and a look at its screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from search import Library, Marks, Searches
from tui.app import NewscastApp
from tui.crash_log import CrashLog
from tui.settings import Settings
from tui.widgets import CastPanel, ListRow, ReadingPane, RowList, StatusLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.worker import Worker

    from search import Document


def screen_text(app: NewscastApp) -> str:
    """What is on the screen, line by line."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(line.text[:width].rstrip() for line in lines[:height])


async def wait_for(pilot: Pilot[None], condition: Callable[[], object], seconds: float = 10) -> None:
    """Until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain on:\n{screen_text(pilot.app)}"  # type: ignore[arg-type]
        await pilot.pause()
        await asyncio.sleep(0.01)


def is_short(worker: Worker[object]) -> bool:
    """Does it answer a key? Adding goes on for long, and a dialog waits for its reader."""
    return worker.group not in {"add", "default", "dialog"}


class Reader:
    """The reader under test."""

    def __init__(self, app: NewscastApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """What is on the screen."""
        return screen_text(self.app)

    @property
    def results(self) -> RowList:
        """The list of results."""
        return self.app.screen_stack[1].query_one("#results", RowList)

    @property
    def current(self) -> ListRow:
        """The row at the marker."""
        assert self.results.current is not None
        return self.results.current

    @property
    def document(self) -> Document:
        """The article that is shown."""
        shown = self.app.screen_stack[1].query_one(ReadingPane).document
        assert shown is not None
        return shown

    @property
    def status(self) -> str:
        """The status line."""
        return self.app.screen.query_one(StatusLine)._shown

    async def press(self, *keys: str) -> None:
        """Press keys, and let them act."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()
        await wait_for(
            self.pilot, lambda: not any(worker.is_running for worker in self.app.workers if is_short(worker))
        )
        await self.pilot.pause()

    async def wait_for(self, text: str) -> None:
        """Until that text is on the screen."""
        await wait_for(self.pilot, lambda: text in self.text)

    async def search(self, text: str) -> None:
        """Search, and go to the results."""
        await self.press("slash", *("space" if letter == " " else letter for letter in text))
        await self.wait_for(f"for “{text}”")
        await self.press("escape")

    async def select(self, name: str) -> None:
        """Select that actor by its number in the panel."""
        names = [actor.name for actor, _ in self.app.screen.query_one(CastPanel)._rows]
        await self.press(str(names.index(name) + 1))

    async def open(self, text: str) -> None:
        """Search, and open the first result."""
        await self.press("slash", *("space" if letter == " " else letter for letter in text), "enter")
        await self.wait_for("¶ ")


@asynccontextmanager
async def open_reader(
    folder: Path,
    size: tuple[int, int] = (140, 40),
    settings: Settings | None = None,
    paths: Sequence[str] = (),
    marks: Marks | None = None,
    searches: Searches | None = None,
    *,
    read_only: bool = False,
    log: CrashLog | None = None,
) -> AsyncIterator[Reader]:
    """The reader on a library, at a size, ready for keys."""
    chosen = settings or Settings(recogniser="rules")
    with Library(folder, read_only=read_only, recogniser=chosen.recogniser) as library:
        app = NewscastApp(library, marks or Marks(None), searches or Searches(None), chosen, paths, log=log)
        async with app.run_test(size=size, notifications=True) as pilot:
            reader = Reader(app, pilot)
            if not paths:
                await wait_for(pilot, lambda: bool(reader.status.strip()))
            await pilot.pause()
            yield reader
