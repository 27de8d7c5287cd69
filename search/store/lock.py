"""One writer at a time: a lock file, which the system unlocks when its holder dies."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from search.errors import LibraryLockedError, LibraryUnreadableError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class WriterLock:
    """A context manager that holds the lock of the Library in `folder`. Raises LibraryLockedError."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "writer.lock"
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise LibraryUnreadableError(f"{self._path.parent}: cannot be written to: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            who = f" (process {holder})" if holder.isdigit() else ""
            raise LibraryLockedError(
                f"another newscast{who} is writing to {self._path.parent}; try again when it has finished"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
