"""`make picture`: draws the reader on the seeds for the pictures of README.md."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from search import Library, Marks, Searches
from tui.app import NewscastApp
from tui.settings import Settings

_seeds = Path(__file__).parent.parent / "seeds"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its file, the terminal's columns and lines, and the keys to press first."""

    file: str
    size: tuple[int, int]
    keys: tuple[str, ...]


_pictures = (
    Picture("reading.svg", (110, 30), ("slash", *"barbaric", "enter", "g", "j")),
    Picture("searching.svg", (110, 30), ("slash", *"syria", "escape", "f", "j", "j")),
    Picture("walking.svg", (140, 34), ("slash", *"asylum", "enter", "g", "5", *["right_curly_bracket"] * 6)),
)


async def draw(folder: Path) -> None:
    """Press the keys of each picture and export the screen into the folder."""
    with tempfile.TemporaryDirectory() as scratch, Library(Path(scratch)) as library:
        for _ in library.add([str(_seeds)]):
            pass
        for picture in _pictures:
            app = NewscastApp(library, Marks(None), Searches(None), Settings(theme="terminal-dark"))
            async with app.run_test(size=picture.size) as pilot:
                for key in picture.keys:
                    await pilot.press(key)
                    await pilot.pause(0.4)
                # Some viewers drop the spaces at the ends of a text unless they are told not to.
                svg = app.export_screenshot(title="newscast").replace("<text ", '<text xml:space="preserve" ')
                (folder / picture.file).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
