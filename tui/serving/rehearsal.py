"""A reader that nobody sees, run before the first fork: it shows what a session uses, and has it ready."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

from search import Library, Marks, Searches
from tui.app import NewscastApp
from tui.serving.memory import gather, note_calls

if TYPE_CHECKING:
    from tui.setup import Setup

_size = 80, 24
_keys = "enter", "tab", "]"
"""To an article, an actor and a mention. What a search would leave in memory costs more than it spares."""
_pause = 0.1  # seconds for what works in threads


def rehearse(setup: Setup) -> str | None:
    """Put together in memory what a session calls, then call it once more: CPython has it at its quickest then.

    What went wrong, if anything did; it costs the sessions memory, and nothing else.
    """
    try:
        gather(note_calls(lambda: asyncio.run(_read(setup))))
        asyncio.run(_read(setup))
    except Exception as error:  # noqa: BLE001 - whatever it is, a session that it stops can say so itself
        return f"{type(error).__name__}: {error}"
    return None


async def _read(setup: Setup) -> None:
    """Read the library for a moment, and keep nothing."""
    with (
        closing(Marks(None)) as marks,
        closing(Searches(None)) as searches,
        Library(setup.folder, read_only=True, recogniser=setup.settings.recogniser) as library,
    ):
        app = NewscastApp(library, marks, searches, setup.settings)
        async with app.run_test(size=_size) as pilot:
            await pilot.pause(_pause)
            await pilot.press(*_keys)
            await pilot.pause(_pause)
            app.workers.cancel_all()  # what they find would come to a screen that is half gone
