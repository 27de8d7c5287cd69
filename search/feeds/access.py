"""What the feeds of a Library need from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from search.fulltext import FullText
    from search.model import Progress


@dataclass(frozen=True, slots=True)
class Access:
    """A Library's database and index, with `reading` and `writing` as the contexts in which to use them."""

    connection: sqlite3.Connection
    fulltext: FullText
    folder: Path
    recogniser: str
    error_log: Path
    reading: Callable[[], AbstractContextManager[None]]
    writing: Callable[[], AbstractContextManager[None]]
    catch_up: Callable[[], Iterator[Progress]]
