"""Where an article came from: a file, an address, or a member of either, as in `archive.zip!/folder/a.txt`."""

from __future__ import annotations

import os
import re

separator = "!/"
"""What parts a file from the name of its member."""
_IN_ADDRESS = re.compile(r"(?<!#)!/")
"""Some addresses have the separator behind a #."""


def is_url(text: str) -> bool:
    """Is this an address of the web, rather than a path?"""
    return text.lower().startswith(("http://", "https://"))


def find_outermost(origin: str) -> str:
    """The file or address that holds what came from this origin: itself, unless it is a member of an archive.

    A folder's name, too, may end with "!", so for a path the disk decides. If the file is gone, the origin comes back.
    """
    if is_url(origin):
        return _IN_ADDRESS.split(origin, maxsplit=1)[0]
    at = origin.find(separator)
    while at >= 0:
        if os.path.isfile(origin[:at]):  # noqa: PTH113 - the origin is a string and stays one
            return origin[:at]
        at = origin.find(separator, at + 1)
    return origin


def name_member(container: str, name: str) -> str:
    """The origin of a member; ".." and the like in its name lead nowhere."""
    parts = name if is_url(name) else "/".join(part for part in name.split("/") if part not in {"", ".", ".."})
    return f"{container}{separator}{parts}"
