"""Whole articles instead of teasers, where the page behind the link has more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search import Query
from tests.feed_server import Reply, feed_with, item

_sentence = "The governor of Aleppo said on Monday that the bakeries would open again before the winter. "
_paragraphs = "".join(f"<p>District {n}: {_sentence}In district {n}, {_sentence}</p>" for n in range(1, 31))
article = f"<html><head><title>Headline 1</title></head><body><article>{_paragraphs}</article></body></html>"
teaser = "Bakeries in Aleppo will open again …"
long_text = _sentence * 20


@pytest.fixture
def reader(desk):
    desk.settings = replace(desk.settings, full_text="auto")
    desk.server.replies["/articles/1"] = Reply(article, headers={"Content-Type": "text/html"})
    return desk


def read(desk):
    """The text of the one article, and what it says about where that is from."""
    (hit,) = desk.library.search(Query("")).hits
    document, origin = desk.library.document(hit.summary.id), desk.feeds.find_origin(hit.summary.id)
    return " ".join(paragraph.text for paragraph in document.paragraphs), origin.text, origin.note


def test_the_page_behind_a_teaser_takes_its_place_and_keeps_its_id(reader):
    reader.add(reply=feed_with(item(1, teaser)))
    (before,) = reader.library.search(Query("")).hits
    assert read(reader) == (teaser, "teaser", None)
    reader.refresh()
    text, kind, note = read(reader)
    assert (text.count("governor"), kind, note) == (60, "page", None)
    assert reader.library.search(Query("governor")).hits[0].summary == before.summary
    reader.refresh()
    assert reader.server.paths().count("/articles/1") == 1


def test_a_whole_article_is_left_as_it_is(reader):
    reader.add(reply=feed_with(item(1, long_text)))
    reader.refresh()
    assert read(reader)[1] == "feed"
    assert "/articles/1" not in reader.server.paths()


def test_a_feed_has_a_choice_of_its_own(reader):
    reader.add(reply=feed_with())
    reader.feeds.change("1", full_text="never")
    reader.server.replies["/feed"] = feed_with(item(1, teaser))
    reader.refresh()
    assert read(reader)[:2] == (teaser, "feed")
    reader.feeds.change("1", full_text="always")
    reader.server.replies["/feed"] = feed_with(item(1, long_text))
    reader.refresh()
    assert read(reader)[1] == "page"


_free = '<script type="application/ld+json">{"isAccessibleForFree": false}</script>'


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (Reply(status=403), "the page's server answered 403"),
        (Reply("<html><body></body></html>"), "the page is of no use: an HTML page with no article"),
        (
            Reply(f"<html><head>{_free}</head><body><article><p>{_sentence * 2}</p></article></body></html>"),
            "for subscribers",
        ),
    ],
    ids=["forbidden", "empty", "paywalled"],
)
def test_a_page_of_no_use_leaves_the_teaser_and_says_why(reader, reply, note):
    text = f"{_sentence * 2}Read more"
    reader.server.replies["/articles/1"] = reply
    reader.add(reply=feed_with(item(1, text)))
    reader.refresh()
    found, kind, why = read(reader)
    assert (found, kind) == (text, "teaser")
    assert note in why
    asked = reader.server.paths().count("/articles/1")
    reader.refresh()
    assert reader.server.paths().count("/articles/1") == asked == 1


def test_a_page_that_cannot_be_had_just_then_is_asked_for_again(reader):
    page = reader.server.replies["/articles/1"]
    reader.server.replies["/articles/1"] = Reply(status=503)
    reader.add(reply=feed_with(item(1, teaser)))
    reader.refresh()
    assert read(reader)[:2] == (teaser, "teaser")
    reader.server.replies["/articles/1"] = page
    reader.refresh()
    assert read(reader)[1] == "page"
