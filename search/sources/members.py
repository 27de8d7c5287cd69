"""What a file is taken apart into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.sources.draft import Draft
    from search.sources.formats import Format


@dataclass(frozen=True, slots=True)
class Member:
    """One file in another: its bytes, or why there are none; a `refusal` of "" stands for one that is too large.

    The other fields are those of a Raw.
    """

    name: str
    data: bytes | None = None
    refusal: str = ""
    suffix: str | None = None
    charset: str | None = None
    url: str | None = None
    form: Format | None = None
    stated: Draft | None = None


def is_hidden(name: str) -> bool:
    """Does a part of the name begin with a dot, as in a folder's hidden files?"""
    return any(part.startswith(".") and part not in {".", ".."} for part in PurePosixPath(name).parts)
