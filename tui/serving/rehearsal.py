"""A reader that nobody sees, run before the first fork: it shows what a session uses, and has it ready."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from search import Library, Marks, Searches
from tui.app import NewscastApp
from tui.serving.memory import gather, note_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.setup import Setup

_size = 80, 24
_keys = ("j", "enter", "tab", "]", "j", "q", "slash", "t", "h")
"""To an article, to an actor, to a mention, and a search."""
_pause = 0.1  # seconds for what works in threads


def rehearse(setup: Setup) -> str | None:
    """Put together in memory what a session calls, then call it once more: CPython has it at its quickest then.

    What went wrong, if anything did; it costs the sessions memory, and nothing else.
    """
    try:
        gather(note_calls(lambda: asyncio.run(_read(setup, _keys))))
        asyncio.run(_read(setup))
    except Exception as error:  # noqa: BLE001 - whatever it is, a session that it stops can say so itself
        return f"{type(error).__name__}: {error}"
    return None


async def _read(setup: Setup, keys: Sequence[str] = ()) -> None:
    """Read the library for a moment, and keep nothing."""
    marks, searches = Marks(None), Searches(None)
    with Library(setup.folder, read_only=True, recogniser=setup.settings.recogniser) as library:
        app = NewscastApp(library, marks, searches, setup.settings)
        async with app.run_test(size=_size) as pilot:
            await pilot.pause(_pause)
            await pilot.press(*keys)
            await pilot.pause(_pause)
            app.workers.cancel_all()  # what they find would come to a screen that is half gone
    marks.close()
    searches.close()
