"""An article's link, and whether it may be opened where newscast runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search import Document


def find_link(document: Document | None) -> str | None:
    """The document's address, if it is one of the web."""
    url = document.url if document else None
    return url if url and url.lower().startswith(("http://", "https://")) else None


def may_open_links() -> bool:
    """Is there a browser at this terminal? Over SSH it would open on the wrong machine."""
    return not (os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def explain_link(link: str | None) -> str:
    """What to say of it."""
    return link or "this article has no link"
