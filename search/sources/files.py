"""Paths → files → bytes: which files a reader meant, and what is in them."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from search.errors import SourceRefusedError
from search.sources.kinds import find_kind, head_size
from search.sources.raw import Raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from typing import IO

largest_file = 16 * 1024 * 1024
"""Bytes; a bigger text is no article."""
largest_document = 64 * 1024 * 1024
"""Bytes of a file whose format also holds pictures and fonts: PDF, DOCX, mail, an archive in an archive."""

standard_input = "-"
_MAILDIR = frozenset({"cur", "new", "tmp"})


def locate(path: str) -> str:
    """A path as it is from any folder. Raises FileNotFoundError where the present folder is gone."""
    return path if path == standard_input else os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps ".."


def find_files(path: str) -> Iterator[str | SourceRefusedError]:
    """The files under an absolute path in name order, hidden ones left out; a refusal for what cannot be entered."""
    if path == standard_input:
        yield path
        return
    yield from _walk(path, frozenset(), asked=True)


def _walk(path: str, above: frozenset[tuple[int, int]], *, asked: bool = False) -> Iterator[str | SourceRefusedError]:
    try:
        status = os.stat(path)  # noqa: PTH116 - one system call a file, among many thousands
        if not stat.S_ISDIR(status.st_mode):
            yield path
            return
        identity = status.st_dev, status.st_ino
        if identity in above:
            yield SourceRefusedError(path, "a link loop: this folder is inside itself")
            return
        names = sorted(os.listdir(path))  # noqa: PTH208 - names, in order, are all that is needed
    except OSError as error:
        yield SourceRefusedError(path, _explain(error))
        return
    if asked and not names:
        yield SourceRefusedError(path, "an empty folder")
    is_wanted = _is_of_maildir if set(names) >= _MAILDIR else _is_visible
    for name in names:
        if is_wanted(path, name):
            yield from _walk(os.path.join(path, name), above | {identity})  # noqa: PTH118 - as above


def _is_visible(_folder: str, name: str) -> bool:
    return not name.startswith(".")


def _is_of_maildir(folder: str, name: str) -> bool:
    """Is this a folder of mails in a Maildir? "tmp" holds those still being delivered; files are a program's notes."""
    path = Path(folder, name)
    return path.is_dir() and name != "tmp" and (not name.startswith(".") or (path / "cur").is_dir())


def read_file(path: str) -> Raw:
    """What is in one file, or in standard input for "-"; refuses devices, empty and too large files."""
    if path == standard_input:
        data = _read_within(path, sys.stdin.buffer)
    else:
        with open_file(path) as file:
            data = _read_within(path, file)
    if not data.strip():
        raise SourceRefusedError(path, "empty")
    return Raw(path, data, suffix=Path(path).suffix.lower())


def read_head(path: str) -> bytes:
    """The bytes that a file's kind is told by."""
    with open_file(path) as file, _refusing(path):
        return file.read(head_size)


def open_file(path: str) -> BufferedReader:
    """A regular file, opened; refuses devices and what cannot be opened."""
    with _refusing(path):
        # A FIFO must not block the open, and what was a file a moment ago may be one now.
        file = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")  # noqa: PTH123, SIM115 - takes a descriptor
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise SourceRefusedError(path, "not a regular file")
    return file


def find_limit(head: bytes) -> int:
    """How many bytes a file may have that begins so."""
    return largest_file if find_kind(head[:head_size]) == "text" else largest_document


def _read_within(path: str, file: IO[bytes]) -> bytes:
    with _refusing(path):
        data = file.read(largest_file + 1)
        limit = find_limit(data)
        if len(data) > largest_file:
            data += file.read(limit + 1 - len(data))
    if len(data) > limit:
        raise SourceRefusedError(path, f"larger than {limit // 1024**2} MB")
    return data


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    """What the system says against reading a file is a refusal."""
    try:
        yield
    except OSError as error:
        raise SourceRefusedError(path, _explain(error)) from error


def _explain(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()
