"""The link of an article, which is its address or its file, and opening it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from search import make_safe_line

if TYPE_CHECKING:
    from search import Document

no_link = "this article has neither an address nor a file: it was added from standard input"


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the web, or the path of a file."""

    kind: Literal["address", "file"]
    target: str

    @property
    def text(self) -> str:
        """The target as it can be shown and pasted: one line without control characters."""
        return make_safe_line(self.target)


def find_link(document: Document, origin: str) -> Link | None:
    """The document's address, else the file or address that it was added from; None if it came from nowhere."""
    for url in (document.url or "", origin):
        if url.lower().startswith(("http://", "https://")):
            return Link("address", url)
    return Link("file", origin) if Path(origin).is_absolute() else None


def may_open_links() -> bool:
    """Is there a desktop at this terminal? Over SSH a program would start on the wrong machine."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_file(path: str) -> str:
    """Open a file with the desktop's program for it; return a line that says what happened."""
    if not Path(path).exists():
        return f"{make_safe_line(path)} is no longer there"
    command = "open" if sys.platform == "darwin" else "xdg-open"
    try:
        # The program must not write to the reader's terminal or receive its signals.
        subprocess.Popen(  # noqa: S603 - no shell, and the path is one that was added as an article
            [command, path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except OSError:
        return f"{make_safe_line(path)} ({command}, which would open it, is not installed)"
    return f"opened {make_safe_line(path)}"
