"""When a feed is due again: by how often it changes, by what its server says, by what its reader set."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from search import Feed
from search.feeds.entry import ParsedFeed
from search.feeds.schedule import find_freshness, find_pace, find_retry_after, plan_next, plan_retry

noon = datetime(2024, 6, 1, 12, tzinfo=UTC).timestamp()  # a Saturday
minute, hour, day = 60, 3_600, 86_400
feed = Feed(1, "http://a.example/", pace=hour)
plain = ParsedFeed(None, None, None, ())


def wait(feed: Feed = feed, parsed: ParsedFeed = plain, chance: float = 0.5, **headers: str) -> float:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return plan_next(feed, parsed, named, noon, chance) - noon


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Sat, 01 Jun 2024 13:00:00 GMT", hour),
        ("Sat, 01 Jun 2024 13:00:00", hour),
        ("-5", None),
        ("99999999999999999", day),
        ("Sat, 01 Jun 2091 13:00:00 GMT", day),
        ("Sat, 01 Jun 2024 11:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_within_a_day(text, seconds):
    assert find_retry_after({"retry-after": text}, noon) == (None if seconds is None else noon + seconds)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=7200"}, 7200),
        ({"cache-control": "public, max-age=7200", "age": "200"}, 7000),
        ({"cache-control": "max-age=7200, no-cache"}, 0),
        ({"cache-control": "max-age=99999999999"}, day),
        ({"cache-control": "max-age=-1"}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "Sat, 01 Jun 2024 13:00:00 GMT"}, hour),
        ({"expires": "Sat, 01 Jun 2024 13:00:00 GMT", "date": "Sat, 01 Jun 2024 12:30:00 GMT"}, hour / 2),
        ({"expires": "Sat, 01 Jun 2024 10:00:00 GMT"}, 0),
        ({}, 0),
    ],
)
def test_how_long_an_answer_holds_is_read_from_its_headers(headers, seconds):
    assert find_freshness(headers, noon) == seconds


def test_a_feed_with_news_is_fetched_more_often_and_one_without_less_within_limits():
    pace = hour
    for _ in range(30):
        pace = find_pace(pace, has_news=True)
    assert pace == 15 * minute
    for _ in range(30):
        pace = find_pace(pace, has_news=False)
    assert pace == day


def test_the_server_and_the_feed_can_ask_for_more_time_but_for_no_more_than_a_day():
    assert wait() == hour
    assert wait(cache_control="max-age=7200") == 2 * hour
    assert wait(parsed=replace(plain, ttl=3 * hour)) == 3 * hour
    assert wait(parsed=replace(plain, ttl=10**9)) == day


def test_feeds_that_were_fetched_together_are_spread():
    assert wait(chance=0) < wait() < wait(chance=1)


def test_what_a_reader_set_overrides_the_server():
    assert wait(replace(feed, interval=5 * minute), replace(plain, ttl=day), cache_control="max-age=7200") == 5 * minute


def test_hours_and_days_that_a_feed_skips_are_skipped():
    assert wait(parsed=replace(plain, skip_hours=frozenset({13, 14}))) == 3 * hour
    assert wait(parsed=replace(plain, skip_days=frozenset({5}))) == 12 * hour
    assert wait(parsed=replace(plain, skip_hours=frozenset(range(24)))) == hour


def test_each_kind_of_error_has_its_own_growing_delay():
    delays = {
        kind: [round((plan_retry(kind, failures, noon, 0.5) - noon) / minute) for failures in (1, 2, 3, 50)]
        for kind in ("network", "server", "format")
    }
    assert delays == {
        "network": [15, 30, 60, 240], "server": [60, 120, 240, 1440], "format": [60, 120, 240, 1440],
    }  # fmt: skip
