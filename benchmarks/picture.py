"""`make picture`: the reader on the seeds, as it draws itself, into docs/reader.svg."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from search import Library, Marks, Searches
from tui.app import NewscastApp
from tui.settings import Settings

_seeds = Path(__file__).parent.parent / "seeds"
_keys = ["slash", *"barbaric", "enter", "g", "j", "1", "]"]


async def draw(target: Path) -> None:
    """Search, open, take an actor, and export the screen."""
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        for _ in library.add([str(_seeds)]):
            pass
        app = NewscastApp(library, Marks(None), Searches(None), Settings())
        async with app.run_test(size=(132, 36)) as pilot:
            for key in _keys:
                await pilot.press(key)
                await pilot.pause(0.3)
            # Some viewers drop the spaces at the ends of a text unless they are told not to.
            svg = app.export_screenshot(title="newscast").replace("<text ", '<text xml:space="preserve" ')
            target.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
