"""The commands for feeds, in real processes against a real server."""

from __future__ import annotations

import pytest

from tests.feed_server import FeedServer, Reply, item, rss
from tests.test_commands import lines, run


@pytest.fixture
def site(own_home):
    (own_home / "newscast" / "settings.toml").write_text(
        'recogniser = "rules"\nprivate_addresses = true\nfull_text = "never"\n'
    )
    server = FeedServer()
    yield server
    server.close()


def newscast(tmp_path, *arguments, **options):
    return run("--library", tmp_path / "library", *arguments, **options)


def test_a_feed_is_added_and_refreshed_and_its_entries_are_articles(tmp_path, site):
    site.replies["/feed"] = Reply(rss(item(1)))
    (added,) = lines(newscast(tmp_path, "feed", "add", "--json", f"{site.url}/feed"))
    assert (added["outcome"], added["title"]) == ("subscribed", "The Wire")
    site.replies["/feed"] = Reply(rss(item(2), item(1)))
    (result,) = lines(newscast(tmp_path, "refresh", "--all", "--json"))
    assert (result["outcome"], result["added"], result["changed"]) == ("fetched", 1, 0)
    found = lines(newscast(tmp_path, "search", "--json", "Aleppo"))
    assert {hit["title"] for hit in found} == {"Headline 1", "Headline 2"}
    assert {hit["source"] for hit in found} == {"The Wire"}
