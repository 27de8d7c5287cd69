"""Limits of logins, connections and sessions. Callers pass in the time and the random numbers."""

from __future__ import annotations

import ipaddress
from collections import Counter, deque
from dataclasses import dataclass

_minute = 60.0  # seconds
_day = 86_400.0  # seconds
_most_connections = 10
"""How many failed connections are allowed for each wrong key that is allowed.

A client that tries the same wrong key again and again is not guessing, so connections have the higher limit.
"""
_prefix = 64  # bits of an IPv6 address that all addresses of one household share


def find_source(address: str) -> str:
    """Return the source that an address counts for: the IPv4 address itself, or the /64 network of an IPv6 address."""
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
    """Counts the failed logins of each source within a minute, and remembers sources with a successful one.

    It never locks out a source from which somebody has logged in within a day: many people may share it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: dict[str, deque[tuple[float, frozenset[str]]]] = {}
        self._successes: dict[str, float] = {}

    def note_failure(self, source: str, keys: frozenset[str], now: float) -> None:
        """Count a failed login with these keys; `now` is in seconds."""
        for other in [each for each, times in self._failures.items() if times[-1][0] < now - _minute]:
            del self._failures[other]
        self._failures.setdefault(source, deque(maxlen=self._most * _most_connections)).append((now, keys))

    def note_success(self, source: str, now: float) -> None:
        """Note a login, and forget the failures of its source; `now` is in seconds."""
        self._successes = {each: at for each, at in self._successes.items() if at > now - _day} | {source: now}
        self._failures.pop(source, None)

    def has_succeeded(self, source: str, now: float) -> bool:
        """Has somebody logged in from this source within a day?"""
        return self._successes.get(source, now - _day) > now - _day

    def is_exceeded(self, source: str, now: float) -> bool:
        """Have too many logins from this source failed within a minute, and none succeeded within a day?"""
        if self.has_succeeded(source, now) or source not in self._failures:
            return False
        recent = [keys for at, keys in self._failures[source] if at > now - _minute]
        return len(recent) >= self._most * _most_connections or len(frozenset().union(*recent)) >= self._most


@dataclass(frozen=True, slots=True)
class Startups:
    """How many connections may wait to log in: in all, like sshd's MaxStartups, and from one source."""

    start: int
    rate: int
    full: int
    per_source: int

    @classmethod
    def parse(cls, text: str, per_source: int) -> Startups:
        """Build it from "start:rate:full"."""
        start, rate, full = map(int, text.split(":"))
        return cls(start, rate, max(start, full), per_source)

    def find_reason(self, source: str, waiting: Counter[str], lot: float, *, is_known: bool = False) -> str | None:
        """Return why another connection is refused, or None; `waiting` counts those that have not logged in.

        `lot` is a random number from 0 to 1. For a known source, from which somebody has logged in, it does not count,
        and the total may be twice as high.
        """
        if waiting[source] >= self.per_source:
            return "too many connections from this address have not logged in"
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
    """Counts the open sessions, in all and of each key."""

    def __init__(self, most: int, most_per_key: int) -> None:
        self._most, self._most_per_key = most, most_per_key
        self._taken: Counter[str] = Counter()

    def take(self, key: str) -> str | None:
        """Count one more session of a key and return None; if there are too many, return the reason."""
        if self._taken.total() >= self._most:
            return f"all {self._most} sessions of the server are in use; try again later"
        if self._taken[key] >= self._most_per_key:
            return f"your key has {self._most_per_key} open sessions already; close one of them"
        self._taken[key] += 1
        return None

    def give_back(self, key: str) -> None:
        """Count one session less of a key."""
        self._taken[key] -= 1
        self._taken += Counter()  # removes keys with no session
