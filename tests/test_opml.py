"""Lists of feeds, as readers exchange them."""

from __future__ import annotations

import pytest

from search import Feed, SourceRefusedError
from search.feeds.opml import Outline, build_opml, parse_opml


def parse(body: str) -> list[Outline]:
    return parse_opml("list.opml", f'<?xml version="1.0"?><opml version="2.0">{body}</opml>'.encode())


def test_nested_outlines_are_folders():
    found = parse(
        '<head><title>Mine</title></head><body><outline text="News"><outline text="World">'
        '<outline type="rss" text="Wire" xmlUrl="http://a.example/" htmlUrl="http://a.example/site"/></outline>'
        '<outline title="Local" text="x" XMLURL=" http://b.example/ "/></outline></body>'
    )
    assert found == [
        Outline("http://a.example/", "Wire", "http://a.example/site", ("News", "World")),
        Outline("http://b.example/", "Local", None, ("News",)),
    ]


def test_a_list_without_a_body_is_read():
    assert [each.url for each in parse('<outline xmlUrl="http://a.example/"/>')] == ["http://a.example/"]


def test_an_address_that_stands_there_twice_is_taken_once():
    twice = '<outline text="A" xmlUrl="http://a.example/"/>' * 2
    assert len(parse(f'<body>{twice}<outline text="F">{twice}</outline></body>')) == 1


@pytest.mark.parametrize("data", [b"", b"hello", b"<rss/>", b"\0\0"])
def test_what_is_no_list_is_refused(data):
    with pytest.raises(SourceRefusedError):
        parse_opml("list.opml", data)


def test_entities_lead_to_no_file_and_to_no_flood():
    laughs = "".join(f'<!ENTITY a{n + 1} "&a{n};&a{n};">' for n in range(40))
    for entities in ('<!ENTITY a40 SYSTEM "file:///etc/passwd">', f'<!ENTITY a0 "ha">{laughs}'):
        data = (
            f'<!DOCTYPE opml [{entities}]><opml><body><outline xmlUrl="http://a.example/" text="&a40;"/></body></opml>'
        )
        try:
            found = parse_opml("list.opml", data.encode())
        except SourceRefusedError:
            continue
        assert len(str(found)) < 1_000
        assert "root:" not in str(found)


def test_what_is_exported_is_imported_as_it_was():
    feeds = [
        Feed(1, "http://a.example/?a=1&b=2", name="A & <B>", folder=("News", "World")),
        Feed(2, "http://b.example/", title="Own title", folder=("News",), site="http://b.example/site"),
        Feed(3, "http://c.example/", title="Zürich\uffff"),
    ]
    data = build_opml(feeds)
    assert b'version="2.0"' in data
    assert sorted(parse_opml("list.opml", data), key=lambda each: each.url) == [
        Outline("http://a.example/?a=1&b=2", "A & <B>", None, ("News", "World")),
        Outline("http://b.example/", "Own title", "http://b.example/site", ("News",)),
        Outline("http://c.example/", "Zürich", None, ()),
    ]
