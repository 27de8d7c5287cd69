"""Opens and copies an article's link: its address, or the path of its file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.links import Link, find_link, may_open_links, no_link, open_file

if TYPE_CHECKING:
    from search import Document, Library
    from tui.controllers.view import ReaderView


async def open_link(view: ReaderView, library: Library, document: Document) -> str:
    """Open the link in a program of the desktop, or show it where there is no desktop. Returns what to say."""
    link = await _find_link(library, document)
    if link is None:
        return no_link
    if link.kind == "file" and may_open_links():
        return await asyncio.to_thread(open_file, link.target)
    if may_open_links():
        view.open_url(link.target)
    return link.text


async def copy_link(view: ReaderView, library: Library, document: Document) -> str:
    """Copy the link. Returns what to say."""
    link = await _find_link(library, document)
    if link is None:
        return no_link
    view.copy_to_clipboard(link.text)
    return f"copied {link.text}"


async def _find_link(library: Library, document: Document) -> Link | None:
    return find_link(document, await asyncio.to_thread(library.origin, document.id))
