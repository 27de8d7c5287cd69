"""How many, how often: pure counting, told the time."""

from __future__ import annotations

from collections import Counter, deque

_minute = 60.0  # seconds


class Tries:
    """Failed logins of each address within the last minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: dict[str, deque[float]] = {}

    def note_failure(self, address: str, now: float) -> None:
        """A login from there has failed; `now` is in seconds."""
        self._failures.setdefault(address, deque(maxlen=self._most)).append(now)
        for other in [each for each, times in self._failures.items() if times[-1] < now - _minute]:
            del self._failures[other]

    def are_used_up(self, address: str, now: float) -> bool:
        """Have there been as many from there within a minute as are allowed?"""
        times = self._failures.get(address)
        return times is not None and len(times) == self._most and times[0] > now - _minute


class Seats:
    """Sessions at once, in all and of each key."""

    def __init__(self, most: int, most_per_key: int) -> None:
        self._most, self._most_per_key = most, most_per_key
        self._taken: Counter[str] = Counter()

    def take(self, key: str) -> str | None:
        """Take a seat for a key; if there is none, why not."""
        if self._taken.total() >= self._most:
            return f"all {self._most} sessions are taken; try again later"
        if self._taken[key] >= self._most_per_key:
            return f"your key has {self._most_per_key} sessions already; leave one of them"
        self._taken[key] += 1
        return None

    def give_back(self, key: str) -> None:
        """A session has ended."""
        self._taken[key] -= 1
        self._taken += Counter()  # drops what is at nought
