"""What feeds bring is compared, too: a wire story that two of them carry is shown once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from search import Query
from tests.feed_server import Reply, feed_with, item
from tests.test_copies import write_sentences

story = write_sentences(1, 20)


@pytest.fixture
def wire(desk):
    """Two feeds; the second carries the first one's story since the last refresh, with another byline and title."""
    desk.add("/first", feed_with(item(1, " ".join(story)), item(2, " ".join(write_sentences(2, 20)))))
    desk.add("/second", feed_with(item(5, " ".join(write_sentences(3, 20)))))
    copied = item(3, " ".join(["By our correspondent.", *story]), pubDate="Wed, 03 Jan 2024 10:00:00 +0000")
    desk.server.replies["/second"] = feed_with(copied, item(5, " ".join(write_sentences(3, 20))))
    desk.refresh()
    return desk


def list_rows(desk):
    """The titles of all rows, and those that are folded below each."""
    query = Query("", folds=True)
    return {
        hit.summary.title: [copy.summary.title for copy in desk.library.copies(query, hit.summary.id)]
        for hit in desk.library.search(query).hits
    }


folded = {"Headline 1": ["Headline 3"], "Headline 2": [], "Headline 5": []}


def test_a_story_that_two_feeds_carry_is_shown_once(wire):
    assert list_rows(wire) == folded
    assert wire.library.health().problems == ()


def test_a_story_is_folded_as_soon_as_its_feed_is_subscribed_to(desk):
    desk.add("/first", feed_with(item(1, " ".join(story))))
    desk.add("/second", feed_with(item(3, " ".join(story[:12]))))
    assert list_rows(desk) == {"Headline 1": ["Headline 3"]}


@pytest.mark.parametrize(("path", "number"), [("/first", 1), ("/second", 3)], ids=["shown", "folded"])
def test_an_entry_whose_text_is_updated_is_no_copy_of_what_it_was(wire, path, number):
    """Neither of its own, nor does it lose the other feed's."""
    day = f"{2 if number == 1 else 3:02} Jan 2024 10:00:00 +0000"
    updated = [*story[:10], "A minister denied this.", *story[10:]]
    wire.server.replies[path] = feed_with(item(number, " ".join(updated), pubDate=day))
    assert [(each.added, each.changed) for each in wire.refresh() if each.changed] == [(0, 1)]
    assert list_rows(wire) == folded
    assert wire.library.health().problems == ()


def test_an_entry_that_becomes_another_story_is_shown_again(wire):
    wire.server.replies["/second"] = feed_with(item(3, " ".join(write_sentences(9, 20))))
    wire.refresh()
    assert list_rows(wire) == {"Headline 1": [], "Headline 2": [], "Headline 3": [], "Headline 5": []}


def test_a_teaser_is_compared_again_when_its_article_comes(desk):
    desk.settings = replace(desk.settings, full_text="always")
    page = f"<html><body><article>{''.join(f'<p>{sentence}</p>' for sentence in story)}</article></body></html>"
    desk.server.replies["/articles/3"] = Reply(page, headers={"Content-Type": "text/html"})
    desk.add("/first", feed_with(item(1, " ".join(story))))
    desk.add("/second", feed_with(item(3, "A teaser …")))
    assert list_rows(desk) == {"Headline 1": [], "Headline 3": []}
    desk.refresh()
    assert list_rows(desk) == {"Headline 1": ["Headline 3"]}


def test_a_refresh_compares_what_an_older_newscast_did_not(wire):
    with closing(sqlite3.connect(wire.library.folder / "library.db")) as database:
        database.executescript("DELETE FROM copies; DELETE FROM sketches; DELETE FROM sketch_hashes;")
    assert not wire.library.is_annotated()
    wire.refresh()
    assert wire.library.is_annotated()
    assert list_rows(wire) == folded
