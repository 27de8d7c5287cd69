"""Changes that a reader makes to the library by a key: a correction, a removal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from search import LibraryLockedError, NewscastError

if TYPE_CHECKING:
    from collections.abc import Callable

    from search import Library, Mention

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def change_library(
    library: Library, change: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs
) -> Answer:
    """Call a method of the library that writes, in a thread. Raises NewscastError with a line for the reader."""
    if library.read_only:
        raise NewscastError("this library is opened to be read only")
    try:
        return await asyncio.to_thread(change, *given, **named)
    except LibraryLockedError as error:
        raise NewscastError("articles are being added or annotated: try again when that is done") from error


class Correcting:
    """Unlinks mentions; links the last one again."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._last: tuple[str, Mention] | None = None

    async def correct(self, document: str, mention: Mention) -> str:
        """Unlink the mention; if it was unlinked last, link it again. Returns what was done, in words."""
        is_right = self._last == (document, mention)
        done = await change_library(self._library, self._library.correct, document, mention, is_right=is_right)
        self._last = None if is_right or not done else (document, mention)
        if is_right:
            return f"“{mention.text}” linked again"
        return f"“{mention.text}” unlinked" + (". Press x again to undo" if done else "")
