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


def test_the_list_says_what_is_unread_when_each_feed_is_due_and_what_went_wrong(tmp_path, site):
    site.replies["/feed"] = Reply(rss(item(1), item(2)))
    newscast(tmp_path, "feed", "add", "--folder", "News/World", f"{site.url}/feed")
    site.replies["/feed"] = Reply(status=500)
    failed = newscast(tmp_path, "refresh", "--all")
    assert failed.returncode == 1
    assert "The Wire: the server answered 500" in failed.stderr
    (feed,) = lines(newscast(tmp_path, "feed", "list", "--json"))
    assert (feed["unread"], feed["folder"], feed["error_kind"]) == (2, ["News", "World"], "server")
    assert feed["fetched"] < feed["due"]
    shown = newscast(tmp_path, "feed", "list").stdout
    assert "2 unread" in shown
    assert "News / World / The Wire" in shown
    assert "server error: the server answered 500" in shown


def test_a_feed_is_renamed_set_and_removed_by_any_of_its_names(tmp_path, site):
    site.replies["/feed"] = Reply(rss(item(1)))
    newscast(tmp_path, "feed", "add", f"{site.url}/feed")
    assert lines(newscast(tmp_path, "feed", "rename", "--json", "the wire", "Agency"))[0]["name"] == "Agency"
    (feed,) = lines(newscast(tmp_path, "feed", "set", "--json", "--full-text", "always", "--interval", "30", "1"))
    assert (feed["full_text"], feed["interval"]) == ("always", 1_800)
    assert newscast(tmp_path, "feed", "remove", "no such").returncode == 1
    assert lines(newscast(tmp_path, "feed", "remove", "--json", "Agency"))[0]["url"] == f"{site.url}/feed"
    assert lines(newscast(tmp_path, "feed", "list", "--json")) == []
    assert len(lines(newscast(tmp_path, "search", "--json", "Aleppo"))) == 1


def test_lists_of_feeds_are_imported_and_exported(tmp_path, site):
    outlines = f'<outline text="News"><outline text="Mine" xmlUrl="{site.url}/feed"/></outline>'
    (tmp_path / "mine.opml").write_text(f"<opml><body>{outlines}</body></opml>")
    (line,) = lines(newscast(tmp_path, "feed", "import", "--json", tmp_path / "mine.opml"))
    assert (line["outcome"], line["title"]) == ("subscribed", "Mine")
    exported = newscast(tmp_path, "feed", "export").stdout
    assert f'xmlUrl="{site.url}/feed"' in exported
    again = newscast(tmp_path, "feed", "import", "-", text=exported)
    assert "0 feeds subscribed, 1 known" in again.stderr
    assert lines(newscast(tmp_path, "feed", "export", "--json"))[0]["folder"] == ["News"]


def test_a_page_with_several_feeds_lists_them_to_choose_from(tmp_path, site):
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in "ab")
    site.replies["/"] = Reply(f"<html><head>{links}</head></html>")
    done = newscast(tmp_path, "feed", "add", f"{site.url}/")
    assert done.returncode == 1
    assert done.stdout.split() == [f"{site.url}/a", f"{site.url}/b"]
    assert "names 2 feeds" in done.stderr


def test_this_machine_is_not_asked_without_the_setting(tmp_path, site, own_home):
    (own_home / "newscast" / "settings.toml").write_text('recogniser = "rules"\n')
    done = newscast(tmp_path, "feed", "add", f"{site.url}/feed")
    assert done.returncode == 1
    assert "the setting private_addresses allows that" in done.stderr
    assert site.asked == []


def test_a_refresh_of_nothing_has_nothing_to_do(tmp_path, site):
    done = newscast(tmp_path, "refresh", "--json")
    assert (done.returncode, done.stdout) == (0, "")


def test_show_says_which_feed_an_article_is_from(tmp_path, site):
    site.replies["/feed"] = Reply(rss(item(1)))
    newscast(tmp_path, "feed", "add", f"{site.url}/feed")
    (hit,) = lines(newscast(tmp_path, "search", "--json", "Aleppo"))
    assert "feed The Wire, as the feed has it" in newscast(tmp_path, "show", hit["id"]).stdout
