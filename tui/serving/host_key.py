"""The host key."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import asyncssh

from search import NewscastError

if TYPE_CHECKING:
    from pathlib import Path


def read_host_key(path: Path) -> asyncssh.SSHKey:
    """Read the host key file; create it if it is missing. Raises NewscastError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise NewscastError(f"{path}: this is not a regular file; put a private key in its place") from None
            if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise NewscastError(f"{path}: others may read the host key; chmod 600 {path}") from None
        else:
            with os.fdopen(descriptor, "wb") as file:
                file.write(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        return asyncssh.read_private_key(path)
    except OSError as error:
        raise NewscastError(f"{path}: {error.strerror}") from error
    except asyncssh.KeyImportError as error:
        raise NewscastError(f"{path}: {error}") from error
