"""Whose turn it is: one request at a time to each host, and a pause between two. Pure but for what is handed in."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Turns(Generic[Job]):
    """Jobs that wait for their hosts. Times are seconds of any one clock."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._waiting: dict[str, deque[Job]] = {}
        self._busy: set[str] = set()
        self._free_from: dict[str, float] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, host: str, job: Job) -> None:
        """Let a job wait for its host."""
        self._waiting.setdefault(host, deque()).append(job)

    def take(self, now: float) -> tuple[str, Job] | None:
        """A job whose host may be asked now; the host is busy until `finish`."""
        for host, jobs in self._waiting.items():
            if host not in self._busy and self._free_from.get(host, now) <= now:
                job = jobs.popleft()
                # The host goes to the end, so that no other waits for all of its jobs.
                del self._waiting[host]
                if jobs:
                    self._waiting[host] = jobs
                self._busy.add(host)
                return host, job
        return None

    def finish(self, host: str, now: float) -> None:
        """Its job is done; the host is left alone for the pause."""
        self._busy.discard(host)
        self._free_from[host] = now + self._pause

    def next_time(self) -> float | None:
        """When the next host that has jobs, and is not busy, is free; None where none is."""
        return min((self._free_from.get(host, 0.0) for host in self._waiting if host not in self._busy), default=None)
