"""When a feed is due: from how often it changes, what its server says, and how the last fetches went."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.feeds.entry import ParsedFeed
    from search.model import Feed, FeedErrorKind

shortest_interval, longest_interval = 15 * 60, 24 * 3_600
"""Seconds between two fetches of a feed, whatever it and its server say; a reader may set others."""
_hour = 3_600
_faster, _slower = 0.6, 1.5
"""What the interval is multiplied by when there was something new, and when there was not."""
_jitter = 0.1
_first_delay: dict[FeedErrorKind, int] = {"network": 15 * 60, "server": _hour, "format": _hour}
_longest_delay: dict[FeedErrorKind, int] = {
    "network": 4 * _hour,
    "server": longest_interval,
    "format": longest_interval,
}
"""The network is often the reader's own, and back soon; a server or a feed that is broken is so for longer."""


def parse_http_date(text: str) -> float | None:
    """A date of a header in seconds since 1970; one without a zone is in UTC. None for none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def find_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Until when a server asks for patience, a day at most; None where it does not, or names a time that is over."""
    text = headers.get("retry-after", "").strip()
    until = now + int(text) if re.fullmatch(r"\d{1,18}", text) else parse_http_date(text)
    return min(until, now + longest_interval) if until is not None and until > now else None


def find_freshness(headers: Mapping[str, str], now: float) -> float:
    """For how many seconds a server says that its answer holds, a day at most; 0 where it does not say."""
    directives = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(?:cache|store)\b", directives):
        return 0
    if found := re.search(r"\bmax-age\s*=\s*\"?(\d{1,18})", directives):
        age = headers.get("age", "").strip()
        seconds = int(found[1]) - (int(age) if re.fullmatch(r"\d{1,9}", age) else 0)
    else:
        expires = parse_http_date(headers.get("expires", ""))
        served = parse_http_date(headers.get("date", ""))
        seconds = int(expires - (now if served is None else served)) if expires is not None else 0
    return max(0, min(seconds, longest_interval))


def find_pace(pace: float, *, has_news: bool) -> int:
    """The interval of a feed after another fetch: shorter after news, longer without."""
    return round(_limit(pace * (_faster if has_news else _slower)))


def plan_next(feed: Feed, parsed: ParsedFeed | None, headers: Mapping[str, str], now: float, chance: float) -> float:
    """When a feed is due after a fetch that went well. `chance` (0 to 1) spreads those that were fetched together.

    What a reader set for the feed overrides all that the feed and its server say.
    """
    spread = 1 + _jitter * (2 * chance - 1)
    if feed.interval is not None:
        return now + feed.interval * spread
    ttl = min(parsed.ttl, longest_interval) if parsed else 0
    due = now + max(_limit(feed.pace) * spread, ttl, find_freshness(headers, now))
    return _skip(due, parsed.skip_hours, parsed.skip_days) if parsed else due


def plan_retry(kind: FeedErrorKind, failures: int, now: float, chance: float) -> float:
    """When a feed is due after so many failures one after the other, the last one of this kind."""
    delay: float = min(_first_delay[kind] * 2 ** min(failures - 1, 20), _longest_delay[kind])
    return now + delay * (1 + _jitter * (2 * chance - 1))


def _limit(seconds: float) -> float:
    return max(shortest_interval, min(seconds, longest_interval))


def _skip(due: float, hours: frozenset[int], days: frozenset[int]) -> float:
    """The first time from then on that the feed's maker allows, within a day."""
    for later in range(25):
        moment = datetime.fromtimestamp(due + later * _hour, UTC)
        if moment.hour not in hours and moment.weekday() not in days:
            return due + later * _hour
    return due
