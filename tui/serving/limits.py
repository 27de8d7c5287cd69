"""How many, how often: pure counting, told the time and what fell by lot."""

from __future__ import annotations

import ipaddress
from collections import Counter, deque
from dataclasses import dataclass

_minute = 60.0  # seconds
_day = 86_400.0  # seconds
_most_connections = 10
"""So many times as many connections may fail as unknown keys: the same wrong key again and again is no guessing."""
_prefix = 64  # bits of an IPv6 address that are one household's or one machine's


def find_source(address: str) -> str:
    """What one person has of addresses: an IPv4 address, or all that begin as an IPv6 address does."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _prefix), strict=False))


class LoginRateLimiter:
    """Failed logins from each source within the last minute, and the sources that somebody has logged in from.

    A source from which somebody has logged in within a day is never locked out: it may be shared by many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: dict[str, deque[tuple[float, frozenset[str]]]] = {}
        self._successes: dict[str, float] = {}

    def note_failure(self, source: str, keys: frozenset[str], now: float) -> None:
        """A login from there has failed with those keys; `now` is in seconds."""
        for other in [each for each, times in self._failures.items() if times[-1][0] < now - _minute]:
            del self._failures[other]
        self._failures.setdefault(source, deque(maxlen=self._most * _most_connections)).append((now, keys))

    def note_success(self, source: str, now: float) -> None:
        """Somebody has logged in from there."""
        self._successes = {each: at for each, at in self._successes.items() if at > now - _day} | {source: now}
        self._failures.pop(source, None)

    def has_succeeded(self, source: str, now: float) -> bool:
        """Has somebody logged in from there within a day?"""
        return self._successes.get(source, now - _day) > now - _day

    def is_exceeded(self, source: str, now: float) -> bool:
        """Has as much failed from there within a minute as is allowed, and nothing succeeded within a day?"""
        if self.has_succeeded(source, now) or source not in self._failures:
            return False
        recent = [keys for at, keys in self._failures[source] if at > now - _minute]
        return len(recent) >= self._most * _most_connections or len(frozenset().union(*recent)) >= self._most


@dataclass(frozen=True, slots=True)
class Startups:
    """How many connections may be there that have not logged in, as sshd's MaxStartups says it, and of one source."""

    start: int
    rate: int
    full: int
    per_source: int

    @classmethod
    def parse(cls, text: str, per_source: int) -> Startups:
        """From "start:rate:full"."""
        start, rate, full = map(int, text.split(":"))
        return cls(start, rate, max(start, full), per_source)

    def find_reason(self, source: str, waiting: Counter[str], lot: float, *, is_known: bool = False) -> str | None:
        """Why another connection from there is refused, as so many are there already; `lot` is from 0 to 1.

        A known source, from which somebody has logged in, draws no lots, and finds as many places again.
        """
        if waiting[source] >= self.per_source:
            return "too many connections from there have not logged in"
        there = waiting.total()
        if there >= (2 * self.full if is_known else self.full):
            return "too many connections have not logged in"
        if there >= self.start and not is_known:
            span = max(1, self.full - self.start)
            chance = (self.rate + (100 - self.rate) * (there - self.start) / span) / 100
            if lot < chance:
                return "many connections have not logged in"
        return None


class SessionLimiter:
    """Sessions at once, in all and of each key."""

    def __init__(self, most: int, most_per_key: int) -> None:
        self._most, self._most_per_key = most, most_per_key
        self._taken: Counter[str] = Counter()

    def take(self, key: str) -> str | None:
        """Count one more session of a key; if that is too many, say why."""
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
