"""Reads a file that decides who may log in, if nobody else can change it, like sshd's StrictModes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from search import NewscastError

_largest = 1_048_576  # bytes


def read_trusted_file(path: Path) -> str:
    """Return the text of a file that only root and this process's user can change.

    Raises NewscastError if others can change it or it is no regular file, and OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NewscastError(f"{path}: this is not a regular file; put a text file in its place")
        if status.st_size > _largest:
            raise NewscastError(f"{path}: it has {status.st_size:,} bytes; it may have {_largest:,}")
        _check_owner(path, status)
        for folder in Path(os.path.realpath(path)).parents:
            _check_owner(folder, folder.stat())
        return os.read(descriptor, _largest).decode("utf-8", errors="replace")
    finally:
        os.close(descriptor)


def _check_owner(path: Path, status: os.stat_result) -> None:
    """Raise NewscastError if anyone but root and this process's user can change the file or folder."""
    if status.st_uid not in {0, os.geteuid()}:
        raise NewscastError(
            f"{path}: it belongs to another user (uid {status.st_uid}); run: chown {os.geteuid()} {path}"
        )
    # In a sticky folder, such as /tmp, others can create files but not replace those of another user.
    shared = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not shared:
        raise NewscastError(f"{path}: other users can write to it; run: chmod go-w {path}")
