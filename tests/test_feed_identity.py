"""Which entry is which: none comes twice, a changed one keeps its marks, a removed one stays removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from search import Mark, Marks, Query
from tests.conftest import root
from tests.feed_server import Reply, feed_with, item, rss

day = 86_400


def show(desk, *items):
    """Serve these items, refresh, and give how many were added and changed."""
    desk.server.replies["/feed"] = feed_with(*items)
    (result,) = desk.refresh()
    return result.added, result.changed


def subscribe(desk, *items):
    desk.add(reply=feed_with(*items))


def test_one_id_for_all_items_tells_none_of_them_apart(desk):
    subscribe(desk, *(item(n, guid="same") for n in (1, 2, 3)))
    assert sorted(desk.titles()) == ["Headline 1", "Headline 2", "Headline 3"]
    assert show(desk, *(item(n, guid="same") for n in (1, 2, 3, 4))) == (1, 0)


def test_ids_that_change_at_each_fetch_make_nothing_new(desk):
    subscribe(desk, item(1, guid="a1"), item(2, guid="a2"))
    assert show(desk, item(1, guid="b1"), item(2, guid="b2")) == (0, 0)
    assert show(desk, item(3, guid="c3"), item(1, guid="c1"), item(2, guid="c2")) == (1, 0)


def test_an_entry_whose_id_and_text_change_is_known_by_its_link_title_and_date(desk):
    subscribe(desk, item(1, guid="a1"))
    assert show(desk, item(1, "Another text.", guid="b1")) == (0, 1)


@pytest.mark.parametrize("missing", [("guid",), ("guid", "link"), ("guid", "link", "pubDate")])
def test_without_ids_the_link_tells_entries_apart_and_without_links_title_and_date(desk, missing):
    left_out = dict.fromkeys(missing, "")
    subscribe(desk, item(1, **left_out))
    assert show(desk, item(2, **left_out), item(1, **left_out)) == (1, 0)


def test_entries_without_id_link_title_and_date_are_told_apart_by_their_texts(desk):
    bare = {"guid": "", "link": "", "pubDate": "", "title": ""}
    subscribe(desk, item(1, **bare), item(2, **bare))
    assert show(desk, item(3, **bare), item(1, **bare), item(2, **bare)) == (1, 0)


def test_one_missing_id_among_others_is_made_up_for_by_its_link(desk):
    subscribe(desk, item(1), item(2, guid=""))
    assert show(desk, item(1), item(2, guid="")) == (0, 0)
    assert show(desk, item(1), item(2, guid="", description="Another text.")) == (0, 1)


def test_one_link_for_all_items_tells_none_of_them_apart(desk):
    subscribe(desk, *(item(n, guid="", link="/") for n in (1, 2)))
    assert show(desk, *(item(n, guid="", link="/") for n in (3, 1, 2))) == (1, 0)


def test_a_changed_entry_keeps_its_id_its_marks_and_its_place(desk):
    subscribe(desk, item(1), item(2), item(3))
    before = [hit.summary.id for hit in desk.library.search(Query("")).hits]
    with closing(Marks(None)) as marks:
        marks.write(before[1], Mark(is_read=True, is_starred=True))
        assert show(desk, item(1), item(2, "Now from Homs.", pubDate="Mon, 27 May 2024 10:00:00 GMT"), item(3)) == (
            0,
            1,
        )
        assert [hit.summary.id for hit in desk.library.search(Query("")).hits] == before
        assert marks.read(before)[before[1]] == Mark(is_read=True, is_starred=True)
    assert desk.library.search(Query("Homs")).hits[0].summary.id == before[1]


def test_an_entry_is_changed_a_few_times_a_day_at_most(desk):
    subscribe(desk, item(1, "Visitor 0"))
    changes = [show(desk, item(1, f"Visitor {n}"))[1] for n in range(1, 5)]
    assert changes == [1, 1, 1, 0]
    desk.now += day
    assert show(desk, item(1, "Visitor 9")) == (0, 1)


def test_a_removed_entry_does_not_come_back_and_neither_does_its_next_version(desk):
    subscribe(desk, item(1), item(2))
    (hit,) = desk.library.search(Query('"report 1"')).hits
    desk.library.remove([hit.summary.id])
    assert show(desk, item(1), item(2), item(3)) == (1, 0)
    assert show(desk, item(1, "Another text."), item(2), item(3)) == (0, 0)
    assert "Headline 1" not in desk.titles()
    (brought,) = desk.library.undo_remove()
    assert brought.id == hit.summary.id
    assert show(desk, item(1, "A third text."), item(2), item(3)) == (0, 1)


def test_a_truncated_download_marks_nothing_unread_and_brings_nothing_back(desk):
    subscribe(desk, item(1), item(2), item(3))
    ids = [hit.summary.id for hit in desk.library.search(Query("")).hits]
    desk.library.remove([ids[0]])
    whole = rss(item(1), item(2), item(3))
    for body in (whole[: len(whole) // 2], "", whole):
        desk.server.replies["/feed"] = Reply(body)
        desk.refresh()
    assert [hit.summary.id for hit in desk.library.search(Query("")).hits] == ids[1:]


def test_one_entry_in_two_feeds_of_a_site_is_one_article(desk):
    desk.add("/all", feed_with(item(1), item(2)))
    desk.add("/politics", feed_with(item(2)))
    assert len(desk.titles()) == 2
    assert set(desk.feeds.count_unread(None).values()) == {2, 1}


def test_a_feed_that_is_added_again_adds_no_article_twice_and_brings_none_back(desk):
    subscribe(desk, item(1), item(2))
    (hit,) = desk.library.search(Query('"report 1"')).hits
    desk.library.remove([hit.summary.id])
    desk.feeds.remove(f"{desk.server.url}/feed")
    assert desk.titles() == ["Headline 2"]
    subscribe(desk, item(1), item(2))
    assert desk.titles() == ["Headline 2"]


def test_an_entry_without_a_date_is_of_the_day_on_which_it_came(desk):
    subscribe(desk, item(1, pubDate=""), item(2, pubDate="Mon, 01 Jan 2091 10:00:00 GMT"))
    assert {str(hit.summary.published) for hit in desk.library.search(Query("")).hits} == {"2024-06-01"}


refresh = """
import sys
from pathlib import Path
from search import FeedSettings, Library
with Library(Path(sys.argv[1]), recogniser="rules") as library:
    for step in library.feeds(FeedSettings("never", True, 0.0, 4)).refresh(everything=True):
        for result in step.feeds:
            print(result.url, flush=True)
"""


def number_of(url: str) -> int:
    return int(url.rpartition("/")[2])


def titles_of(number: int) -> set[str]:
    return {f"Headline {n}" for n in range(5 * number, 5 * number + 5)}


@pytest.mark.parametrize("reports", [1, 40])
def test_a_refresh_that_is_killed_loses_nothing_reported_and_adds_nothing_twice(desk, reports):
    outlines = []
    for number in range(80):
        desk.server.replies[f"/{number}"] = feed_with(*(item(n) for n in range(5 * number, 5 * number + 5)))
        outlines.append(f'<outline xmlUrl="{desk.server.url}/{number}"/>')
    desk.feeds.import_opml("list", f"<opml><body>{''.join(outlines)}</body></opml>".encode())
    process = subprocess.Popen(
        [sys.executable, "-c", refresh, desk.library.folder], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    reported = [process.stdout.readline().strip() for _ in range(reports)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    found = set(desk.titles())
    assert all(titles_of(number_of(url)) <= found for url in reported)
    desk.refresh()
    assert sorted(desk.titles()) == sorted(title for number in range(80) for title in titles_of(number))
    assert desk.library.health().problems == ()
